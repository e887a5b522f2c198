//! How widely something was seen.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Cells;
use super::clock::{LastRecord, days_in_order};
use super::part::Part;
use super::tally::Tally;
use super::{Baseline, Label};
use crate::event::{Kind, Millis};
use crate::normalize::EMPTY;
use crate::normalize::day::Day;

/// What the events of one or several pairs come to. Hosts and users are numbers of the baseline that it was taken from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many events are of EventID 17.
    pub created: u64,
    /// How many events are of EventID 18.
    pub connected: u64,
    /// Events for each host and day.
    pub by_host_day: Tally<(u32, Day)>,
    /// The last record of each host and day on which a clock may have been right.
    pub last_records: Tally<(u32, Day), LastRecord>,
    /// Events for each user who ran the process; without those that do not say.
    pub users: Tally<u32>,
    /// The time of the first event that has one.
    pub first_seen: Option<Millis>,
    /// The time of the last event that has one.
    pub last_seen: Option<Millis>,
}

/// How widely a candidate must have been seen: on this many hosts, or on this many days of one host. Events alone are no
/// evidence, since one process can make a million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Hosts with an event at a plausible time.
    pub hosts: usize,
    /// Plausible days on one host.
    pub days: usize,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { hosts: 2, days: 5 }
    }
}

impl Evidence {
    /// All events.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.created + self.connected
    }

    /// How many hosts, known by name.
    #[must_use]
    pub fn host_count(&self) -> usize {
        // The keys are sorted by host.
        let mut last = None;
        let hosts = self.by_host_day.keys().map(|(host, _)| host);
        hosts.filter(|host| last.replace(*host) != Some(*host)).count()
    }

    /// How many days on which a clock that was right saw it.
    #[must_use]
    pub fn day_count(&self) -> usize {
        if self.host_count() > 1 {
            return self.days().len();
        }
        self.by_host_day.keys().filter(|(_, day)| day.is_plausible()).count()
    }

    /// Hosts, known by name.
    #[must_use]
    pub fn hosts(&self) -> BTreeSet<u32> {
        self.by_host_day.keys().map(|(host, _)| host).collect()
    }

    /// Days on which a clock that was right saw it.
    #[must_use]
    pub fn days(&self) -> BTreeSet<Day> {
        self.by_host_day
            .keys()
            .map(|(_, day)| day)
            .filter(|day| day.is_plausible())
            .collect()
    }

    /// The most days on which one host saw it, and the number of hosts that saw it: days are plausible, and of dates that rise
    /// with the records' numbers.
    #[must_use]
    pub fn spread(&self) -> Threshold {
        let mut last_records: BTreeMap<u32, Vec<LastRecord>> = BTreeMap::new();
        for ((host, _), last) in self.last_records.iter() {
            last_records.entry(host).or_default().push(last);
        }
        let hosts = last_records.len();
        let days = last_records
            .into_values()
            .map(|of_host| days_in_order(of_host.into_iter()));
        Threshold {
            hosts,
            days: days.max().unwrap_or(0),
        }
    }

    /// Whether it was seen widely enough.
    #[must_use]
    pub fn meets(&self, threshold: Threshold) -> bool {
        let spread = self.spread();
        spread.hosts >= threshold.hosts || spread.days >= threshold.days
    }

    /// Adds the evidence of other events of the same baseline.
    pub fn add(&mut self, other: &Self) {
        self.created += other.created;
        self.connected += other.connected;
        self.by_host_day.merge(&other.by_host_day);
        self.last_records.merge(&other.last_records);
        self.users.merge(&other.users);
        self.see(other.first_seen.zip(other.last_seen));
    }

    pub(super) fn see(&mut self, seen: Option<(Millis, Millis)>) {
        let Some((first, last)) = seen else { return };
        self.first_seen = Some(self.first_seen.map_or(first, |seen| seen.min(first)));
        self.last_seen = Some(self.last_seen.map_or(last, |seen| seen.max(last)));
    }
}

impl Baseline {
    /// The evidence in these cells, which are settled: of one kind, or of both, and of one part.
    pub(super) fn evidence(&self, cells: &Cells, only: Option<Kind>, part: Part<'_>) -> Evidence {
        let mut evidence = Evidence::default();
        for cell in cells.iter().filter(|cell| part.holds(cell.key)) {
            let Some(label) = self.labels.get(cell.key.label as usize) else {
                continue;
            };
            let events = label.events(cell.ids);
            let Label { kind, user, .. } = *label;
            if only.is_some_and(|only| only != kind) {
                continue;
            }
            match kind {
                Kind::Created => evidence.created += events,
                Kind::Connected => evidence.connected += events,
            }
            // A host without a name may be any of the others: it is none more.
            if self.hosts.key(cell.key.host) != EMPTY {
                let host_day = (cell.key.host, cell.key.day);
                evidence.by_host_day.add(host_day, events);
                if cell.key.day.is_plausible() {
                    evidence.last_records.add(host_day, LastRecord::of(cell.ids));
                }
            }
            if self.user(user) != EMPTY {
                evidence.users.add(user, events);
            }
            evidence.see(cell.seen());
        }
        evidence
    }

    /// The user of a number in an [`Evidence`].
    #[must_use]
    pub fn user(&self, number: u32) -> &str {
        self.users.get(number as usize).map_or(EMPTY, |user| user)
    }
}

impl Baseline {
    /// How many hosts are known by name.
    #[must_use]
    pub fn hosts(&self) -> u64 {
        self.hosts.keys().filter(|host| *host != EMPTY).count() as u64
    }

    /// When the first and the last event happened, of those that have a time.
    #[must_use]
    pub fn seen(&self) -> Option<(Millis, Millis)> {
        let seen = self.all_cells().flat_map(Cells::iter).filter_map(|cell| cell.seen());
        seen.reduce(|(first, last), (a, b)| (first.min(a), last.max(b)))
    }
}
