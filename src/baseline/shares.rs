//! Pairs without number in, as many as memory has room for out; what is kept of each is whole.
//!
//! A flood of names, of templates, of programs or of folders is one thing: too many pairs below one place of a tree, whose
//! levels are the folders of the image, the image, the template and the name. Beyond [`PAIRS`] each place shares what it
//! may keep among those below it, evenly, as long as they have need of it: who has few keeps all of them, and the loudest
//! loses first. So a flood costs itself and its nearest neighbours; what is frequent elsewhere stays exact.
//!
//! Where a place may keep less than there is below it, those with the smallest hashes are kept. This is the order in which
//! one would deal the pairs out in rounds, and what it keeps is the beginning of that order: more pairs can only push one
//! back in it. So a pair that is kept at the end was kept at all times, and all its events are there; and samples of parts,
//! merged, are the sample of the whole. The hashes up to which each place keeps ([`Shares`]) stay with the baseline:
//! nothing comes back of which a part was not kept. The events of all other pairs are counted together, and are no
//! evidence.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::cells::CellKey;
use super::fold::Fold;
use super::group::Group;
use super::interner::number;
use super::name::OTHER;
use super::recent::Recent;
use super::{Baseline, GroupKey, Label, Map};
use crate::event::Kind;

/// How many pairs are kept at the end; while a fold grows, an eighth more.
pub(super) const PAIRS: usize = if cfg!(test) { 1 << 8 } else { 1 << 18 };

/// Folders of an image that lie deeper than this are told apart by their paths alone.
const DEEPEST: usize = 16;

/// The number that stands for all images which are not kept.
pub(super) const NO_IMAGE: u32 = u32::MAX;

/// Up to which hash each place keeps what is right below it: without one, all. Paths are in lower case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shares {
    /// By folder, with its last backslash: of the names of its folders (with theirs) and images.
    pub(super) folders: Map<Box<str>, u64>,
    /// By image: of its templates.
    pub(super) images: Map<Box<str>, u64>,
}

impl Shares {
    pub(super) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.images.is_empty()
    }

    /// Whether pairs of a template and an image are kept.
    pub(super) fn keeps(&self, image: &str, template: &str) -> bool {
        if self.is_empty() {
            return true;
        }
        let image = image.to_ascii_lowercase();
        self.keeps_image(&image) && self.images.get(&*image).is_none_or(|limit| hash(template) <= *limit)
    }

    /// Whether anything is kept of an image, in lower case.
    fn keeps_image(&self, image: &str) -> bool {
        keeps(self.limits_above(image))
    }

    /// Whether anything is kept of a folder, with its last backslash, in lower case.
    fn keeps_folder(&self, folder: &str) -> bool {
        keeps(self.limits_above(folder).filter(|(_, part)| !part.is_empty()))
    }

    /// The limits of the folders that a path lies in, each with what of the path is right below it.
    fn limits_above<'a>(&self, path: &'a str) -> impl Iterator<Item = (Option<u64>, &'a str)> {
        parts(path).map(|part| {
            let folder = path.get(..part.start).unwrap_or_default();
            (self.folders.get(folder).copied(), path.get(part).unwrap_or_default())
        })
    }

    /// Keeps nothing right below a folder that has a hash above this.
    pub(super) fn limit_folder(&mut self, folder: &str, limit: u64) {
        lower(&mut self.folders, folder, limit);
    }

    /// Keeps no template of an image that has a hash above this.
    pub(super) fn limit_image(&mut self, image: &str, limit: u64) {
        lower(&mut self.images, image, limit);
    }

    /// The lower of each.
    pub(super) fn lower(&mut self, other: &Self) {
        for (own, other) in [(&mut self.folders, &other.folders), (&mut self.images, &other.images)] {
            for (place, limit) in other {
                lower(own, place, *limit);
            }
        }
    }

    /// Forgets the places of which nothing is kept.
    fn tidy(&mut self) {
        let all = self.clone();
        self.folders.retain(|path, _| all.keeps_folder(path));
        self.images.retain(|path, _| all.keeps_image(path));
    }
}

/// Whether each part is within the limit of the folder above it.
fn keeps<'a>(mut limits: impl Iterator<Item = (Option<u64>, &'a str)>) -> bool {
    limits.all(|(limit, part)| limit.is_none_or(|limit| xxh3_64(part.as_bytes()) <= limit))
}

fn lower(limits: &mut Map<Box<str>, u64>, place: &str, limit: u64) {
    match limits.get_mut(place) {
        Some(own) => *own = limit.min(*own),
        None => drop(limits.insert(place.into(), limit)),
    }
}

/// The hash by which templates are sampled.
fn hash(template: &str) -> u64 {
    xxh3_64(template.to_ascii_lowercase().as_bytes())
}

/// Where the parts of an image's path stand in it: its folders, each with its backslash, and what is behind them.
fn parts(path: &str) -> impl Iterator<Item = Range<usize>> {
    let folders = path.match_indices('\\').map(|(at, _)| at + 1).take(DEEPEST);
    let mut start = 0;
    folders.chain([path.len()]).map(move |end| {
        let part = start..end;
        start = end;
        part
    })
}

/// A template with an image that wants room for its names.
struct Claim {
    /// In lower case.
    image: String,
    /// Of the template.
    hash: u64,
    group: usize,
    names: usize,
}

/// Something below a place: its hash, how many pairs it has, and its claims.
struct Child<'a> {
    hash: u64,
    pairs: usize,
    claims: &'a [Claim],
}

impl<'a> Child<'a> {
    fn of(hash: u64, claims: &'a [Claim]) -> Self {
        Self {
            hash,
            pairs: claims.iter().map(|claim| claim.names).sum(),
            claims,
        }
    }
}

/// What comes of sharing: limits, and how many names the groups (by their places) keep that have more.
#[derive(Default)]
struct Sharing {
    limits: Shares,
    names: Vec<(usize, usize)>,
}

impl Sharing {
    /// Shares `room` among claims, sorted by their images, which have so many folders in common.
    fn folder(&mut self, claims: &[Claim], depth: usize, room: usize) {
        if claims.iter().map(|claim| claim.names).sum::<usize>() <= room {
            return;
        }
        let part = |claim: &Claim| parts(&claim.image).nth(depth).unwrap_or_default();
        fn text(claim: &Claim, depth: usize) -> &str {
            let part = parts(&claim.image).nth(depth).unwrap_or_default();
            claim.image.get(part).unwrap_or_default()
        }
        let children: Vec<Child<'_>> = claims
            .chunk_by(|a, b| text(a, depth) == text(b, depth))
            .filter_map(|claims| Some(Child::of(xxh3_64(text(claims.first()?, depth).as_bytes()), claims)))
            .collect();
        let (limit, rooms) = share(&children, room);
        if let (Some(limit), Some(claim)) = (limit, claims.first()) {
            let folder = claim.image.get(..part(claim).start).unwrap_or_default();
            self.limits.limit_folder(folder, limit);
        }
        for (child, room) in children.iter().zip(rooms).filter(|(_, room)| *room > 0) {
            let is_image = |claim: &Claim| parts(&claim.image).nth(depth + 1).is_none();
            if child.claims.first().is_some_and(is_image) {
                self.image(child.claims, room);
            } else {
                self.folder(child.claims, depth + 1, room);
            }
        }
    }

    /// Shares `room` among the templates of an image.
    fn image(&mut self, claims: &[Claim], room: usize) {
        let children: Vec<Child<'_>> = claims
            .chunks(1)
            .filter_map(|claims| Some(Child::of(claims.first()?.hash, claims)))
            .collect();
        let (limit, rooms) = share(&children, room);
        if let (Some(limit), Some(claim)) = (limit, claims.first()) {
            self.limits.limit_image(&claim.image, limit);
        }
        let cut = claims.iter().zip(rooms).filter(|(claim, room)| claim.names > *room);
        self.names.extend(cut.map(|(claim, room)| (claim.group, room)));
    }
}

/// Shares `room` evenly: the hash above which children get none, where there are too many for one each, and how many each
/// may keep.
fn share(children: &[Child<'_>], room: usize) -> (Option<u64>, Vec<usize>) {
    if room < children.len() {
        let mut hashes: Vec<u64> = children.iter().map(|child| child.hash).collect();
        let (_, limit, _) = hashes.select_nth_unstable(room.saturating_sub(1));
        let limit = *limit;
        let rooms = children.iter().map(|child| usize::from(child.hash <= limit)).collect();
        return (Some(limit), rooms);
    }
    // Those with the least need come first, and leave what they do not need to the others.
    let mut needs: Vec<usize> = children.iter().map(|child| child.pairs).collect();
    needs.sort_unstable();
    let (mut left, mut waiting) = (room, needs.len());
    for need in needs {
        if need * waiting > left {
            break;
        }
        (left, waiting) = (left - need, waiting - 1);
    }
    let each = left.checked_div(waiting).unwrap_or(usize::MAX);
    // What does not divide goes to the smallest hashes.
    let mut lucky: Vec<u64> = children
        .iter()
        .filter(|child| child.pairs > each)
        .map(|child| child.hash)
        .collect();
    lucky.sort_unstable();
    lucky.truncate(left.checked_rem(waiting).unwrap_or(0));
    let rooms = children.iter().map(|child| {
        let is_lucky = child.pairs > each && lucky.last().is_some_and(|last| child.hash <= *last);
        child.pairs.min(each.saturating_add(usize::from(is_lucky)))
    });
    (None, rooms.collect())
}

impl Fold {
    /// Whether it is time to [share](Self::share) while it grows.
    pub(super) fn is_full(&self) -> bool {
        self.pairs > PAIRS + PAIRS / 8
    }

    /// Forgets the pairs beyond the limit.
    pub(super) fn share(&mut self) {
        if self.pairs <= PAIRS {
            return;
        }
        let mut claims: Vec<Claim> = Vec::with_capacity(self.groups.len());
        for (group, (key, held)) in self.groups.iter().enumerate() {
            claims.push(Claim {
                image: self.images.key(key.image).to_ascii_lowercase(),
                hash: hash(key.template.as_str()),
                group,
                names: held.len(),
            });
        }
        claims.retain(|claim| claim.names > 0);
        claims.sort_unstable_by(|a, b| a.image.cmp(&b.image).then(a.hash.cmp(&b.hash)));
        let mut sharing = Sharing::default();
        sharing.folder(&claims, 0, PAIRS);
        drop(claims);
        for (group, room) in sharing.names {
            if let Some((_, group)) = self.groups.get_index_mut(group).filter(|_| room > 0) {
                group.trim(room);
            }
        }
        self.share_like(&sharing.limits);
    }

    /// Forgets the pairs beyond these limits.
    pub(super) fn share_like(&mut self, limits: &Shares) {
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
        self.pairs = self.groups.values().map(|group| group.len()).sum();
    }

    /// Counts the events of a group without it; `renumber` gives its cells this fold's numbers.
    pub(super) fn leave_out(&mut self, group: &Group, renumber: impl Fn(CellKey) -> CellKey) {
        let (others, labels) = (&mut self.others, &mut self.labels);
        for cells in group.cells() {
            others.absorb(cells, |key| {
                let key = renumber(key);
                let label = labels.get_index(key.label as usize).copied();
                let label = label.map_or(key.label, |label| {
                    number(
                        labels
                            .insert_full(Label {
                                image_spelling: NO_IMAGE,
                                ..label
                            })
                            .0,
                    )
                });
                CellKey {
                    label,
                    spelling: OTHER,
                    ..key
                }
            });
        }
    }
}

impl Baseline {
    /// Whether all templates of an image, and all names of a template, are those that were seen.
    pub(super) fn has_all_names(&self, key: &GroupKey, group: &Group) -> bool {
        group.others().is_none()
            && (self.shares.images.is_empty()
                || !self
                    .shares
                    .images
                    .contains_key(&*self.images.key(key.image).to_ascii_lowercase()))
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
    pub(super) fn has_all_images_beside(&self, image: u32) -> bool {
        let image = self.images.key(image).to_ascii_lowercase();
        self.shares.limits_above(&image).all(|(limit, _)| limit.is_none())
    }
}

#[cfg(test)]
mod tests;
