//! What must stay and looks like what may be excluded.
//!
//! A shape of names can hold a name that is kept: a constant with which an attacker hides among a browser's pipes, say.
//! The rule carves it out, by what tells it from the members of the shape (see [`carve`](super::carve)). Where nothing
//! does, what may be excluded stays logged with what must.
//!
//! Sysmon may fold more letters than those of ASCII, so a name counts as held if it is in either folding. What is carved
//! out by `is not` then stays in either, too.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::carve::{CARVED, carve};
use super::{Filter, Gate, filters};
use crate::draft::candidate::{Candidate, Reason, ReasonCode, Verdict};
use crate::draft::guards::inexpressible::unsafe_in_a_filter;
use crate::event::Kind;
use crate::family::{Family, Shape};
use crate::knowledge::Knowledge;
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Condition, Field, Folding};
use crate::threads::by_threads;

/// What overlaps with each candidate that may be excluded.
#[derive(Debug, Default)]
pub(in crate::draft) struct Overlaps {
    /// What to carve out of a candidate's rule.
    carved: BTreeMap<usize, Vec<Filter>>,
    /// Candidates that cannot be told from one that must stay, and why.
    blocked: BTreeMap<usize, Reason>,
}

/// What must stay, by kind and image.
type Staying<'a> = BTreeMap<(Kind, String), Vec<&'a Candidate>>;

fn key(text: &str) -> String {
    Folding::Unicode.fold(text).into_owned()
}

impl Overlaps {
    pub(in crate::draft) fn find(candidates: &[Candidate], knowledge: &Knowledge, schema: SchemaVersion) -> Self {
        let mut staying = Staying::new();
        for candidate in candidates
            .iter()
            .filter(|candidate| candidate.verdict != Verdict::Exclude)
        {
            for image in &candidate.family.images {
                staying
                    .entry((candidate.family.kind, key(image)))
                    .or_default()
                    .push(candidate);
            }
        }
        let of = |index: usize| {
            let candidate = candidates.get(index)?;
            let has_near = |image: &String| staying.contains_key(&(candidate.family.kind, key(image)));
            let has_image_shape = !candidate.family.image.is_exact();
            let may_overlap = has_image_shape || candidate.family.images.iter().any(has_near);
            if candidate.verdict != Verdict::Exclude || !may_overlap {
                return None;
            }
            let mut overlaps = Self::default();
            let rule = Names::of(&candidate.family, knowledge, schema);
            overlaps.names(index, &rule, &staying, schema);
            overlaps.images(index, &rule, &staying);
            Some(overlaps)
        };
        let mut overlaps = Self::default();
        for of_one in by_threads(candidates.len(), of).into_iter().flatten() {
            overlaps.carved.extend(of_one.carved);
            overlaps.blocked.extend(of_one.blocked);
        }
        overlaps
    }

    /// Carves out the names that must stay, of the candidate's own images.
    fn names(&mut self, index: usize, rule: &Names<'_>, staying: &Staying<'_>, schema: SchemaVersion) {
        let near = rule
            .family
            .images
            .iter()
            .filter_map(|image| staying.get(&(rule.family.kind, key(image))))
            .flatten();
        let held: Vec<&Candidate> = near
            .copied()
            .filter(|other| other.family.names.iter().any(|name| rule.takes(name)))
            .collect();
        let Some(first) = held.first() else { return };
        match carve(rule.family, &held, |name| rule.takes(name), schema) {
            Some(filters) => self.carved.entry(index).or_default().extend(filters),
            None => self.block(index, first),
        }
    }

    /// Carves out the images that must stay, where the candidate's rule is for all images of a shape.
    fn images(&mut self, index: usize, rule: &Names<'_>, staying: &Staying<'_>) {
        let Shape::Affixes { .. } = rule.family.image else {
            return;
        };
        let own: BTreeSet<String> = rule.family.images.iter().map(|image| key(image)).collect();
        let mut images = BTreeSet::new();
        for ((kind, image), others) in staying {
            let is_near = *kind == rule.family.kind && rule.family.image.matches(image) && !own.contains(image);
            if let Some(other) = others.iter().find(|other| is_near && rule.holds_one_of(&other.family)) {
                images.extend(other.family.images.iter().filter(|spelled| key(spelled) == *image));
                if images.len() > CARVED || images.iter().any(|image| unsafe_in_a_filter(image).is_some()) {
                    self.block(index, other);
                    return;
                }
            }
        }
        let filters = images
            .into_iter()
            .map(|image| Filter::new(Field::Image, Condition::IsNot, image));
        self.carved.entry(index).or_default().extend(filters);
    }

    fn block(&mut self, index: usize, other: &Candidate) {
        let text = format!(
            "No rule can tell it from {}, which is {}.",
            other.title(),
            other.verdict
        );
        let reason = Reason::new(ReasonCode::Overlap, other.verdict, text);
        self.blocked.entry(index).or_insert(reason);
    }

    /// Lets the candidates that cannot be told apart stay, and says so.
    pub(in crate::draft) fn retract(&self, candidates: &mut [Candidate]) {
        for (index, reason) in &self.blocked {
            if let Some(candidate) = candidates.get_mut(*index) {
                candidate.verdict = reason.verdict;
                candidate.reasons.insert(0, reason.clone());
            }
        }
    }

    /// The filters that carve out what must stay of these candidates.
    pub(super) fn carved(&self, members: &BTreeSet<usize>) -> Vec<Filter> {
        let mut all: Vec<Filter> = Vec::new();
        for filter in members.iter().filter_map(|index| self.carved.get(index)).flatten() {
            if !all.contains(filter) {
                all.push(filter.clone());
            }
        }
        all
    }
}

/// The names that a candidate's rule holds.
struct Names<'a> {
    family: &'a Family,
    knowledge: &'a Knowledge,
    schema: SchemaVersion,
    /// The filters that say its shape.
    shape: Gates,
    /// All of the rule's filters on names: they are costly, and most names that are asked for have not even the shape.
    filters: OnceCell<Gates>,
}

/// Filters on names in either folding.
struct Gates {
    ascii: Gate,
    unicode: Gate,
}

impl Gates {
    fn of(filters: &[Filter]) -> Self {
        let gate = |folding| Gate::folded(folding, filters, Field::PipeName);
        Self {
            ascii: gate(Folding::Ascii),
            unicode: gate(Folding::Unicode),
        }
    }
}

impl<'a> Names<'a> {
    fn of(family: &'a Family, knowledge: &'a Knowledge, schema: SchemaVersion) -> Self {
        Self {
            family,
            knowledge,
            schema,
            shape: Gates::of(&filters::of_shape(Field::PipeName, &family.name)),
            filters: OnceCell::new(),
        }
    }

    fn holds(&self, name: &str) -> bool {
        match &self.family.name {
            Shape::Exact(exact) => key(exact) == key(name),
            Shape::Affixes { .. } => {
                // Of a shape and a name in ASCII the second folding holds no more than the first: it can but find more of
                // the texts that are carved out.
                let is_plain = name.is_ascii() && self.shape.ascii.is_ascii();
                let holds = |gate: fn(&Gates) -> &Gate| {
                    gate(&self.shape).lets_through(name) && gate(self.filters()).lets_through(name)
                };
                holds(|gates| &gates.ascii) || !is_plain && holds(|gates| &gates.unicode)
            }
        }
    }

    fn filters(&self) -> &Gates {
        self.filters
            .get_or_init(|| Gates::of(&filters::of_names(self.family, self.knowledge, self.schema)))
    }

    /// Whether the rule holds a name of its own image that is none of its members: of the name that it is for, the same
    /// in ASCII's folding is one, and nothing could carve it out.
    fn takes(&self, name: &str) -> bool {
        self.holds(name)
            && !self
                .family
                .name
                .exact()
                .is_some_and(|exact| exact.eq_ignore_ascii_case(name))
    }

    fn holds_one_of(&self, other: &Family) -> bool {
        other.names.iter().any(|name| self.holds(name))
    }
}
