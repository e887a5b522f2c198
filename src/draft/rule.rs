//! Candidates that may be excluded in, the tightest rules that hold them out.
//!
//! A rule is one `<Rule groupRelation="and">`: names, images and, where only one kind of event was seen, the event type.
//! Exact names of one image become one list; images of one product that need the very same names share a rule. What a
//! rule can match is never more than the product of what it lists, and each pair of that product is a member.

use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::Evidence;
use crate::event::Kind;
use crate::family::Shape;
use crate::knowledge::Knowledge;
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Condition, Field};

use super::candidate::{Candidate, Verdict};

/// One rule of the draft.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The product that its images belong to.
    pub product: String,
    /// Its filters; all must hold.
    pub filters: Vec<Filter>,
    /// The candidates that it stands for, by their place in the draft.
    pub candidates: Vec<usize>,
    /// The evidence of these together.
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

/// The longest list that is written. No limit of Sysmon is known; shorter lists are easier to read and to merge.
const LIST: usize = 40;

/// Texts without case that are in order.
type Folded = String;

/// What one shape of images was seen to do.
#[derive(Default)]
struct Seen {
    /// Exact names with the kinds of events that may be excluded.
    names: BTreeMap<Folded, BTreeMap<Kind, usize>>,
    /// Shapes of names, likewise.
    shapes: BTreeMap<ShapeKey, BTreeMap<Kind, Vec<usize>>>,
}

/// A shape as conditions see it: beginning, parts, end.
type ShapeKey = (Folded, Vec<Folded>, Folded);

/// The event type that a rule asks for; `None` for both.
type Only = Option<Kind>;

/// Writes rules for all candidates that may be excluded, those that drop most first.
#[must_use]
pub fn rules(candidates: &[Candidate], knowledge: &Knowledge, schema: SchemaVersion) -> Vec<Rule> {
    let mut by_image: BTreeMap<(String, ShapeKeyOrExact), Seen> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        if candidate.verdict != Verdict::Exclude {
            continue;
        }
        let family = &candidate.family;
        let product = family.images.first().map_or("", |image| knowledge.product(image)).to_owned();
        let seen = by_image.entry((product, key(&family.image))).or_default();
        match key(&family.name) {
            ShapeKeyOrExact::Exact(name) => {
                seen.names.entry(name).or_default().insert(family.kind, index);
            }
            ShapeKeyOrExact::Shape(shape) => {
                seen.shapes.entry(shape).or_default().entry(family.kind).or_default().push(index);
            }
        }
    }
    let mut rules = Vec::new();
    name_rules(&by_image, candidates, schema, &mut rules);
    shape_rules(&by_image, candidates, knowledge, schema, &mut rules);
    rules.sort_by_cached_key(|rule| (std::cmp::Reverse(rule.evidence.events()), text(rule)));
    rules
}

/// All of a rule in one text, to sort by.
fn text(rule: &Rule) -> String {
    let filters = rule.filters.iter().map(|filter| format!("{} {} {}", filter.field, filter.condition.name(), filter.value));
    filters.collect::<Vec<_>>().join("\n")
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ShapeKeyOrExact {
    Exact(Folded),
    Shape(ShapeKey),
}

fn key(shape: &Shape) -> ShapeKeyOrExact {
    let fold = |text: &String| text.to_ascii_lowercase();
    match shape {
        Shape::Exact(text) => ShapeKeyOrExact::Exact(fold(text)),
        Shape::Affixes { begin, middle, end, .. } => {
            ShapeKeyOrExact::Shape((fold(begin), middle.iter().map(fold).collect(), fold(end)))
        }
    }
}

type ByImage = BTreeMap<(String, ShapeKeyOrExact), Seen>;

/// Lists of exact names. Exact images of one product with the very same names share a rule.
fn name_rules(by_image: &ByImage, candidates: &[Candidate], schema: SchemaVersion, rules: &mut Vec<Rule>) {
    let mut shared: BTreeMap<(&str, Only, Vec<&str>), (Vec<usize>, BTreeSet<usize>)> = BTreeMap::new();
    for ((product, image), seen) in by_image {
        let mut names: BTreeMap<Only, Vec<(&str, Vec<usize>)>> = BTreeMap::new();
        for (name, kinds) in &seen.names {
            let covered = |kind: &Kind| {
                let in_shape = |((begin, middle, end), of): (&ShapeKey, &BTreeMap<Kind, Vec<usize>>)| {
                    of.contains_key(kind)
                        && name.starts_with(begin.as_str())
                        && name.ends_with(end.as_str())
                        && middle.iter().all(|part| name.contains(part.as_str()))
                };
                seen.shapes.iter().any(in_shape)
            };
            let left: Vec<(Kind, usize)> =
                kinds.iter().filter(|(kind, _)| !covered(kind)).map(|(kind, index)| (*kind, *index)).collect();
            if let [(first, _), rest @ ..] = left.as_slice() {
                let only = if rest.is_empty() { Some(*first) } else { None };
                names.entry(only).or_default().push((name, left.iter().map(|(_, index)| *index).collect()));
            }
        }
        for (only, names) in names {
            let list: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            let members = names.iter().flat_map(|(_, members)| members.iter().copied());
            let image_of = names.first().and_then(|(_, members)| members.first().copied());
            if matches!(image, ShapeKeyOrExact::Exact(_)) {
                let (images, all) = shared.entry((product, only, list)).or_default();
                images.extend(image_of);
                all.extend(members);
            } else {
                let image = image_of.map(|index| &candidates[index].family.image);
                let filters = image.map(image_shape_filters).unwrap_or_default();
                push_lists(product, only, &list, &[filters], &members.collect(), candidates, schema, rules);
            }
        }
    }
    for ((product, only, list), (images, members)) in shared {
        let images: Vec<&str> = images.iter().filter_map(|index| exact(&candidates[*index].family.image)).collect();
        let filters = list_filters(Field::Image, &images, schema);
        push_lists(product, only, &list, &filters, &members, candidates, schema, rules);
    }
}

fn exact(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Exact(text) => Some(text),
        Shape::Affixes { .. } => None,
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one rule, each of another kind")]
fn push_lists(
    product: &str, only: Only, names: &[&str], images: &[Vec<Filter>], members: &BTreeSet<usize>, candidates: &[Candidate],
    schema: SchemaVersion, rules: &mut Vec<Rule>,
) {
    // In the spelling that was seen, not in the folded one.
    let spelled: BTreeMap<Folded, &str> = members
        .iter()
        .filter_map(|index| exact(&candidates[*index].family.name))
        .map(|name| (name.to_ascii_lowercase(), name))
        .collect();
    let names: Vec<&str> = names.iter().map(|name| spelled.get(*name).copied().unwrap_or(name)).collect();
    for name_filters in list_filters(Field::PipeName, &names, schema) {
        for image_filters in images {
            let mut filters = name_filters.clone();
            filters.extend(image_filters.iter().cloned());
            let held = members.iter().copied().filter(|index| holds(&filters, &candidates[*index])).collect();
            push(product, only, filters, held, candidates, rules);
        }
    }
}

/// Whether a candidate's exact name, and its image, are in these filters.
fn holds(filters: &[Filter], candidate: &Candidate) -> bool {
    let text = |field| match field {
        Field::PipeName => candidate.family.names.first(),
        _ => candidate.family.images.first(),
    };
    filters.iter().all(|filter| text(filter.field).is_some_and(|text| filter.condition.holds(&filter.value, text)))
}

/// Rules for shapes of names.
fn shape_rules(
    by_image: &ByImage, candidates: &[Candidate], knowledge: &Knowledge, schema: SchemaVersion, rules: &mut Vec<Rule>,
) {
    let mut shared: BTreeMap<(&str, Only, &ShapeKey), (BTreeSet<&str>, BTreeSet<usize>)> = BTreeMap::new();
    for ((product, image), seen) in by_image {
        for (shape, kinds) in &seen.shapes {
            let only = match kinds.keys().collect::<Vec<_>>().as_slice() {
                [one] => Some(**one),
                _ => None,
            };
            let members: BTreeSet<usize> = kinds.values().flatten().copied().collect();
            let Some(first) = members.first().map(|index| &candidates[*index].family) else { continue };
            match (&first.image, image) {
                (Shape::Exact(text), ShapeKeyOrExact::Exact(_)) => {
                    let (images, all) = shared.entry((product, only, shape)).or_default();
                    images.insert(text);
                    all.extend(members);
                }
                (image, _) => {
                    let mut filters = name_shape_filters(&first.name, knowledge, schema);
                    filters.extend(image_shape_filters(image));
                    push(product, only, filters, members, candidates, rules);
                }
            }
        }
    }
    for ((product, only, _), (images, members)) in shared {
        let Some(first) = members.first().map(|index| &candidates[*index].family) else { continue };
        let images: Vec<&str> = images.into_iter().collect();
        for image_filters in list_filters(Field::Image, &images, schema) {
            let mut filters = name_shape_filters(&first.name, knowledge, schema);
            let held = |index: &usize| {
                let image = candidates[*index].family.images.first();
                image.is_some_and(|image| image_filters.iter().all(|f| f.condition.holds(&f.value, image)))
            };
            let members = members.iter().copied().filter(held).collect();
            filters.extend(image_filters.iter().cloned());
            push(product, only, filters, members, candidates, rules);
        }
    }
}

fn push(
    product: &str, only: Only, mut filters: Vec<Filter>, members: BTreeSet<usize>, candidates: &[Candidate],
    rules: &mut Vec<Rule>,
) {
    if let Some(kind) = only {
        filters.push(filter(Field::EventType, Condition::Is, kind.event_type()));
    }
    let mut evidence = Evidence::default();
    members.iter().for_each(|index| evidence.add(&candidates[*index].family.evidence));
    rules.push(Rule { product: product.to_owned(), filters, candidates: members.into_iter().collect(), evidence });
}

fn filter(field: Field, condition: Condition, value: &str) -> Filter {
    Filter { field, condition, value: value.to_owned() }
}

/// The filters for "one of these": a list where the schema has lists, else one alternative for each.
fn list_filters(field: Field, texts: &[&str], schema: SchemaVersion) -> Vec<Vec<Filter>> {
    let single = |text: &&str| vec![filter(field, Condition::Is, text)];
    if texts.len() <= 1 || schema < Condition::IsAny.since() {
        return texts.iter().map(single).collect();
    }
    texts.chunks(LIST).map(|part| vec![filter(field, Condition::IsAny, &part.join(";"))]).collect()
}

fn image_shape_filters(image: &Shape) -> Vec<Filter> {
    affix_filters(Field::Image, image)
}

fn affix_filters(field: Field, shape: &Shape) -> Vec<Filter> {
    match shape {
        Shape::Exact(text) => vec![filter(field, Condition::Is, text)],
        Shape::Affixes { begin, middle, end, .. } => {
            let mut filters = Vec::new();
            if !begin.is_empty() {
                filters.push(filter(field, Condition::BeginWith, begin));
            }
            filters.extend(middle.iter().map(|part| filter(field, Condition::Contains, part)));
            if !end.is_empty() {
                filters.push(filter(field, Condition::EndWith, end));
            }
            filters
        }
    }
}

/// A shape of names, and what it must not cover: the known-bad names that begin, or go on, as it does.
fn name_shape_filters(name: &Shape, knowledge: &Knowledge, schema: SchemaVersion) -> Vec<Filter> {
    let mut filters = affix_filters(Field::PipeName, name);
    let begin = match name {
        Shape::Affixes { begin, .. } => begin.as_str(),
        Shape::Exact(_) => return filters,
    };
    let mut prefixes: Vec<&str> = knowledge.known_bad_under(begin).map(|bad| bad.pattern.literal_prefix()).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    for prefix in prefixes {
        // `excludes` is as old as Sysmon's filters; it also refuses the text anywhere else in the name.
        let newer = schema >= Condition::NotBeginWith.since();
        let condition = if newer { Condition::NotBeginWith } else { Condition::Excludes };
        filters.push(filter(Field::PipeName, condition, prefix));
    }
    let anywhere: Vec<&str> = knowledge.known_bad_anywhere().collect();
    if schema >= Condition::ExcludesAny.since() {
        filters.push(filter(Field::PipeName, Condition::ExcludesAny, &anywhere.join(";")));
    } else {
        filters.extend(anywhere.iter().map(|text| filter(Field::PipeName, Condition::Excludes, text)));
    }
    filters
}

/// Whether a rule drops all events of a candidate: its names are known and each passes every filter.
#[must_use]
pub fn covers(rule: &Rule, candidate: &Candidate) -> bool {
    let family = &candidate.family;
    let passes = |name: &str, image: &str| {
        rule.filters.iter().all(|filter| {
            let text = match filter.field {
                Field::PipeName => name,
                Field::Image => image,
                _ => family.kind.event_type(),
            };
            filter.condition.holds(&filter.value, text)
        })
    };
    !family.names.is_empty()
        && family.names.iter().all(|name| family.images.iter().all(|image| passes(name, image)))
}
