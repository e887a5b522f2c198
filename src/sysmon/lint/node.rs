//! Findings about whole nodes: how many there are, what they default to, which ones Sysmon passes over.

use super::Severity::{Error, Note, Warning};
use super::fix::{Effect, Fix};
use super::{Report, excludes, used_nodes};
use crate::sysmon::algebra::{Case, cases_of_item, cases_of_node};
use crate::sysmon::config::{Config, Fate, Item, ItemId, Node, Relation};
use crate::sysmon::edit::Edit;
use crate::sysmon::engine::Engine;
use crate::sysmon::reject::Place;

pub(super) fn check(config: &Config, report: &mut Report<'_>) {
    check_fates(config, report);
    let used: Vec<&Node> = used_nodes(config).map(|(_, node)| node).collect();
    let (exclude, include): (Vec<&Node>, Vec<&Node>) = used.iter().partition(|node| excludes(node));
    let lines = |nodes: &[&Node]| {
        nodes
            .iter()
            .map(|node| node.element.place.line.to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let place = |nodes: &[&Node]| nodes.last().map(|node| node.element.place).unwrap_or_default();
    match (exclude.as_slice(), include.as_slice()) {
        ([], []) => {
            report.add(
                (Note, "no-pipe-node"),
                config.sysmon().place,
                None,
                "no PipeEvent takes part: Sysmon logs no pipe event at all",
                "add <PipeEvent onmatch=\"exclude\"> to log all but what it lists",
            );
        }
        ([_, _, ..], []) => {
            let fix = merged(&exclude, report);
            let finding = report.add(
                (Error, "several-excludes"),
                place(&exclude),
                None,
                format!(
                    "there are {} exclude nodes (lines {}): with two or more nodes an event that none matches is dropped, so \
                     every pipe event is lost",
                    exclude.len(),
                    lines(&exclude)
                ),
                "merge them into one PipeEvent",
            );
            finding.fix = fix;
        }
        ([_, ..], [_, ..]) => {
            report.add(
                (Warning, "exclude-and-include"),
                place(&include),
                None,
                format!(
                    "beside an exclude node (line {}) this include node makes Sysmon drop all that it does not list",
                    lines(&exclude)
                ),
                "keep one exclude node alone to log the rest, or one include node alone to log its list",
            );
        }
        ([], [_, _, ..]) => {
            report.add(
                (Note, "several-includes"),
                place(&include),
                None,
                format!(
                    "there are {} include nodes (lines {}): what any of them lists is logged",
                    include.len(),
                    lines(&include)
                ),
                "merge them into one PipeEvent, which says the same",
            );
        }
        _ => {}
    }
    for node in used.iter().filter(|node| node.is_empty()) {
        check_empty(node, &used, report);
    }
}

/// The fix that puts the rules of several exclude nodes into the first that can hold them: nothing was logged before.
fn merged(nodes: &[&Node], report: &Report<'_>) -> Option<Fix> {
    let mender = &report.mender;
    let target = nodes
        .iter()
        .find(|node| node.element.end_tag.is_some() && !node.is_empty())?;
    if nodes
        .iter()
        .any(|node| node.relation != Relation::Or && !node.is_empty())
    {
        return None;
    }
    let cases: Vec<Case> = nodes
        .iter()
        .flat_map(|node| node.items.iter().flat_map(cases_of_item))
        .collect();
    if mender.algebra.is_everything(&cases) {
        return None;
    }
    let others: Vec<&&Node> = nodes
        .iter()
        .filter(|node| node.element.span != target.element.span)
        .collect();
    let content = target.element.content();
    let end = content.start + mender.text(&content).trim_end().len();
    let moved: String = others
        .iter()
        .map(|node| mender.text(&node.element.content()).trim_end())
        .collect();
    let mut edits: Vec<Edit> = others.iter().map(|node| mender.removal(&node.element)).collect();
    if !moved.is_empty() {
        edits.push(Edit::insert(end, moved));
    }
    Some(Fix::new(Effect::LogsMore, edits))
}

fn check_empty(node: &Node, used: &[&Node], report: &mut Report<'_>) {
    let place = node.element.place;
    let others = || used.iter().filter(|other| other.element.span != node.element.span);
    let (exclude, include): (Vec<&&Node>, Vec<&&Node>) = others().partition(|node| excludes(node));
    // Without this node one that is left alone decides what becomes of events that it does not match. Two exclude nodes
    // would still lose everything.
    let effect = match (exclude.as_slice(), include.as_slice()) {
        ([_], []) => Some(Effect::LogsMore),
        (_, [_, ..]) => Some(Effect::Keeps),
        _ => None,
    };
    let fix = effect.map(|effect| Fix::new(effect, vec![report.mender.removal(&node.element)]));
    let logs_something = include.iter().any(|node| !node.is_empty());
    match (excludes(node), used.len()) {
        (true, 1) => report.add(
            (Note, "empty-exclude"),
            place,
            None,
            "this node excludes nothing: every pipe event is logged",
            "none needed, if everything is to be collected",
        ),
        (true, _) => report.add(
            (Warning, "empty-exclude"),
            place,
            None,
            "this node excludes nothing, but counts as a node: an event that no node matches is dropped",
            "remove it",
        ),
        (false, 1) => report.add(
            (Error, "empty-include"),
            place,
            None,
            "this node includes nothing: no pipe event is logged",
            "to log everything, write onmatch=\"exclude\"",
        ),
        (false, _) if logs_something => report.add(
            (Warning, "empty-include"),
            place,
            None,
            "this node includes nothing, but counts as a node, and the driver may take it as a reason to log no pipe event",
            "remove it",
        ),
        (false, _) => report.add(
            (Error, "empty-include"),
            place,
            None,
            "this node includes nothing, but counts as a node: what no node matches is dropped, so no pipe event is logged",
            "remove it",
        ),
    }
    .fix = fix;
}

/// Include nodes that log nothing, whatever they list.
pub(super) fn check_silence(config: &Config, engine: &Engine, report: &mut Report<'_>) {
    let mut include = used_nodes(config).filter(|(_, node)| !excludes(node)).peekable();
    let place = include.peek().map(|(_, node)| node.element.place);
    let is_told = report
        .findings
        .iter()
        .any(|finding| finding.severity == Error && ["empty-include", "several-excludes"].contains(&finding.code));
    let Some(place) = place.filter(|_| !is_told && !engine.logs_by_default()) else {
        return;
    };
    let is_idle = |(index, node): (usize, &Node)| {
        let mut items = node
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| !item.filters().is_empty());
        let is_idle = |(position, item): (usize, &Item)| {
            let id = ItemId {
                node: index,
                item: position,
            };
            let ways = cases_of_item(item).len();
            report.has_any(id, &["excluded-include"]) || (0..ways).all(|way| report.dead.contains(&(id, way)))
        };
        match node.relation {
            Relation::Or => items.all(is_idle),
            Relation::And => {
                cases_of_node(node).is_some_and(|cases| cases.iter().all(|case| report.mender.algebra.is_empty(case)))
            }
        }
    };
    if include.all(is_idle) {
        report.add(
            (Error, "nothing-logged"),
            place,
            None,
            "no pipe event is logged: nothing that is included can happen, or exclude nodes drop it all",
            "mend the rules that have findings here",
        );
    }
}

fn check_fates(config: &Config, report: &mut Report<'_>) {
    let mut culprit = Place::default();
    for node in config.nodes() {
        let place = node.element.place;
        match &node.fate {
            Fate::Used => {}
            Fate::Skipped => {
                report.add(
                    (Error, "skipped-node"),
                    place,
                    None,
                    "this PipeEvent has both onmatch and default, or neither: Sysmon prints an error and goes on without it",
                    "give it onmatch=\"exclude\" or onmatch=\"include\", and no default",
                );
            }
            Fate::Discarded { field, place: at } => {
                culprit = *at;
                report.add(
                    (Error, "discarded-node"),
                    *at,
                    None,
                    format!(
                        "pipe events have no field {field}: Sysmon throws the whole PipeEvent away (line {})",
                        place.line
                    ),
                    "remove the filter",
                );
            }
            Fate::Ignored => {
                report.add(
                    (Error, "ignored-node"),
                    place,
                    None,
                    format!(
                        "Sysmon ignores this PipeEvent, because of a wrong field in an earlier one (line {})",
                        culprit.line
                    ),
                    "mend the earlier one",
                );
            }
        }
    }
}
