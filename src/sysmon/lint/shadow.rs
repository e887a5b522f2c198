//! Findings about items that others make idle: what they match is matched before them, or dropped by an exclude node.

use super::Severity::{Error, Note, Warning};
use super::duplicate::key;
use super::fix::{Effect, Fix};
use super::{Report, excludes, needed, used_nodes};
use crate::sysmon::algebra::{Answer, Case, Test, cases_of_item, cases_of_node};
use crate::sysmon::condition::Condition;
use crate::sysmon::config::{Config, Item, ItemId, Node, OnMatch, Relation};
use crate::sysmon::edit::Edit;
use crate::sysmon::engine::Engine;
use crate::sysmon::field::Field;

/// In larger nodes no item is looked up among the others: each may meet all of them.
const MOST_ITEMS: usize = 20_000;
/// So many others are compared with one item.
const MOST_OTHERS: usize = 6;

pub(super) fn check(config: &Config, engine: &Engine, report: &mut Report<'_>) {
    for (index, node) in used_nodes(config).filter(|(_, node)| needed(node) == 1 && node.items.len() <= MOST_ITEMS) {
        for (position, item) in node.items.iter().enumerate() {
            let id = ItemId {
                node: index,
                item: position,
            };
            let cases = cases_of_item(item);
            let is_dead = (0..cases.len()).any(|way| report.dead.contains(&(id, way)));
            if cases.is_empty() || is_dead || report.duplicates.contains(&id) {
                continue;
            }
            if !excludes(node) && check_excluded(config, engine, &cases, (id, item), report) {
                continue;
            }
            if let Some(other) = masking(config, engine, node, (id, item), &cases, report) {
                add_masked(node, (id, item), other, report);
            } else {
                check_covered(config, engine, node, (id, item), &cases, report);
            }
        }
    }
}

/// The items that match an example of `case`: only those can match all of it.
fn meeting(engine: &Engine, case: &Case, report: &Report<'_>) -> Vec<ItemId> {
    match report.mender.algebra.example(case) {
        Answer::Such(example) => engine.matches(&example.event()),
        Answer::Never | Answer::Unknown => Vec::new(),
    }
}

/// The first of these that matches whatever all `cases` do.
fn first_around(
    config: &Config,
    cases: &[Case],
    candidates: impl Iterator<Item = ItemId>,
    report: &Report<'_>,
) -> Option<ItemId> {
    candidates.take(MOST_OTHERS).find(|other| {
        let around = config.item(*other).map(cases_of_item).unwrap_or_default();
        cases.iter().all(|case| report.mender.algebra.is_within(case, &around))
    })
}

fn check_covered(
    config: &Config,
    engine: &Engine,
    node: &Node,
    (id, item): (ItemId, &Item),
    cases: &[Case],
    report: &mut Report<'_>,
) {
    let Some(first) = cases.first() else { return };
    let candidates = meeting(engine, first, report);
    let others = candidates.into_iter().filter(|other| {
        let is_other = other.node == id.node && other.item != id.item;
        // One that says the same is a duplicate.
        is_other && config.item(*other).is_some_and(|other| key(other) != key(item))
    });
    let Some(other) = first_around(config, cases, others, report) else {
        return;
    };
    let Some(wider) = config.item(other) else { return };
    // Of two that match the same, the later one is the idle one.
    let is_mutual = || {
        cases_of_item(wider)
            .iter()
            .all(|case| report.mender.algebra.is_within(case, cases))
    };
    if other.item > id.item && is_mutual() {
        return;
    }
    // In an include node the later one still gives its name.
    let gives_name = !excludes(node) && labels(item).iter().any(|label| !labels(wider).contains(label));
    if gives_name {
        return;
    }
    let line = wider.element().place.line;
    let does = if excludes(node) { "drops" } else { "logs" };
    let mut fix = Fix::new(Effect::Keeps, vec![report.mender.removal(item.element())]);
    fix.rests_on.push(wider.element().span.clone());
    let finding = report.add(
        (Note, "covered"),
        item.element().place,
        Some(id),
        format!("line {line} already {does} all that this does"),
        "remove it, or the wider one",
    );
    finding.fix = Some(fix);
}

/// An include item all of whose events an exclude node drops.
fn check_excluded(
    config: &Config,
    engine: &Engine,
    cases: &[Case],
    (id, item): (ItemId, &Item),
    report: &mut Report<'_>,
) -> bool {
    let mut around = Vec::new();
    let mut lines = Vec::new();
    for (index, node) in used_nodes(config).filter(|(_, node)| node.on_match == Some(OnMatch::Exclude)) {
        if needed(node) > 1 {
            around.extend(cases_of_node(node).unwrap_or_default());
            lines.push(node.element.place.line);
            continue;
        }
        let meeting = cases.iter().flat_map(|case| meeting(engine, case, report));
        let mut items: Vec<usize> = meeting.filter(|id| id.node == index).map(|id| id.item).collect();
        items.dedup();
        for item in items
            .into_iter()
            .take(MOST_OTHERS)
            .filter_map(|item| node.items.get(item))
        {
            around.extend(cases_of_item(item));
            lines.push(item.element().place.line);
        }
    }
    let is_dropped = !around.is_empty() && cases.iter().all(|case| report.mender.algebra.is_within(case, &around));
    if is_dropped {
        lines.sort_unstable();
        lines.dedup();
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let (word, does) = match lines.len() {
            1 => ("line", "drops"),
            _ => ("lines", "drop"),
        };
        report.add(
            (Error, "excluded-include"),
            item.element().place,
            Some(id),
            format!(
                "this logs nothing: {word} {} of an exclude node {does} all that it includes, and exclude nodes decide first",
                lines.join(", ")
            ),
            "narrow the exclusion, or remove this",
        );
    }
    is_dropped
}

fn labels(item: &Item) -> Vec<&str> {
    item.filters()
        .iter()
        .filter_map(|filter| filter.label.as_deref())
        .collect()
}

/// An earlier item that takes what a named one matches, all of it or all of one event type, so that the log shows another
/// name or none.
fn masking<'c>(
    config: &'c Config,
    engine: &Engine,
    node: &Node,
    (id, item): (ItemId, &Item),
    cases: &[Case],
    report: &Report<'_>,
) -> Option<(&'c Item, Option<&'static str>)> {
    if excludes(node) || labels(item).is_empty() {
        return None;
    }
    for kind in [None, Some("CreatePipe"), Some("ConnectPipe")] {
        let of_kind = |case: &Case| match kind {
            None => case.clone(),
            Some(kind) => case.and(Test::new(Field::EventType, Condition::Is, kind)),
        };
        let cases: Vec<Case> = cases.iter().map(of_kind).collect();
        if cases.iter().any(|case| report.mender.algebra.is_empty(case)) {
            continue;
        }
        let Some(first) = cases.first() else { continue };
        let candidates = meeting(engine, first, report).into_iter().filter(|other| {
            let hides_name = |other: &Item| labels(item).iter().any(|label| !labels(other).contains(label));
            other.node == id.node && other.item < id.item && config.item(*other).is_some_and(hides_name)
        });
        if let Some(other) = first_around(config, &cases, candidates, report) {
            return Some((config.item(other)?, kind));
        }
    }
    None
}

fn add_masked(node: &Node, (id, item): (ItemId, &Item), (wider, kind): (&Item, Option<&str>), report: &mut Report<'_>) {
    let what = match kind {
        None => "all events".to_owned(),
        Some(kind) => format!("all {kind} events"),
    };
    let name = labels(item).first().copied().unwrap_or_default().to_owned();
    let fix = move_last(node, wider, report);
    let finding = report.add(
        (Warning, "masked-name"),
        item.element().place,
        Some(id),
        format!(
            "line {} takes {what} of this first, so that the log never shows the name {} for them",
            wider.element().place.line,
            super::shown(&name)
        ),
        "put the wider one last: the first that matches names the event",
    );
    finding.fix = fix;
}

/// Moves an item behind all others of its node: by `or` that changes names alone.
fn move_last(node: &Node, item: &Item, report: &Report<'_>) -> Option<Fix> {
    let last = node.items.last().filter(|_| node.relation == Relation::Or)?;
    let mender = &report.mender;
    let moved = mender.line_break(item.element().span.start) + mender.text(&item.element().span);
    let insert = Edit::insert(last.element().span.end, moved);
    Some(Fix::new(Effect::Keeps, vec![mender.removal(item.element()), insert]))
}
