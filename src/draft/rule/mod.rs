//! Candidates that may be excluded in, the tightest rules that hold them out.
//!
//! A rule is one `<Rule groupRelation="and">`: names, images and, where only one kind of event was seen, the event type.
//! Exact names of one image become one list, and images of one product that need the very same names share a rule, so
//! that each pair of the product of both lists is a member.
//!
//! - `overlap` finds what must stay and looks like a member;
//! - `carve` finds what tells it from the members;
//! - `known_bad` finds what tells attackers' names from those of a shape;
//! - `language` finds the texts that no name of a family holds, and `tight` writes them as filters;
//! - `process_id` finds what no process id of Windows ends with;
//! - `filters` says a shape, and what it must not cover, in Sysmon's conditions.

mod carve;
mod filters;
mod known_bad;
mod language;
mod overlap;
mod process_id;
mod tight;

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Candidate, Verdict};
use crate::baseline::Evidence;
use crate::event::Kind;
use crate::family::{Family, Shape};
use crate::knowledge::Knowledge;
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Condition, Field, Folding, Needles};
use crate::threads::{by_threads, sorted_by_threads};
pub use filters::LIST;
pub(super) use overlap::Overlaps;
pub(crate) use tight::is_tight;

/// One rule of the draft.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The product that its images belong to.
    pub product: String,
    /// Its filters; all must hold.
    pub filters: Vec<Filter>,
    /// The candidates that it stands for, by their place in the draft.
    pub candidates: Vec<usize>,
    /// Whether somebody decided that one of these is excluded, which guards leave to a person or keep.
    pub is_decided: bool,
    /// The evidence of what it drops; until it was run, that of these candidates together.
    pub evidence: Evidence,
}

/// One filter of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The field.
    pub field: Field,
    /// The condition.
    pub condition: Condition,
    /// The value.
    pub value: String,
}

impl Filter {
    fn new(field: Field, condition: Condition, value: &str) -> Self {
        Self {
            field,
            condition,
            value: value.to_owned(),
        }
    }
}

impl Rule {
    /// Whether it drops all events of a candidate: those of its names that are known, by each of its images.
    #[must_use]
    pub fn covers(&self, candidate: &Candidate) -> bool {
        let family = &candidate.family;
        !family.names.is_empty()
            && pass(&self.filters, Field::EventType, family.kind.event_type())
            && family
                .names
                .iter()
                .all(|name| pass(&self.filters, Field::PipeName, name))
            && family
                .images
                .iter()
                .all(|image| pass(&self.filters, Field::Image, image))
    }

    /// Whether it drops some of a candidate: where it carves out what must stay, or lists a part of the names, not all.
    #[must_use]
    pub fn touches(&self, candidate: &Candidate) -> bool {
        let family = &candidate.family;
        let mut names = family.names.iter();
        let mut images = family.images.iter();
        pass(&self.filters, Field::EventType, family.kind.event_type())
            && names.any(|name| pass(&self.filters, Field::PipeName, name))
            && images.any(|image| pass(&self.filters, Field::Image, image))
    }

    /// The families that it is for.
    pub(crate) fn families<'a>(&self, candidates: &'a [Candidate]) -> impl Iterator<Item = &'a Family> {
        let family = |index: &usize| Some(&candidates.get(*index)?.family);
        self.candidates.iter().filter_map(family)
    }

    /// All of it in one text, to sort by.
    fn text(&self) -> String {
        let filter = |f: &Filter| format!("{} {} {}", f.field, f.condition.name(), f.value);
        self.filters.iter().map(filter).collect::<Vec<_>>().join("\n")
    }
}

/// Whether filters are for a shape of names, and list none.
pub(crate) fn is_of_shape(filters: impl IntoIterator<Item = (Field, Condition)>) -> bool {
    let lists = |(field, condition)| field == Field::PipeName && matches!(condition, Condition::Is | Condition::IsAny);
    !filters.into_iter().any(lists)
}

/// Whether a text passes the filters on a field.
pub(crate) fn pass(filters: &[Filter], field: Field, text: &str) -> bool {
    Gate::of(filters, field).lets_through(text)
}

/// The filters on one field, made ready for many texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Gate {
    folding: Folding,
    filters: Vec<Asked>,
}

/// A filter's condition and value, folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Asked {
    Plain(Condition, String),
    /// Lists of texts that must not stand anywhere are long, and asked of many names.
    Nowhere(Needles),
}

impl Asked {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Plain(condition, value) => condition.holds(value, text),
            Self::Nowhere(needles) => !needles.stand_in(text),
        }
    }
}

impl Gate {
    pub(crate) fn of(filters: &[Filter], field: Field) -> Self {
        Self::folded(Folding::Ascii, filters, field)
    }

    fn folded(folding: Folding, filters: &[Filter], field: Field) -> Self {
        let of_field = filters.iter().filter(|filter| filter.field == field);
        let folded = |filter: &Filter| {
            let value = folding.fold(&filter.value);
            match filter.condition {
                Condition::Excludes => Asked::Nowhere(Needles::default().with(&value)),
                Condition::ExcludesAny => Asked::Nowhere(Needles::of_list(&value)),
                condition => Asked::Plain(condition, value.into_owned()),
            }
        };
        Self {
            folding,
            filters: of_field.map(folded).collect(),
        }
    }

    /// Those of the filters that forbid a text to stand anywhere: what they do not let through alone, they do not let
    /// through inside anything longer either.
    pub(crate) fn anywhere(&self) -> Self {
        let anywhere = self.filters.iter().filter(|asked| matches!(asked, Asked::Nowhere(_)));
        Self {
            folding: self.folding,
            filters: anywhere.cloned().collect(),
        }
    }

    pub(crate) fn lets_through(&self, text: &str) -> bool {
        let text = self.folding.fold(text);
        self.filters.iter().all(|asked| asked.holds(&text))
    }

    fn is_ascii(&self) -> bool {
        self.filters.iter().all(|asked| match asked {
            Asked::Plain(_, value) => value.is_ascii(),
            Asked::Nowhere(needles) => needles.are_ascii(),
        })
    }
}

/// A shape without case: what is compared and sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Exact(String),
    Affixes(String, Vec<String>, String),
}

impl Key {
    fn of(shape: &Shape) -> Self {
        let fold = |text: &String| text.to_ascii_lowercase();
        match shape {
            Shape::Exact(text) => Self::Exact(fold(text)),
            Shape::Affixes { begin, middle, end, .. } => {
                Self::Affixes(fold(begin), middle.iter().map(fold).collect(), fold(end))
            }
        }
    }

    /// Whether everything of the exact `name` is of this shape too.
    fn covers(&self, name: &str) -> bool {
        match self {
            Self::Exact(_) => false,
            Self::Affixes(begin, middle, end) => {
                name.starts_with(begin.as_str())
                    && name.ends_with(end.as_str())
                    && middle.iter().all(|part| name.contains(part.as_str()))
            }
        }
    }
}

/// The event type that a rule asks for; `None` for both.
type Only = Option<Kind>;

/// What the images of one shape, of one product, do that may be excluded: names with kinds and candidates.
type Deeds = BTreeMap<Key, BTreeMap<Kind, BTreeSet<usize>>>;

/// Writes rules for all candidates that may be excluded, those that drop most first; what is covered needs none.
///
/// A name needs none beside a shape that it is of. But what the shape's rule carves out, since it must stay of the other
/// event type, is then left without any: such names get rules of their own. So does what is excluded though a guard keeps
/// it: its rule may be refused, and nothing else goes with it.
#[must_use]
pub(super) fn rules(
    candidates: &[Candidate],
    overlaps: &Overlaps,
    knowledge: &Knowledge,
    schema: SchemaVersion,
) -> Vec<Rule> {
    let writer = Writer {
        candidates,
        knowledge,
        schema,
        overlaps,
    };
    let wanted: BTreeSet<usize> = candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| candidate.verdict == Verdict::Exclude && !candidate.is_covered)
        .map(|(index, _)| index)
        .collect();
    let is_overruled = |index: &usize| candidates[*index].said_by_guards() == Verdict::Keep;
    let (overruled, wanted): (BTreeSet<usize>, BTreeSet<usize>) = wanted.into_iter().partition(is_overruled);
    // A rule for any user's profile is for nothing that was decided for those that were seen.
    let (open, wanted): (BTreeSet<usize>, BTreeSet<usize>) =
        wanted.into_iter().partition(|index| candidates[*index].opens_users);
    let mut rules = writer.rules(&wanted);
    rules.extend(writer.rules(&open));
    for index in overruled {
        rules.extend(writer.rules(&BTreeSet::from([index])));
    }
    let served: BTreeSet<usize> = rules.iter().flat_map(|rule| &rule.candidates).copied().collect();
    let is_name = |index: &usize| matches!(candidates[*index].family.name, Shape::Exact(_));
    let left = wanted.difference(&served).copied().filter(is_name).collect();
    rules.extend(writer.rules(&left));
    most_first(rules)
}

/// Rules by what they drop, those that drop most first, then by their text.
pub(super) fn most_first(rules: Vec<Rule>) -> Vec<Rule> {
    sorted_by_threads(rules, |rule| (std::cmp::Reverse(rule.evidence.events()), rule.text()))
}

/// The rule that one candidate would have by itself, whatever its verdict, with nothing carved out for others. `None` where
/// it would take several.
pub(super) fn alone(
    candidates: &[Candidate],
    index: usize,
    knowledge: &Knowledge,
    schema: SchemaVersion,
) -> Option<Rule> {
    let family = &candidates.get(index)?.family;
    let names = match &family.name {
        Shape::Exact(_) => filters::of_shape(Field::PipeName, &family.name),
        Shape::Affixes { .. } => filters::of_names(family, knowledge, schema),
    };
    let seen: Vec<&str> = family.images.iter().map(String::as_str).collect();
    let [images] = <[Vec<Filter>; 1]>::try_from(filters::of_images(&family.image, &seen, knowledge, schema)).ok()?;
    let mut filters = images;
    filters.push(Filter::new(Field::EventType, Condition::Is, family.kind.event_type()));
    filters.extend(names);
    Some(Rule {
        product: family
            .images
            .first()
            .map_or("", |image| knowledge.product(image))
            .to_owned(),
        filters,
        candidates: vec![index],
        is_decided: false,
        evidence: family.evidence.clone(),
    })
}

/// Names that are to be dropped for one event type, or for both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Names<'a> {
    List(Only, Vec<&'a str>),
    Shape(Only, &'a Key),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Demand<'a> {
    product: &'a str,
    names: Names<'a>,
}

/// What the deeds of one image need: one list for each event type, and each shape by itself.
fn demands(deeds: &Deeds) -> Vec<Names<'_>> {
    let only = |kinds: &[Kind]| match kinds {
        [one] => Some(*one),
        _ => None,
    };
    let mut lists: BTreeMap<Only, Vec<&str>> = BTreeMap::new();
    let mut demands = Vec::new();
    for (key, kinds) in deeds {
        match key {
            Key::Affixes(..) => demands.push(Names::Shape(only(&kinds.keys().copied().collect::<Vec<_>>()), key)),
            Key::Exact(name) => {
                // What a shape of the same image drops already needs no rule.
                let in_shape = |kind: &Kind| {
                    deeds
                        .iter()
                        .any(|(shape, of)| of.contains_key(kind) && shape.covers(name))
                };
                let left: Vec<Kind> = kinds.keys().copied().filter(|kind| !in_shape(kind)).collect();
                if !left.is_empty() {
                    lists.entry(only(&left)).or_default().push(name);
                }
            }
        }
    }
    demands.extend(lists.into_iter().map(|(only, names)| Names::List(only, names)));
    demands
}

/// Writes the rules of a demand.
struct Writer<'a> {
    candidates: &'a [Candidate],
    knowledge: &'a Knowledge,
    schema: SchemaVersion,
    overlaps: &'a Overlaps,
}

impl Writer<'_> {
    /// The rules for some of the candidates, in no order.
    fn rules(&self, wanted: &BTreeSet<usize>) -> Vec<Rule> {
        let mut products: BTreeMap<(String, Key), Deeds> = BTreeMap::new();
        for index in wanted {
            let family = &self.candidates[*index].family;
            let product = family.images.first().map_or("", |image| self.knowledge.product(image));
            let deeds = products
                .entry((product.to_owned(), Key::of(&family.image)))
                .or_default();
            deeds
                .entry(Key::of(&family.name))
                .or_default()
                .entry(family.kind)
                .or_default()
                .insert(*index);
        }
        // Images with the same demand share a rule; those of a shape have one of their own.
        let mut shared: BTreeMap<Demand<'_>, Vec<&Key>> = BTreeMap::new();
        for ((product, image), deeds) in &products {
            for names in demands(deeds) {
                shared.entry(Demand { product, names }).or_default().push(image);
            }
        }
        let demands: Vec<(&Demand<'_>, &Vec<&Key>)> = shared.iter().collect();
        let write = |index: usize| {
            let (demand, images) = *demands.get(index)?;
            Some(self.write(demand, images, &products))
        };
        by_threads(demands.len(), write)
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }

    fn write(&self, demand: &Demand<'_>, images: &[&Key], products: &BTreeMap<(String, Key), Deeds>) -> Vec<Rule> {
        let mut rules = Vec::new();
        let (only, keys) = match &demand.names {
            Names::List(only, names) => (*only, names.iter().map(|name| Key::Exact((*name).to_owned())).collect()),
            Names::Shape(only, key) => (*only, vec![(*key).clone()]),
        };
        // The candidates of each image.
        let mut exact: Vec<BTreeSet<usize>> = Vec::new();
        let mut alone: Vec<BTreeSet<usize>> = Vec::new();
        for image in images {
            let Some(deeds) = products.get(&(demand.product.to_owned(), (*image).clone())) else {
                continue;
            };
            let kinds = keys.iter().filter_map(|key| deeds.get(key)).flatten();
            let members: BTreeSet<usize> = kinds
                .filter(|(kind, _)| only.is_none_or(|only| only == **kind))
                .flat_map(|(_, all)| all)
                .copied()
                .collect();
            if matches!(image, Key::Exact(_)) {
                exact.push(members)
            } else {
                alone.push(members)
            }
        }
        for members in alone {
            let Some(image) = members.first().map(|index| &self.candidates[*index].family.image) else {
                continue;
            };
            let seen: BTreeSet<&str> = members
                .iter()
                .flat_map(|index| &self.candidates[*index].family.images)
                .map(String::as_str)
                .collect();
            let seen: Vec<&str> = seen.into_iter().collect();
            let images = if members.iter().any(|index| self.candidates[*index].opens_users) {
                filters::of_any_user(image)
            } else {
                filters::of_images(image, &seen, self.knowledge, self.schema)
            };
            self.push(demand, only, &members, &images, &mut rules);
        }
        let spelled = exact
            .iter()
            .filter_map(|members| members.first())
            .map(|index| &self.candidates[*index].family.image);
        let texts: Vec<&str> = spelled.filter_map(Shape::exact).collect();
        let all: BTreeSet<usize> = exact.into_iter().flatten().collect();
        self.push(
            demand,
            only,
            &all,
            &filters::one_of(Field::Image, &texts, self.schema),
            &mut rules,
        );
        rules
    }

    /// One rule for each way to say the names with each way to say the images.
    fn push(
        &self,
        demand: &Demand<'_>,
        only: Only,
        members: &BTreeSet<usize>,
        images: &[Vec<Filter>],
        rules: &mut Vec<Rule>,
    ) {
        let Some(first) = members.first().map(|index| &self.candidates[*index].family) else {
            return;
        };
        let names = match &demand.names {
            Names::Shape(..) => vec![filters::of_names(first, self.knowledge, self.schema)],
            Names::List(_, names) => filters::one_of(Field::PipeName, &self.spelled(names, members), self.schema),
        };
        let carved = self.overlaps.carved(members);
        for name_filters in &names {
            for image_filters in images {
                let Some((image_filters, carved)) = filters::spare(image_filters, &carved) else {
                    continue;
                };
                let mut rule = Rule {
                    product: demand.product.to_owned(),
                    filters: Vec::new(),
                    candidates: Vec::new(),
                    is_decided: false,
                    evidence: Evidence::default(),
                };
                // In the order in which one reads: program, what it does, names, exceptions.
                let kind = only.map(|kind| Filter::new(Field::EventType, Condition::Is, kind.event_type()));
                rule.filters.extend(image_filters);
                rule.filters.extend(kind);
                rule.filters.extend(name_filters.iter().cloned());
                rule.filters.extend(carved);
                rule.candidates = members
                    .iter()
                    .copied()
                    .filter(|index| rule.touches(&self.candidates[*index]))
                    .collect();
                for index in &rule.candidates {
                    let candidate = &self.candidates[*index];
                    rule.is_decided |= candidate.said_by_guards() != Verdict::Exclude;
                    rule.evidence.add(&candidate.family.evidence);
                }
                // What is carved out may be all that one of several rules for the images is for.
                if !rule.candidates.is_empty() {
                    rules.push(rule);
                }
            }
        }
    }

    /// Names as they were seen, not folded.
    fn spelled<'a>(&'a self, names: &[&'a str], members: &BTreeSet<usize>) -> Vec<&'a str> {
        let seen = members
            .iter()
            .filter_map(|index| self.candidates[*index].family.name.exact());
        let spelled: BTreeMap<String, &str> = seen.map(|name| (name.to_ascii_lowercase(), name)).collect();
        names
            .iter()
            .map(|name| spelled.get(*name).copied().unwrap_or(name))
            .collect()
    }
}

#[cfg(test)]
mod tests;
