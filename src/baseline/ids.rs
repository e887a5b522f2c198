//! A set of event identities that grows in constant time each, in whatever order they come.

use smallvec::SmallVec;

/// The set. Sorted and without duplicates once [`Ids::settle`] was called and nothing was added since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ids {
    ids: SmallVec<[u64; 2]>,
}

/// Below this, removing duplicates early saves nothing worth having.
const SMALL: usize = 64;

impl Ids {
    pub(super) fn add(&mut self, id: u64) {
        // Before it grows; where that leaves little room, it grows all the same, so that each costs the same to add.
        if self.ids.len() == self.ids.capacity() && self.ids.len() >= SMALL {
            self.settle();
            if self.ids.len() > self.ids.capacity() / 2 {
                self.ids.reserve(self.ids.len());
            }
        }
        self.ids.push(id);
    }

    pub(super) fn extend(&mut self, other: &Self) {
        for id in &other.ids {
            self.add(*id);
        }
    }

    /// The set of what `change` makes of each.
    pub(super) fn map(&self, mut change: impl FnMut(u64) -> u64) -> Self {
        let mut changed = Self::default();
        self.ids.iter().for_each(|id| changed.add(change(*id)));
        changed
    }

    pub(super) fn settle(&mut self) {
        self.ids.sort_unstable();
        self.ids.dedup();
    }

    /// Gives back memory that growth has reserved; the set has its last size.
    pub(super) fn shrink(&mut self) {
        self.ids.shrink_to_fit();
    }

    /// Removes what `other` holds. Both are settled.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.ids.retain(|id| other.ids.binary_search(id).is_err());
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(u64) -> bool) {
        self.ids.retain(|id| keep(*id));
    }

    pub(super) fn as_slice(&self) -> &[u64] {
        &self.ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_set_of_what_was_added(added in proptest::collection::vec(0u64..200, 0..600)) {
            let mut ids = Ids::default();
            added.iter().for_each(|id| ids.add(*id));
            ids.settle();
            let set: std::collections::BTreeSet<u64> = added.into_iter().collect();
            prop_assert_eq!(ids.as_slice(), set.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn duplicates_are_not_kept_until_the_end() {
        let mut ids = Ids::default();
        (0..100_000).for_each(|i| ids.add(i % 10));
        assert!(ids.ids.capacity() <= 2 * SMALL);
    }
}
