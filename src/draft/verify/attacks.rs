//! Finds rules that drop a pair which attackers use.

use super::check::{Check, Offences};
use crate::knowledge::Witness;
use crate::sysmon::Event;

/// The rules that drop a pair which attackers use, and nobody decided to exclude.
pub(super) fn offences(check: &Check<'_>) -> Offences {
    let mut offences = Offences::new();
    for witness in check.witnesses {
        let event = Event::of(witness.event, &witness.pipe_name, witness.image);
        let is_decided = |rule: usize| {
            let of_rule = check.rules.get(rule).into_iter().flat_map(|rule| &rule.candidates);
            let mut of_rule = of_rule.filter_map(|index| check.candidates.get(*index));
            of_rule.any(|candidate| candidate.leaves_to_a_person(witness))
        };
        for rule in check
            .engines
            .dropping(&event)
            .into_iter()
            .filter(|rule| !is_decided(*rule))
        {
            offences.entry(rule).or_insert_with(|| hides(witness));
        }
    }
    offences
}

/// Why a rule that drops a witness is refused.
pub(in crate::draft) fn hides(witness: &Witness<'_>) -> String {
    format!(
        "it would hide {} of {}, as attackers use it",
        witness.pipe_name, witness.image
    )
}
