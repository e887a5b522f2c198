//! A baseline in, what each of its hosts has told out.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Cell, Cells};
use super::pairs::most_frequent;
use super::{Baseline, Evidence, identity};
use crate::event::Kind;
use crate::normalize::EMPTY;
use crate::normalize::day::Day;
use crate::normalize::host::short_name;

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

    /// The short names of the hosts that are known, in order.
    pub fn host_names(&self) -> impl Iterator<Item = &str> {
        self.hosts.keys().filter(|host| *host != EMPTY)
    }

    /// Whether any event is of this host, in whatever way it is spelled.
    #[must_use]
    pub fn knows_host(&self, name: &str) -> bool {
        self.hosts.number_of(&short_name(name)).is_some()
    }

    /// How many events are of no host that is known: they are no evidence.
    #[must_use]
    pub fn events_without_host(&self) -> u64 {
        let nameless = |cell: &Cell<'_>| self.hosts.key(cell.key.host) == EMPTY;
        let cells = self.all_cells().flat_map(Cells::iter).filter(nameless);
        cells
            .map(|cell| self.label_of(&cell).map_or(0, |label| label.events(cell.ids)))
            .sum()
    }

    /// The short names of hosts of which events with and without an EventRecordID are there, both of one day. An event that
    /// came in both ways cannot be told to be one, and counts twice.
    #[must_use]
    pub fn hosts_told_in_two_ways(&self) -> Vec<&str> {
        // Identities are sorted, those that are numbers first.
        let ways = |cell: &Cell<'_>| {
            let is_hash = |id: &u64| identity::parts(*id).is_hash;
            let (first, last) = (cell.ids.first()?, cell.ids.last()?);
            Some((!is_hash(first), is_hash(last)))
        };
        let of_events = |cell: &Cell<'_>| self.label_of(cell).is_some_and(|label| label.counted == 0);
        let cells = || self.all_cells().flat_map(Cells::iter).filter(of_events);
        let has = |way: fn((bool, bool)) -> bool| cells().filter_map(|cell| ways(&cell)).any(way);
        if !has(|(numbered, _)| numbered) || !has(|(_, hashed)| hashed) {
            return Vec::new();
        }
        let mut days: BTreeMap<(u32, Day), (bool, bool)> = BTreeMap::new();
        for cell in cells().filter(|cell| cell.key.day != Day::NONE) {
            let day = days.entry((cell.key.host, cell.key.day)).or_default();
            let (numbered, hashed) = ways(&cell).unwrap_or_default();
            *day = (day.0 || numbered, day.1 || hashed);
        }
        let both = days.into_iter().filter(|(_, ways)| *ways == (true, true));
        let hosts: BTreeSet<u32> = both.map(|((host, _), _)| host).collect();
        let names = hosts.into_iter().map(|host| self.hosts.key(host));
        names.filter(|host| *host != EMPTY).collect()
    }

    /// How many events may be there twice on days of hosts that have events with and without an EventRecordID: as many as
    /// the fewer of both. It is asked where [`hosts_told_in_two_ways`](Self::hosts_told_in_two_ways) finds some.
    #[must_use]
    pub fn events_told_in_two_ways(&self) -> u64 {
        let mut days: BTreeMap<(u32, Day), (u64, u64)> = BTreeMap::new();
        let of_events = |cell: &Cell<'_>| self.label_of(cell).is_some_and(|label| label.counted == 0);
        for cell in self.all_cells().flat_map(Cells::iter).filter(of_events) {
            let hashed = cell.ids.iter().filter(|id| identity::parts(**id).is_hash).count() as u64;
            let day = days.entry((cell.key.host, cell.key.day)).or_default();
            *day = (day.0 + cell.ids.len() as u64 - hashed, day.1 + hashed);
        }
        days.into_values().map(|(numbered, hashed)| numbered.min(hashed)).sum()
    }

    /// How many events have a number that another of the same host and day has too: an export that lacks Sysmon's own time,
    /// or the user, beside the log. A log that was cleared, and counts anew, has such events as well.
    #[must_use]
    pub fn events_with_one_number(&self) -> u64 {
        let mut days: BTreeMap<(u32, Day), Vec<u64>> = BTreeMap::new();
        for cell in self.all_cells().flat_map(Cells::iter) {
            let parts = cell
                .ids
                .iter()
                .map(|id| identity::parts(*id))
                .filter(|parts| !parts.is_hash);
            let day = days.entry((cell.key.host, cell.key.day)).or_default();
            day.extend(parts.map(|parts| parts.low));
        }
        let again = |mut numbers: Vec<u64>| {
            let all = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            (all - numbers.len()) as u64
        };
        days.into_values().map(again).sum()
    }

    fn label_of(&self, cell: &Cell<'_>) -> Option<&super::Label> {
        self.labels.get(cell.key.label as usize)
    }
}
