//! A question and an answer in, the lines of the decisions file that say so out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Question;
use crate::draft::candidate::Candidate;
use crate::draft::decisions::written;
use crate::event::Kind;

/// What a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Drop it.
    Exclude,
    /// Drop it, whoever the user is in whose profile a program lies.
    ExcludeAnyUser,
    /// Go on to log it.
    Keep,
}

impl Question {
    /// The lines for an answer, one a candidate; what is created and opened alike is one line. Each ends in a line end.
    #[must_use]
    pub fn lines(&self, candidates: &[Candidate], answer: Answer, why: &str) -> String {
        let mut kinds: BTreeMap<(String, String), BTreeSet<Kind>> = BTreeMap::new();
        let mut order = Vec::new();
        for candidate in self.candidates.iter().filter_map(|index| candidates.get(*index)) {
            let family = &candidate.family;
            let pair = (written(&family.name), family.image.to_string());
            let of_pair = kinds.entry(pair.clone()).or_default();
            if of_pair.is_empty() {
                order.push(pair);
            }
            of_pair.insert(family.kind);
        }
        let verb = match answer {
            Answer::Exclude | Answer::ExcludeAnyUser => "exclude",
            Answer::Keep => "keep",
        };
        let why = one_field(why);
        let mut lines = String::new();
        for pair in order {
            let kind = match kinds
                .get(&pair)
                .map(|kinds| kinds.iter().collect::<Vec<_>>())
                .as_deref()
            {
                Some([one]) => one.word(),
                _ => "any",
            };
            let (pipe, image) = pair;
            // Writing to a String cannot fail.
            let _ = write!(lines, "{verb}\t{kind}\t{pipe}\t{image}\t{why}");
            if answer == Answer::ExcludeAnyUser && is_in_profile(&image) {
                lines.push_str("\tany user");
            }
            lines.push('\n');
        }
        lines
    }

    /// Whether any of its programs lies in a user's profile.
    #[must_use]
    pub fn is_in_profile(&self) -> bool {
        self.programs.iter().any(|program| is_in_profile(program))
    }
}

fn is_in_profile(image: &str) -> bool {
    const USERS: &str = r"C:\Users\";
    image
        .get(..USERS.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(USERS))
}

/// A reason as one field: no tab, no line end.
fn one_field(why: &str) -> String {
    let words: Vec<&str> = why.split_whitespace().collect();
    if words.is_empty() {
        "no reason given".to_owned()
    } else {
        words.join(" ")
    }
}
