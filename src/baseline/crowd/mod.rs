//! Hosts, users and days without number in, as many as memory has room for out.
//!
//! A real fleet has thousands of hosts; a forged log can name millions, and as many users and days. Each spelling of a host
//! keeps no more than [`USERS`] users, and [`CLOCKS`] days of clocks that are wrong (of right ones there are no more than
//! 31,192); and of all spellings as many are kept as [`ROOM`] has room for their users and days. It is always those with the
//! smallest hashes, and none of the three limits changes what another one counts: so what is kept of parts, merged, is what is
//! kept of the whole.
//!
//! The events of all others count as those of a host, a user or a day that is not known. So counts stay exact, and evidence,
//! which is counted in hosts that are known and in days that can be, can only become less.

mod thin;

use xxhash_rust::xxh3::xxh3_64;

use super::{Map, SMALL};
use crate::normalize::EMPTY;
use crate::normalize::day::Day;

/// How many spellings of hosts are kept.
pub(super) const KEPT: usize = if SMALL { 1 << 8 } else { 1 << 16 };

/// How many users and days, each counted once for every spelling of a host, are kept.
pub(super) const ROOM: usize = if SMALL { 1 << 10 } else { 1 << 20 };

/// So many users of one spelling of a host are kept.
pub(super) const USERS: usize = if SMALL { 1 << 4 } else { 1 << 12 };

/// So many days of one spelling of a host are kept that are no evidence.
pub(super) const CLOCKS: usize = if SMALL { 1 << 4 } else { 1 << 10 };

/// So many spellings of an image are kept, besides the one in lower case, which stands for the others.
pub(super) const SPELLINGS: usize = 16;

/// While a fold grows, its tables take so much before it is thinned.
const LOOSE: usize = ROOM / 4;

/// What is not kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Limits {
    /// Spellings of hosts with a hash above this: none, where it is `None`.
    pub(super) hosts: Option<u64>,
    /// Some users.
    pub(super) lacks_users: bool,
    /// Some days of wrong clocks.
    pub(super) lacks_days: bool,
}

impl Limits {
    /// What either does not keep.
    fn and(self, other: Self) -> Self {
        Self {
            hosts: self.hosts.into_iter().chain(other.hosts).min(),
            lacks_users: self.lacks_users || other.lacks_users,
            lacks_days: self.lacks_days || other.lacks_days,
        }
    }

    pub(super) fn keep_host(self, spelling: &str) -> bool {
        self.hosts
            .is_none_or(|limit| spelling == EMPTY || hash(spelling) <= limit)
    }
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

fn hash_of_day(day: Day) -> u64 {
    xxh3_64(&day.number().to_le_bytes())
}

/// By the number of a host's spelling: hashes above which what it has told is not kept.
type PerHost = Map<u32, u64>;

fn keeps(limits: &PerHost, host: u32, hash: impl Fn() -> u64) -> bool {
    limits.get(&host).is_none_or(|limit| hash() <= *limit)
}

/// Distinct pairs of a host's spelling and something that it has told.
struct Told<T> {
    pairs: Vec<(u32, T)>,
    /// How many there were when they were last sorted.
    sorted: usize,
}

impl<T: Ord + Copy> Told<T> {
    fn of(pairs: impl Iterator<Item = (u32, T)>) -> Self {
        let mut told = Self {
            pairs: Vec::new(),
            sorted: 0,
        };
        for pair in pairs {
            if told.pairs.last() == Some(&pair) {
                continue;
            }
            told.pairs.push(pair);
            if told.pairs.len() > 2 * told.sorted + LOOSE {
                told.sort();
            }
        }
        told.sort();
        told
    }

    fn sort(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.sorted = self.pairs.len();
    }

    /// What each spelling has told.
    fn by_host(&self) -> impl Iterator<Item = (u32, &[(u32, T)])> {
        let told = self.pairs.chunk_by(|a, b| a.0 == b.0);
        told.filter_map(|pairs| Some((pairs.first()?.0, pairs)))
    }
}

impl Told<u64> {
    /// The limits by which each spelling keeps no more than `most` hashes: none where it has no more.
    fn limits(&self, most: usize) -> PerHost {
        let limit = |(host, pairs): (u32, &[(u32, u64)])| {
            let last = pairs.get(most - 1).filter(|_| pairs.len() > most)?;
            Some((host, last.1))
        };
        self.by_host().filter_map(limit).collect()
    }
}
