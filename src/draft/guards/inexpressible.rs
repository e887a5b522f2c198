//! Names that Sysmon's language cannot say safely.

use super::{Case, Reason, ReasonCode, keep};
use crate::family::Shape;
use crate::sysmon::write;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let shapes = [&case.family.name, &case.family.image];
    let mut texts = shapes.iter().flat_map(|shape| literals(shape));
    let (text, why) = texts.find_map(|text| Some((text, unsafe_in_a_filter(text)?)))?;
    keep(
        ReasonCode::Inexpressible,
        format!("{text} cannot be written as a filter: {why}."),
    )
}

fn literals(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Exact(text) => vec![text],
        Shape::Affixes { begin, middle, end, .. } => {
            let middle = middle.iter().map(String::as_str);
            [begin.as_str(), end.as_str()]
                .into_iter()
                .chain(middle)
                .filter(|text| !text.is_empty())
                .collect()
        }
    }
}

/// Why a text must not stand in a filter, if it must not.
pub(in crate::draft) fn unsafe_in_a_filter(text: &str) -> Option<String> {
    if text.contains(';') {
        return Some("`;` separates the items of a list".into());
    }
    if text.contains('%') {
        return Some("Sysmon expands what stands between `%`".into());
    }
    if text.contains(|c: char| c.is_control()) {
        return Some("it holds a control character".into());
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Some("it begins or ends with a blank, which the next editor of the file would lose".into());
    }
    write::text(text).err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, verdict};

    #[test]
    fn what_a_filter_cannot_hold_is_kept() {
        for name in [
            "\\app;pipe",
            "\\app%USERNAME%",
            "\\app\u{1b}pipe",
            "\\app\u{FFFE}",
            "\\app ",
            "\\app\u{10F800}x",
        ] {
            assert_eq!(
                verdict(Events::created(name, APP)),
                (Verdict::Keep, "inexpressible"),
                "{name:?}"
            );
        }
    }

    #[test]
    fn markup_is_no_danger() {
        assert_eq!(verdict(Events::created(r"\app<b>&pipe", APP)).0, Verdict::Exclude);
    }
}
