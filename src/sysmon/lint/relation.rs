//! Findings about `and` and `or`: how filters, rules and nodes combine.

use indexmap::IndexSet;

use super::Severity::{Note, Warning};
use super::fix::{Effect, Fix};
use super::{Report, excludes, needed, shown, used_nodes};
use crate::sysmon::algebra::{Case, Test, cases_of_item};
use crate::sysmon::config::{Config, Item, ItemId, Node, Relation, Rule, Span};
use crate::sysmon::edit::Edit;
use crate::sysmon::field::Field;

pub(super) fn check_item(id: ItemId, node: &Node, item: &Item, report: &mut Report<'_>) {
    let Item::Rule(rule) = item else { return };
    let place = rule.element.place;
    if rule.filters.is_empty() {
        let fix = Fix::new(Effect::Keeps, vec![report.mender.removal(&rule.element)]);
        let finding = report.add(
            (Note, "empty-rule"),
            place,
            Some(id),
            "this rule has no filter and is ignored; without the blank or comment in it, it would crash Sysmon's loader",
            "remove it",
        );
        finding.fix = Some(fix);
        return;
    }
    if let Some(word) = &rule.written_relation
        && !["and", "or"].contains(&word.to_ascii_lowercase().as_str())
    {
        let edit = report.mender.attribute(&rule.element, "Rule", "groupRelation", "and");
        let finding = report.add(
            (Warning, "odd-relation"),
            place,
            Some(id),
            format!(
                "groupRelation={} is neither word, and Sysmon takes anything but or as and",
                shown(word)
            ),
            "write groupRelation=\"and\"",
        );
        finding.fix = Some(Fix::new(Effect::Keeps, vec![edit]));
    }
    check_or_rule(id, node, rule, report);
}

/// An `or` rule over several fields: each filter alone decides, which is seldom what a rule is written for.
fn check_or_rule(id: ItemId, node: &Node, rule: &Rule, report: &mut Report<'_>) {
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
    let fix = by_and(node, rule, report);
    let finding = report.add(
        (Warning, "or-rule"),
        rule.element.place,
        Some(id),
        format!("{how}: {names} alone decides, and it {effect}"),
        "write groupRelation=\"and\" for fields that belong together; list the others as loose filters",
    );
    finding.fix = fix;
}

/// The fix that makes a rule combine by `and`, where it then still matches something.
pub(super) fn by_and(node: &Node, rule: &Rule, report: &Report<'_>) -> Option<Fix> {
    let mender = &report.mender;
    let together: Case = rule.filters.iter().map(Test::of).collect();
    if mender.algebra.is_empty(&together) {
        return None;
    }
    let apart: Vec<Case> = together
        .tests()
        .iter()
        .map(|test| Case::from_iter([test.clone()]))
        .collect();
    let effect = mender.effect(node, &apart, &[together])?;
    let edit = mender.attribute(&rule.element, "Rule", "groupRelation", "and");
    Some(Fix::new(effect, vec![edit]))
}

/// Nodes by `and` that look like lists, whose rules were to hold one by one.
pub(super) fn check_nodes(config: &Config, report: &mut Report<'_>) {
    for (_, node) in used_nodes(config).filter(|(_, node)| needed(node) > 1) {
        let place = node.element.place;
        let is_rule = |item: &&Item| matches!(item, Item::Rule(_)) && !item.filters().is_empty();
        let rules = node.items.iter().filter(is_rule).count();
        // Who writes and around fields, or around one rule and fields, means it.
        let by_and = |item: &&Item| is_rule(item) && item.relation() == Relation::And;
        if node.group.is_some() && node.items.iter().filter(by_and).count() < 2 {
            continue;
        }
        let must = match (needed(node), rules) {
            (n, 0) => format!("one filter of each of its {n} fields must hold"),
            (n, _) => format!("{n} things must hold at once: each rule, and one loose filter of each field"),
        };
        let effect = if excludes(node) { "excludes" } else { "includes" };
        let fix = by_or(node, report);
        let finding = if node.group.is_none() {
            report.add(
                (Warning, "and-by-default"),
                place,
                None,
                format!("directly in EventFiltering this node combines by and: {must}, so it seldom {effect} anything"),
                "put it into <RuleGroup name=\"\" groupRelation=\"or\">",
            )
        } else {
            report.add(
                (Warning, "and-node"),
                place,
                None,
                format!("its RuleGroup says and: {must}, so it seldom {effect} anything"),
                "write groupRelation=\"or\" on the RuleGroup, and and on each rule",
            )
        };
        finding.fix = fix;
    }
}

/// The fix that makes a node combine by `or`: what held together holds one by one. `None` where its RuleGroup holds other
/// events too, or where the node would then match everything.
pub(super) fn by_or(node: &Node, report: &Report<'_>) -> Option<Fix> {
    let mender = &report.mender;
    let cases: Vec<Case> = node.items.iter().flat_map(cases_of_item).collect();
    if excludes(node) && mender.algebra.is_everything(&cases) {
        return None;
    }
    let effect = Effect::of(node.on_match, true);
    let span = &node.element.span;
    let Some(group) = &node.group else {
        let line_break = mender.line_break(span.start);
        return Some(Fix::new(
            effect,
            vec![
                Edit::insert(
                    span.start,
                    format!("<RuleGroup name=\"\" groupRelation=\"or\">{line_break}"),
                ),
                Edit::insert(span.end, format!("{line_break}</RuleGroup>")),
            ],
        ));
    };
    let content = group.element.content();
    let beside = [content.start..span.start, span.end..content.end];
    let holds_element = |span: &Span| mender.text(span).replace("<!--", "").contains('<');
    if beside.iter().any(holds_element) {
        return None;
    }
    let edit = mender.attribute(&group.element, "RuleGroup", "groupRelation", "or");
    Some(Fix::new(effect, vec![edit]))
}
