//! Findings about exclusions that hide more than they seem to.

use super::Severity::{Error, Note, Warning};
use super::never::Dead;
use super::relation::by_and;
use super::{Report, alternatives, excludes, needed, shown, used_nodes};
use crate::knowledge::Knowledge;
use crate::sysmon::algebra::cases_of_item;
use crate::sysmon::condition::{Condition, search_items};
use crate::sysmon::config::{Config, Filter, Item, ItemId, Node, Relation};
use crate::sysmon::field::Field;
use crate::sysmon::reject::Place;

/// A text this short, found anywhere in a name, is found in names that nobody thought of.
const SHORT_ANYWHERE: usize = 3;
/// The same at the beginning, the backslash included.
const SHORT_START: usize = 3;

/// Places that programs run by any user can write to.
const WRITABLE: [&str; 6] = [
    r"\users\",
    r"\appdata\",
    r"\temp\",
    r"\programdata\",
    r"\downloads\",
    "%appdata%",
];

/// A finding about many lines names this many.
const LINES_SHOWN: usize = 8;

/// An item of an exclude node that drops by itself what it matches.
pub(super) fn check_item(id: ItemId, node: &Node, item: &Item, report: &mut Report<'_>) {
    let ways = alternatives(item);
    check_negations(id, node, item, &ways, report);
    check_always(id, node, item, report);
    for (at, way) in ways.iter().enumerate() {
        if !report.dead.contains(&(id, at)) {
            check_way(id, way, report);
        }
    }
}

/// An item of an include node that logs by itself what it matches.
pub(super) fn check_included(id: ItemId, node: &Node, item: &Item, report: &mut Report<'_>) {
    if item.relation() == Relation::Or && item.filters().len() > 1 {
        check_negations(id, node, item, &alternatives(item), report);
    }
    check_always(id, node, item, report);
}

/// An item that every event meets.
fn check_always(id: ItemId, node: &Node, item: &Item, report: &mut Report<'_>) {
    let told = ["only-negations", "empty-value", "empty-list-item"];
    if report.has_any(id, &told) || !report.mender.algebra.is_everything(&cases_of_item(item)) {
        return;
    }
    // What is wrong in a value is told later, and says more.
    if item
        .filters()
        .iter()
        .any(|filter| filter.value.is_empty() || filter.value.ends_with(';'))
    {
        return;
    }
    let (severity, does) = match excludes(node) {
        true => (Error, "drops every pipe event"),
        false => (Warning, "logs every pipe event, whatever else the node lists"),
    };
    report.add(
        (severity, "always-matches"),
        item.element().place,
        Some(id),
        format!("every event meets this: it {does}"),
        "narrow it, or remove it",
    );
}

fn is_positive(filter: &Filter) -> bool {
    filter.condition.negates().is_none()
}

/// Whether a way looks at `field` for something that must be there.
fn pins(way: &[&Filter], field: Field) -> bool {
    way.iter().any(|filter| filter.field == field && is_positive(filter))
}

fn check_negations(id: ItemId, node: &Node, item: &Item, ways: &[Vec<&Filter>], report: &mut Report<'_>) {
    let negative: Vec<_> = ways
        .iter()
        .filter(|way| way.iter().all(|filter| !is_positive(filter)))
        .collect();
    let [first, more @ ..] = negative.as_slice() else {
        return;
    };
    let place = item.element().place;
    let by_or = item.relation() == Relation::Or && !more.is_empty();
    if !excludes(node) && !by_or {
        return;
    }
    let are = if excludes(node) { "dropped" } else { "logged" };
    let what = match (by_or, first.as_slice()) {
        (true, _) => {
            format!("negations combined by or: an event that fails one meets another, so nearly all are {are}")
        }
        (false, [only]) => format!(
            "this drops every event but those where {} {}",
            only.field,
            but_for(only)
        ),
        (false, _) => "this drops every event but those that fail one of its conditions".to_owned(),
    };
    // In an exclude node negations by and still drop all but what they name.
    let fix = match item {
        Item::Rule(rule) if !excludes(node) => by_and(node, rule, report),
        _ => None,
    };
    let finding = report.add(
        (Error, "only-negations"),
        place,
        Some(id),
        what,
        match excludes(node) {
            true => "say in the same rule, by and, what is to be dropped; or write an include node",
            false => "write groupRelation=\"and\"",
        },
    );
    finding.fix = fix;
}

/// What a negated filter leaves.
fn but_for(filter: &Filter) -> String {
    let positive = filter.condition.negates().map_or("", Condition::name);
    format!("{positive} {}", shown(&filter.value))
}

fn check_way(id: ItemId, way: &[&Filter], report: &mut Report<'_>) {
    let Some(first) = way.iter().find(|filter| is_positive(filter)) else {
        return;
    };
    let place = first.element.place;
    let image = pins(way, Field::Image);
    if !image && !pins(way, Field::PipeName) {
        let all_of = match (pins(way, Field::User), pins(way, Field::EventType)) {
            (true, _) => Some((Warning, "User", "everything that one user does")),
            (false, true) => Some((Error, "EventType", "every event of one kind, whoever it is of")),
            (false, false) => None,
        };
        if let Some((severity, field, what)) = all_of {
            report.add(
                (severity, "no-name-no-image"),
                place,
                Some(id),
                format!("{field} decides here without a name or a program: this drops {what}"),
                "combine it with PipeName and Image in a rule by and",
            );
        }
    }
    // What a short text adds to a longer beginning holds for fewer names, not for more.
    let begins = |filter: &&Filter| {
        let is_long = filter.value.chars().count() > SHORT_START;
        filter.field == Field::PipeName && filter.condition == Condition::BeginWith && is_long
    };
    let has_beginning = way.iter().any(begins);
    for filter in way.iter().filter(|filter| is_positive(filter)) {
        if !has_beginning {
            check_short(id, filter, image, report);
        }
        check_image(id, filter, way, report);
    }
}

fn check_short(id: ItemId, filter: &Filter, has_image: bool, report: &mut Report<'_>) {
    if filter.field != Field::PipeName || filter.value.is_empty() {
        return;
    }
    let is_short = |text: &str, limit: usize| !text.is_empty() && text.chars().count() <= limit;
    let short = match filter.condition {
        Condition::Contains | Condition::EndWith => {
            is_short(&filter.value, SHORT_ANYWHERE).then_some(filter.value.as_str())
        }
        Condition::BeginWith => is_short(&filter.value, SHORT_START).then_some(filter.value.as_str()),
        Condition::ContainsAny => search_items(&filter.value).find(|item| is_short(item, SHORT_ANYWHERE)),
        _ => None,
    };
    if let Some(short) = short {
        report.add(
            (if has_image { Note } else { Warning }, "short-text"),
            filter.element.place,
            Some(id),
            format!(
                "{} {} holds for many names that nobody thought of",
                filter.condition.name(),
                shown(short)
            ),
            "write more of the name",
        );
    }
}

/// Whether some filter of a way says where the program lies, down to its drive.
fn pins_folder(way: &[&Filter]) -> bool {
    let begins = |filter: &&&Filter| {
        matches!(
            filter.condition,
            Condition::BeginWith | Condition::Is | Condition::IsAny
        )
    };
    way.iter()
        .filter(begins)
        .any(|filter| filter.field == Field::Image && filter.value.contains(":\\"))
}

fn check_image(id: ItemId, filter: &Filter, way: &[&Filter], report: &mut Report<'_>) {
    if filter.field != Field::Image {
        return;
    }
    let lower = filter.value.to_ascii_lowercase();
    if let Some(place) = writable_place(filter.condition, &lower) {
        report.add(
            (Warning, "writable-image"),
            filter.element.place,
            Some(id),
            format!(
                "programs in {} are trusted here, where any user can put one",
                shown(place)
            ),
            "exclude what is installed under C:\\Program Files or C:\\Windows; keep the rest logged",
        );
    }
    let by_name = match filter.condition {
        Condition::Image => !lower.contains('\\') && lower != "system",
        Condition::EndWith | Condition::Contains | Condition::ContainsAny => !lower.contains(":\\"),
        _ => false,
    };
    if by_name && !lower.is_empty() && !pins_folder(way) {
        report.add(
            (Warning, "image-by-name"),
            filter.element.place,
            Some(id),
            format!(
                "{} {} trusts any file so named, wherever it is",
                filter.condition.name(),
                shown(&filter.value)
            ),
            "write the whole path with is, or a folder that only administrators write to with begin with",
        );
    }
}

/// The place in an image's value that any user can write to.
fn writable_place(condition: Condition, value: &str) -> Option<&'static str> {
    let items: Vec<&str> = match condition.takes_list() {
        true => value.split(';').collect(),
        false => vec![value],
    };
    items.into_iter().find_map(|item| {
        let from_root = format!("\\{item}");
        let place = WRITABLE.into_iter().find(|place| from_root.contains(place))?;
        // Inside some of these only Windows and its administrators write.
        let program = match condition {
            Condition::Is | Condition::IsAny => item.to_owned(),
            Condition::BeginWith => format!("{item}x\\x.exe"),
            _ => return Some(place),
        };
        if item.contains('%') {
            return Some(place);
        }
        Knowledge::builtin().writable(&program).map(|_| place)
    })
}

/// Exclusions that look at one field alone: one finding a node, since lists of them are long.
pub(super) fn check_nodes(config: &Config, report: &mut Report<'_>) {
    for (index, node) in used_nodes(config).filter(|(_, node)| excludes(node) && needed(node) == 1) {
        if let Some((place, count)) = that_pin((index, node), Field::PipeName, Field::Image, &report.dead) {
            report.add(
                (Warning, "name-only"),
                place,
                None,
                format!("{count} at the name alone, which any process may use or connect to"),
                "combine each name with the program's path in <Rule groupRelation=\"and\">",
            );
        }
        if let Some((place, count)) = that_pin((index, node), Field::Image, Field::PipeName, &report.dead) {
            report.add(
                (Note, "image-only"),
                place,
                None,
                format!("{count} at the program alone: all its pipes are dropped, those of code injected into it too"),
                "name its pipes as well, in <Rule groupRelation=\"and\">",
            );
        }
    }
}

/// The exclusions that look at one field and not at another: the first one's place, and how many and where.
fn that_pin((index, node): (usize, &Node), field: Field, missing: Field, dead: &Dead) -> Option<(Place, String)> {
    let ways: Vec<Vec<&Filter>> = node
        .items
        .iter()
        .enumerate()
        .flat_map(|(position, item)| {
            let id = ItemId {
                node: index,
                item: position,
            };
            let ways = alternatives(item).into_iter().enumerate();
            ways.filter(move |(at, _)| !dead.contains(&(id, *at)))
                .map(|(_, way)| way)
        })
        .collect();
    let ways = ways.into_iter();
    let places: Vec<Place> = ways
        .filter(|way| pins(way, field) && !pins(way, missing))
        .filter_map(|way| way.into_iter().find(|f| f.field == field && is_positive(f)))
        .map(|filter| filter.element.place)
        .collect();
    let first = *places.first()?;
    let mut lines: Vec<usize> = places.iter().map(|place| place.line).collect();
    lines.dedup();
    let mut shown: Vec<String> = lines.iter().take(LINES_SHOWN).map(ToString::to_string).collect();
    if lines.len() > LINES_SHOWN {
        shown.push("…".to_owned());
    }
    let (count, word) = match places.len() {
        1 => ("one exclusion looks".to_owned(), "line"),
        n => (
            format!("{n} exclusions look"),
            if lines.len() == 1 { "line" } else { "lines" },
        ),
    };
    Some((first, format!("{count} ({word} {})", shown.join(", "))))
}
