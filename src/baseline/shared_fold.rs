//! Folds in, one a thread, what all of them have seen out: in little more memory than one would take.
//!
//! Where there is much, each fold hands it over before it takes more than a small share of the room that pairs have, and
//! goes on empty, with the limits that hold for all by then. What a limit leaves out then will be left out in the end, so
//! the baseline is the same whoever handed over what, and when. Most logs have less than a share; nothing is handed over.

use std::sync::{Mutex, PoisonError};

use super::fold::{group, whole};
use super::shares::ROOM;
use super::{Baseline, Fold, SMALL};

/// All folds together take one in so many of the room, besides what they have handed over.
const SHARES: usize = 4;

/// So many events whose pairs are left out are handed over too: kept by every thread, they would be copied by every merge.
const LEFT_OUT: usize = if SMALL { 1 << 6 } else { 1 << 18 };

/// A group that takes more of the room is one whose names are worth leaving out at once.
const LOUD: usize = 16;

/// See the module's text.
#[derive(Debug)]
pub struct SharedFold {
    /// Each fold takes one in so many of the room; all of it, where it is 0.
    shares: usize,
    all: Mutex<Option<Fold>>,
}

impl SharedFold {
    /// For so many folds. One alone has nothing to hand over: it keeps what it has small by itself.
    #[must_use]
    pub fn of(folds: usize) -> Self {
        Self {
            shares: if folds > 1 { SHARES * folds } else { 0 },
            all: Mutex::default(),
        }
    }

    /// Takes over what `fold` has seen, where this is more than its share.
    pub fn relieve(&self, fold: &mut Fold) {
        if fold.exceeds(self.shares) {
            self.take(fold);
        }
    }

    #[cold]
    fn take(&self, fold: &mut Fold) {
        // Sorted before anybody has to wait.
        let seen = std::mem::take(fold).finish();
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        *fold = match &mut *all {
            Some(all) => {
                all.absorb(seen);
                all.emptied()
            }
            none => none.insert(Fold::from(seen)).emptied(),
        };
    }

    /// What was handed over, with `rest`, which was not.
    #[must_use]
    pub fn finish(self, rest: Baseline) -> Baseline {
        match self.all.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(mut all) => {
                all.absorb(rest);
                all.finish()
            }
            None => rest,
        }
    }
}

impl Fold {
    /// Whether it has more than one in so many of the room; never, where that is 0.
    fn exceeds(&self, shares: usize) -> bool {
        self.room * shares > ROOM || (self.left_out > LEFT_OUT && shares > 0)
    }

    /// One that has seen nothing, with the same limits.
    fn emptied(&self) -> Self {
        let mut empty = Self {
            limits: self.limits,
            shares: self.shares.clone(),
            ..Self::default()
        };
        for (key, held) in self.groups.iter().filter(|(_, held)| held.room() > LOUD) {
            if let Some(limit) = held.limit() {
                let image = empty.images.intern(self.images.key(key.image), whole);
                group(&mut empty.groups, key.template.as_str(), image.key).limit_to(limit);
            }
        }
        empty
    }
}
