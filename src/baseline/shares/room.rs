//! Leaves out what shares have no room for.

use super::tree::{Claim, Sharing};
use super::{ROOM, Shares, hash};
use crate::baseline::cells::CellKey;
use crate::baseline::fold::Fold;
use crate::baseline::group::Group;
use crate::baseline::interner::number;
use crate::baseline::name::OTHER;
use crate::baseline::recent::Recent;
use crate::baseline::{Baseline, GroupKey, Label, NO_IMAGE};
use crate::event::Kind;

impl Fold {
    /// Whether it is time to [share](Self::share) while it grows.
    pub(in crate::baseline) fn is_full(&self) -> bool {
        self.room > ROOM + ROOM / 8
    }

    /// Forgets the pairs beyond the limit.
    pub(in crate::baseline) fn share(&mut self) {
        if self.room <= ROOM {
            return;
        }
        let groups = self.groups.iter().enumerate();
        let claims = groups.map(|(group, (key, held))| Claim {
            image: self.images.key(key.image).to_ascii_lowercase(),
            hash: hash(key.template.as_str()),
            group,
            need: held.room(),
        });
        let sharing = Sharing::of(claims.collect(), ROOM);
        for (group, room) in sharing.rooms {
            if let Some((_, group)) = self.groups.get_index_mut(group) {
                group.trim(room);
            }
        }
        self.share_like(&sharing.limits);
    }

    /// Forgets the pairs beyond these limits.
    pub(in crate::baseline) fn share_like(&mut self, limits: &Shares) {
        let before = self.shares.clone();
        self.shares.lower(limits);
        if self.shares != before {
            self.shares.tidy();
            self.recent = Recent::default();
            for (key, group) in std::mem::take(&mut self.groups) {
                if self.shares.keeps(self.images.key(key.image), key.template.as_str()) {
                    self.groups.insert(key, group);
                } else {
                    self.leave_out(&group, |key| key);
                }
            }
        }
        self.room = self.groups.values().map(Group::room).sum();
    }

    /// Counts the events of a group without it; `renumber` gives its cells this fold's numbers.
    pub(in crate::baseline) fn leave_out(&mut self, group: &Group, renumber: impl Fn(CellKey) -> CellKey) {
        let (others, labels) = (&mut self.others, &mut self.labels);
        for cells in group.cells() {
            others.absorb(cells, |key| {
                let key = renumber(key);
                let label = labels.get_index(key.label as usize).copied();
                let without_image = label.map(|label| Label {
                    image_spelling: NO_IMAGE,
                    ..label
                });
                CellKey {
                    label: without_image.map_or(key.label, |label| number(labels.insert_full(label).0)),
                    spelling: OTHER,
                    ..key
                }
            });
        }
    }
}

impl Baseline {
    /// Whether all templates of an image, and all names of a template, are those that were seen.
    pub(in crate::baseline) fn has_all_names(&self, key: &GroupKey, group: &Group) -> bool {
        let image = || self.images.key(key.image).to_ascii_lowercase();
        let shares = &self.shares;
        group.others().is_none() && (shares.images.is_empty() || !shares.images.contains_key(&*image()))
    }

    /// Whether pairs were left out whose programs made pipes.
    #[must_use]
    pub fn lacks_makers(&self) -> bool {
        let mut labels = self
            .others
            .iter()
            .filter_map(|cell| self.labels.get(cell.key.label as usize));
        labels.any(|label| label.kind == Kind::Created)
    }

    /// Whether all images of the folders that hold this one are those that were seen.
    pub(in crate::baseline) fn has_all_images_beside(&self, image: u32) -> bool {
        let image = self.images.key(image).to_ascii_lowercase();
        self.shares.limits_above(&image).all(|(limit, _)| limit.is_none())
    }
}
