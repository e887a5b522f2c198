//! Finds rules that drop what was seen and must stay.

use super::check::{Check, Offences};
use super::sigma;
use crate::baseline::{GroupView, Sighting};
use crate::draft::candidate::Verdict;
use crate::draft::candidate_index::CandidateIndex;
use crate::sysmon::Event;
use crate::threads::by_groups;

/// The rules, by position, that drop an event which was seen and must stay: that of a candidate which is not to be
/// excluded, or one that a Sigma rule fires on.
pub(super) fn offences(check: &Check<'_>) -> Offences {
    let owners = CandidateIndex::of(check.candidates);
    let of_group = |group: GroupView<'_>, image| {
        let mut offences = Offences::new();
        for sighting in group.sightings(image) {
            let Sighting { kind, name, image, .. } = sighting;
            let candidate = owners.find(&sighting).and_then(|index| check.candidates.get(index));
            let verdict = candidate.map_or(Verdict::Keep, |candidate| candidate.verdict);
            let is_excluded = verdict == Verdict::Exclude;
            let detection = is_excluded.then(|| check.watch.first(kind, name, image)).flatten();
            if is_excluded && detection.is_none() {
                continue;
            }
            for rule in check.engines.dropping(&Event::of(kind, name, image)) {
                offences.entry(rule).or_insert_with(|| match detection {
                    Some(detection) => sigma::blinds(detection, name, image),
                    None => format!("it would also drop {name} of {image}, which is {verdict}"),
                });
            }
        }
        offences
    };
    // Of two reasons the first group's is told.
    let mut offences = Offences::new();
    for (rule, why) in by_groups(check.baseline, check.part, of_group).into_iter().flatten() {
        offences.entry(rule).or_insert(why);
    }
    offences
}
