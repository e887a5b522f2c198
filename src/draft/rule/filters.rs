//! Shapes and lists of texts, as Sysmon's conditions say them.

use super::Filter;
use crate::family::Shape;
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

/// The filters for a shape of names, without the known-bad names that it would cover.
pub(super) fn of_names(name: &Shape, knowledge: &Knowledge, schema: SchemaVersion) -> Vec<Filter> {
    let mut filters = of_shape(Field::PipeName, name);
    let Shape::Affixes { begin, .. } = name else {
        return filters;
    };
    // `excludes` is as old as Sysmon's filters; it also refuses the text anywhere else in the name.
    let newer = schema >= Condition::NotBeginWith.since();
    let mut carved: Vec<Filter> = Vec::new();
    for bad in knowledge.known_bad_under(begin) {
        let prefix = bad.pattern.literal_prefix();
        let carve = if prefix.len() > begin.len() {
            let condition = if newer {
                Condition::NotBeginWith
            } else {
                Condition::Excludes
            };
            Filter::new(Field::PipeName, condition, prefix)
        } else {
            // It begins as the family does: `\Winsock2\CatalogChangeListener-<3 hex>-0,` is told by its comma.
            Filter::new(Field::PipeName, Condition::Excludes, bad.pattern.last_literal())
        };
        if !carved.contains(&carve) {
            carved.push(carve);
        }
    }
    carved.sort_by(|a, b| a.value.cmp(&b.value));
    filters.extend(carved);
    let anywhere: Vec<&str> = knowledge.known_bad_anywhere().collect();
    if schema >= Condition::ExcludesAny.since() {
        filters.push(Filter::new(
            Field::PipeName,
            Condition::ExcludesAny,
            &anywhere.join(";"),
        ));
    } else {
        filters.extend(
            anywhere
                .iter()
                .map(|text| Filter::new(Field::PipeName, Condition::Excludes, text)),
        );
    }
    filters
}
