//! A config and a baseline in, how many events of each candidate it drops out.

use crate::baseline::{Baseline, Evidence, Part};
use crate::draft::candidate_index::CandidateIndex;
use crate::sysmon::{Engine, Event, Field};

/// How many events of each of so many candidates `engine` drops, in their order. Events whose names are not kept are in no
/// count: what becomes of them is not known.
pub(super) fn dropped(
    engine: &Engine,
    owners: &CandidateIndex<'_>,
    candidates: usize,
    baseline: &Baseline,
) -> Vec<u64> {
    let mut dropped = vec![0; candidates];
    let by_user = engine.asks_for(Field::User);
    for sighting in baseline.sightings(Part::ALL) {
        let Some(count) = owners.find(&sighting).and_then(|owner| dropped.get_mut(owner)) else {
            continue;
        };
        let anybody = Event::of(sighting.kind, sighting.name, sighting.image);
        for (user, events) in users(&sighting.evidence, baseline, by_user) {
            if !engine.verdict(&Event { user, ..anybody }).logged {
                *count += events;
            }
        }
    }
    dropped
}

/// Events by user, where anybody asks for users.
fn users<'a>(evidence: &Evidence, baseline: &'a Baseline, by_user: bool) -> Vec<(&'a str, u64)> {
    let mut rest = evidence.events();
    let mut users = Vec::new();
    if by_user {
        for (user, events) in evidence.users.iter() {
            users.push((baseline.user(user), events));
            rest = rest.saturating_sub(events);
        }
    }
    users.push(("", rest));
    users
}
