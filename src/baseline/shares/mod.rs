//! Pairs without number in, as many as memory has room for out; what is kept of each is whole.
//!
//! A flood of names, of templates, of programs or of folders is one thing: too many pairs below one place of a tree, whose
//! levels are the folders of the image, the image, the template and the name. Beyond [`ROOM`] each place shares what it
//! may keep among those below it, evenly, as long as they have need of it: who has few keeps all of them, and the loudest
//! loses first. So a flood costs itself and its nearest neighbours; what is frequent elsewhere stays exact.
//!
//! Where a place may keep less than there is below it, those with the smallest hashes are kept. This is the order in which
//! one would deal the pairs out in rounds, and what it keeps is the beginning of that order: more pairs can only push one
//! back in it. So a pair that is kept at the end was kept at all times, and all its events are there; and samples of parts,
//! merged, are the sample of the whole. The hashes up to which each place keeps ([`Shares`]) stay with the baseline:
//! nothing comes back of which a part was not kept. The events of all other pairs are counted together, and are no
//! evidence.

mod room;
mod tree;

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::{Map, SMALL};

/// The room at the end; while a fold grows, an eighth more. A template with an image takes one unit for its first name, and
/// one for every eight that follow: so a million names of fifty thousand templates fit.
pub(super) const ROOM: usize = if SMALL { 1 << 8 } else { 15 << 14 };

/// Folders of an image that lie deeper than this are told apart by their paths alone.
const DEEPEST: usize = 16;

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

#[cfg(test)]
mod tests;
