//! Pipe events in, everything that later stages need out: pairs with counts, hosts, days, users, first and last seen.
//!
//! A [`Baseline`] is a pure function of the *set* of events that it has seen, and of the records that whole logs hold (`logs`).
//! Each event is kept as its identity (eight bytes) in the cell of its pair, host, day, kind and user; counts are the sizes of
//! these sets. So [`Baseline::merge`] is associative, commutative and idempotent: chunks, files, threads, machines and weeks combine in any order, and a log
//! read twice counts once. Rows that were counted elsewhere have identities too, each of which stands for many events
//! (`counted`).
//!
//! [`Fold`] is the same while it grows; [`Fold::finish`] brings it into its one canonical form.

mod cells;
mod clock;
mod counted;
mod crowd;
mod evidence;
mod fold;
mod group;
mod groups;
mod hosts;
mod hours;
mod identity;
mod ids;
mod interner;
mod logs;
mod name;
mod pairs;
mod part;
mod recent;
pub mod saved;
mod select;
mod shared_fold;
mod shares;
mod sightings;
mod tally;

pub use clock::LastRecord;
pub use counted::Counted;
pub use evidence::{Evidence, Threshold};
pub use fold::Fold;
pub use groups::GroupView;
pub use hosts::Host;
pub use identity::Occurrences;
pub(crate) use pairs::sort_large;
pub use pairs::{Count, Pair, most_frequent_first};
pub use part::Part;
pub use select::Selection;
pub use shared_fold::SharedFold;
pub use sightings::Sighting;
pub use tally::Tally;

use indexmap::IndexMap;

use crate::event::Kind;
use crate::normalize::fold::Folded;
use cells::Cells;
use crowd::Limits;
use group::Group;
use interner::Interner;
use logs::Logs;
use shares::Shares;

/// The number that stands for all images which are not kept.
pub(super) const NO_IMAGE: u32 = u32::MAX;

/// Whether limits are low, so that tests and fuzzers meet them.
const SMALL: bool = cfg!(any(test, fuzzing));

/// A map that remembers insertion order; its hash is keyed anew in every process, so that no input can flood it.
type Map<K, V> = IndexMap<K, V, foldhash::fast::RandomState>;

/// What all pairs seen so far have in common: see the module's text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baseline {
    hosts: Interner,
    images: Interner,
    users: Vec<Box<str>>,
    labels: Vec<Label>,
    groups: Map<GroupKey, Group>,
    /// Events of pairs that are in no group.
    others: Cells,
    /// Which records the logs hold.
    logs: Logs,
    limits: Limits,
    shares: Shares,
}

/// What else an event says, kept once for the many that say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Label {
    kind: Kind,
    user: u32,
    host_spelling: u32,
    image_spelling: u32,
    /// How many events one identity stands for, where it is that of a row counted elsewhere; 0 where it is an event's.
    counted: u64,
}

/// A template with an image: the unit in which names are kept or sampled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct GroupKey {
    template: Folded,
    image: u32,
}

impl Baseline {
    /// Everything that either has seen. Events that both have seen count once.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        // What is moved is the smaller.
        let (larger, smaller) = if self.groups.len() < other.groups.len() {
            (other, self)
        } else {
            (self, other)
        };
        let mut fold = Fold::from(larger);
        fold.absorb(smaller);
        fold.finish()
    }

    /// How many events it has seen.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.all_cells().map(|cells| self.events_of(cells)).sum()
    }

    fn all_cells(&self) -> impl Iterator<Item = &Cells> {
        self.groups.values().flat_map(Group::cells).chain([&self.others])
    }
}

#[cfg(test)]
mod tests;
