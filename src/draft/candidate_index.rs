//! Candidates in, whose a sighting is out.

use indexmap::IndexMap;

use super::candidate::Candidate;
use crate::baseline::Sighting;
use crate::event::Kind;
use crate::family::{Member, member};

/// The candidates by the members of their families.
#[derive(Debug)]
pub(crate) struct CandidateIndex<'a>(IndexMap<(Kind, &'a Member), usize, foldhash::fast::RandomState>);

impl<'a> CandidateIndex<'a> {
    pub(crate) fn of(candidates: &'a [Candidate]) -> Self {
        let members = candidates.iter().enumerate().flat_map(|(index, candidate)| {
            let family = &candidate.family;
            family.members.iter().map(move |member| ((family.kind, member), index))
        });
        Self(members.collect())
    }

    /// The position of the candidate that holds it.
    pub(crate) fn find(&self, sighting: &Sighting<'_>) -> Option<usize> {
        let members = member(&sighting.group, sighting.name);
        let mut found = members.iter().filter_map(|member| self.0.get(&(sighting.kind, member)));
        found.next().copied()
    }
}
