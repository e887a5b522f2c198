//! Findings about exclusions that hide more than they seem to.

use super::Severity::{Error, Note, Warning};
use super::{Report, alternatives, excludes, needed, shown, used_nodes};
use crate::sysmon::condition::{Condition, search_items};
use crate::sysmon::config::{Config, Field, Filter, Item, ItemId, Node, Relation};

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

/// Values that stand for one place and no more are listed at most this many times.
const LINES_SHOWN: usize = 8;

pub(super) fn check_item(id: ItemId, node: &Node, item: &Item, report: &mut Report) {
    if !excludes(node) || needed(node) != 1 {
        return;
    }
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
    let (pipe, image) = (pins(way, Field::PipeName), pins(way, Field::Image));
    if !pipe && !image {
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
    if image && !pipe {
        report.add(
            (Note, "image-only"),
            place,
            Some(id),
            "every pipe of this program is dropped, those of code injected into it too",
            "name its pipes as well, in a rule by and",
        );
    }
    for filter in way.iter().filter(|filter| is_positive(filter)) {
        check_short(id, filter, image, report);
        check_image(id, filter, report);
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

fn check_image(id: ItemId, filter: &Filter, report: &mut Report) {
    if filter.field != Field::Image {
        return;
    }
    let lower = filter.value.to_ascii_lowercase();
    if let Some(place) = WRITABLE.iter().find(|place| lower.contains(**place)) {
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
    if by_name && !lower.is_empty() {
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

/// Exclusions that look at the name alone: one finding a node, since lists of them are long.
pub(super) fn check_nodes(config: &Config, report: &mut Report) {
    for (_, node) in used_nodes(config).filter(|(_, node)| excludes(node) && needed(node) == 1) {
        let by_name: Vec<&Filter> = node
            .items
            .iter()
            .flat_map(alternatives)
            .filter(|way| pins(way, Field::PipeName) && !pins(way, Field::Image))
            .filter_map(|way| way.into_iter().find(|f| f.field == Field::PipeName && is_positive(f)))
            .collect();
        let Some(first) = by_name.first() else { continue };
        let mut lines: Vec<usize> = by_name.iter().map(|filter| filter.element.place.line).collect();
        lines.dedup();
        let mut shown: Vec<String> = lines.iter().take(LINES_SHOWN).map(ToString::to_string).collect();
        if lines.len() > LINES_SHOWN {
            shown.push("…".to_owned());
        }
        let count = match by_name.len() {
            1 => "one exclusion looks".to_owned(),
            n => format!("{n} exclusions look"),
        };
        report.add(
            (Warning, "name-only"),
            first.element.place,
            None,
            format!(
                "{count} at the name alone, which any process may use or connect to (lines {})",
                shown.join(", ")
            ),
            "combine each name with the program's path in <Rule groupRelation=\"and\">",
        );
    }
}
