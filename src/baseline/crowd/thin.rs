//! Thins a fold, or a baseline, to its limits.

use super::{CLOCKS, KEPT, LOOSE, Limits, PerHost, ROOM, SPELLINGS, Told, USERS, hash, hash_of_day, keeps};
use crate::baseline::cells::{CellKey, Cells};
use crate::baseline::fold::{Fold, intern_text};
use crate::baseline::group::Group;
use crate::baseline::identity;
use crate::baseline::interner::number;
use crate::baseline::{Baseline, Label};
use crate::normalize::EMPTY;
use crate::normalize::day::Day;
use crate::normalize::host::short_name;

impl Fold {
    /// Whether it is time to [thin](Self::thin) while it grows.
    pub(in crate::baseline) fn is_crowded(&self) -> bool {
        self.tables() + self.cells_made > self.crowd.max(LOOSE)
    }

    fn tables(&self) -> usize {
        self.hosts.len() + self.users.len() + self.labels.len() + self.images.len()
    }

    fn all_cells(&self) -> impl Iterator<Item = &Cells> {
        self.groups.values().flat_map(Group::cells).chain([&self.others])
    }

    /// Forgets hosts, users, days and spellings of images beyond the limits.
    pub(in crate::baseline) fn thin(&mut self) {
        let cells: usize = self.all_cells().map(Cells::len).sum();
        let is_full = cells + self.labels.len() > ROOM;
        self.spell_images();
        let mut users = (is_full || self.users.len() > USERS).then(|| self.users_told());
        let mut days = self.days_told(is_full);
        let mut needs = vec![0; self.hosts.len()];
        let mut need = |host: u32, told: usize| {
            if let Some(need) = needs.get_mut(host as usize) {
                *need += told;
            }
        };
        if is_full {
            let users = users.iter().flat_map(Told::by_host);
            users.for_each(|(host, users)| need(host, users.len().min(USERS)));
            for (host, days) in days.by_host() {
                let right = days.iter().filter(|(_, day)| day.is_plausible()).count();
                need(host, right + (days.len() - right).min(CLOCKS));
            }
        }
        let mut limits = Limits {
            hosts: self.host_limit(&needs),
            ..Limits::default()
        };
        if limits.hosts.is_some() {
            // What a host has told that is not kept is told by nobody, who keeps no more than others.
            let nobody = self.hosts.intern(EMPTY, short_name).spelling;
            let kept = self.kept(limits);
            let host = |host: u32| {
                if kept.get(host as usize) == Some(&false) {
                    nobody
                } else {
                    host
                }
            };
            users = users.map(|users| Told::of(users.pairs.into_iter().map(|(by, user)| (host(by), user))));
            days = Told::of(days.pairs.into_iter().map(|(by, day)| (host(by), day)));
        }
        let wrong = days.pairs.iter().filter(|(_, day)| !day.is_plausible());
        let wrong = Told::of(wrong.map(|(host, day)| (*host, hash_of_day(*day))));
        let users_kept = users.as_ref().map(|users| users.limits(USERS)).unwrap_or_default();
        let days_kept = wrong.limits(CLOCKS);
        limits.lacks_users = !users_kept.is_empty();
        limits.lacks_days = !days_kept.is_empty();
        self.keep(limits, &users_kept, &days_kept);
        self.cells_made = 0;
        self.crowd = 2 * self.tables() + cells / 2;
    }

    /// By number, whether each spelling of a host is kept.
    fn kept(&self, limits: Limits) -> Vec<bool> {
        self.hosts
            .spellings()
            .map(|spelling| limits.keep_host(spelling))
            .collect()
    }

    /// The users of each host's spelling, by their hashes.
    fn users_told(&self) -> Told<u64> {
        let hashes: Vec<Option<u64>> = self
            .users
            .iter()
            .map(|user| (**user != *EMPTY).then(|| hash(user)))
            .collect();
        let hash = |user: u32| hashes.get(user as usize).copied().flatten();
        let labels = self.labels.iter();
        Told::of(labels.filter_map(|label| Some((label.host_spelling, hash(label.user)?))))
    }

    /// The days of each host's spelling: all, or those that no clock can show.
    fn days_told(&self, all: bool) -> Told<Day> {
        let days = self.all_cells().flat_map(Cells::iter).filter_map(|cell| {
            let day = cell.key.day;
            let is_told = day != Day::NONE && (all || !day.is_plausible());
            let label = self.labels.get_index(cell.key.label as usize).filter(|_| is_told)?;
            Some((label.host_spelling, day))
        });
        Told::of(days)
    }

    /// The hash above which spellings are not kept, so that those left have no more than there is room for; `None` where all
    /// of them have.
    fn host_limit(&self, needs: &[usize]) -> Option<u64> {
        if self.hosts.len() <= KEPT && needs.iter().sum::<usize>() <= ROOM {
            return None;
        }
        let mut hosts: Vec<(u64, usize)> = self
            .hosts
            .spellings()
            .zip(needs)
            .filter(|(spelling, _)| *spelling != EMPTY)
            .map(|(spelling, need)| (hash(spelling), *need))
            .collect();
        hosts.sort_unstable();
        let mut left = ROOM;
        for (nth, (hash, need)) in hosts.into_iter().enumerate() {
            match left.checked_sub(need) {
                Some(rest) if nth < KEPT => left = rest,
                // Just below the first that has no room: that is the same, whatever else there is.
                _ => return Some(hash.saturating_sub(1)),
            }
        }
        None
    }

    /// Forgets the hosts beyond these limits, and takes note of what else is not kept.
    pub(in crate::baseline) fn limit_to(&mut self, limits: Limits) {
        self.keep(limits, &PerHost::default(), &PerHost::default());
    }

    /// Forgets hosts, users and days beyond these limits.
    fn keep(&mut self, limits: Limits, users_kept: &PerHost, days_kept: &PerHost) {
        let limits = self.limits.and(limits);
        let all_hosts = limits.hosts == self.limits.hosts;
        self.limits = limits;
        if all_hosts && users_kept.is_empty() && days_kept.is_empty() {
            return;
        }
        // Its number is another now.
        self.host = None;
        let was_nobody = self.hosts.intern(EMPTY, short_name).spelling;
        let old = self.hosts.clone();
        let kept = self.kept(limits);
        let hosts = self.hosts.compact(&kept, short_name);
        let nobody = self.hosts.intern(EMPTY, short_name);
        let is_known = |spelling: u32| kept.get(spelling as usize).copied().unwrap_or_default();
        let by = |spelling: u32| if is_known(spelling) { spelling } else { was_nobody };
        let old_labels = std::mem::take(&mut self.labels);
        let old_users = std::mem::take(&mut self.users);
        let mut user = |label: &Label| {
            let user = old_users.get_index(label.user as usize).map_or(EMPTY, |user| &**user);
            let is_kept = user == EMPTY || keeps(users_kept, by(label.host_spelling), || hash(user));
            intern_text(&mut self.users, if is_kept { user } else { EMPTY })
        };
        let labels: Vec<u32> = old_labels
            .iter()
            .map(|label| {
                let label = Label {
                    user: user(label),
                    host_spelling: hosts.spelling(by(label.host_spelling)),
                    ..*label
                };
                number(self.labels.insert_full(label).0)
            })
            .collect();
        let keep = |mut key: CellKey, mut ids: super::super::ids::Ids| {
            let spelling = old_labels
                .get_index(key.label as usize)
                .map_or(0, |label| label.host_spelling);
            key.label = labels.get(key.label as usize).copied().unwrap_or_default();
            if is_known(spelling) {
                key.host = hosts.key(key.host);
            } else {
                let name = old.key(key.host);
                ids = ids.map(|id| identity::of_nobody(id, name));
                key.host = nobody.key;
            }
            let is_right = key.day == Day::NONE || key.day.is_plausible();
            if !is_right && !keeps(days_kept, by(spelling), || hash_of_day(key.day)) {
                ids = ids.map(|id| identity::of_no_day(id, key.day));
                key.day = Day::NONE;
            }
            (key, ids)
        };
        let others = [&mut self.others];
        for cells in self.groups.values_mut().flat_map(Group::cells_mut).chain(others) {
            cells.map(keep);
        }
    }

    /// Keeps few spellings of each image.
    fn spell_images(&mut self) {
        let Some(numbers) = self.images.keep_few(SPELLINGS) else {
            return;
        };
        let labels = std::mem::take(&mut self.labels);
        let labels: Vec<u32> = labels
            .into_iter()
            .map(|label| {
                let image_spelling = numbers.get(label.image_spelling as usize).copied();
                let label = Label {
                    image_spelling: image_spelling.unwrap_or(label.image_spelling),
                    ..label
                };
                number(self.labels.insert_full(label).0)
            })
            .collect();
        let renumber = |key: CellKey| CellKey {
            label: labels.get(key.label as usize).copied().unwrap_or_default(),
            ..key
        };
        let others = [&mut self.others];
        for cells in self.groups.values_mut().flat_map(Group::cells_mut).chain(others) {
            cells.renumber(renumber);
        }
    }

    /// `other` as it would be with this fold's limits.
    pub(in crate::baseline) fn limited(&self, other: Baseline) -> Baseline {
        if self.limits.and(other.limits).hosts == other.limits.hosts {
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

    /// Whether a host had more users than are kept.
    #[must_use]
    pub fn users_are_sampled(&self) -> bool {
        self.limits.lacks_users
    }

    /// Whether a host had more days of a wrong clock than are kept.
    #[must_use]
    pub fn days_are_sampled(&self) -> bool {
        self.limits.lacks_days
    }
}
