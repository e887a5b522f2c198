//! What the names of a family are made of, one part after the other: fixed texts, and for each part that varies the
//! characters that it can hold.
//!
//! The members' templates prove these, not the names of the hosts that happened to be seen: where digits vary, any digits
//! may stand.

use crate::template::{Part, Template, Variable};

/// A part of all names of a family.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// This text.
    Text(String),
    /// A run that its own event proves variable.
    Variable(Variable),
    /// Any word: letters, digits and what joins them, and these characters besides.
    Word(String),
}

/// What may stand in any word besides letters and digits: what users, hosts and versions are written with.
pub const JOINERS: &str = " -._";

/// The sections of all names of a template.
#[must_use]
pub(super) fn of_template(template: &Template) -> Vec<Section> {
    let section = |part| match part {
        Part::Text(text) => Section::Text(text),
        Part::Variable(variable) => Section::Variable(variable),
    };
    template.parts().into_iter().map(section).collect()
}

/// The sections of several templates that have a beginning and an end in common: of what lies between, any word.
/// `begin` and `end` are of templates' keys; `inner` are the keys' other parts.
#[must_use]
pub(super) fn of_affixes<'a>(begin: &str, inner: impl Iterator<Item = &'a str>, end: &str) -> Vec<Section> {
    let mut also: Vec<char> = Vec::new();
    for key in inner {
        for part in Template::from_key(key).parts() {
            match part {
                Part::Text(text) => {
                    let others = text.chars().filter(|c| !c.is_alphanumeric() && !JOINERS.contains(*c));
                    also.extend(others);
                }
                Part::Variable(Variable::Guid) => also.push('-'),
                Part::Variable(_) => {}
            }
        }
    }
    also.sort_unstable();
    also.dedup();
    let mut sections = of_template(&Template::from_key(begin));
    sections.push(Section::Word(
        also.into_iter().filter(|c| !JOINERS.contains(*c)).collect(),
    ));
    sections.extend(of_template(&Template::from_key(end)));
    sections
}

/// Names that nobody has seen, made of the same sections: none for a single name.
#[must_use]
pub fn made_up(outline: &[Section]) -> Vec<String> {
    if !outline.iter().any(|section| !matches!(section, Section::Text(_))) {
        return Vec::new();
    }
    let nth = |n: usize| -> String { outline.iter().map(|section| filled(section, n)).collect() };
    (0..FILLINGS).map(nth).collect()
}

/// So many texts stand for each part that varies.
const FILLINGS: usize = 3;

fn filled(section: &Section, n: usize) -> String {
    let fillings: [&str; FILLINGS] = match section {
        Section::Text(text) => return text.clone(),
        Section::Variable(Variable::Pid | Variable::Number) => ["8", "1356", "9753108644"],
        Section::Variable(Variable::Ticks) => ["133928667427830828", "638503092000000000", "140000000000000004"],
        // Process ids are multiples of four.
        Section::Variable(Variable::PidHex | Variable::Hex) => ["8", "4f1c", "9ab0"],
        Section::Variable(Variable::Guid) => [
            "0c8fd1a4-97b3-4e26-8d5f-7a31c92be604",
            "f27e4b90-1d5c-4a83-b6e7-05c8d9321fa8",
            "5b6d0e3f-c4a2-4197-9e80-d1f3a6b7c258",
        ],
        Section::Variable(Variable::Random) => ["QJXIPZKWDRRJKSGR", "7x9k", "a1b2c3d4"],
        Section::Word(_) => ["someone", "ws-01", "7"],
    };
    fillings.get(n).copied().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_names_are_of_the_template_that_they_are_made_of() {
        let key = |name: &str, pid| Template::of(name, Some(pid));
        let template = key(r"\mojo.4204.7716.11932764512", 1);
        for name in made_up(&of_template(&template)) {
            assert_eq!(key(&name, 1), template, "{name}");
        }
        assert!(made_up(&of_template(&key(r"\lsass", 1))).is_empty());
    }

    #[test]
    fn what_lies_between_a_common_beginning_and_end_is_any_word() {
        let outline = of_affixes(r"\App-", [r"bob", "al.ice", "a@b"].into_iter(), "-x");
        let text = |text: &str| Section::Text(text.to_owned());
        assert_eq!(outline, [text(r"\App-"), Section::Word("@".to_owned()), text("-x")]);
    }
}
