//! An event's name and image in, where its name is kept out, if one like it came not long ago.
//!
//! Most events say what another said: those need no template, and no look-up of template, name, image and label. This is a
//! memory of a fixed size in which the later takes the place of the earlier. What it tells is a guess, which the fold makes
//! sure of.

use std::hash::BuildHasher;

use super::NO_IMAGE;
use super::group::Place;
use super::interner::Interned;

/// So many are remembered.
const SLOTS: usize = 2048;

/// See the module's text. A fold to which no event is added has no room for it.
#[derive(Debug, Default)]
pub(super) struct Recent {
    slots: Vec<Slot>,
    state: foldhash::fast::RandomState,
}

/// Where a name by an image is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The number of the group.
    pub(super) group: usize,
    pub(super) place: Place,
    /// The process whose id the template may have been made with; any, where the name holds nothing that could be one.
    pub(super) process: Option<Option<u32>>,
    pub(super) image: Interned,
    /// What else the last event like this said.
    pub(super) label: u32,
}

impl Slot {
    /// What is remembered of nothing.
    pub(super) const NONE: Self = Self {
        group: usize::MAX,
        place: Place::NONE,
        process: None,
        image: Interned {
            key: NO_IMAGE,
            spelling: NO_IMAGE,
        },
        label: u32::MAX,
    };
}

impl Recent {
    /// The number of the slot for a name by an image; others fall in the same.
    pub(super) fn number(&mut self, name: &str, image: &str) -> usize {
        self.slots.resize(SLOTS, Slot::NONE);
        let hash = self.state.hash_one((image.as_bytes(), name.as_bytes())).to_le_bytes();
        usize::from(u16::from_le_bytes([hash[0], hash[1]])) % SLOTS
    }

    /// What is remembered there, after [`number`](Self::number).
    pub(super) fn slot(&mut self, number: usize) -> &mut Slot {
        &mut self.slots[number]
    }
}
