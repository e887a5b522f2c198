//! Hosts and users without number in, as many as memory has room for out.
//!
//! A real fleet has thousands of hosts; a forged log can name millions. Beyond a limit only a sample is kept, that of the
//! smallest hashes, which merges as the sample of names does; the events of all others count as those of a host, or a user,
//! that is not known. So counts stay exact, and evidence, which is counted in hosts that are known, can only become less.

use indexmap::IndexSet;
use xxhash_rust::xxh3::xxh3_64;

use super::cells::CellKey;
use super::fold::{Fold, intern_text};
use super::group::Group;
use super::identity;
use super::interner::number;
use super::{Baseline, Label};
use crate::normalize::EMPTY;
use crate::normalize::host::short_name;

/// How many spellings of hosts, and how many users, are kept at the end; while a fold grows, twice as many.
pub(super) const KEPT: usize = if cfg!(test) { 1 << 8 } else { 1 << 16 };

/// Texts with a hash above these are not kept: all are, where it is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) hosts: Option<u64>,
    pub(super) users: Option<u64>,
}

impl Limits {
    /// The lower of each.
    fn and(self, other: Self) -> Self {
        let lower = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
        Self {
            hosts: lower(self.hosts, other.hosts),
            users: lower(self.users, other.users),
        }
    }

    pub(super) fn keep_host(self, spelling: &str) -> bool {
        keeps(self.hosts, spelling)
    }

    pub(super) fn keep_user(self, user: &str) -> bool {
        keeps(self.users, user)
    }
}

fn keeps(limit: Option<u64>, text: &str) -> bool {
    limit.is_none_or(|limit| text == EMPTY || hash(text) <= limit)
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// The hash above which texts are dropped so that [`KEPT`] are left; `None` where there are no more.
fn limit<'a>(texts: impl Iterator<Item = &'a str>) -> Option<u64> {
    let mut hashes: Vec<u64> = texts.filter(|text| *text != EMPTY).map(hash).collect();
    if hashes.len() <= KEPT {
        return None;
    }
    let (_, limit, _) = hashes.select_nth_unstable(KEPT - 1);
    Some(*limit)
}

impl Fold {
    /// Whether it is time to [thin](Self::thin) while it grows.
    pub(super) fn is_crowded(&self) -> bool {
        self.hosts.len() > 2 * KEPT || self.users.len() > 2 * KEPT
    }

    /// Forgets the hosts and users beyond the limit.
    pub(super) fn thin(&mut self) {
        let limits = Limits {
            hosts: limit(self.hosts.spellings()),
            users: limit(self.users.iter().map(|user| &**user)),
        };
        self.limit_to(limits);
    }

    /// Forgets the hosts and users beyond these limits.
    pub(super) fn limit_to(&mut self, limits: Limits) {
        let limits = self.limits.and(limits);
        if limits == self.limits {
            return;
        }
        self.limits = limits;
        // Its number is another now.
        self.host = None;
        let old = self.hosts.clone();
        let kept: Vec<bool> = old.spellings().map(|spelling| limits.keep_host(spelling)).collect();
        let keeps = |spelling: u32| kept.get(spelling as usize).copied().unwrap_or_default();
        let hosts = self.hosts.compact(&kept, short_name);
        let nobody = self.hosts.intern(EMPTY, short_name);
        let mut users = IndexSet::default();
        let user_numbers: Vec<u32> = self
            .users
            .iter()
            .map(|user| intern_text(&mut users, if limits.keep_user(user) { user } else { EMPTY }))
            .collect();
        self.users = users;
        let mut labels = IndexSet::default();
        let numbers: Vec<(u32, bool)> = self
            .labels
            .iter()
            .map(|label| {
                let is_kept = keeps(label.host_spelling);
                let label = Label {
                    user: user_numbers.get(label.user as usize).copied().unwrap_or_default(),
                    host_spelling: if is_kept {
                        hosts.spelling(label.host_spelling)
                    } else {
                        nobody.spelling
                    },
                    ..*label
                };
                (number(labels.insert_full(label).0), is_kept)
            })
            .collect();
        self.labels = labels;
        let others = [&mut self.others];
        for cells in self.groups.values_mut().flat_map(Group::cells_mut).chain(others) {
            cells.map(|key, ids| {
                let (label, is_kept) = numbers.get(key.label as usize).copied().unwrap_or_default();
                if is_kept {
                    let host = hosts.key(key.host);
                    return (CellKey { host, label, ..key }, ids);
                }
                let host = old.key(key.host);
                let ids = ids.map(|id| identity::of_nobody(id, host));
                (
                    CellKey {
                        host: nobody.key,
                        label,
                        ..key
                    },
                    ids,
                )
            });
        }
    }

    /// `other` as it would be with this fold's limits.
    pub(super) fn limited(&self, other: Baseline) -> Baseline {
        if self.limits.and(other.limits) == other.limits {
            return other;
        }
        let mut fold = Self::from(other);
        fold.limit_to(self.limits);
        fold.finish()
    }
}

impl Baseline {
    /// Whether there were more hosts than are kept: the events of all others count as of no host that is known.
    #[must_use]
    pub fn hosts_are_sampled(&self) -> bool {
        self.limits.hosts.is_some()
    }

    /// Whether there were more users than are kept.
    #[must_use]
    pub fn users_are_sampled(&self) -> bool {
        self.limits.users.is_some()
    }
}
