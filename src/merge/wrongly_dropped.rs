//! What a merged config drops, event by event, in; the candidates of which it drops what should stay out. Rules that it had
//! before do so: those that are added drop nothing of the kind.

use std::collections::{BTreeMap, BTreeSet};

use crate::sysmon::{Config, Decision};

/// A candidate that should stay logged, and of which the config drops events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WronglyDropped {
    /// Its position among those of the draft.
    pub candidate: usize,
    /// How many of its events are dropped.
    pub events: u64,
    /// The lines of what drops them, in the config as it is written. None where nothing takes them, and the config drops
    /// what nothing takes.
    pub lines: BTreeSet<usize>,
}

/// Finds them while the events are gone through.
pub(super) struct Finder<'c> {
    config: &'c Config,
    found: BTreeMap<usize, WronglyDropped>,
}

impl<'c> Finder<'c> {
    pub(super) fn new(config: &'c Config) -> Self {
        Self {
            config,
            found: BTreeMap::new(),
        }
    }

    /// Takes note of events of a candidate that are dropped by this decision.
    pub(super) fn add(&mut self, candidate: usize, events: u64, decision: Option<Decision>) {
        let undue = self.found.entry(candidate).or_default();
        undue.candidate = candidate;
        undue.events += events;
        let place = decision.and_then(|decision| self.config.place_of(decision));
        undue.lines.extend(place.map(|place| place.line));
    }

    /// All of them, most frequent first as candidates are.
    pub(super) fn finish(self) -> Vec<WronglyDropped> {
        self.found.into_values().collect()
    }
}
