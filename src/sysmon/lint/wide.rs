//! Findings about exclusions that hide more than they seem to.

use super::Severity::{Error, Note, Warning};
use super::{Report, alternatives, excludes, needed, shown, used_nodes};
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
pub(super) fn check_item(id: ItemId, item: &Item, report: &mut Report) {
    let ways = alternatives(item);
    check_negations(id, item, &ways, report);
    for way in &ways {
        check_way(id, way, report);
    }
}

fn is_positive(filter: &Filter) -> bool {
    filter.condition.negates().is_none()
}

/// Whether a way looks at `field` for something that must be there.
fn pins(way: &[&Filter], field: Field) -> bool {
    way.iter().any(|filter| filter.field == field && is_positive(filter))
}

fn check_negations(id: ItemId, item: &Item, ways: &[Vec<&Filter>], report: &mut Report) {
    let negative: Vec<_> = ways
        .iter()
        .filter(|way| way.iter().all(|filter| !is_positive(filter)))
        .collect();
    let [first, more @ ..] = negative.as_slice() else {
        return;
    };
    let place = item.element().place;
    let by_or = item.relation() == Relation::Or && !more.is_empty();
    let what = match (by_or, first.as_slice()) {
        (true, _) => {
            "negations combined by or: an event that fails one meets another, so nearly all are dropped".to_owned()
        }
        (false, [only]) => format!(
            "this drops every event but those where {} {}",
            only.field,
            but_for(only)
        ),
        (false, _) => "this drops every event but those that fail one of its conditions".to_owned(),
    };
    report.add(
        (Error, "only-negations"),
        place,
        Some(id),
        what,
        "say in the same rule, by and, what is to be dropped; or write an include node",
    );
}

/// What a negated filter leaves.
fn but_for(filter: &Filter) -> String {
    let positive = filter.condition.negates().map_or("", Condition::name);
    format!("{positive} {}", shown(&filter.value))
}

fn check_way(id: ItemId, way: &[&Filter], report: &mut Report) {
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
    for filter in way.iter().filter(|filter| is_positive(filter)) {
        check_short(id, filter, image, report);
        check_image(id, filter, way, report);
    }
}

fn check_short(id: ItemId, filter: &Filter, has_image: bool, report: &mut Report) {
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

/// Where only Windows and its administrators write, although it lies in a place that others can write to: Defender runs
/// from there (Microsoft, "Microsoft Defender Antivirus platform updates").
const PROTECTED: &str = r"c:\programdata\microsoft\windows defender\platform\";

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

fn check_image(id: ItemId, filter: &Filter, way: &[&Filter], report: &mut Report) {
    if filter.field != Field::Image {
        return;
    }
    let lower = filter.value.to_ascii_lowercase();
    let is_protected = lower.starts_with(PROTECTED) && !lower.contains("..");
    let from_root = format!("\\{lower}");
    if let Some(place) = WRITABLE
        .iter()
        .find(|place| from_root.contains(**place) && !is_protected)
    {
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

/// Exclusions that look at one field alone: one finding a node, since lists of them are long.
pub(super) fn check_nodes(config: &Config, report: &mut Report) {
    for (_, node) in used_nodes(config).filter(|(_, node)| excludes(node) && needed(node) == 1) {
        if let Some((place, count)) = that_pin(node, Field::PipeName, Field::Image) {
            report.add(
                (Warning, "name-only"),
                place,
                None,
                format!("{count} at the name alone, which any process may use or connect to"),
                "combine each name with the program's path in <Rule groupRelation=\"and\">",
            );
        }
        if let Some((place, count)) = that_pin(node, Field::Image, Field::PipeName) {
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
fn that_pin(node: &Node, field: Field, missing: Field) -> Option<(Place, String)> {
    let ways = node.items.iter().flat_map(alternatives);
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
