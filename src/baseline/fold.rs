//! A baseline while it grows: events and other baselines in, one [`Baseline`] out.

use std::borrow::Cow;
use std::hash::BuildHasher;

use indexmap::IndexSet;
use indexmap::map::raw_entry_v1::{RawEntryApiV1, RawEntryMut};

use super::cells::{CellKey, Cells};
use super::crowd::Limits;
use super::interner::{Interned, Interner, Renumbering, number};
use super::logs::Logs;
use super::name::OTHER;
use super::recent::{Recent, Slot};
use super::shares::Shares;
use super::{Baseline, GroupKey, Label, Map, identity};
use crate::baseline::group::Group;
use crate::baseline::identity::Occurrences;
use crate::event::{Kind, Millis, PipeEvent};
use crate::normalize::day::Day;
use crate::normalize::fold::{self, Folded, FoldedRef};
use crate::normalize::host::short_name;
use crate::normalize::image::image;
use crate::normalize::pipe_name::pipe_name;
use crate::normalize::{EMPTY, or_empty};
use crate::records::Extent;
use crate::template;

/// See the module's text. Its numbers follow the order in which things came; [`Fold::finish`] sorts them.
#[derive(Debug, Default)]
pub struct Fold {
    pub(super) hosts: Interner,
    pub(super) images: Interner,
    pub(super) users: IndexSet<Box<str>, foldhash::fast::RandomState>,
    pub(super) labels: IndexSet<Label, foldhash::fast::RandomState>,
    pub(super) groups: Map<GroupKey, Group>,
    /// How much room the groups take.
    pub(super) room: usize,
    /// Events of pairs that are in no group.
    pub(super) others: Cells,
    /// How many were added to these, one by one.
    pub(super) left_out: usize,
    /// Which records the logs hold.
    pub(super) logs: Logs,
    /// Which hosts are kept, and whether all users and days are.
    pub(super) limits: Limits,
    /// How much its tables may take before they are thinned.
    pub(super) crowd: usize,
    /// How many cells were made since they were.
    pub(super) cells_made: usize,
    /// Which pairs are kept.
    pub(super) shares: Shares,
    /// The template of the event at hand: one buffer for all.
    pub(super) template: String,
    /// Where the names of the events before are.
    pub(super) recent: Recent,
    /// The host of the event before, and the number of its user: mostly those of the next one too.
    pub(super) host: Option<Interned>,
    pub(super) user: u32,
}

/// A [`GroupKey`] that borrows its template.
struct GroupRef<'a> {
    template: FoldedRef<'a>,
    image: u32,
}

impl std::hash::Hash for GroupRef<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.template.hash(state);
        self.image.hash(state);
    }
}

impl indexmap::Equivalent<GroupKey> for GroupRef<'_> {
    fn equivalent(&self, key: &GroupKey) -> bool {
        self.image == key.image && self.template.equivalent(&key.template)
    }
}

/// What an identity stands for, as a source tells it; `name` alone is normalised.
pub(super) struct Found<'e> {
    pub(super) kind: Kind,
    pub(super) name: &'e str,
    pub(super) image: &'e str,
    pub(super) host: &'e str,
    pub(super) user: &'e str,
    pub(super) time: Option<Millis>,
    /// The id of the process, which may be part of the name.
    pub(super) process_id: Option<u32>,
    /// How many events it counts; 0 where it is one.
    pub(super) counted: u64,
}

/// Images are compared whole.
pub(super) fn whole(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

impl Fold {
    /// Adds one event of a source. `occurrences` is that source's own.
    pub fn add(&mut self, event: &PipeEvent<'_>, occurrences: &Occurrences) {
        let found = Found {
            kind: event.kind,
            name: pipe_name(event.pipe_name),
            image: event.image,
            host: event.host,
            user: event.user,
            time: event.time,
            process_id: event.process_id,
            counted: 0,
        };
        self.lay(&found, |millis| identity::of(event, millis, occurrences));
    }

    /// Lays down the identity that `identity` makes of the milliseconds since its day began.
    pub(super) fn lay(&mut self, found: &Found<'_>, identity: impl FnOnce(u32) -> u64) {
        let image = image(found.image);
        let slot = self.keeps(found, image).then(|| self.slot(found, image));
        let remembered = slot.map_or(Slot::NONE, |slot| *self.recent.slot(slot));
        let (host, user) = (or_empty(found.host), or_empty(found.user));
        let known = self.limits.keep_host(host);
        let told = host;
        let host = self.host(if known { host } else { EMPTY });
        let user = self.user(user);
        let label = Label {
            kind: found.kind,
            user,
            host_spelling: host.spelling,
            // Without a slot, that of no image.
            image_spelling: remembered.image.spelling,
            counted: found.counted,
        };
        let label = match self.labels.get_index(remembered.label as usize) {
            Some(same) if *same == label => remembered.label,
            _ => number(self.labels.insert_full(label).0),
        };
        let (day, millis) = found.time.map_or((Day::NONE, 0), Day::split);
        let mut id = identity(millis);
        if !known {
            id = identity::of_nobody(id, &short_name(told));
        }
        let (cells, spelling) = match slot {
            Some(slot) => {
                self.recent.slot(slot).label = label;
                let place = remembered.place;
                (self.groups[remembered.group].cells_at(place), place.spelling)
            }
            None => {
                self.left_out += 1;
                (&mut self.others, OTHER)
            }
        };
        let is_new = cells.add(
            CellKey {
                host: host.key,
                day,
                label,
                spelling,
            },
            id,
        );
        self.cells_made += usize::from(is_new);
        self.keep_small();
    }

    /// Adds what a whole log tells of its records.
    pub fn add_log(&mut self, extent: Extent) {
        if let Extent::Whole(whole) = extent {
            whole
                .hosts
                .iter()
                .for_each(|host| self.logs.add(host, &whole.stretches));
        }
    }

    /// Forgets what is beyond the limits, where it has become much.
    fn keep_small(&mut self) {
        if self.is_crowded() {
            self.thin();
        }
        if self.is_full() {
            // Tables of what the pairs that go had for themselves are made anew.
            *self = Self::from(std::mem::take(self).finish());
        }
    }

    /// Whether pairs like this are kept.
    fn keeps(&mut self, found: &Found<'_>, image: &str) -> bool {
        if self.shares.is_empty() {
            return true;
        }
        self.template.clear();
        template::write_key(found.name, found.process_id, &mut self.template);
        self.shares.keeps(image, &self.template)
    }

    /// The number of the slot that tells where the events of a name by an image are added.
    fn slot(&mut self, found: &Found<'_>, image: &str) -> usize {
        let number = self.recent.number(found.name, image);
        let slot = self.recent.slot(number);
        let of_process = slot.process.is_none_or(|process| process == found.process_id);
        if of_process && self.images.spelling(slot.image.spelling) == image {
            let group = self.groups.get_index(slot.group);
            if group.is_some_and(|(key, group)| key.image == slot.image.key && group.holds(slot.place, found.name)) {
                return number;
            }
        }
        let image = self.images.intern(image, whole);
        self.template.clear();
        let is_of_all = template::write_key(found.name, found.process_id, &mut self.template);
        let group = group_number(&mut self.groups, &self.template, image.key);
        let before = self.groups[group].room();
        let place = self.groups[group].place(found.name);
        self.room += self.groups[group].room() - before;
        *slot = Slot {
            group,
            place,
            process: (!is_of_all).then_some(found.process_id),
            image,
            label: u32::MAX,
        };
        number
    }

    fn host(&mut self, name: &str) -> Interned {
        match self.host {
            Some(last) if self.hosts.spelling(last.spelling) == name => last,
            _ => *self.host.insert(self.hosts.intern(name, short_name)),
        }
    }

    fn user(&mut self, name: &str) -> u32 {
        let last = self.users.get_index(self.user as usize);
        if last.is_none_or(|last| **last != *name) {
            self.user = intern_text(&mut self.users, name);
        }
        self.user
    }

    /// Adds all that `other` has seen.
    pub fn absorb(&mut self, other: Baseline) {
        self.limit_to(other.limits);
        self.share_like(&other.shares);
        self.logs.absorb(&other.logs);
        let other = self.limited(other);
        self.cells_made += other.all_cells().map(Cells::len).sum::<usize>();
        let hosts = self.hosts.absorb(&other.hosts, short_name);
        let images = self.images.absorb(&other.images, whole);
        let users: Vec<u32> = other
            .users
            .iter()
            .map(|user| intern_text(&mut self.users, user))
            .collect();
        let labels: Vec<u32> = other
            .labels
            .iter()
            .map(|label| {
                number(
                    self.labels
                        .insert_full(renumber_label(*label, &users, &hosts, &images))
                        .0,
                )
            })
            .collect();
        for (key, value) in other.groups {
            let image = images.key(key.image);
            let renumber = |cell| renumber_cell(cell, &hosts, &labels);
            if self.shares.keeps(self.images.key(image), key.template.as_str()) {
                let group = group(&mut self.groups, key.template.as_str(), image);
                let before = group.room();
                group.absorb(value, renumber);
                self.room = (self.room + group.room()).saturating_sub(before);
            } else {
                self.leave_out(&value, renumber);
            }
        }
        self.others
            .absorb(&other.others, |cell| renumber_cell(cell, &hosts, &labels));
        self.keep_small();
    }

    /// Adds all that another fold has seen.
    pub fn join(&mut self, other: Self) {
        if self.groups.is_empty() && self.others.is_empty() && self.logs.is_empty() && self.shares.is_empty() {
            *self = other;
        } else {
            self.absorb(other.finish());
        }
    }

    /// The baseline: everything sorted, so that it depends on nothing but what was seen.
    #[must_use]
    pub fn finish(mut self) -> Baseline {
        self.thin();
        self.logs.thin();
        self.share();
        let hosts = self.hosts.sort(short_name);
        let images = self.images.sort(whole);
        let (users, user_numbers) = sort(self.users);
        let labels = self
            .labels
            .into_iter()
            .map(|label| renumber_label(label, &user_numbers, &hosts, &images));
        let (labels, label_numbers) = sort(labels.collect());
        let mut groups: Vec<(GroupKey, Group)> =
            self.groups.into_iter().filter(|(_, group)| !group.is_empty()).collect();
        for (key, group) in &mut groups {
            key.image = images.key(key.image);
            if let Some(spelling) = group.settle(|cell| renumber_cell(cell, &hosts, &label_numbers)) {
                key.template = spelling;
            }
        }
        groups.sort_unstable_by(|(a, _), (b, _)| {
            fold::cmp(a.template.as_str(), b.template.as_str()).then(a.image.cmp(&b.image))
        });
        let groups = groups.into_iter().collect();
        self.others.settle(|cell| renumber_cell(cell, &hosts, &label_numbers));
        let mut baseline = Baseline {
            hosts: self.hosts,
            images: self.images,
            users,
            labels,
            groups,
            others: self.others,
            logs: self.logs,
            limits: self.limits,
            shares: self.shares,
        };
        baseline.compact();
        baseline
    }
}

impl From<Baseline> for Fold {
    fn from(baseline: Baseline) -> Self {
        Self {
            hosts: baseline.hosts,
            images: baseline.images,
            users: baseline.users.into_iter().collect(),
            labels: baseline.labels.into_iter().collect(),
            room: baseline.groups.values().map(Group::room).sum(),
            groups: baseline.groups,
            others: baseline.others,
            logs: baseline.logs,
            limits: baseline.limits,
            shares: baseline.shares,
            ..Self::default()
        }
    }
}

impl Baseline {
    /// Forgets texts and labels that no event has any more.
    pub(super) fn compact(&mut self) {
        let mut labels_used = vec![false; self.labels.len()];
        for cell in self.all_cells().flat_map(Cells::iter) {
            mark(&mut labels_used, cell.key.label);
        }
        let mut hosts_used = vec![false; self.hosts.len()];
        let mut images_used = vec![false; self.images.len()];
        let mut users_used = vec![false; self.users.len()];
        for (label, _) in self.labels.iter().zip(&labels_used).filter(|(_, used)| **used) {
            mark(&mut hosts_used, label.host_spelling);
            mark(&mut images_used, label.image_spelling);
            mark(&mut users_used, label.user);
        }
        if [&labels_used, &hosts_used, &images_used, &users_used]
            .iter()
            .all(|used| used.iter().all(|used| *used))
        {
            return;
        }
        let hosts = self.hosts.compact(&hosts_used, short_name);
        let images = self.images.compact(&images_used, whole);
        let users = compact(&mut self.users, &users_used);
        let labels = compact(&mut self.labels, &labels_used);
        for label in &mut self.labels {
            *label = renumber_label(*label, &users, &hosts, &images);
        }
        let groups = std::mem::take(&mut self.groups)
            .into_iter()
            .map(|(mut key, mut group)| {
                key.image = images.key(key.image);
                for cells in group.cells_mut() {
                    cells.settle(|cell| renumber_cell(cell, &hosts, &labels));
                }
                (key, group)
            });
        self.groups = groups.collect();
        self.others.settle(|cell| renumber_cell(cell, &hosts, &labels));
    }
}

/// The group of a template, in whatever spelling, and an image.
pub(super) fn group<'a>(groups: &'a mut Map<GroupKey, Group>, template: &str, image: u32) -> &'a mut Group {
    let number = group_number(groups, template, image);
    &mut groups[number]
}

fn group_number(groups: &mut Map<GroupKey, Group>, template: &str, image: u32) -> usize {
    let key = GroupRef {
        template: FoldedRef(template),
        image,
    };
    let hash = groups.hasher().hash_one(&key);
    let entry = groups.raw_entry_mut_v1().from_key_hashed_nocheck(hash, &key);
    let index = entry.index();
    match entry {
        RawEntryMut::Occupied(entry) => {
            let (key, group) = entry.into_key_value_mut();
            if template < key.template.as_str() {
                group.spell(template);
            }
        }
        RawEntryMut::Vacant(entry) => {
            let template = Folded::new(template);
            entry.insert_hashed_nocheck(hash, GroupKey { template, image }, Group::default());
        }
    }
    index
}

pub(super) fn intern_text(table: &mut IndexSet<Box<str>, foldhash::fast::RandomState>, text: &str) -> u32 {
    number(
        table
            .get_index_of(text)
            .unwrap_or_else(|| table.insert_full(text.into()).0),
    )
}

fn renumber_label(label: Label, users: &[u32], hosts: &Renumbering, images: &Renumbering) -> Label {
    Label {
        kind: label.kind,
        user: users.get(label.user as usize).copied().unwrap_or_default(),
        host_spelling: hosts.spelling(label.host_spelling),
        image_spelling: images.spelling(label.image_spelling),
        ..label
    }
}

fn renumber_cell(cell: CellKey, hosts: &Renumbering, labels: &[u32]) -> CellKey {
    CellKey {
        host: hosts.key(cell.host),
        label: labels.get(cell.label as usize).copied().unwrap_or_default(),
        ..cell
    }
}

/// The elements sorted, and the new number of each old one.
fn sort<T: Ord + Clone>(set: IndexSet<T, foldhash::fast::RandomState>) -> (Vec<T>, Vec<u32>) {
    let mut sorted: Vec<T> = set.iter().cloned().collect();
    sorted.sort_unstable();
    let numbers = set
        .iter()
        .map(|item| number(sorted.partition_point(|other| other < item)))
        .collect();
    (sorted, numbers)
}

/// Keeps what is used, in its order; gives the new numbers.
fn compact<T>(items: &mut Vec<T>, used: &[bool]) -> Vec<u32> {
    let mut next = 0;
    let numbers = used
        .iter()
        .map(|used| {
            next += u32::from(*used);
            next.saturating_sub(1)
        })
        .collect();
    let mut used = used.iter();
    items.retain(|_| used.next().copied().unwrap_or_default());
    numbers
}

fn mark(used: &mut [bool], number: u32) {
    if let Some(slot) = used.get_mut(number as usize) {
        *slot = true;
    }
}
