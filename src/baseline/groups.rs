//! A baseline in, its groups out: every template with every image, with exact evidence by kind.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Cell, Cells};
use super::evidence::Evidence;
use super::group::Group;
use super::part::Part;
use super::{Baseline, GroupKey, Label};
use crate::event::Kind;
use crate::normalize::day::Day;
use crate::template::Template;

/// A template with an image.
#[derive(Debug, Clone, Copy)]
pub struct GroupView<'a> {
    baseline: &'a Baseline,
    key: &'a GroupKey,
    group: &'a Group,
    part: Part<'a>,
}

impl Baseline {
    /// All groups, by template and image; their evidence is that of the part.
    pub fn groups<'a>(&'a self, part: Part<'a>) -> impl Iterator<Item = GroupView<'a>> {
        self.groups.iter().map(move |(key, group)| GroupView {
            baseline: self,
            key,
            group,
            part,
        })
    }

    /// The images by their numbers, each in its most frequent spelling (of several, the smallest).
    #[must_use]
    pub fn images(&self) -> Vec<&str> {
        let only = self.images.only_spellings();
        let mut spellings: Vec<BTreeMap<&str, u64>> = only.iter().map(|_| BTreeMap::new()).collect();
        for (key, group) in &self.groups {
            let (Some(None), Some(spellings)) = (only.get(key.image as usize), spellings.get_mut(key.image as usize))
            else {
                continue;
            };
            // Nearly all events of a group spell its image in the same way.
            let (mut last, mut events) = (None, 0);
            let mut count = |spelling: Option<u32>, events: u64| {
                if let Some(spelling) = spelling {
                    *spellings.entry(self.images.spelling(spelling)).or_default() += events;
                }
            };
            for cell in group.cells().flat_map(Cells::iter) {
                if let Some(label) = self.labels.get(cell.key.label as usize) {
                    if last != Some(label.image_spelling) {
                        count(last, std::mem::take(&mut events));
                        last = Some(label.image_spelling);
                    }
                    events += label.events(cell.ids);
                }
            }
            count(last, events);
        }
        let most = |counts| super::pairs::most_frequent(counts).unwrap_or_default();
        let of_image = only.iter().zip(&spellings);
        of_image
            .map(|(only, counts)| only.unwrap_or_else(|| most(counts)))
            .collect()
    }

    /// The numbers of all hosts.
    pub fn host_numbers(&self) -> impl Iterator<Item = u32> {
        (0u32..).zip(self.hosts.keys()).map(|(number, _)| number)
    }

    /// The days on which anything happened, in order; those of a wrong clock too.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        let days: BTreeSet<Day> = self
            .all_cells()
            .flat_map(Cells::iter)
            .map(|cell| cell.key.day)
            .collect();
        days.into_iter()
    }

    /// How many names are kept, each counted once for every image and template.
    #[must_use]
    pub fn names(&self) -> usize {
        self.groups.values().map(|group| group.names().count()).sum()
    }

    /// The host of a number in an [`Evidence`], in one of its spellings.
    #[must_use]
    pub fn host(&self, number: u32) -> &str {
        self.hosts.key(number)
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

    /// Whether [`GroupView::names`] gives all there are, and [`Baseline::groups`] all templates of its image.
    #[must_use]
    pub fn has_all_names(&self) -> bool {
        self.baseline.has_all_names(self.key, self.group)
    }

    /// Whether [`Baseline::groups`] gives all images of the folders that its own lies in.
    #[must_use]
    pub fn has_all_images_beside(&self) -> bool {
        self.baseline.has_all_images_beside(self.key.image)
    }

    /// The kept names that have events of this kind, each with its evidence: in its most frequent spelling, and sorted
    /// without case.
    pub fn names(&self, kind: Kind) -> impl Iterator<Item = (&'a str, Evidence)> + use<'a> {
        let (baseline, part) = (self.baseline, self.part);
        self.group.names().filter_map(move |(name, kept)| {
            let evidence = baseline.evidence(&kept.cells, Some(kind), part);
            (evidence.events() > 0).then(|| (kept.shown(name.as_str()), evidence))
        })
    }

    /// What is kept of a name, with what its events say.
    pub(super) fn cells_of(&self, name: &str) -> impl Iterator<Item = (Cell<'a>, &'a Label)> + use<'a> {
        let (labels, part) = (&self.baseline.labels, self.part);
        let cells = self.group.cells_of(name).into_iter().flat_map(Cells::iter);
        let cells = cells.filter(move |cell| part.holds(cell.key));
        cells.filter_map(move |cell| Some((cell, labels.get(cell.key.label as usize)?)))
    }

    /// The evidence in all events of this kind whose names are not kept.
    #[must_use]
    pub fn evidence_without_name(&self, kind: Kind) -> Evidence {
        let others = self.group.others();
        others.map_or_else(Evidence::default, |others| {
            self.baseline.evidence(others, Some(kind), self.part)
        })
    }

    /// How many of the kept names have events of this kind, and the evidence in all events of this kind.
    #[must_use]
    pub fn evidence(&self, kind: Kind) -> (usize, Evidence) {
        let mut evidence = Evidence::default();
        let mut names = 0;
        for cells in self.group.cells() {
            let of_name = self.baseline.evidence(cells, Some(kind), self.part);
            names += usize::from(of_name.events() > 0);
            evidence.add(&of_name);
        }
        (names, evidence)
    }
}
