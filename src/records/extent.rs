//! The first and the last record of each of a log's chunks in; out, which records the log holds, if it tells.
//!
//! A record has two numbers: that of its place in the file, in its header, and its EventRecordID, in its event. In a live log
//! both are one. In an export the former begin at 1, and what was not exported leaves a step in the latter alone. Both
//! ascend, so a log whose two numbers differ by as much at all ends of chunks holds all records in between: no other has to be
//! looked at, and damage between them changes nothing. Where they differ otherwise, it is a selection of records, or the log
//! of a collector, and says nothing of what is not in it.

use std::collections::BTreeSet;

use super::{Stretch, Stretches};
use crate::event::Millis;
use crate::normalize::host::short_name;

/// A record at the end of a chunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    /// Its number in the file.
    pub(crate) number: u64,
    /// Its EventRecordID.
    pub(crate) record_id: u64,
    pub(crate) written: Millis,
}

/// Which records a log of Sysmon holds, as far as the parts of it tell that were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Extent {
    /// No record was met.
    #[default]
    Empty,
    /// All records of a stretch, or of several, since whole chunks may be lost.
    Whole(Whole),
    /// It says nothing of what is not in it.
    Unclear,
}

/// See [`Extent::Whole`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The host of all of them, in lower case: in several spellings where it has joined a domain.
    pub hosts: BTreeSet<Box<str>>,
    /// What is to be added to a record's number in the file, which wraps around.
    shift: u64,
    /// The EventRecordIDs.
    pub stretches: Stretches,
}

impl Extent {
    /// Takes a chunk, by its ends and the host of each.
    pub(crate) fn add(&mut self, first: (End, &str), last: (End, &str)) {
        let shift = |end: End| end.record_id.wrapping_sub(end.number);
        let ((first, host), (last, other)) = (first, last);
        let is_one = shift(first) == shift(last) && is_same(host, other) && !host.is_empty();
        let at = |end: End| (end.record_id, end.written);
        let Some(stretch) = Stretch::new(at(first), at(last)).filter(|_| is_one) else {
            *self = Self::Unclear;
            return;
        };
        let hosts = [host, other].map(|host| host.to_ascii_lowercase().into());
        self.merge(Self::Whole(Whole {
            hosts: hosts.into(),
            shift: shift(first),
            stretches: stretch.into(),
        }));
    }

    /// Takes another part of the same log.
    pub fn merge(&mut self, other: Self) {
        match (&mut *self, other) {
            (_, Self::Empty) => {}
            (Self::Empty, other) => *self = other,
            (Self::Whole(own), Self::Whole(other)) if own.is_of_one_log_with(&other) => {
                own.hosts.extend(other.hosts);
                own.stretches.absorb(&other.stretches);
            }
            _ => *self = Self::Unclear,
        }
    }
}

impl Whole {
    fn is_of_one_log_with(&self, other: &Self) -> bool {
        let is_one = self.hosts.first().zip(other.hosts.first());
        self.shift == other.shift && is_one.is_some_and(|(own, other)| is_same(own, other))
    }
}

/// In one log, a host of the same short name is the same machine.
fn is_same(host: &str, other: &str) -> bool {
    short_name(host).eq_ignore_ascii_case(&short_name(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk of these numbers, from the host `WS01`.
    fn chunk((number, record_id): (u64, u64), records: u64) -> Extent {
        of(
            "WS01",
            (number, record_id),
            (number + records - 1, record_id + records - 1),
            "ws01",
        )
    }

    fn of(host: &str, first: (u64, u64), last: (u64, u64), other: &str) -> Extent {
        let end = |(number, record_id): (u64, u64)| End {
            number,
            record_id,
            written: Millis(record_id.cast_signed()),
        };
        let mut extent = Extent::default();
        extent.add((end(first), host), (end(last), other));
        extent
    }

    /// The stretches of a log with these parts, taken from both sides.
    fn log(parts: &[Extent]) -> Option<Vec<(u64, u64)>> {
        let fold = |parts: &mut dyn Iterator<Item = &Extent>| {
            let mut all = Extent::default();
            parts.for_each(|part| all.merge(part.clone()));
            all
        };
        let all = fold(&mut parts.iter());
        assert_eq!(all, fold(&mut parts.iter().rev()));
        match all {
            Extent::Whole(whole) => Some(
                whole
                    .stretches
                    .iter()
                    .map(|stretch| (stretch.first, stretch.last))
                    .collect(),
            ),
            _ => None,
        }
    }

    #[test]
    fn a_live_log_and_the_export_of_one_hold_all_between_their_ends() {
        // Full, the oldest chunk was written anew.
        assert_eq!(
            log(&[chunk((301, 301), 50), chunk((201, 201), 100)]),
            Some(vec![(201, 350)])
        );
        assert_eq!(
            log(&[chunk((1, 7001), 100), chunk((101, 7101), 20)]),
            Some(vec![(7001, 7120)])
        );
        // A chunk is lost, or what lay in the file before the log was cleared.
        assert_eq!(
            log(&[chunk((1, 1), 100), chunk((201, 201), 100)]),
            Some(vec![(1, 100), (201, 300)])
        );
    }

    #[test]
    fn a_host_that_joined_a_domain_is_one() {
        let mut log = of("WS01", (1, 1), (9, 9), "ws01.corp.example");
        log.merge(of("WS01.corp.example", (10, 10), (19, 19), "WS01.corp.example"));
        let Extent::Whole(Whole { hosts, stretches, .. }) = log else {
            panic!("{log:?}");
        };
        assert_eq!(
            hosts.iter().map(|host| &**host).collect::<Vec<_>>(),
            ["ws01", "ws01.corp.example"]
        );
        assert_eq!(stretches.iter().count(), 1);
    }

    #[test]
    fn a_selection_a_collector_and_what_is_empty_say_nothing() {
        assert_eq!(log(&[Extent::Empty, Extent::Empty]), None);
        // Within a chunk, and from one chunk to the next.
        assert_eq!(log(&[of("a", (1, 7001), (9, 7050), "a")]), None);
        assert_eq!(log(&[chunk((1, 7001), 100), chunk((101, 7400), 20)]), None);
        // Several hosts; one without a name; numbers that fall.
        assert_eq!(log(&[of("a", (1, 1), (9, 9), "b")]), None);
        assert_eq!(
            log(&[of("a", (1, 1), (9, 9), "a"), of("b", (10, 10), (12, 12), "b")]),
            None
        );
        assert_eq!(log(&[of("", (1, 1), (9, 9), "")]), None);
        assert_eq!(log(&[of("a", (9, 9), (1, 1), "a")]), None);
        assert_eq!(log(&[Extent::Unclear, chunk((1, 1), 9)]), None);
    }
}
