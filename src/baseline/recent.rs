//! An event's name and image in, where its name is kept out, if one like it came not long ago.
//!
//! Most events say what another said: those need no template, and no look-up of template and name. This is a memory of a
//! fixed size in which the later takes the place of the earlier. What it tells is a guess, which the fold makes sure of.

use std::hash::BuildHasher;

use super::group::Place;

/// So many are remembered.
const SLOTS: usize = 2048;

/// See the module's text. A fold to which no event is added has no room for it.
#[derive(Debug, Default)]
pub(super) struct Recent {
    slots: Vec<Slot>,
    state: foldhash::fast::RandomState,
}

/// Where a name is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The number of the group.
    pub(super) group: usize,
    pub(super) place: Place,
    /// The process whose id the template may have been made with; any, where the name holds nothing that could be one.
    pub(super) process: Option<Option<u32>>,
}

impl Recent {
    /// What is remembered of a name by an image, or of others that fell in the same place.
    pub(super) fn slot(&mut self, name: &str, image: u32) -> &mut Slot {
        let nothing = Slot {
            group: usize::MAX,
            place: Place::NONE,
            process: None,
        };
        self.slots.resize(SLOTS, nothing);
        let at = self.state.hash_one((image, name.as_bytes())).to_le_bytes();
        &mut self.slots[usize::from(u16::from_le_bytes([at[0], at[1]])) % SLOTS]
    }
}
