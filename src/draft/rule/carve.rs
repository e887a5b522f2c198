//! A family that may be excluded and names of its shape that must stay in, filters that tell both apart out.
//!
//! What is carved out should hold the next name of the same attacker as well: how all of his names end, or begin, is
//! better than each of them.

use super::Filter;
use crate::draft::candidate::Candidate;
use crate::draft::guards::inexpressible::unsafe_in_a_filter;
use crate::family::{Family, Shape};
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Condition, Field};

/// A rule with more carved out is none that a person can read.
pub(super) const CARVED: usize = 16;

/// More names than this are not looked at.
const MOST_NAMES: usize = 1024;

/// So many characters more than the family's beginning tell names from its own.
const TELLING: usize = 6;

/// So many letters or digits at the end, or within, tell a shape of names from another.
const TELLING_PART: usize = 2;

/// The filters that let all names of `others` stay that `holds` is true of; `None` where there are none, or too many.
pub(super) fn carve(
    family: &Family,
    others: &[&Candidate],
    holds: impl Fn(&str) -> bool,
    schema: SchemaVersion,
) -> Option<Vec<Filter>> {
    let mut filters = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for other in others.iter().map(|other| &other.family) {
        if let Some(filter) = by_shape(family, &other.name, schema).or_else(|| by_all_names(family, other, schema)) {
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        } else if other.has_all_names && other.name_count <= other.names.len() {
            names.extend(
                other
                    .names
                    .iter()
                    .filter(|name| holds(name))
                    .map(|name| name.to_ascii_lowercase()),
            );
        } else {
            return None;
        }
    }
    names.sort();
    names.dedup();
    if names.len() > MOST_NAMES {
        return None;
    }
    let begin = match &family.name {
        Shape::Affixes { begin, .. } => begin.len(),
        Shape::Exact(_) => usize::MAX / 2,
    };
    by_beginning(family, begin, &names, schema, &mut filters);
    let can_be_written = |filter: &Filter| unsafe_in_a_filter(&filter.value).is_none();
    (filters.len() <= CARVED && filters.iter().all(can_be_written)).then_some(filters)
}

/// The filter for a shape that ends, goes on or begins as no name of the family does.
fn by_shape(family: &Family, other: &Shape, schema: SchemaVersion) -> Option<Filter> {
    let Shape::Affixes { begin, middle, end, .. } = other else {
        return None;
    };
    let tells = |part: &String| part.chars().filter(|c| c.is_alphanumeric()).count() >= TELLING_PART;
    let not_end = (Condition::NotEndWith, end);
    let not_begin = (Condition::NotBeginWith, begin);
    let not_within = middle.iter().map(|part| (Condition::Excludes, part));
    let filters = [not_end, not_begin]
        .into_iter()
        .chain(not_within)
        .filter(|(_, part)| tells(part));
    filters
        .map(|(condition, part)| filter(condition, part, schema))
        .find(|filter| spares(filter, family))
}

/// The filter for many names that all begin as no name of the family does.
fn by_all_names(family: &Family, other: &Family, schema: SchemaVersion) -> Option<Filter> {
    let beginning = writable(&other.beginning);
    let Shape::Affixes { begin, .. } = &family.name else {
        return None;
    };
    let is_telling = other.has_all_names && other.name_count > 1 && beginning.len() >= begin.len() + TELLING;
    let carved = filter(Condition::NotBeginWith, beginning, schema);
    Some(carved).filter(|carved| is_telling && spares(carved, family))
}

/// The longest beginnings that all names, or several, have in common, and the names that have none. `names` are sorted.
fn by_beginning(family: &Family, begin: usize, names: &[String], schema: SchemaVersion, filters: &mut Vec<Filter>) {
    let (Some(first), Some(last)) = (names.first(), names.last()) else {
        return;
    };
    if filters.len() > CARVED {
        return;
    }
    if names.len() == 1 && unsafe_in_a_filter(first).is_none() {
        filters.push(Filter::new(Field::PipeName, Condition::IsNot, first));
        return;
    }
    let differ = first.char_indices().zip(last.chars()).find(|((_, a), b)| a != b);
    let common = differ.map_or(first.as_str(), |((at, _), _)| first.get(..at).unwrap_or_default());
    let head = writable(common);
    if head.len() >= begin.saturating_add(TELLING) {
        let carved = filter(Condition::NotBeginWith, head, schema);
        if spares(&carved, family) {
            filters.push(carved);
            return;
        }
    }
    if names.len() == 1 {
        // Nothing can be said of it: `carve` sees that.
        filters.push(Filter::new(Field::PipeName, Condition::IsNot, first));
        return;
    }
    let next = |name: &String| name.get(common.len()..).and_then(|rest| rest.chars().next());
    for group in names.chunk_by(|a, b| next(a) == next(b)) {
        by_beginning(family, begin, group, schema, filters);
    }
}

/// As much of a text's beginning as a filter can hold.
fn writable(text: &str) -> &str {
    let is_unsafe = |c: char| !c.is_whitespace() && unsafe_in_a_filter(c.encode_utf8(&mut [0; 4])).is_some();
    let end = text
        .find(|c: char| c.is_control() || is_unsafe(c))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end()
}

/// `excludes` stands for what the schema does not have yet: it also refuses the text anywhere else in the name.
fn filter(condition: Condition, text: &str, schema: SchemaVersion) -> Filter {
    let condition = if condition.since() <= schema {
        condition
    } else {
        Condition::Excludes
    };
    Filter::new(Field::PipeName, condition, text)
}

/// Whether no name of the family falls to the filter, which can be written.
fn spares(filter: &Filter, family: &Family) -> bool {
    if unsafe_in_a_filter(&filter.value).is_some() {
        return false;
    }
    let value = filter.value.to_ascii_lowercase();
    family
        .names
        .iter()
        .all(|name| filter.condition.holds(&value, &name.to_ascii_lowercase()))
}
