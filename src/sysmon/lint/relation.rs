//! Findings about `and` and `or`: how filters, rules and nodes combine.

use indexmap::IndexSet;

use super::Severity::{Error, Note, Warning};
use super::{Report, alternatives, excludes, needed, shown, used_nodes};
use crate::sysmon::condition::Condition;
use crate::sysmon::config::{Config, Filter, Item, ItemId, Node, Relation, Rule};
use crate::sysmon::field::Field;
use crate::sysmon::fold::Folding;

pub(super) fn check_item(id: ItemId, node: &Node, item: &Item, report: &mut Report) {
    let Item::Rule(rule) = item else { return };
    let place = rule.element.place;
    if rule.filters.is_empty() {
        report.add(
            (Note, "empty-rule"),
            place,
            Some(id),
            "this rule has no filter and is ignored; without the blank or comment in it, it would crash Sysmon's loader",
            "remove it",
        );
        return;
    }
    if let Some(word) = &rule.written_relation
        && !["and", "or"].contains(&word.to_ascii_lowercase().as_str())
    {
        report.add(
            (Warning, "odd-relation"),
            place,
            Some(id),
            format!(
                "groupRelation={} is neither word, and Sysmon takes anything but or as and",
                shown(word)
            ),
            "write groupRelation=\"and\"",
        );
    }
    check_or_rule(id, node, rule, report);
    if let Some((one, other)) = contradiction(&alternatives(item).concat()).filter(|_| rule.relation == Relation::And) {
        report.add(
            (Error, "contradiction"),
            other.element.place,
            Some(id),
            format!(
                "the rule never matches: {} is to be {} (line {}), which fails {} {}",
                one.field,
                shown(&one.value),
                one.element.place.line,
                other.condition.name(),
                shown(&other.value)
            ),
            "write a rule for each, or groupRelation=\"or\"",
        );
    }
}

/// An `or` rule over several fields: each filter alone decides, which is seldom what a rule is written for.
fn check_or_rule(id: ItemId, node: &Node, rule: &Rule, report: &mut Report) {
    let fields: IndexSet<Field> = rule.filters.iter().map(|filter| filter.field).collect();
    if rule.relation != Relation::Or || fields.len() < 2 {
        return;
    }
    let names = fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(" or ");
    let how = match rule.written_relation {
        None => "a rule without groupRelation combines by or",
        Some(_) => "this rule combines by or",
    };
    let effect = if excludes(node) {
        "drops every event that meets one of them"
    } else {
        "logs what meets one of them"
    };
    report.add(
        (Warning, "or-rule"),
        rule.element.place,
        Some(id),
        format!("{how}: {names} alone decides, and it {effect}"),
        "write groupRelation=\"and\" for fields that belong together; list the others as loose filters",
    );
}

/// Rules ask one field to equal a text once or twice; this bounds the work on one made to waste it.
const MOST_COMPARED: usize = 64;

/// Two filters on one field that cannot both hold: the field must equal a text that fails the other.
fn contradiction<'c>(filters: &[&'c Filter]) -> Option<(&'c Filter, &'c Filter)> {
    let fold = |text: &str| Folding::Ascii.fold(text).into_owned();
    for one in filters
        .iter()
        .filter(|f| f.condition == Condition::Is && !f.value.is_empty())
        .take(MOST_COMPARED)
    {
        let value = fold(&one.value);
        let fails =
            |other: &&&'c Filter| other.field == one.field && !other.condition.holds(&fold(&other.value), &value);
        if let Some(other) = filters.iter().find(fails) {
            return Some((one, other));
        }
    }
    None
}

pub(super) fn check_nodes(config: &Config, report: &mut Report) {
    for (_, node) in used_nodes(config).filter(|(_, node)| needed(node) > 1) {
        let place = node.element.place;
        let rules = node.items.iter().filter(|i| matches!(i, Item::Rule(_))).count();
        let must = match (needed(node), rules) {
            (n, 0) => format!("one filter of each of its {n} fields must hold"),
            (n, _) => format!("{n} things must hold at once: each rule, and one loose filter of each field"),
        };
        let effect = if excludes(node) { "excludes" } else { "includes" };
        if node.group.is_none() {
            report.add(
                (Warning, "and-by-default"),
                place,
                None,
                format!("directly in EventFiltering this node combines by and: {must}, so it seldom {effect} anything"),
                "put it into <RuleGroup name=\"\" groupRelation=\"or\">",
            );
        } else {
            report.add(
                (Warning, "and-node"),
                place,
                None,
                format!("its RuleGroup says and: {must}, so it seldom {effect} anything"),
                "write groupRelation=\"or\" on the RuleGroup, and and on each rule",
            );
        }
        let together: Vec<&Filter> = node
            .items
            .iter()
            .filter(|item| matches!(item, Item::Rule(_)))
            .filter(|item| item.relation() == Relation::And || item.filters().len() == 1)
            .flat_map(Item::filters)
            .collect();
        // A contradiction inside one rule has a finding of its own.
        let within_one = node.items.iter().any(|item| {
            item.relation() == Relation::And && contradiction(&item.filters().iter().collect::<Vec<_>>()).is_some()
        });
        if let Some((one, other)) = contradiction(&together).filter(|_| !within_one) {
            report.add(
                (Error, "contradiction"),
                place,
                None,
                format!(
                    "the node never matches: by and its rules ask {} to be {} (line {}) and {} {} (line {})",
                    one.field,
                    shown(&one.value),
                    one.element.place.line,
                    other.condition.name(),
                    shown(&other.value),
                    other.element.place.line
                ),
                "write groupRelation=\"or\" on a RuleGroup around it",
            );
        }
    }
}
