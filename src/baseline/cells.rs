//! The events of one pair (or of one group's other names), by host, day and what else they say.

use std::borrow::Cow;

use indexmap::IndexSet;
use smallvec::SmallVec;

use super::identity;
use super::ids::Ids;
use crate::event::Millis;
use crate::normalize::day::Day;

/// What the events of one cell share. Numbers are those of the baseline's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct CellKey {
    pub(super) host: u32,
    pub(super) day: Day,
    pub(super) label: u32,
    /// Which of the pair's spellings.
    pub(super) spelling: u32,
}

/// So many cells are handled one by one: cheaper than any order for few, and the worst for many.
const FEW: usize = 8;

/// Cells by key: sorted once they are settled, and until then in the order in which they came from where that is not the
/// order of their keys. So each costs the same to add, whatever the order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cells {
    cells: SmallVec<[(CellKey, Ids); 1]>,
    /// How many of the first are sorted, without a key that is there twice.
    sorted: usize,
}

/// One cell, settled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) key: &'a CellKey,
    pub(super) ids: &'a [u64],
}

impl Cell<'_> {
    /// When its first and its last event happened; `None` where they have no time.
    pub(super) fn seen(&self) -> Option<(Millis, Millis)> {
        // An identity that is a hash sorts behind those that are numbers, whatever its time.
        let millis = self.ids.iter().map(|id| identity::millis(*id));
        let (first, last) = millis.fold((u32::MAX, 0), |(first, last), at| (first.min(at), last.max(at)));
        Some((self.key.day.at(first)?, self.key.day.at(last)?))
    }
}

impl Cells {
    /// Adds an event; tells whether it is the first of its cell.
    pub(super) fn add(&mut self, key: CellKey, id: u64) -> bool {
        let ids = self.ids(key);
        ids.add(id);
        ids.as_slice().len() == 1
    }

    fn ids(&mut self, key: CellKey) -> &mut Ids {
        // Logs come in the order of time: nearly always it is the last cell, or a new one behind it.
        let in_order = self.sorted == self.cells.len();
        let at = match self.cells.last() {
            Some((last, _)) if *last == key => self.cells.len() - 1,
            Some((last, _)) if !in_order || *last > key => self.find(key).unwrap_or_else(|| {
                // As many out of order as in order: sorting them now keeps the cost of each constant, but for a logarithm.
                if self.cells.len() - self.sorted >= FEW.max(self.sorted) {
                    self.tidy();
                }
                self.find(key).unwrap_or_else(|| self.push(key))
            }),
            _ => {
                self.sorted += 1;
                self.push(key)
            }
        };
        &mut self.cells[at].1
    }

    /// Where among the sorted cells this one is.
    fn find(&self, key: CellKey) -> Option<usize> {
        let sorted = self.cells.get(..self.sorted)?;
        sorted.binary_search_by(|(other, _)| other.cmp(&key)).ok()
    }

    fn push(&mut self, key: CellKey) -> usize {
        self.cells.push((key, Ids::default()));
        self.cells.len() - 1
    }

    /// Sorts the cells and makes one of those with the same key.
    fn tidy(&mut self) {
        // A sort that is stable would take half as much memory again.
        self.cells.sort_unstable_by_key(|(key, _)| *key);
        self.cells.dedup_by(|(key, ids), (before, into)| {
            let same = key == before;
            if same {
                into.extend(ids);
            }
            same
        });
        self.sorted = self.cells.len();
    }

    /// Adds all of `other`, whose keys are renumbered by `renumber`.
    pub(super) fn absorb(&mut self, other: &Self, mut renumber: impl FnMut(CellKey) -> CellKey) {
        self.extend(
            other
                .cells
                .iter()
                .map(|(key, ids)| (renumber(*key), Cow::Borrowed(ids))),
        );
    }

    /// Adds cells in any order.
    pub(super) fn extend<'a>(&mut self, cells: impl IntoIterator<Item = (CellKey, Cow<'a, Ids>)>) {
        for (key, ids) in cells {
            let own = self.ids(key);
            if own.as_slice().is_empty() {
                *own = ids.into_owned();
            } else {
                own.extend(&ids);
            }
        }
    }

    /// Gives the keys other numbers.
    pub(super) fn renumber(&mut self, mut renumber: impl FnMut(CellKey) -> CellKey) {
        self.cells.iter_mut().for_each(|(key, _)| *key = renumber(*key));
        self.tidy();
    }

    /// Brings keys and identities into their final order and numbers. An event that sources tell differently (one of
    /// them without its user, say) counts once, under the last of its labels: `-` sorts before every name.
    pub(super) fn settle(&mut self, renumber: impl FnMut(CellKey) -> CellKey) {
        self.renumber(renumber);
        self.cells.iter_mut().for_each(|(_, ids)| ids.settle());
        for cells in self
            .cells
            .chunk_by_mut(|(a, _), (b, _)| (a.host, a.day) == (b.host, b.day))
        {
            keep_last(cells);
        }
        self.drop_empty();
        self.cells.iter_mut().for_each(|(_, ids)| ids.shrink());
        self.cells.shrink_to_fit();
    }

    fn drop_empty(&mut self) {
        self.cells.retain(|(_, ids)| !ids.as_slice().is_empty());
        self.sorted = self.cells.len();
    }

    /// Changes keys and identities.
    pub(super) fn map(&mut self, mut change: impl FnMut(CellKey, Ids) -> (CellKey, Ids)) {
        let cells = std::mem::take(&mut self.cells);
        self.cells = cells.into_iter().map(|(key, ids)| change(key, ids)).collect();
        self.tidy();
    }

    /// Keeps the events for which `keep` is true. The cells are settled.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&CellKey, Option<Millis>) -> bool) {
        for (key, ids) in &mut self.cells {
            ids.retain(|id| keep(key, key.day.at(identity::millis(id))));
        }
        self.drop_empty();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Cell<'_>> {
        self.cells.iter().map(|(key, ids)| Cell {
            key,
            ids: ids.as_slice(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

/// Keeps each identity in the last of these cells that has it.
fn keep_last(cells: &mut [(CellKey, Ids)]) {
    if cells.len() <= FEW {
        for last in (1..cells.len()).rev() {
            if let (before, [(_, ids), ..]) = cells.split_at_mut(last) {
                before.iter_mut().for_each(|(_, other)| other.subtract(ids));
            }
        }
        return;
    }
    // Nearly always there is none that two of them have: that is found out in the least memory.
    let mut all: Vec<u64> = cells
        .iter()
        .flat_map(|(_, ids)| ids.as_slice().iter().copied())
        .collect();
    all.sort_unstable();
    let twice = all
        .windows(2)
        .filter_map(|pair| (pair[0] == pair[1]).then_some(pair[0]));
    let mut left: IndexSet<u64, foldhash::fast::RandomState> = twice.collect();
    if left.is_empty() {
        return;
    }
    let twice = left.clone();
    for (_, ids) in cells.iter_mut().rev() {
        ids.retain(|id| !twice.contains(&id) || left.swap_remove(&id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn key(day: i32, label: u32) -> CellKey {
        CellKey {
            host: 0,
            day: Day::from_number(day),
            label,
            spelling: 0,
        }
    }

    proptest! {
        #[test]
        fn they_are_a_map_of_sets_whatever_the_order(added in proptest::collection::vec((0i32..30, 0u64..9), 0..200)) {
            let mut cells = Cells::default();
            let mut map: BTreeMap<i32, BTreeSet<u64>> = BTreeMap::new();
            for (day, id) in added {
                cells.add(key(day, 0), id);
                map.entry(day).or_default().insert(id);
            }
            cells.settle(|key| key);
            let settled: Vec<_> = cells.iter().map(|cell| (cell.key.day.number(), cell.ids.to_vec())).collect();
            let expected: Vec<_> = map.into_iter().map(|(day, ids)| (day, ids.into_iter().collect())).collect();
            prop_assert_eq!(settled, expected);
        }
    }

    /// So many that no machine would come to an end if each of them moved those before it.
    #[test]
    fn days_may_fall_or_jump() {
        const DAYS: i32 = 300_000;
        for step in [DAYS - 1, 7_919] {
            let mut cells = Cells::default();
            let mut day = 0;
            for _ in 0..DAYS {
                day = (day + step) % DAYS;
                cells.add(key(day, 0), 1);
            }
            cells.settle(|key| key);
            let events: usize = cells.iter().map(|cell| cell.ids.len()).sum();
            assert_eq!(events, DAYS.unsigned_abs() as usize);
        }
    }
}
