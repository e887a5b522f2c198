//! A baseline in, its unique pairs of pipe name and image out.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::cells::{Cell, CellKey, Cells};
use super::group::Group;
use super::name::Name;
use super::part::Part;
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

/// Pairs, most frequent first, then by name and image.
pub fn most_frequent_first(pairs: impl Iterator<Item = Pair>) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = pairs.collect();
    sort_large(&mut pairs, |a, b| {
        let events = b.evidence.events().cmp(&a.evidence.events());
        events
            .then_with(|| a.pipe_name.cmp(&b.pipe_name))
            .then_with(|| a.image.cmp(&b.image))
    });
    pairs
}

/// A name as one group holds it.
type Held<'a> = (&'a GroupKey, &'a Folded, &'a Name);

impl Baseline {
    /// All pairs whose names are kept, most frequent first, then by name and image.
    #[must_use]
    pub fn pairs(&self) -> Vec<Pair> {
        most_frequent_first(self.each_pair())
    }

    /// The same in no order, each made when it is asked for: a flood has millions, which take more memory than the baseline.
    pub fn each_pair(&self) -> impl ExactSizeIterator<Item = Pair> {
        let mut parts: Map<(&Folded, u32), SmallVec<[Held<'_>; 1]>> = Map::default();
        for (key, group) in &self.groups {
            for (name, kept) in group.names() {
                parts.entry((name, key.image)).or_default().push((key, name, kept));
            }
        }
        parts.into_values().map(|parts| self.pair(&parts))
    }

    /// How many events have names that are not kept, since their template, image or folder has too many.
    #[must_use]
    pub fn events_without_name(&self) -> u64 {
        let others = self.groups.values().filter_map(Group::others).chain([&self.others]);
        others.map(|cells| self.events_of(cells)).sum()
    }

    fn pair(&self, parts: &[Held<'_>]) -> Pair {
        // Nearly every pair is of one group.
        if let [(key, name, kept)] = parts {
            return self.pair_of(kept.shown(name.as_str()), key.template.as_str(), &kept.cells);
        }
        let mut names: BTreeMap<&str, u64> = BTreeMap::new();
        let mut templates: BTreeMap<&str, u64> = BTreeMap::new();
        for (key, name, kept) in parts {
            let spellings: Vec<&str> = kept.spellings(name.as_str()).collect();
            for cell in kept.cells.iter() {
                let label = self.labels.get(cell.key.label as usize);
                let events = label.map_or(0, |label| label.events(cell.ids));
                if let Some(text) = spellings.get(cell.key.spelling as usize) {
                    *names.entry(text).or_default() += events;
                }
                *templates.entry(key.template.as_str()).or_default() += events;
            }
        }
        let name = parts.first().map_or("", |(_, name, _)| name.as_str());
        self.pair_of(
            most_frequent(&names).unwrap_or(name),
            most_frequent(&templates).unwrap_or_default(),
            &union(parts),
        )
    }

    fn pair_of(&self, pipe_name: &str, template: &str, cells: &Cells) -> Pair {
        Pair {
            pipe_name: pipe_name.to_owned(),
            image: self.image_of(cells).to_owned(),
            template: Template::from_key(template),
            evidence: self.evidence(cells, None, Part::ALL),
            counts: self.counts(cells),
        }
    }

    /// The spelling of the image that most of these events have.
    fn image_of(&self, cells: &Cells) -> &str {
        let label = |cell: Cell<'_>| self.labels.get(cell.key.label as usize);
        let mut numbers = cells.iter().filter_map(|cell| Some(label(cell)?.image_spelling));
        let first = numbers.next().unwrap_or(u32::MAX);
        if numbers.all(|number| number == first) {
            return self.images.spelling(first);
        }
        let mut images: BTreeMap<&str, u64> = BTreeMap::new();
        for cell in cells.iter() {
            if let Some(label) = label(cell) {
                *images.entry(self.images.spelling(label.image_spelling)).or_default() += label.events(cell.ids);
            }
        }
        most_frequent(&images).unwrap_or_default()
    }

    fn counts(&self, cells: &Cells) -> Vec<Count> {
        let count = |cell: Cell<'_>| {
            let label = self.labels.get(cell.key.label as usize)?;
            Some(Count {
                kind: label.kind,
                user: label.user,
                events: label.events(cell.ids),
            })
        };
        let mut counts: Vec<Count> = Vec::with_capacity(1);
        counts.extend(cells.iter().filter_map(count));
        counts.sort_unstable_by_key(|count| (count.kind, count.user));
        counts.dedup_by(|count, before| {
            let same = (count.kind, count.user) == (before.kind, before.user);
            before.events += if same { count.events } else { 0 };
            same
        });
        counts
    }
}

/// Sorts items that are large: each is moved twice, and not as often as it is compared.
pub(crate) fn sort_large<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_unstable_by(|a, b| compare(&items[*a], &items[*b]));
    for at in 0..items.len() {
        // Where its item was, another one may have been put, and this one where that one was.
        let mut from = order[at];
        while from < at {
            from = order[from];
        }
        order[at] = from;
        items.swap(at, from);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn large_items_are_sorted_as_others_are(mut items in proptest::collection::vec(0u8..50, 0..60)) {
            let mut sorted = items.clone();
            sorted.sort_unstable();
            sort_large(&mut items, u8::cmp);
            prop_assert_eq!(items, sorted);
        }
    }
}
