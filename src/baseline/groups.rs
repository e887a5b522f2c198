//! A baseline in, its groups out: every template with every image, with exact evidence by kind.

use std::collections::BTreeMap;

use super::cells::Cells;
use super::evidence::Evidence;
use super::group::Group;
use super::{Baseline, GroupKey};
use crate::event::Kind;
use crate::template::Template;

/// A template with an image.
#[derive(Debug, Clone, Copy)]
pub struct GroupView<'a> {
    baseline: &'a Baseline,
    key: &'a GroupKey,
    group: &'a Group,
}

impl Baseline {
    /// All groups, by template and image.
    pub fn groups(&self) -> impl Iterator<Item = GroupView<'_>> {
        self.groups.iter().map(|(key, group)| GroupView {
            baseline: self,
            key,
            group,
        })
    }

    /// The images by their numbers, each in its most frequent spelling (of several, the smallest).
    #[must_use]
    pub fn images(&self) -> Vec<&str> {
        let mut spellings: Vec<BTreeMap<&str, u64>> = self.images.keys().map(|_| BTreeMap::new()).collect();
        for (key, group) in &self.groups {
            let Some(spellings) = spellings.get_mut(key.image as usize) else {
                continue;
            };
            for cell in group.cells().flat_map(Cells::iter) {
                if let Some(label) = self.labels.get(cell.key.label as usize) {
                    *spellings.entry(self.images.spelling(label.image_spelling)).or_default() += cell.ids.len() as u64;
                }
            }
        }
        spellings
            .iter()
            .map(|counts| super::pairs::most_frequent(counts).unwrap_or_default())
            .collect()
    }
}

impl<'a> GroupView<'a> {
    /// The template.
    #[must_use]
    pub fn template(&self) -> Template {
        Template::from_key(self.key.template.as_str())
    }

    /// The number of the image; [`Baseline::images`] has its name.
    #[must_use]
    pub fn image(&self) -> u32 {
        self.key.image
    }

    /// Whether [`GroupView::names_of`] gives all there are.
    #[must_use]
    pub fn has_all_names(&self) -> bool {
        self.group.others().is_empty()
    }

    /// The kept names that have events of this kind, each with its evidence.
    pub fn names_of(&self, kind: Kind) -> impl Iterator<Item = (&'a str, Evidence)> {
        let baseline = self.baseline;
        self.group.names().filter_map(move |(name, kept)| {
            let evidence = baseline.evidence(&kept.cells, Some(kind));
            (evidence.events() > 0).then_some((name.as_str(), evidence))
        })
    }

    /// How many of the kept names have events of this kind, and the evidence in all events of this kind.
    #[must_use]
    pub fn evidence(&self, kind: Kind) -> (usize, Evidence) {
        let mut evidence = Evidence::default();
        let mut names = 0;
        for cells in self.group.cells() {
            let of_name = self.baseline.evidence(cells, Some(kind));
            names += usize::from(of_name.events() > 0);
            evidence.add(&of_name);
        }
        (names, evidence)
    }
}
