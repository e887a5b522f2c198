//! A regular expression in, texts that fit it out: at least one for each of its alternatives.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::glob::Glob;

/// So many texts stand for one expression.
const MOST: usize = 64;
/// Longer texts are no pipe names.
const LONGEST: usize = 1024;

/// Texts that fit, each with what may stand around it.
pub(super) fn examples(expression: &str) -> Vec<Glob> {
    let Ok(hir) = ParserBuilder::new().build().parse(expression) else {
        return Vec::new();
    };
    let (begins, ends) = (hir.properties().look_set_prefix(), hir.properties().look_set_suffix());
    let place = |text: String| {
        let mut glob = Glob::exact(&text);
        if !begins.contains(Look::Start) {
            glob = glob.after_any();
        }
        if !ends.contains(Look::End) {
            glob = glob.before_any();
        }
        glob
    };
    texts(&hir).into_iter().map(place).collect()
}

fn texts(hir: &Hir) -> Vec<String> {
    match hir.kind() {
        // Where it looks at what is around it, the text may not fit: whoever uses it has to try.
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(class) => member(class).map(String::from).into_iter().collect(),
        HirKind::Capture(capture) => texts(&capture.sub),
        HirKind::Alternation(all) => all.iter().flat_map(texts).take(MOST).collect(),
        HirKind::Concat(all) => {
            let mut before = vec![String::new()];
            for part in all {
                before = product(&before, &texts(part));
            }
            before
        }
        HirKind::Repetition(repetition) => {
            let one = texts(&repetition.sub);
            let least = repetition.min as usize;
            let usual = 4.clamp(least, repetition.max.map_or(usize::MAX, |max| max as usize));
            let mut counts = vec![least, usual];
            counts.dedup();
            let repeated = |count: &usize| {
                one.iter()
                    .filter(|text| text.len().saturating_mul(*count) <= LONGEST)
                    .map(|text| text.repeat(*count))
                    .collect::<Vec<_>>()
            };
            counts.iter().flat_map(repeated).take(MOST).collect()
        }
    }
}

fn product(before: &[String], behind: &[String]) -> Vec<String> {
    let all = before.iter().flat_map(|a| behind.iter().map(move |b| a.clone() + b));
    let mut all: Vec<String> = all.filter(|text| text.len() <= LONGEST).take(MOST).collect();
    all.dedup();
    all
}

/// A usual member of a class.
fn member(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|range| (range.start().into(), range.end().into()))
            .collect(),
    };
    let has = |c: &char| ranges.iter().any(|(first, last)| (first..=last).contains(&c));
    ['7', 'a', 'q', 'Q', '-', '.']
        .into_iter()
        .find(has)
        .or_else(|| ranges.first().map(|range| range.0))
}

#[cfg(test)]
mod tests {
    use super::super::glob::Part;
    use super::*;
    use regex::Regex;

    /// The texts without what may stand around them.
    fn bare(expression: &str) -> Vec<String> {
        let text = |glob: &Glob| {
            let texts = glob.parts().iter().filter_map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Any | Part::One => None,
            });
            texts.collect()
        };
        examples(expression).iter().map(text).collect()
    }

    #[test]
    fn each_alternative_has_a_text_that_fits() {
        for (expression, alternatives) in [
            (
                r"\\mojo\.5688\.8052\.(?:183894939787088877|35780273329370473)[0-9a-f]{2}",
                2,
            ),
            (r"\\wkssvc_?[0-9a-f]{2}", 2),
            (r"^\\f53f[0-9a-f]{2}$", 1),
            (r"(?i)\\(a|b+)[^\\]*x", 3),
            (r"\\[a-z]{6,}\b", 1),
        ] {
            let regex = Regex::new(expression).unwrap();
            let found = bare(expression);
            assert!(found.len() >= alternatives, "{expression}: {found:?}");
            assert!(found.iter().all(|text| regex.is_match(text)), "{expression}: {found:?}");
        }
    }

    #[test]
    fn anchors_leave_no_room() {
        let only = |expression| examples(expression)[0].only().map(str::to_owned);
        assert_eq!(only(r"^\\abc$"), Some(r"\abc".into()));
        assert_eq!(only(r"^\\abc"), None);
        assert!(examples(r"\\abc$")[0].matches(r"x\abc"));
    }

    #[test]
    fn a_greedy_expression_costs_little() {
        assert!(bare("(a|b|c|d){50}(e|f|g){60}(h|i|j|k|l){70}").len() <= MOST);
        assert!(bare("((a{40}){40}){40}").is_empty());
    }
}
