//! Shapes and lists of texts, as Sysmon's conditions say them.

use super::{Filter, known_bad, process_id};
use crate::family::{Family, Shape};
use crate::knowledge::Knowledge;
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Condition, Field};

/// The longest list that is written. No limit of Sysmon is known; shorter lists are easier to read and to merge.
pub const LIST: usize = 40;

/// The filters for "one of these": a list where the schema has lists, else one alternative for each.
pub(super) fn one_of(field: Field, texts: &[&str], schema: SchemaVersion) -> Vec<Vec<Filter>> {
    if texts.len() <= 1 || schema < Condition::IsAny.since() {
        return texts
            .iter()
            .map(|text| vec![Filter::new(field, Condition::Is, text)])
            .collect();
    }
    texts
        .chunks(LIST)
        .map(|part| vec![Filter::new(field, Condition::IsAny, &part.join(";"))])
        .collect()
}

/// The filters for a shape: beginning, parts, end.
pub(super) fn of_shape(field: Field, shape: &Shape) -> Vec<Filter> {
    match shape {
        Shape::Exact(text) => vec![Filter::new(field, Condition::Is, text)],
        Shape::Affixes { begin, middle, end, .. } => {
            let mut filters = Vec::new();
            if !begin.is_empty() {
                filters.push(Filter::new(field, Condition::BeginWith, begin));
            }
            filters.extend(middle.iter().map(|part| Filter::new(field, Condition::Contains, part)));
            if !end.is_empty() {
                filters.push(Filter::new(field, Condition::EndWith, end));
            }
            filters
        }
    }
}

/// The filters for the images of a shape: what lies below one product's folder, and leads nowhere else. Where anybody can
/// put a program that has the shape, they are the images that were seen; `seen` are all of these.
pub(super) fn of_images(
    shape: &Shape,
    seen: &[&str],
    knowledge: &Knowledge,
    schema: SchemaVersion,
) -> Vec<Vec<Filter>> {
    if shape.is_exact() {
        return vec![of_shape(Field::Image, shape)];
    }
    let other = shape.filled_with("other");
    if knowledge.writable(&other).is_some() || knowledge.masquerade(&other).is_some() {
        return one_of(Field::Image, seen, schema);
    }
    let mut filters = of_shape(Field::Image, shape);
    filters.push(Filter::new(Field::Image, Condition::Excludes, ".."));
    vec![filters]
}

/// The filters for a family's shape of names, without the known-bad names that it would cover.
pub(super) fn of_names(family: &Family, knowledge: &Knowledge, schema: SchemaVersion) -> Vec<Filter> {
    let mut filters = of_shape(Field::PipeName, &family.name);
    let has_lists = schema >= Condition::ExcludesAny.since();
    // A text with a semicolon cannot stand in a list.
    let mut texts = known_bad::texts(family, knowledge);
    if has_lists {
        texts.extend(process_id::texts(family));
    }
    let (listed, alone): (Vec<String>, Vec<String>) =
        texts.into_iter().partition(|text| has_lists && !text.contains(';'));
    let alone = alone
        .iter()
        .map(|text| Filter::new(Field::PipeName, Condition::Excludes, text));
    filters.extend(alone);
    if !listed.is_empty() {
        filters.push(Filter::new(Field::PipeName, Condition::ExcludesAny, &listed.join(";")));
    }
    filters
}
