//! Names in a spelling that is meant to deceive, or that no pipe of Windows can have.

use super::{Case, Reason, ReasonCode, keep};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let found = case
        .family
        .names
        .iter()
        .find_map(|name| Some((name, case.knowledge.misspelt_name(name)?)));
    let (name, finding) = found?;
    keep(
        ReasonCode::Misspelt,
        format!("{name} has {} ({}).", finding.what, finding.source),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, verdict};

    #[test]
    fn spellings_that_deceive_are_kept() {
        for name in [
            "\\AppPipe\u{200b}",
            "\\\u{202e}epiPppA",
            "\\AppP\u{456}pe",
            r"\\AppPipe",
            r"\AppPipe\",
            r"\App\\Pipe",
            "AppPipe",
            r"\App-<pid>",
            r"\App-<*>",
        ] {
            assert_eq!(
                verdict(Events::created(name, APP)),
                (Verdict::Keep, "misspelt"),
                "{name:?}"
            );
        }
        let long = format!(r"\{}", "App.".repeat(80));
        assert_eq!(verdict(Events::created(&long, APP)), (Verdict::Keep, "misspelt"));
    }

    #[test]
    fn names_in_one_alphabet_are_none() {
        for name in [
            r"\App<1>",
            r"\Größe&Maße",
            "\\данные-обмен",
            "\\パイプ_共有",
            r"\App\Pipe",
            "<Anonymous Pipe>",
        ] {
            assert_eq!(verdict(Events::created(name, APP)).0, Verdict::Exclude, "{name}");
        }
    }
}
