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

/// Cells, sorted by key.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cells(SmallVec<[(CellKey, Ids); 1]>);

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
    pub(super) fn add(&mut self, key: CellKey, id: u64) {
        self.ids(key).add(id);
    }

    fn ids(&mut self, key: CellKey) -> &mut Ids {
        // Logs come in the order of time: nearly always it is the last cell, or a new one behind it.
        let at = match self.0.last() {
            Some((last, _)) if *last == key => self.0.len() - 1,
            Some((last, _)) if *last > key => match self.0.binary_search_by(|(k, _)| k.cmp(&key)) {
                Ok(at) => at,
                Err(at) => {
                    self.0.insert(at, (key, Ids::default()));
                    at
                }
            },
            _ => {
                self.0.push((key, Ids::default()));
                self.0.len() - 1
            }
        };
        &mut self.0[at].1
    }

    /// Adds all of `other`, whose keys are renumbered by `renumber`.
    pub(super) fn absorb(&mut self, other: &Self, mut renumber: impl FnMut(CellKey) -> CellKey) {
        self.extend(other.0.iter().map(|(key, ids)| (renumber(*key), Cow::Borrowed(ids))));
    }

    /// Adds cells in any order.
    pub(super) fn extend<'a>(
        &mut self,
        cells: impl IntoIterator<Item = (CellKey, Cow<'a, Ids>), IntoIter: ExactSizeIterator>,
    ) {
        let cells = cells.into_iter();
        if cells.len() <= FEW {
            cells.for_each(|(key, ids)| self.ids(key).extend(&ids));
            return;
        }
        // One by one, each might move all that are behind it.
        let mut cells: Vec<(CellKey, Cow<'a, Ids>)> = cells.collect();
        cells.sort_by_key(|(key, _)| *key);
        let mut merged: SmallVec<[(CellKey, Ids); 1]> = SmallVec::with_capacity(self.0.len() + cells.len());
        let mut own = std::mem::take(&mut self.0).into_iter().peekable();
        for (key, ids) in cells {
            while let Some(cell) = own.next_if(|(own, _)| *own <= key) {
                merged.push(cell);
            }
            match merged.last_mut() {
                Some((last, into)) if *last == key => into.extend(&ids),
                _ => merged.push((key, ids.into_owned())),
            }
        }
        merged.extend(own);
        self.0 = merged;
    }

    /// Brings keys and identities into their final order and numbers. An event that sources tell differently (one of
    /// them without its user, say) counts once, under the last of its labels: `-` sorts before every name.
    pub(super) fn settle(&mut self, renumber: impl FnMut(CellKey) -> CellKey) {
        let mut settled = Self::default();
        settled.absorb(self, renumber);
        settled.0.iter_mut().for_each(|(_, ids)| ids.settle());
        for cells in settled
            .0
            .chunk_by_mut(|(a, _), (b, _)| (a.host, a.day) == (b.host, b.day))
        {
            keep_last(cells);
        }
        settled.0.retain(|(_, ids)| !ids.as_slice().is_empty());
        settled.0.iter_mut().for_each(|(_, ids)| ids.shrink());
        settled.0.shrink_to_fit();
        *self = settled;
    }

    /// Changes keys and identities.
    pub(super) fn map(&mut self, mut change: impl FnMut(CellKey, Ids) -> (CellKey, Ids)) {
        let cells: Vec<_> = std::mem::take(&mut self.0)
            .into_iter()
            .map(|(key, ids)| change(key, ids))
            .map(|(key, ids)| (key, Cow::Owned(ids)))
            .collect();
        self.extend(cells);
    }

    /// Keeps the events for which `keep` is true.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&CellKey, Option<Millis>) -> bool) {
        for (key, ids) in &mut self.0 {
            ids.retain(|id| keep(key, key.day.at(identity::millis(id))));
        }
        self.0.retain(|(_, ids)| !ids.as_slice().is_empty());
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Cell<'_>> {
        self.0.iter().map(|(key, ids)| Cell {
            key,
            ids: ids.as_slice(),
        })
    }

    pub(super) fn events(&self) -> u64 {
        self.0.iter().map(|(_, ids)| ids.as_slice().len() as u64).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
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
    let mut seen: IndexSet<u64, foldhash::fast::RandomState> = IndexSet::default();
    for (_, ids) in cells.iter_mut().rev() {
        ids.retain(|id| seen.insert(id));
    }
}
