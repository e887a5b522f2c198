//! Findings about lists: values that are taken for one and are none, blanks and empty items in those that are.

use super::Severity::{Error, Note, Warning};
use super::{Part, Report, excludes, shown};
use crate::sysmon::condition::{Condition, search_items};
use crate::sysmon::config::{Item, Relation};

pub(super) fn check(part: &Part<'_>, report: &mut Report<'_>) {
    let filter = part.filter;
    if !filter.condition.takes_list() {
        check_none(part, report);
        return;
    }
    let items: Vec<&str> = filter.value.split(';').collect();
    if items.iter().any(|item| item.trim() != *item && !item.trim().is_empty()) {
        let trimmed: Vec<&str> = items.iter().map(|item| item.trim()).collect();
        part.add_respelled(
            report,
            (Warning, "blank-in-list"),
            "items of the list have blanks or line breaks around them, and these count: nothing is trimmed",
            "write the items with nothing between them but the semicolon",
            &trimmed.join(";"),
        );
    }
    // An empty value has a finding of its own.
    if items.len() > 1 && items.iter().any(|item| item.is_empty()) {
        check_empty_items(part, &items, report);
    }
}

fn check_empty_items(part: &Part<'_>, items: &[&str], report: &mut Report<'_>) {
    let condition = part.filter.condition;
    let full: Vec<&str> = items.iter().copied().filter(|item| !item.is_empty()).collect();
    let full = full.join(";");
    if condition == Condition::IsAny {
        part.add_respelled(
            report,
            (Note, "empty-list-item"),
            "the list has an empty item, which never matches",
            "remove it",
            &full,
        );
        return;
    }
    let mend = "remove the semicolon too many";
    if items.last().is_some_and(|last| last.is_empty()) {
        let what = match condition {
            Condition::ContainsAny if excludes(part.node) => {
                "the list ends in a semicolon, and the empty item after it is found in every value: alone, this filter \
                 drops every pipe event"
            }
            Condition::ContainsAny => {
                "the list ends in a semicolon, and the empty item after it is found in every value: it always holds"
            }
            Condition::ExcludesAny => {
                "the list ends in a semicolon, and the empty item after it is found in every value: it never holds"
            }
            _ => "the list ends in a semicolon; the empty item after it is found in every value",
        };
        let severity = if matches!(condition, Condition::ContainsAny | Condition::ExcludesAny) {
            Error
        } else {
            Warning
        };
        part.add_respelled(report, (severity, "empty-list-item"), what, mend, &full);
        return;
    }
    let odd = search_items(&part.filter.value)
        .find(|item| item.starts_with(';'))
        .unwrap_or_default();
    part.add_respelled(
        report,
        (Warning, "empty-list-item"),
        format!(
            "the list has an empty item, for which Sysmon searches the rest of the list as one text, {}",
            shown(odd)
        ),
        mend,
        &full,
    );
}

/// A semicolon where the condition takes no list.
fn check_none(part: &Part<'_>, report: &mut Report<'_>) {
    let filter = part.filter;
    let items: Vec<&str> = filter.value.split(';').map(str::trim).collect();
    // A semicolon alone is meant: no list could hold it.
    if items.len() < 2 || items.iter().all(|item| item.is_empty()) {
        return;
    }
    let looks_like_names = items
        .iter()
        .skip(1)
        .any(|item| item.is_empty() || item.contains('\\') || item.contains('.'));
    // A semicolon at an end makes no item.
    let full: Vec<&str> = items.iter().copied().filter(|item| !item.is_empty()).collect();
    let as_list = |condition| report.mender.rewrite(part.node, filter, condition, &full.join(";"));
    let (mend, fix) = match filter.condition {
        Condition::Is => ("use is any", as_list(Condition::IsAny)),
        Condition::Contains => ("use contains any", as_list(Condition::ContainsAny)),
        Condition::Excludes => ("use excludes any", as_list(Condition::ExcludesAny)),
        condition => {
            let is_negation = condition.negates().is_some();
            let together = part.item.relation() == Relation::And && matches!(part.item, Item::Rule(_));
            let mend = match (is_negation, together) {
                (true, _) => "write a filter for each, all in one rule by and",
                (false, true) => "write a rule for each: in one rule by and all would have to hold at once",
                (false, false) => "write a filter for each",
            };
            (mend, report.mender.split(part.node, part.item, filter, &full))
        }
    };
    let finding = part.add(
        report,
        (if looks_like_names { Error } else { Note }, "list-in-plain-condition"),
        format!(
            "{} takes no list: the semicolons in {} are part of the text",
            filter.condition.name(),
            shown(&filter.value)
        ),
        mend,
    );
    finding.fix = fix;
}
