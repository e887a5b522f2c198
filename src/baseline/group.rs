//! The names of one template with one image.
//!
//! A group keeps each name as long as it has room for it; beyond its share (`shares`), it keeps a sample that merges (the
//! names with the smallest hashes) and the events of all others together. Counts, hosts and days of the group are exact
//! always, and so are those of each name in the sample: a name that is in the final sample was in every sample before.

use std::hash::BuildHasher;

use indexmap::map::MutableKeys;
use indexmap::map::raw_entry_v1::{RawEntryApiV1, RawEntryMut};
use xxhash_rust::xxh3::xxh3_64;

use super::cells::{CellKey, Cells};
use super::interner::number;
use super::name::{Name, OTHER};
use super::{Map, SMALL};
use crate::normalize::fold::{self, Folded, FoldedRef};

/// The first name of a group takes one unit of room, for the group costs as much as several names; so many more names take
/// another.
pub(super) const NAMES_IN_ROOM: usize = if SMALL { 2 } else { 8 };

/// So many names are sorted as they are.
const FEW: usize = 16;

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
    names: Map<Folded, Name>,
    /// What few groups have, of which there can be hundreds of thousands.
    rest: Option<Box<Rest>>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Rest {
    /// The smallest spelling of the template, where it is smaller than that of the group's key.
    smaller: Option<Box<str>>,
    /// Events of names that are not kept.
    others: Cells,
    /// Names with a hash above this are not kept.
    limit: Option<u64>,
}

impl Group {
    /// The cells of all names, kept or not.
    pub(super) fn cells(&self) -> impl Iterator<Item = &Cells> {
        self.names.values().map(|name| &name.cells).chain(self.others())
    }

    pub(super) fn cells_mut(&mut self) -> impl Iterator<Item = &mut Cells> {
        let others = self.rest.as_mut().map(|rest| &mut rest.others);
        self.names.values_mut().map(|name| &mut name.cells).chain(others)
    }

    /// The names that are kept.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = (&Folded, &Name)> {
        self.names.iter()
    }

    /// The events of a name that is kept.
    pub(super) fn cells_of(&self, name: &str) -> Option<&Cells> {
        self.names.get(&FoldedRef(name)).map(|name| &name.cells)
    }

    /// Events of names that are not kept, where there are any.
    pub(super) fn others(&self) -> Option<&Cells> {
        let others = self.rest.as_ref().map(|rest| &rest.others);
        others.filter(|others| !others.is_empty())
    }

    /// Whether it has no events: all that it may know is a limit.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.others().is_none()
    }

    fn rest(&mut self) -> &mut Rest {
        self.rest.get_or_insert_default()
    }

    /// Names with a hash above this are not kept: those of the group are all there, where it is `None`.
    pub(super) fn limit(&self) -> Option<u64> {
        self.rest.as_ref()?.limit
    }

    /// Keeps no name with a hash above this.
    pub(super) fn limit_to(&mut self, limit: u64) {
        if self.limit().is_some_and(|own| own <= limit) {
            return;
        }
        let rest = self.rest.get_or_insert_default();
        rest.limit = Some(limit);
        self.names.retain(|name, kept| {
            let keep = hash(name.as_str()) <= limit;
            if !keep {
                rest.others
                    .absorb(&kept.cells, |key| CellKey { spelling: OTHER, ..key });
            }
            keep
        });
    }

    /// Drops the names that have no events left.
    pub(super) fn drop_empty(&mut self) {
        self.names.retain(|_, name| !name.cells.is_empty());
    }

    /// Takes note of a spelling of the template that is smaller than the key's.
    pub(super) fn spell(&mut self, template: &str) {
        let smaller = &mut self.rest().smaller;
        if smaller.as_deref().is_none_or(|smallest| template < smallest) {
            *smaller = Some(template.into());
        }
    }

    /// Where the events of `name` are added, and the number of its spelling.
    pub(super) fn entry(&mut self, name: &str) -> (&mut Cells, u32) {
        let place = self.place(name);
        (self.cells_at(place), place.spelling)
    }

    /// The place of `name`, made where there is none.
    pub(super) fn place(&mut self, name: &str) -> Place {
        // Most groups have one name, and there can be hundreds of thousands of groups.
        if self.names.is_empty() && self.may_keep(name) {
            self.names.reserve_exact(1);
        }
        let limit = self.limit();
        let key = FoldedRef(name);
        let hash_of_key = self.names.hasher().hash_one(key);
        let entry = self.names.raw_entry_mut_v1().from_key_hashed_nocheck(hash_of_key, &key);
        let index = number(entry.index());
        let spelling = match entry {
            RawEntryMut::Occupied(entry) => {
                let (key, kept) = entry.into_key_value_mut();
                kept.spelling(key.as_str(), name)
            }
            RawEntryMut::Vacant(_) if !is_within(limit, name) => return Place::NONE,
            RawEntryMut::Vacant(entry) => {
                entry.insert_hashed_nocheck(hash_of_key, Folded::new(name), Name::default());
                0
            }
        };
        Place { name: index, spelling }
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
            None => &mut self.rest.get_or_insert_default().others,
        }
    }

    /// Whether a name is not among those that are kept, and may be.
    pub(super) fn lacks(&self, name: &str) -> bool {
        !self.names.contains_key(&FoldedRef(name)) && self.may_keep(name)
    }

    fn may_keep(&self, name: &str) -> bool {
        is_within(self.limit(), name)
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
            if self.lacks(key.as_str()) {
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
        if let Some(rest) = other.rest {
            self.rest().others.absorb(&rest.others, renumber);
            if let Some(limit) = rest.limit {
                self.limit_to(limit);
            }
        }
    }

    /// Brings names, spellings and cells into their final order; gives the key's spelling from now on, where it is another:
    /// the smallest.
    pub(super) fn settle(&mut self, renumber: impl Fn(CellKey) -> CellKey) -> Option<Folded> {
        for (key, name) in self.names.iter_mut2() {
            // Another spelling of the same key: its hash stays.
            if let Some(spelling) = name.settle(key.as_str(), &renumber) {
                *key = spelling;
            }
        }
        self.sort();
        self.names.shrink_to_fit();
        let rest = self.rest.as_mut()?;
        rest.others.settle(&renumber);
        let smaller = rest.smaller.take();
        if **rest == Rest::default() {
            self.rest = None;
        }
        smaller.map(|text| Folded::new(&text))
    }

    /// Sorts the names. Many are sorted first by a number, which is quickly compared, and moved only then; what such a number
    /// does not tell apart is left to a sort that goes by stretches which are in order.
    fn sort(&mut self) {
        if self.names.len() > FEW && !self.is_sorted() {
            let shared = self.shared();
            self.names
                .sort_by_cached_key(|name, _| fold::number(name.as_str(), shared));
        }
        if !self.is_sorted() {
            self.names.sort_by(|a, _, b, _| fold::cmp(a.as_str(), b.as_str()));
        }
    }

    fn is_sorted(&self) -> bool {
        self.names
            .is_sorted_by(|a, _, b, _| fold::cmp(a.as_str(), b.as_str()).is_le())
    }

    /// How many bytes all names begin with, without case.
    fn shared(&self) -> usize {
        let Some((first, _)) = self.names.first() else { return 0 };
        let shared = |name: &Folded| fold::shared(first.as_str(), name.as_str());
        self.names.keys().map(shared).min().unwrap_or_default()
    }

    /// How much of the room of a baseline it takes.
    pub(super) fn room(&self) -> usize {
        match self.names.len() {
            0 => 0,
            names => 1 + (names - 1).div_ceil(NAMES_IN_ROOM),
        }
    }

    /// Takes no more than so much room, which is not 0: keeps the names with the smallest hashes.
    pub(super) fn trim(&mut self, room: usize) {
        let keep = 1 + room.saturating_sub(1) * NAMES_IN_ROOM;
        if self.names.len() <= keep {
            return;
        }
        let mut hashes: Vec<u64> = self.names.keys().map(|name| hash(name.as_str())).collect();
        let (_, limit, _) = hashes.select_nth_unstable(keep.saturating_sub(1));
        self.limit_to(*limit);
    }
}

/// Whether a name is kept where those with a hash above the limit are not.
fn is_within(limit: Option<u64>, name: &str) -> bool {
    limit.is_none_or(|limit| hash(name) <= limit)
}

/// The hash by which names are sampled: the same everywhere, without ASCII case.
fn hash(name: &str) -> u64 {
    xxh3_64(name.to_ascii_lowercase().as_bytes())
}
