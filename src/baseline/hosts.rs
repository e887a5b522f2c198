//! A baseline in, what each of its hosts has told out.

use std::collections::BTreeMap;

use super::cells::Cells;
use super::pairs::most_frequent;
use super::{Baseline, Evidence};
use crate::event::Kind;
use crate::normalize::EMPTY;

/// What one host has told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name in its most frequent spelling (of several, the smallest), with its domain where a log has it. `-` stands
    /// for all hosts that are not known by name.
    pub name: String,
    /// All that it has told; users are not in it.
    pub evidence: Evidence,
}

impl Baseline {
    /// The hosts by their numbers, the nameless one included.
    #[must_use]
    pub fn told_by_host(&self) -> Vec<Host> {
        let mut hosts: Vec<(BTreeMap<&str, u64>, Evidence)> = self.hosts.keys().map(|_| Default::default()).collect();
        for cell in self.all_cells().flat_map(Cells::iter) {
            let label = self.labels.get(cell.key.label as usize);
            let (Some((spellings, evidence)), Some(label)) = (hosts.get_mut(cell.key.host as usize), label) else {
                continue;
            };
            let events = label.events(cell.ids);
            *spellings.entry(self.hosts.spelling(label.host_spelling)).or_default() += events;
            match label.kind {
                Kind::Created => evidence.created += events,
                Kind::Connected => evidence.connected += events,
            }
            evidence.by_host_day.add((cell.key.host, cell.key.day), events);
            evidence.see(cell.seen());
        }
        let host = |(spellings, evidence)| Host {
            name: most_frequent(&spellings).unwrap_or(EMPTY).to_owned(),
            evidence,
        };
        hosts.into_iter().map(host).collect()
    }
}
