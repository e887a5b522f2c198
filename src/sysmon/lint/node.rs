//! Findings about whole nodes: how many there are, what they default to, which ones Sysmon passes over.

use super::Severity::{Error, Note, Warning};
use super::{Report, excludes, used_nodes};
use crate::sysmon::config::{Config, Fate, Node};
use crate::sysmon::reject::Place;

pub(super) fn check(config: &Config, report: &mut Report) {
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
        ([], []) => report.add(
            (Note, "no-pipe-node"),
            config.sysmon().place,
            None,
            "no PipeEvent takes part: Sysmon logs no pipe event at all",
            "add <PipeEvent onmatch=\"exclude\"> to log all but what it lists",
        ),
        ([_, _, ..], []) => report.add(
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
        ),
        ([_, ..], [_, ..]) => report.add(
            (Warning, "exclude-and-include"),
            place(&include),
            None,
            format!(
                "beside an exclude node (line {}) this include node makes Sysmon drop all that it does not list",
                lines(&exclude)
            ),
            "keep one exclude node alone to log the rest, or one include node alone to log its list",
        ),
        ([], [_, _, ..]) => report.add(
            (Note, "several-includes"),
            place(&include),
            None,
            format!("there are {} include nodes (lines {}): what any of them lists is logged", include.len(), lines(&include)),
            "merge them into one PipeEvent, which says the same",
        ),
        _ => {}
    }
    for node in used.iter().filter(|node| node.is_empty()) {
        check_empty(node, used.len(), report);
    }
}

fn check_empty(node: &Node, nodes: usize, report: &mut Report) {
    let place = node.element.place;
    match (excludes(node), nodes) {
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
            (Warning, "empty-include"),
            place,
            None,
            "this node includes nothing: no pipe event is logged",
            "to log everything, write onmatch=\"exclude\"",
        ),
        (false, _) => report.add(
            (Warning, "empty-include"),
            place,
            None,
            "this node includes nothing, but counts as a node, and the driver may take it as a reason to log no pipe event",
            "remove it",
        ),
    }
}

fn check_fates(config: &Config, report: &mut Report) {
    let mut culprit = Place::default();
    for node in config.nodes() {
        let place = node.element.place;
        match &node.fate {
            Fate::Used => {}
            Fate::Skipped => report.add(
                (Error, "skipped-node"),
                place,
                None,
                "this PipeEvent has both onmatch and default, or neither: Sysmon prints an error and goes on without it",
                "give it onmatch=\"exclude\" or onmatch=\"include\", and no default",
            ),
            Fate::Discarded { field, place: at } => {
                culprit = *at;
                report.add(
                    (Error, "discarded-node"),
                    *at,
                    None,
                    format!("pipe events have no field {field}: Sysmon throws the whole PipeEvent away (line {})", place.line),
                    "remove the filter",
                );
            }
            Fate::Ignored => report.add(
                (Error, "ignored-node"),
                place,
                None,
                format!("Sysmon ignores this PipeEvent, because of a wrong field in an earlier one (line {})", culprit.line),
                "mend the earlier one",
            ),
        }
    }
}
