//! What a scan keeps of things that may be many: damage, files passed over, sources without an event.

use std::collections::BTreeSet;

/// Things of which there may be very many, sorted: the first are kept, the others counted.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    kept: BTreeSet<T>,
    /// How many there are besides.
    pub more: u64,
}

/// So many are kept: input that is full of damage must not fill the memory.
const KEPT: usize = 10_000;

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            kept: BTreeSet::new(),
            more: 0,
        }
    }
}

impl<T: Ord> Kept<T> {
    pub(super) fn add(&mut self, item: T) {
        if self.kept.insert(item) && self.kept.len() > KEPT {
            self.kept.pop_last();
            self.more += 1;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        other.kept.into_iter().for_each(|item| self.add(item));
        self.more += other.more;
    }

    /// Those that are kept, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.kept.iter()
    }

    /// How many there are in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.kept.len() as u64 + self.more
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}
