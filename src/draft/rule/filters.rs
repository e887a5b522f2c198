//! Shapes and lists of texts, as Sysmon's conditions say them.

use super::tight::tight;
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

/// The filters for the images of a shape whose users a person opened: all that lie in folders so named.
pub(super) fn of_any_user(shape: &Shape) -> Vec<Vec<Filter>> {
    let mut filters = of_shape(Field::Image, shape);
    filters.push(Filter::new(Field::Image, Condition::Excludes, ".."));
    vec![filters]
}

/// Filters that list images, and what is carved out, without the images that are in both; `None` where no image is left.
pub(super) fn spare(images: &[Filter], carved: &[Filter]) -> Option<(Vec<Filter>, Vec<Filter>)> {
    let [list] = images else {
        return Some((images.to_vec(), carved.to_vec()));
    };
    let listed: Vec<&str> = match list.condition {
        Condition::Is => vec![&list.value],
        Condition::IsAny => list.value.split(';').collect(),
        _ => return Some((images.to_vec(), carved.to_vec())),
    };
    let is_spared = |filter: &Filter, image: &str| {
        (filter.field, filter.condition) == (Field::Image, Condition::IsNot) && filter.value.eq_ignore_ascii_case(image)
    };
    let left = listed
        .iter()
        .copied()
        .filter(|image| !carved.iter().any(|filter| is_spared(filter, image)));
    let left: Vec<&str> = left.collect();
    let list = match left.as_slice() {
        [] => return None,
        [one] => Filter::new(Field::Image, Condition::Is, one),
        several => Filter::new(Field::Image, Condition::IsAny, &several.join(";")),
    };
    let is_needed = |filter: &&Filter| !listed.iter().any(|image| is_spared(filter, image));
    Some((vec![list], carved.iter().filter(is_needed).cloned().collect()))
}

/// The filters for a family's shape of names: its fixed texts, what none of its names holds, and the known-bad names that
/// could be of the shape all the same.
pub(super) fn of_names(family: &Family, knowledge: &Knowledge, schema: SchemaVersion) -> Vec<Filter> {
    let mut filters = of_shape(Field::PipeName, &family.name);
    let has_lists = schema >= Condition::ExcludesAny.since();
    let mut texts = known_bad::texts(family, knowledge);
    if has_lists {
        texts.extend(process_id::texts(family));
    }
    let tight = tight(family, texts, schema);
    filters.extend(tight.filters);
    // A text with a semicolon cannot stand in a list.
    let (listed, alone): (Vec<String>, Vec<String>) = tight
        .left
        .into_iter()
        .partition(|text| has_lists && !text.contains(';'));
    let alone = alone
        .iter()
        .map(|text| Filter::new(Field::PipeName, Condition::Excludes, text));
    filters.extend(alone);
    if !listed.is_empty() {
        filters.push(Filter::new(Field::PipeName, Condition::ExcludesAny, &listed.join(";")));
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(filters: &[Filter]) -> Vec<String> {
        let of = |filter: &Filter| format!("{} {}", filter.condition.name(), filter.value);
        filters.iter().map(of).collect()
    }

    #[test]
    fn an_image_is_not_listed_and_carved_out_at_once() {
        let carved = [
            Filter::new(Field::PipeName, Condition::IsNot, r"\x"),
            Filter::new(Field::Image, Condition::IsNot, r"C:\b.exe"),
        ];
        let spared = |condition, value: &str| spare(&[Filter::new(Field::Image, condition, value)], &carved);
        let (images, left) = spared(Condition::IsAny, r"C:\a.exe;C:\B.exe").unwrap();
        assert_eq!(
            (text(&images), text(&left)),
            (vec![r"is C:\a.exe".into()], vec![r"is not \x".into()])
        );
        let (images, left) = spared(Condition::IsAny, r"C:\a.exe;C:\c.exe").unwrap();
        assert_eq!(
            (text(&images), left.len()),
            (vec![r"is any C:\a.exe;C:\c.exe".into()], 2)
        );
        assert!(spared(Condition::Is, r"C:\b.exe").is_none());
        // Of a shape nothing can be taken but by a filter.
        assert_eq!(spared(Condition::BeginWith, r"C:\b").unwrap().1.len(), 2);
    }
}
