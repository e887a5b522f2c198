//! Finds rules that drop what a Sigma rule would fire on: made from the Sigma rule itself, whether it was seen or not.

use super::check::{Check, Offences};
use crate::draft::engines::Engines;
use crate::sigma::{SigmaRule, blinded};

/// The rules that blind a Sigma rule.
pub(super) fn offences(check: &Check<'_>) -> Offences {
    blinding(check.engines, check.detections)
}

/// The rules, by position, that blind one of these Sigma rules.
pub(in crate::draft) fn blinding(engines: &Engines, detections: &[SigmaRule]) -> Offences {
    let mut offences = Offences::new();
    for found in blinded(&engines.config, &engines.ascii, detections) {
        let Some(rule) = found.by.and_then(|by| by.item) else {
            continue;
        };
        let Some(detection) = detections.get(found.rule) else {
            continue;
        };
        let example = &found.example;
        offences
            .entry(rule)
            .or_insert_with(|| blinds(detection, &example.pipe_name, &example.image));
    }
    offences
}

/// Why a rule is refused.
pub(in crate::draft) fn blinds(detection: &SigmaRule, name: &str, image: &str) -> String {
    format!("it would blind your Sigma rule {}: {name} of {image}", detection.name())
}
