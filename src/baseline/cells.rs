//! The events of one pair (or of one group's other names), by host, day and what else they say.

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
        for (key, ids) in &other.0 {
            self.ids(renumber(*key)).extend(ids);
        }
    }

    /// Brings keys and identities into their final order and numbers. An event that sources tell differently (one of
    /// them without its user, say) counts once, under the last of its labels: `-` sorts before every name.
    pub(super) fn settle(&mut self, renumber: impl FnMut(CellKey) -> CellKey) {
        let mut settled = Self::default();
        settled.absorb(self, renumber);
        settled.0.iter_mut().for_each(|(_, ids)| ids.settle());
        for last in (1..settled.0.len()).rev() {
            let (before, from) = settled.0.split_at_mut(last);
            let Some((key, ids)) = from.first() else { continue };
            before
                .iter_mut()
                .rev()
                .take_while(|(k, _)| (k.host, k.day) == (key.host, key.day))
                .for_each(|(_, other)| other.subtract(ids));
        }
        settled.0.retain(|(_, ids)| !ids.as_slice().is_empty());
        settled.0.iter_mut().for_each(|(_, ids)| ids.shrink());
        settled.0.shrink_to_fit();
        *self = settled;
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
