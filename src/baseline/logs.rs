//! What whole logs hold in, kept by host; out, which records none of them holds.
//!
//! A host is kept here in its full spelling, in lower case: in the logs of two domains, one short name is two machines, each of
//! which numbers its own records.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::cells::Cells;
use super::crowd::KEPT;
use super::hosts::Host;
use super::{Baseline, identity};
use crate::normalize::host::short_name;
use crate::records::{Gap, Stretches};

/// The stretches of records that the logs of each host hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Logs(BTreeMap<Box<str>, Stretches>);

impl Logs {
    /// Adds what a log of `host`, or several, hold.
    pub(super) fn add(&mut self, host: &str, stretches: &Stretches) {
        match self.0.get_mut(host) {
            Some(own) => own.absorb(stretches),
            None => {
                self.0.insert(host.into(), stretches.clone());
                if self.0.len() > 2 * KEPT {
                    self.thin();
                }
            }
        }
    }

    pub(super) fn absorb(&mut self, other: &Self) {
        other.iter().for_each(|(host, stretches)| self.add(host, stretches));
    }

    /// Forgets hosts beyond as many as a baseline keeps, those with the smallest hashes: whatever is among these in the end
    /// was so at all times.
    pub(super) fn thin(&mut self) {
        if self.0.len() <= KEPT {
            return;
        }
        let mut hashes: Vec<u64> = self.0.keys().map(|host| hash(host)).collect();
        let (_, limit, _) = hashes.select_nth_unstable(KEPT - 1);
        self.0.retain(|host, _| hash(host) <= *limit);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|host, _| keep(host));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Stretches)> {
        self.0.iter().map(|(host, stretches)| (&**host, stretches))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn hash(host: &str) -> u64 {
    xxh3_64(host.as_bytes())
}

impl Baseline {
    /// The gaps in the records of each of `hosts`, which are all that [told](Self::told_by_host) something; `None` where no whole
    /// log was read.
    ///
    /// A gap is told where it lies, at least in part, between the host's first and last event, and where nothing is known of
    /// the records in it: of what was exported otherwise, pipe events alone may have been handed over.
    #[must_use]
    pub fn gaps(&self, hosts: &[Host]) -> Vec<Option<Vec<Gap>>> {
        let mut logs: Vec<Vec<&Stretches>> = hosts.iter().map(|_| Vec::new()).collect();
        for (host, stretches) in self.logs.iter() {
            let number = self.hosts.number_of(&short_name(host));
            if let Some(logs) = number.and_then(|number| logs.get_mut(number as usize)) {
                logs.push(stretches);
            }
        }
        let between = |(host, logs): (&Host, Vec<&Stretches>)| {
            let seen = host.evidence.first_seen.zip(host.evidence.last_seen);
            let is_between = |gap: &Gap| seen.is_some_and(|(first, last)| gap.before > first && gap.after < last);
            // A machine that went through several domains went on numbering.
            let is_missing = |gap: &Gap| !logs.iter().any(|logs| logs.hold_any(gap.first, gap.last));
            let gaps = logs.iter().flat_map(|logs| logs.gaps());
            let mut gaps: Vec<Gap> = gaps.filter(|gap| is_between(gap) && is_missing(gap)).collect();
            gaps.sort_by_key(|gap| (gap.first, gap.last));
            // Logs of both sides may have several spellings.
            gaps.dedup();
            (!logs.is_empty()).then_some(gaps)
        };
        let mut gaps: Vec<Option<Vec<Gap>>> = hosts.iter().zip(logs).map(between).collect();
        self.forget_known(&mut gaps);
        gaps
    }

    /// Takes out the gaps of which events are known from elsewhere.
    fn forget_known(&self, gaps: &mut [Option<Vec<Gap>>]) {
        if gaps.iter().flatten().all(Vec::is_empty) {
            return;
        }
        let mut numbers: Vec<Vec<u64>> = gaps.iter().map(|_| Vec::new()).collect();
        for cell in self.all_cells().flat_map(Cells::iter) {
            let host = cell.key.host as usize;
            let has_gaps = gaps
                .get(host)
                .is_some_and(|gaps| gaps.iter().flatten().next().is_some());
            if let Some(numbers) = numbers.get_mut(host).filter(|_| has_gaps) {
                numbers.extend(cell.ids.iter().filter_map(|id| identity::record_id(*id)));
            }
        }
        for (gaps, mut numbers) in gaps.iter_mut().zip(numbers) {
            numbers.sort_unstable();
            let is_known = |gap: &Gap| {
                let next = numbers.partition_point(|number| *number < gap.first);
                numbers.get(next).is_some_and(|number| *number <= gap.last)
            };
            gaps.iter_mut().for_each(|gaps| gaps.retain(|gap| !is_known(gap)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::baseline::{Fold, Selection};
    use crate::event::Millis;
    use crate::records::Stretch;
    use crate::test_support::{folded as baseline, owned};

    const START: i64 = 1_700_000_000_000;

    /// Records of a host, each written at the time that [`owned`] gives it.
    fn hold(logs: &mut Logs, host: &str, first: u64, last: u64) {
        let at = |number: u64| (number, Millis(START + number.cast_signed()));
        logs.add(host, &Stretch::new(at(first), at(last)).unwrap().into());
    }

    /// The gaps of the host with these events, by their first and last record; of these logs.
    fn told(events: &[u64], logs: &[(&str, u64, u64)]) -> Option<Vec<(u64, u64)>> {
        let events: Vec<_> = events
            .iter()
            .map(|number| owned(r"\x", "WS01.corp.example", *number))
            .collect();
        let mut fold = Fold::from(baseline(&events));
        logs.iter()
            .for_each(|(host, first, last)| hold(&mut fold.logs, host, *first, *last));
        let baseline = fold.finish();
        let [gaps] = &*baseline.gaps(&baseline.told_by_host()) else {
            panic!("one host");
        };
        let gaps = gaps.as_ref()?;
        Some(gaps.iter().map(|gap| (gap.first, gap.last)).collect())
    }

    #[test]
    fn a_gap_is_told_between_events_and_where_nothing_is_known() {
        let logs = [("ws01", 1, 100), ("ws01", 201, 300), ("ws01", 401, 500)];
        assert_eq!(told(&[50, 450], &logs), Some(vec![(101, 200), (301, 400)]));
        assert_eq!(told(&[50, 250], &logs), Some(vec![(101, 200)]));
        assert_eq!(told(&[50, 350, 450], &logs), Some(vec![(101, 200)]));
        assert_eq!(told(&[50, 60], &logs), Some(vec![]));
        assert_eq!(told(&[50, 450], &[]), None);
        assert_eq!(told(&[50, 450], &[("ws02", 1, 100)]), None);
    }

    #[test]
    fn each_spelling_has_its_own_numbers() {
        let apart = [("ws01.a.example", 1, 100), ("ws01.b.example", 201, 300)];
        assert_eq!(told(&[50, 450], &apart), Some(vec![]));
        let moved = [("ws01", 1, 100), ("ws01.a.example", 101, 200), ("ws01", 201, 300)];
        assert_eq!(told(&[50, 450], &moved), Some(vec![]));
    }

    #[test]
    fn a_selection_keeps_the_logs_of_its_hosts() {
        let mut fold = Fold::from(baseline(&[owned(r"\x", "WS01", 1), owned(r"\x", "WS02", 1)]));
        hold(&mut fold.logs, "ws01.corp.example", 1, 9);
        hold(&mut fold.logs, "ws02", 1, 9);
        let mut selection = Selection::default();
        selection.since = Some(Millis(START));
        selection.add_host("WS01");
        let selected = fold.finish().select(&selection);
        assert_eq!(
            selected.logs.iter().map(|(host, _)| host).collect::<Vec<_>>(),
            ["ws01.corp.example"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// Also where there are more hosts than are kept.
        #[test]
        fn the_same_logs_are_the_same_in_whatever_order_and_partition(
            logs in proptest::collection::vec((0u64..2 * KEPT as u64, 0u64..50), 0..6 * KEPT), cut in 0..6 * KEPT) {
            let of = |logs: &[(u64, u64)]| {
                let mut all = Logs::default();
                logs.iter().for_each(|(host, first)| hold(&mut all, &format!("h{host}"), *first, first + 3));
                all
            };
            let settled = |mut logs: Logs| {
                logs.thin();
                logs
            };
            let whole = settled(of(&logs));
            let (a, b) = logs.split_at(cut.min(logs.len()));
            let (mut left, mut right) = (of(a), settled(of(b)));
            left.absorb(&settled(of(b)));
            right.absorb(&settled(of(a)));
            right.absorb(&whole);
            prop_assert_eq!(&settled(left), &whole);
            prop_assert_eq!(&settled(right), &whole);
            let kept: std::collections::BTreeSet<u64> = logs.iter().map(|(host, _)| *host).collect();
            prop_assert_eq!(whole.iter().count(), kept.len().min(KEPT));
        }
    }
}
