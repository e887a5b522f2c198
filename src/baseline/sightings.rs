//! A baseline in, each name with each image that made or opened it out: what every stage behind walks over.

use super::{Baseline, Evidence, GroupView, Part};
use crate::event::Kind;

/// A name that is kept, by one image: its events of one kind.
#[derive(Debug)]
pub struct Sighting<'a> {
    /// Where it belongs.
    pub group: GroupView<'a>,
    /// Created or connected.
    pub kind: Kind,
    /// The name, in its most frequent spelling.
    pub name: &'a str,
    /// The image, likewise.
    pub image: &'a str,
    /// What is known of these events.
    pub evidence: Evidence,
}

impl Baseline {
    /// All sightings of a part, by template, image and kind.
    pub fn sightings<'a>(&'a self, part: Part<'a>) -> impl Iterator<Item = Sighting<'a>> {
        let images = self.images();
        self.groups(part).flat_map(move |group| {
            let image = images.get(group.image() as usize).copied().unwrap_or_default();
            group.sightings(image)
        })
    }
}

impl<'a> GroupView<'a> {
    /// The sightings of one group, whose image is spelled so.
    pub fn sightings(self, image: &'a str) -> impl Iterator<Item = Sighting<'a>> {
        [Kind::Created, Kind::Connected].into_iter().flat_map(move |kind| {
            self.names(kind).map(move |(name, evidence)| Sighting {
                group: self,
                kind,
                name,
                image,
                evidence,
            })
        })
    }
}
