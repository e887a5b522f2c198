//! Findings about negations that have no effect: what one rule leaves out, another of the node takes.

use super::Severity::Warning;
use super::fix::{Effect, Fix};
use super::{Report, excludes, needed, shown, used_nodes};
use crate::sysmon::algebra::{Answer, Case, Test, cases_of_item};
use crate::sysmon::config::{Config, Filter, Item, ItemId, Node, Relation, Rule};
use crate::sysmon::edit::Edit;
use crate::sysmon::engine::Engine;

/// In larger nodes each may meet all of the others.
const MOST_ITEMS: usize = 20_000;
const MOST_OTHERS: usize = 6;

pub(super) fn check(config: &Config, engine: &Engine, report: &mut Report<'_>) {
    for (index, node) in used_nodes(config).filter(|(_, node)| needed(node) == 1 && node.items.len() <= MOST_ITEMS) {
        for (position, item) in node.items.iter().enumerate() {
            let id = ItemId {
                node: index,
                item: position,
            };
            if let Item::Rule(rule) = item
                && rule.relation == Relation::And
                && !report.dead.contains(&(id, 0))
                && !report.has_any(id, &["covered", "excluded-include", "duplicate"])
            {
                check_rule(engine, node, (id, rule), report);
            }
        }
    }
}

fn is_negation(filter: &&Filter) -> bool {
    filter.condition.negates().is_some()
}

/// The case of a rule with one filter turned round.
fn left_out(rule: &Rule, negation: &Filter) -> Case {
    let test = |filter: &Filter| match filter.element.span == negation.element.span {
        true => Test::of(filter).negated(),
        false => Test::of(filter),
    };
    rule.filters.iter().map(test).collect()
}

fn check_rule(engine: &Engine, node: &Node, (id, rule): (ItemId, &Rule), report: &mut Report<'_>) {
    for negation in rule.filters.iter().filter(is_negation) {
        let left_out = left_out(rule, negation);
        let Answer::Such(example) = report.mender.algebra.example(&left_out) else {
            continue;
        };
        let meeting = engine.matches(&example.event());
        let others = meeting
            .iter()
            .filter(|other| other.node == id.node && other.item != id.item);
        let taking = others
            .take(MOST_OTHERS)
            .filter_map(|other| Some((other.item, node.items.get(other.item)?)));
        let taken = taking
            .into_iter()
            .find(|(_, other)| report.mender.algebra.is_within(&left_out, &cases_of_item(other)));
        let Some((other_at, other)) = taken else { continue };
        let fix = (id.item < other_at)
            .then(|| combined(node, rule, other, report))
            .flatten();
        let does = if excludes(node) { "drops" } else { "logs" };
        let finding = report.add(
            (Warning, "cancelled-negation"),
            negation.element.place,
            Some(id),
            format!(
                "{} {} leaves out what line {} {does} all the same",
                negation.condition.name(),
                shown(&negation.value),
                other.element().place.line
            ),
            "put the negations of both into one rule, by and",
        );
        finding.fix = fix;
    }
}

/// One rule with the negations of two that are else the same.
fn combined(node: &Node, rule: &Rule, other: &Item, report: &Report<'_>) -> Option<Fix> {
    let Item::Rule(second) = other else { return None };
    let core = |rule: &Rule| {
        let mut tests: Vec<String> = rule
            .filters
            .iter()
            .filter(|filter| !is_negation(filter))
            .map(|filter| format!("{:?}", Test::of(filter)))
            .collect();
        tests.sort();
        tests
    };
    if second.relation != Relation::And || core(rule) != core(second) {
        return None;
    }
    let mender = &report.mender;
    let last = rule.filters.last()?.element.span.end;
    let line_break = mender.line_break(rule.filters.last()?.element.span.start);
    let negations = second.filters.iter().filter(is_negation);
    let added: String = negations
        .map(|filter| line_break.clone() + mender.text(&filter.element.span))
        .collect();
    // What matches the one rule matched both.
    Some(Fix::new(
        Effect::of(node.on_match, false),
        vec![Edit::insert(last, added), mender.removal(&second.element)],
    ))
}
