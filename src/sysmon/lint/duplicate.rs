//! Findings about exclusions that change nothing: written twice, or covered by another.

use indexmap::IndexMap;

use super::Severity::Note;
use super::{Report, excludes, needed, used_nodes};
use crate::sysmon::condition::Condition;
use crate::sysmon::config::{Config, Filter, Item, ItemId, Node, Relation};
use crate::sysmon::engine::{Engine, Event};
use crate::sysmon::field::Field;
use crate::sysmon::fold::{Folding, as_name};

/// In larger nodes no item is looked up among the others: each may meet all of them.
const MOST_ITEMS: usize = 20_000;

pub(super) fn check(config: &Config, report: &mut Report) {
    let engine = config.engine();
    for (index, node) in used_nodes(config).filter(|(_, node)| needed(node) == 1) {
        let mut seen: IndexMap<Vec<Key>, usize> = IndexMap::new();
        for (position, item) in node
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| !item.filters().is_empty())
        {
            let id = ItemId {
                node: index,
                item: position,
            };
            let first = seen.entry(key(item)).or_insert(position);
            if *first != position {
                let line = node.items.get(*first).map_or(0, |item| item.element().place.line);
                report.add(
                    (Note, "duplicate"),
                    item.element().place,
                    Some(id),
                    format!("the same stands in line {line}; case and order make no difference"),
                    "remove one",
                );
            } else if excludes(node)
                && node.items.len() <= MOST_ITEMS
                && let Some(wider) = covered_by(&engine, node, item, id)
            {
                report.add(
                    (Note, "covered"),
                    item.element().place,
                    Some(id),
                    format!("line {} already drops all that this does", wider.element().place.line),
                    "remove it, or the wider one",
                );
            }
        }
    }
}

type Key = (Field, &'static str, String);

/// What two items that say the same have in common.
fn key(item: &Item) -> Vec<Key> {
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

/// Another item of the node that holds whenever this one does. Only items that say exactly what each field is are
/// looked at: such an item stands for one event, and whatever holds for that, looking at no other field, holds always.
fn covered_by<'c>(engine: &Engine, node: &'c Node, item: &Item, id: ItemId) -> Option<&'c Item> {
    let exact = item.relation() == Relation::And || item.filters().len() == 1;
    if !exact
        || !item
            .filters()
            .iter()
            .all(|f| f.condition == Condition::Is && !f.value.is_empty())
    {
        return None;
    }
    let known = |field: Field| {
        item.filters()
            .iter()
            .find(|f| f.field == field)
            .map(|f| as_name(&f.value).into_owned())
    };
    let [event_type, pipe_name, image, user] =
        [Field::EventType, Field::PipeName, Field::Image, Field::User].map(|field| known(field).unwrap_or_default());
    let event = Event {
        event_type: &event_type,
        pipe_name: &pipe_name,
        image: &image,
        user: &user,
    };
    let matches = engine.matches(&event);
    // An item that contradicts itself matches nothing, and is no exact event.
    matches.contains(&id).then_some(())?;
    let others = matches
        .iter()
        .filter(|other| other.node == id.node && other.item != id.item);
    others.filter_map(|other| node.items.get(other.item)).find(|other| {
        // By `or` too: only where every field is known is it certain which filter it was that held.
        other.filters().iter().all(|f| known(f.field).is_some()) && key(other) != key(item)
    })
}
