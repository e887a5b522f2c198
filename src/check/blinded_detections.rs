//! Sigma rules in, those that a config puts to sleep out: an event that each would fire on and never gets, with the rule
//! that drops it.

use super::rules::Table;
use crate::sigma::{SigmaRule, Witness, blinded};
use crate::sysmon::{Config, Engine, Event};

/// A Sigma rule that does not get all that it would fire on.
#[derive(Debug, Clone)]
pub struct BlindedDetection {
    /// What the Sigma rule is called: its title, with its id where it has one.
    pub detection: String,
    /// The rule that drops what it waits for, by its position; `None` where no rule matches, and the config drops what none
    /// matches.
    pub rule: Option<usize>,
    /// An event that it would fire on.
    pub example: Witness,
}

/// What a config drops of what these rules fire on, by Sigma rule and by rule of the config.
pub(super) fn find(config: &Config, engine: &Engine, rules: &Table, detections: &[SigmaRule]) -> Vec<BlindedDetection> {
    let mut found = Vec::new();
    let mut all = Vec::new();
    for blinded in blinded(config, engine, detections) {
        let Some(detection) = detections.get(blinded.rule) else {
            continue;
        };
        let example = blinded.example;
        let event = Event {
            event_type: example.kind.event_type(),
            pipe_name: &example.pipe_name,
            image: &example.image,
            user: &example.user,
        };
        engine.outcome(&event, &mut found);
        all.push(BlindedDetection {
            detection: detection.name(),
            rule: blinded.by.and_then(|decision| rules.of_decision(decision, &found)),
            example,
        });
    }
    all
}
