//! The filters that keep a rule for a shape to names of the family's outline.

use super::Filter;
use super::language::{LONGEST, Language, listable};
use crate::family::{Family, Shape};
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Condition, Field};

/// What keeps a rule to names of an outline.
#[derive(Debug, Default)]
pub(super) struct Tight {
    /// In a fixed order: what each name must hold, the characters that none holds, the texts that none holds.
    pub(super) filters: Vec<Filter>,
    /// Of the texts that were asked for, those that can stand in a name all the same.
    pub(super) left: Vec<String>,
}

/// The filters for a family's names; none for a single name. `texts` are such as must not stand in any name, without ASCII
/// case.
///
/// A schema without lists has one filter for each character, and none for longer texts: hundreds of filters in one rule
/// would be none that a person can read.
pub(super) fn tight(family: &Family, texts: Vec<String>, schema: SchemaVersion) -> Tight {
    let (Shape::Affixes { begin, .. }, Some(language)) = (&family.name, Language::of(&family.outline)) else {
        return Tight {
            filters: Vec::new(),
            left: texts,
        };
    };
    let name = |condition, value: &str| Filter::new(Field::PipeName, condition, value);
    let mut filters = Vec::new();
    let mut left = texts;
    let characters: Vec<String> = in_order(listable().filter(|c| !language.holds(*c)));
    if schema < Condition::ExcludesAny.since() {
        filters.push(name(Condition::IsNot, begin));
        // The next editor of the file would lose a blank that stands alone.
        let characters = characters.iter().filter(|item| *item != " ");
        filters.extend(characters.map(|item| name(Condition::Excludes, item)));
        left.retain(|text| {
            text.chars()
                .all(|c| c == ' ' || language.holds(c) || !c.is_ascii_graphic())
        });
    } else {
        match language.needed() {
            Some(needed) => filters.push(name(Condition::ContainsAny, &needed.join(";"))),
            None => filters.push(name(Condition::IsNot, begin)),
        }
        filters.push(name(Condition::ExcludesAny, &characters.join(";")));
        let forbidden = language.forbidden();
        if !forbidden.texts.is_empty() {
            filters.push(name(Condition::ExcludesAny, &forbidden.texts.join(";")));
        }
        left.retain(|text| forbidden.may_hold(text));
    }
    if !language.holds(';') {
        filters.push(name(Condition::Excludes, ";"));
    }
    Tight { filters, left }
}

/// Whether a filter lists nothing but short texts that a template cannot hold, and none of a known name.
pub(crate) fn is_tight(filter: &Filter) -> bool {
    let is_short = |item: &str| item.chars().count() <= LONGEST;
    filter.field == Field::PipeName && filter.value.split(';').all(is_short)
}

/// Characters as items of a list: by their code, but for the blank, which the next editor of the file would lose at either
/// end.
fn in_order(characters: impl Iterator<Item = char>) -> Vec<String> {
    let mut items: Vec<String> = characters.map(String::from).collect();
    if items.first().is_some_and(|first| first == " ") && items.len() > 2 {
        items.swap(0, 1);
    }
    items
}
