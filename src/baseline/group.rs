//! The names of one template with one image.
//!
//! A group stays small: up to [`NAMES`] names it keeps each; beyond, it keeps a sample that merges (the names with the
//! smallest hashes) and the events of all others together. Counts, hosts and days of the group are exact always, and so
//! are those of each name in the sample: a name that is in the final sample was in every sample before.

use indexmap::map::MutableKeys;
use xxhash_rust::xxh3::xxh3_64;

use super::Map;
use super::cells::{CellKey, Cells};
use super::interner::number;
use super::name::{Name, OTHER};
use crate::normalize::fold::{self, Folded, FoldedRef};

/// How many names of a group are kept at the end; while it grows, twice as many.
const NAMES: usize = 1 << 18;

/// Where the events of a name in one spelling are, as long as no name of the group goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    name: u32,
    /// The number of the spelling.
    pub(super) spelling: u32,
}

impl Place {
    /// Of all names that are not kept.
    pub(super) const NONE: Self = Self {
        name: u32::MAX,
        spelling: OTHER,
    };
}

/// See the module's text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Group {
    /// The smallest spelling of the template, where it is smaller than that of the group's key.
    smaller: Option<Box<str>>,
    names: Map<Folded, Name>,
    /// Events of names that are not kept.
    others: Cells,
    /// Names with a hash above this are not kept.
    limit: Option<u64>,
}

impl Group {
    /// The cells of all names, kept or not.
    pub(super) fn cells(&self) -> impl Iterator<Item = &Cells> {
        self.names.values().map(|name| &name.cells).chain([&self.others])
    }

    pub(super) fn cells_mut(&mut self) -> impl Iterator<Item = &mut Cells> {
        self.names
            .values_mut()
            .map(|name| &mut name.cells)
            .chain([&mut self.others])
    }

    /// The names that are kept.
    pub(super) fn names(&self) -> impl Iterator<Item = (&Folded, &Name)> {
        self.names.iter()
    }

    /// Events of names that are not kept: empty where all are.
    pub(super) fn others(&self) -> &Cells {
        &self.others
    }

    /// Names with a hash above this are not kept: those of the group are all there, where it is `None`.
    pub(super) fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// Keeps no name with a hash above this.
    pub(super) fn limit_to(&mut self, limit: u64) {
        if self.limit.is_none_or(|own| limit < own) {
            self.limit = Some(limit);
            self.apply_limit();
        }
    }

    pub(super) fn others_mut(&mut self) -> &mut Cells {
        &mut self.others
    }

    /// Drops the names that have no events left.
    pub(super) fn drop_empty(&mut self) {
        self.names.retain(|_, name| !name.cells.is_empty());
    }

    /// Takes note of a spelling of the template that is smaller than the key's.
    pub(super) fn spell(&mut self, template: &str) {
        if self.smaller.as_deref().is_none_or(|smallest| template < smallest) {
            self.smaller = Some(template.into());
        }
    }

    /// Where the events of `name` are added, and the number of its spelling.
    pub(super) fn entry(&mut self, name: &str) -> (&mut Cells, u32) {
        let place = self.place(name);
        (self.cells_at(place), place.spelling)
    }

    /// The place of `name`, made where there is none.
    pub(super) fn place(&mut self, name: &str) -> Place {
        let index = match self.names.get_index_of(&FoldedRef(name)) {
            Some(index) => index,
            None if self.limit.is_some_and(|limit| hash(name) > limit) => return Place::NONE,
            None => {
                if self.names.len() >= 2 * NAMES {
                    self.trim(NAMES);
                }
                self.names.insert_full(Folded::new(name), Name::default()).0
            }
        };
        match self.names.get_index_mut(index) {
            Some((key, kept)) => Place {
                name: number(index),
                spelling: kept.spelling(key.as_str(), name),
            },
            None => Place::NONE,
        }
    }

    /// Whether this is the place of `name`.
    pub(super) fn holds(&self, place: Place, name: &str) -> bool {
        let kept = self.names.get_index(place.name as usize);
        kept.is_some_and(|(key, kept)| kept.is_spelled(key.as_str(), place.spelling, name))
    }

    /// The cells of a place.
    pub(super) fn cells_at(&mut self, place: Place) -> &mut Cells {
        match self.names.get_index_mut(place.name as usize) {
            Some((_, kept)) => &mut kept.cells,
            None => &mut self.others,
        }
    }

    /// Whether a name is not among those that are kept, and would be without any of them going.
    fn has_room_for(&self, name: &Folded) -> bool {
        self.names.len() < 2 * NAMES
            && !self.names.contains_key(name)
            && self.limit.is_none_or(|limit| hash(name.as_str()) <= limit)
    }

    /// Makes room for the spellings of a settled name, so that adding them renumbers none of them.
    fn make_room(&mut self, name: &str) {
        if let Some((_, key, kept)) = self.names.get_full_mut(&FoldedRef(name)) {
            kept.make_room(key.as_str());
        }
    }

    /// Adds all of `other`, which is settled; `renumber` gives its cells this baseline's numbers.
    pub(super) fn absorb(&mut self, other: Self, renumber: impl Fn(CellKey) -> CellKey) {
        for (key, mut name) in other.names {
            if self.has_room_for(&key) {
                name.cells.renumber(&renumber);
                self.names.insert(key, name);
                continue;
            }
            self.make_room(key.as_str());
            // The spellings first: each may be kept or not, and the cells follow.
            let numbers: Vec<u32> = name.spellings(key.as_str()).map(|text| self.entry(text).1).collect();
            let spelling = |old: u32| numbers.get(old as usize).copied().unwrap_or(OTHER);
            let cells = self.entry(key.as_str()).0;
            cells.absorb(&name.cells, |key| CellKey {
                spelling: spelling(key.spelling),
                ..renumber(key)
            });
        }
        self.others.absorb(&other.others, renumber);
        if let Some(limit) = other.limit {
            self.limit_to(limit);
        }
    }

    /// Brings names, spellings and cells into their final order; gives the key's spelling from now on, where it is another:
    /// the smallest.
    pub(super) fn settle(&mut self, renumber: impl Fn(CellKey) -> CellKey) -> Option<Folded> {
        self.trim(NAMES);
        for (key, name) in self.names.iter_mut2() {
            // Another spelling of the same key: its hash stays.
            if let Some(spelling) = name.settle(key.as_str(), &renumber) {
                *key = spelling;
            }
        }
        // Of two sorted parts, as when baselines are merged, the stable sort makes one without sorting anew.
        self.names.sort_by(|a, _, b, _| fold::cmp(a.as_str(), b.as_str()));
        self.names.shrink_to_fit();
        self.others.settle(&renumber);
        self.smaller.take().map(|text| Folded::new(&text))
    }

    /// Keeps the `keep` names with the smallest hashes.
    fn trim(&mut self, keep: usize) {
        if self.names.len() <= keep {
            return;
        }
        let mut hashes: Vec<u64> = self.names.keys().map(|name| hash(name.as_str())).collect();
        let (_, limit, _) = hashes.select_nth_unstable(keep.saturating_sub(1));
        self.limit = Some(*limit);
        self.apply_limit();
    }

    fn apply_limit(&mut self) {
        let Some(limit) = self.limit else { return };
        let others = &mut self.others;
        self.names.retain(|name, kept| {
            let keep = hash(name.as_str()) <= limit;
            if !keep {
                others.absorb(&kept.cells, |key| CellKey { spelling: OTHER, ..key });
            }
            keep
        });
    }
}

/// The hash by which names are sampled: the same everywhere, without ASCII case.
fn hash(name: &str) -> u64 {
    xxh3_64(name.to_ascii_lowercase().as_bytes())
}
