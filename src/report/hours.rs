//! A baseline and its candidates in, in which hours of the day each was seen on each host out.

use crate::baseline::{Baseline, Part, Tally};
use crate::draft::candidate_index::CandidateIndex;

/// Events by host and hour (UTC) of each of so many candidates, in their order.
pub(super) fn hours(owners: &CandidateIndex<'_>, candidates: usize, baseline: &Baseline) -> Vec<Tally<(u32, u8)>> {
    let mut hours = vec![Tally::default(); candidates];
    for sighting in baseline.sightings(Part::ALL) {
        if let Some(of_owner) = owners.find(&sighting).and_then(|owner| hours.get_mut(owner)) {
            of_owner.merge(&sighting.hours());
        }
    }
    hours
}
