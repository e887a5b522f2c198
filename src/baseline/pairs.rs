//! A baseline in, its unique pairs of pipe name and image out.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::cells::{CellKey, Cells};
use super::groups::Part;
use super::name::Name;
use super::{Baseline, Evidence, GroupKey, Map};
use crate::event::Kind;
use crate::normalize::fold::Folded;
use crate::template::Template;

/// One pipe name with one image.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// In its most frequent spelling (of several, the smallest).
    pub pipe_name: String,
    /// In its most frequent spelling with this pipe name.
    pub image: String,
    /// The template of most of its events: some may come from another process than the name tells.
    pub template: Template,
    /// How widely it was seen.
    pub evidence: Evidence,
    /// Its events, by kind and user.
    pub counts: Vec<Count>,
}

/// Events of a pair that no filter on it can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Created or connected.
    pub kind: Kind,
    /// The user's number: see [`Baseline::user`].
    pub user: u32,
    /// How many events.
    pub events: u64,
}

/// A name as one group holds it.
type Held<'a> = (&'a GroupKey, &'a Folded, &'a Name);

impl Baseline {
    /// All pairs whose names are kept, most frequent first, then by name and image.
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair> {
        let mut parts: Map<(&Folded, u32), SmallVec<[Held<'_>; 1]>> = Map::default();
        for (key, group) in &self.groups {
            for (name, kept) in group.names() {
                parts.entry((name, key.image)).or_default().push((key, name, kept));
            }
        }
        let mut pairs: Vec<Pair> = parts.values().map(|parts| self.pair(parts)).collect();
        pairs.sort_unstable_by(|a, b| {
            let events = b.evidence.events().cmp(&a.evidence.events());
            events
                .then_with(|| a.pipe_name.cmp(&b.pipe_name))
                .then_with(|| a.image.cmp(&b.image))
        });
        pairs
    }

    /// How many events have names that are not kept, since their template has too many.
    #[must_use]
    pub fn events_without_name(&self) -> u64 {
        self.groups.values().map(|group| self.events_of(group.others())).sum()
    }

    fn pair(&self, parts: &[Held<'_>]) -> Pair {
        let mut names: BTreeMap<&str, u64> = BTreeMap::new();
        let mut images: BTreeMap<&str, u64> = BTreeMap::new();
        let mut templates: BTreeMap<&str, u64> = BTreeMap::new();
        for (key, name, kept) in parts {
            let spellings: Vec<&str> = kept.spellings(name.as_str()).collect();
            for cell in kept.cells.iter() {
                let label = self.labels.get(cell.key.label as usize);
                let events = label.map_or(0, |label| label.events(cell.ids));
                if let Some(text) = spellings.get(cell.key.spelling as usize) {
                    *names.entry(text).or_default() += events;
                }
                if let Some(label) = label {
                    *images.entry(self.images.spelling(label.image_spelling)).or_default() += events;
                }
                *templates.entry(key.template.as_str()).or_default() += events;
            }
        }
        let name = parts.first().map_or("", |(_, name, _)| name.as_str());
        let united;
        let cells = match parts {
            [(_, _, kept)] => &kept.cells,
            _ => {
                united = union(parts);
                &united
            }
        };
        Pair {
            pipe_name: most_frequent(&names).unwrap_or(name).to_owned(),
            image: most_frequent(&images).unwrap_or_default().to_owned(),
            template: Template::from_key(most_frequent(&templates).unwrap_or_default()),
            evidence: self.evidence(cells, None, Part::ALL),
            counts: self.counts(cells),
        }
    }

    fn counts(&self, cells: &Cells) -> Vec<Count> {
        let mut counts: Vec<Count> = Vec::with_capacity(1);
        for cell in cells.iter() {
            let Some(label) = self.labels.get(cell.key.label as usize) else {
                continue;
            };
            let events = label.events(cell.ids);
            match counts
                .iter_mut()
                .find(|count| (count.kind, count.user) == (label.kind, label.user))
            {
                Some(count) => count.events += events,
                None => counts.push(Count {
                    kind: label.kind,
                    user: label.user,
                    events,
                }),
            }
        }
        counts.sort_unstable_by_key(|count| (count.kind, count.user));
        counts
    }
}

/// The events of a name that several groups hold. One source may lack the process id that another has, so the same event
/// can be in two of them.
fn union(parts: &[Held<'_>]) -> Cells {
    let mut all = Cells::default();
    for (_, _, kept) in parts {
        all.absorb(&kept.cells, |key| CellKey { spelling: 0, ..key });
    }
    all.settle(|key| key);
    all
}

/// The text with the most events; of several, the smallest.
pub(super) fn most_frequent<'a>(counts: &BTreeMap<&'a str, u64>) -> Option<&'a str> {
    let most = counts.values().max()?;
    counts.iter().find(|(_, count)| *count == most).map(|(text, _)| *text)
}
