//! Findings about rules and nodes that no event matches, as the algebra proves it.

use indexmap::IndexSet;

use super::Severity::Error;
use super::{Report, alternatives, needed, shown, used_nodes};
use crate::sysmon::algebra::{Case, Test, cases_of_item, cases_of_node};
use crate::sysmon::config::{Config, Filter, Item, ItemId, Node, Relation, Rule};

/// The alternatives of items that never match: see [`super::alternatives`].
pub(super) type Dead = IndexSet<(ItemId, usize)>;

/// Filters of one rule are compared in pairs; this bounds the work on one made to waste it.
const MOST_COMPARED: usize = 64;

/// What never matches.
pub(super) fn find(config: &Config, report: &Report<'_>) -> Dead {
    let mut dead = Dead::new();
    for (index, node) in used_nodes(config) {
        for (position, item) in node.items.iter().enumerate() {
            for (way, case) in cases_of_item(item).iter().enumerate() {
                if report.mender.algebra.is_empty(case) {
                    let id = ItemId {
                        node: index,
                        item: position,
                    };
                    dead.insert((id, way));
                }
            }
        }
    }
    dead
}

/// Filters of a rule by `and` that exclude each other.
pub(super) fn check_item(id: ItemId, node: &Node, item: &Item, report: &mut Report<'_>) {
    let Item::Rule(rule) = item else { return };
    if rule.relation != Relation::And || !report.dead.contains(&(id, 0)) {
        return;
    }
    let filters: Vec<&Filter> = rule.filters.iter().collect();
    let Some((one, other)) = conflict(&filters, report) else {
        return;
    };
    let fix = rule_for_each(node, rule, one, report);
    let finding = report.add(
        (Error, "contradiction"),
        other.element.place,
        Some(id),
        format!(
            "the rule never matches: no {} {} {} (line {}) and {} {}",
            one.field,
            says(one),
            shown(&one.value),
            one.element.place.line,
            says(other),
            shown(&other.value)
        ),
        match fix {
            Some(_) => "write a rule for each",
            None => "take out the one that is not meant, or write a rule for each",
        },
    );
    finding.fix = fix;
}

/// A condition as a part of a sentence whose subject is a field.
fn says(filter: &Filter) -> String {
    use crate::sysmon::condition::Condition::*;
    match filter.condition {
        BeginWith => "begins with".to_owned(),
        EndWith => "ends with".to_owned(),
        NotBeginWith => "does not begin with".to_owned(),
        NotEndWith => "does not end with".to_owned(),
        Image => "is the file".to_owned(),
        LessThan => "sorts before".to_owned(),
        MoreThan => "sorts after".to_owned(),
        other => other.name().to_owned(),
    }
}

fn case(filters: &[&Filter]) -> Case {
    filters.iter().map(|filter| Test::of(filter)).collect()
}

/// Two filters that do not hold together, although each may for itself.
fn conflict<'f>(filters: &[&'f Filter], report: &Report<'_>) -> Option<(&'f Filter, &'f Filter)> {
    let is_empty = |filters: &[&Filter]| report.mender.algebra.is_empty(&case(filters));
    let able: Vec<&&Filter> = filters
        .iter()
        .take(MOST_COMPARED)
        .filter(|filter| !is_empty(&[filter]))
        .collect();
    for (at, one) in able.iter().enumerate() {
        let mut later = able.iter().skip(at + 1).filter(|other| other.field == one.field);
        if let Some(other) = later.find(|other| is_empty(&[one, other])) {
            return Some((one, other));
        }
    }
    None
}

/// A rule for each of the filters that say the same of one field in other words, as lists in one rule are meant: then each
/// must match something.
fn rule_for_each(node: &Node, rule: &Rule, one: &Filter, report: &Report<'_>) -> Option<super::Fix> {
    let is_alike = |filter: &&Filter| filter.field == one.field && filter.condition == one.condition;
    let alike: Vec<&Filter> = rule.filters.iter().filter(is_alike).collect();
    if node.relation != Relation::Or || one.condition.negates().is_some() || alike.len() < 2 {
        return None;
    }
    let mender = &report.mender;
    let others = |kept: &Filter| -> Vec<&Filter> {
        let is_other = |filter: &&&Filter| filter.element.span != kept.element.span;
        alike.iter().filter(is_other).copied().collect()
    };
    let after: Vec<Case> = alike
        .iter()
        .map(|kept| {
            let unwanted = others(kept);
            let is_kept = |filter: &&Filter| !unwanted.iter().any(|other| other.element.span == filter.element.span);
            rule.filters.iter().filter(is_kept).map(Test::of).collect()
        })
        .collect();
    if after.iter().any(|case| mender.algebra.is_empty(case)) {
        return None;
    }
    let effect = mender.effect(node, &[], &after)?;
    let rules: Vec<String> = alike
        .iter()
        .map(|kept| mender.rule_without(rule, &others(kept)))
        .collect();
    let span = rule.element.span.clone();
    let text = rules.join(&mender.line_break(span.start));
    Some(super::Fix::new(
        effect,
        vec![crate::sysmon::edit::Edit { at: span, text }],
    ))
}

/// Nodes by `and` whose rules exclude each other, although each may match for itself.
pub(super) fn check_nodes(config: &Config, report: &mut Report<'_>) {
    for (index, node) in used_nodes(config).filter(|(_, node)| needed(node) > 1) {
        let Some(cases) = cases_of_node(node) else { continue };
        let is_dead = |position: usize| {
            let id = ItemId {
                node: index,
                item: position,
            };
            let ways = node.items.get(position).map_or(0, |item| alternatives(item).len());
            ways > 0 && (0..ways).all(|way| report.dead.contains(&(id, way)))
        };
        // A rule that never matches has a finding of its own.
        if (0..node.items.len()).any(is_dead) || !cases.iter().all(|case| report.mender.algebra.is_empty(case)) {
            continue;
        }
        let together: Vec<&Filter> = node
            .items
            .iter()
            .filter(|item| matches!(item, Item::Rule(_)))
            .filter(|item| item.relation() == Relation::And || item.filters().len() == 1)
            .flat_map(Item::filters)
            .collect();
        let what = match conflict(&together, report) {
            Some((one, other)) => format!(
                "the node never matches: by and its rules ask for a {} that {} {} (line {}) and {} {} (line {})",
                one.field,
                says(one),
                shown(&one.value),
                one.element.place.line,
                says(other),
                shown(&other.value),
                other.element.place.line
            ),
            None => "the node never matches: what it asks for by and no event meets at once".to_owned(),
        };
        let fix = super::relation::by_or(node, report);
        let finding = report.add(
            (Error, "contradiction"),
            node.element.place,
            None,
            what,
            "write groupRelation=\"or\" on a RuleGroup around it",
        );
        finding.fix = fix;
    }
}

/// What never matches, and has no finding that says why.
pub(super) fn check_rest(config: &Config, report: &mut Report<'_>) {
    let dead: Vec<(ItemId, usize)> = report.dead.iter().copied().collect();
    for (id, way) in dead {
        let Some(item) = config.item(id) else { continue };
        let by_or = matches!(item, Item::Rule(_)) && item.relation() == Relation::Or;
        let filter = item.filters().get(way).filter(|_| by_or);
        let place = filter.map_or(item.element().place, |filter| filter.element.place);
        if report.has_error(id, filter.map(|_| place)) {
            continue;
        }
        let what = match (filter, item.filters()) {
            (Some(filter), _) | (None, [filter]) => format!(
                "this never matches: Sysmon writes no {} that {} {}",
                filter.field,
                says(filter),
                shown(&filter.value)
            ),
            _ => "this rule never matches: no event meets all of its filters".to_owned(),
        };
        report.add(
            (Error, "never-matches"),
            place,
            Some(id),
            what,
            "write what is meant, or remove it",
        );
    }
}
