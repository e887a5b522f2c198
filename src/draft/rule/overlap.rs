//! What must stay and looks like what may be excluded.
//!
//! A shape of names can hold a name that is kept: a constant with which an attacker hides among a browser's pipes, say.
//! Where there are few such names, the rule carves them out; where there are many, no rule can tell both apart, and what
//! may be excluded stays logged with what must.

use std::collections::{BTreeMap, BTreeSet};

use super::Filter;
use crate::draft::candidate::{Candidate, Reason, Verdict};
use crate::event::Kind;
use crate::sysmon::{Condition, Field};

/// A rule with more carved out is none that a person can read.
const CARVED: usize = 16;

/// What overlaps with each candidate that may be excluded.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    /// Names to carve out of a candidate's rule.
    carved: BTreeMap<usize, BTreeSet<String>>,
    /// Candidates that cannot be told from one that must stay, and why.
    blocked: BTreeMap<usize, Reason>,
}

impl Overlaps {
    pub(super) fn find(candidates: &[Candidate]) -> Self {
        let mut staying: BTreeMap<(Kind, String), Vec<&Candidate>> = BTreeMap::new();
        for candidate in candidates
            .iter()
            .filter(|candidate| candidate.verdict != Verdict::Exclude)
        {
            for image in &candidate.family.images {
                staying
                    .entry((candidate.family.kind, image.to_ascii_lowercase()))
                    .or_default()
                    .push(candidate);
            }
        }
        let mut overlaps = Self::default();
        for (index, candidate) in candidates.iter().enumerate() {
            let family = &candidate.family;
            if candidate.verdict != Verdict::Exclude || family.name.is_exact() {
                continue;
            }
            for image in &family.images {
                let near = staying
                    .get(&(family.kind, image.to_ascii_lowercase()))
                    .into_iter()
                    .flatten();
                for other in near {
                    overlaps.note(index, candidate, other);
                }
            }
        }
        overlaps
    }

    fn note(&mut self, index: usize, candidate: &Candidate, other: &Candidate) {
        let covered: Vec<&String> = other
            .family
            .names
            .iter()
            .filter(|name| candidate.family.name.matches(name))
            .collect();
        if covered.is_empty() {
            return;
        }
        let carved = self.carved.entry(index).or_default();
        carved.extend(covered.into_iter().cloned());
        if other.family.name_count > other.family.names.len() || carved.len() > CARVED {
            let text = format!(
                "No rule can tell it from {}, which is {}.",
                other.title(),
                other.verdict
            );
            self.blocked.entry(index).or_insert(Reason {
                guard: "overlap",
                verdict: other.verdict,
                text,
            });
        }
    }

    /// Lets the candidates that cannot be told apart stay.
    pub(super) fn retract(&self, candidates: &mut [Candidate]) {
        for (index, reason) in &self.blocked {
            if let Some(candidate) = candidates.get_mut(*index) {
                candidate.verdict = reason.verdict;
                candidate.reasons.insert(0, reason.clone());
            }
        }
    }

    /// The filters that carve out what must stay of these candidates.
    pub(super) fn carved(&self, members: &BTreeSet<usize>) -> Vec<Filter> {
        let names: BTreeSet<&String> = members
            .iter()
            .filter_map(|index| self.carved.get(index))
            .flatten()
            .collect();
        names
            .into_iter()
            .map(|name| Filter::new(Field::PipeName, Condition::IsNot, name))
            .collect()
    }
}
