//! Findings about items that are written twice.

use indexmap::IndexMap;

use super::Severity::Note;
use super::fix::{Effect, Fix};
use super::{Report, needed, used_nodes};
use crate::sysmon::config::Filter;
use crate::sysmon::config::{Config, Item, ItemId, Relation};
use crate::sysmon::field::Field;
use crate::sysmon::fold::Folding;

pub(super) fn check(config: &Config, report: &mut Report<'_>) {
    for (index, node) in used_nodes(config).filter(|(_, node)| needed(node) == 1) {
        let mut seen: IndexMap<Vec<Key>, usize> = IndexMap::new();
        for (position, item) in node.items.iter().enumerate() {
            if item.filters().is_empty() {
                continue;
            }
            let id = ItemId {
                node: index,
                item: position,
            };
            let first = *seen.entry(key(item)).or_insert(position);
            let Some(first) = node.items.get(first).filter(|_| first != position) else {
                continue;
            };
            report.duplicates.insert(id);
            let names = |item: &Item| {
                item.filters()
                    .iter()
                    .map(|filter| filter.label.clone())
                    .collect::<Vec<_>>()
            };
            // Another name may be what the second one is for.
            let fix = (names(first) == names(item)).then(|| {
                let mut fix = Fix::new(Effect::Keeps, vec![report.mender.removal(item.element())]);
                fix.rests_on.push(first.element().span.clone());
                fix
            });
            let finding = report.add(
                (Note, "duplicate"),
                item.element().place,
                Some(id),
                format!(
                    "the same stands in line {}; case and order make no difference",
                    first.element().place.line
                ),
                "remove one",
            );
            finding.fix = fix;
        }
    }
}

pub(super) type Key = (Field, &'static str, String);

/// What two items that say the same have in common.
pub(super) fn key(item: &Item) -> Vec<Key> {
    let key = |f: &Filter| (f.field, f.condition.name(), Folding::Ascii.fold(&f.value).into_owned());
    let mut keys: Vec<_> = item.filters().iter().map(key).collect();
    if item.filters().len() > 1 {
        let relation = if item.relation() == Relation::And { "all" } else { "any" };
        keys.push((Field::RuleName, relation, String::new()));
    }
    keys.sort();
    keys.dedup();
    keys
}
