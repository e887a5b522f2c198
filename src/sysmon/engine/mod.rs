//! A config and an event in, whether Sysmon would log it, under which name, and which rule decides out.
//!
//! The engine of rules.c, compiled once. Each `PipeEvent` node is one entry. All exclude nodes are asked, then all
//! include nodes, each kind from the last to the first; the first that matches decides. If none does, the event is logged
//! only where there is exactly one node and that is an exclude: **with two or more, whatever they are, it is dropped**.
//!
//! What is fast and why it is the same: see [`compile`] and [`literals`]; the plain reading is [`Condition::holds`], and
//! a test holds both to a literal transcription of the specification.
//!
//! [`Condition::holds`]: super::Condition::holds

mod compile;
mod explain;
mod literals;
mod needles;
pub(crate) use needles::Needles;
mod run;

use std::borrow::Cow;

pub use explain::{Failing, NearMiss};

use super::Place;
use super::config::{Config, ItemId, OnMatch, Relation};
use super::field::Field;
use super::fold::Folding;
use compile::{CompiledItem, CompiledNode};
use literals::Literals;
use run::Facts;

use crate::event::Kind;

/// A pipe event as filters see it. An empty text stands for a field without a value, which Sysmon turns into `-` before
/// it filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Event<'a> {
    /// `CreatePipe` or `ConnectPipe`.
    pub event_type: &'a str,
    /// The pipe's name, as logged.
    pub pipe_name: &'a str,
    /// The program's path.
    pub image: &'a str,
    /// Who ran it.
    pub user: &'a str,
}

impl<'a> Event<'a> {
    /// An event of nobody in particular.
    #[must_use]
    pub fn of(kind: Kind, pipe_name: &'a str, image: &'a str) -> Self {
        Self {
            event_type: kind.event_type(),
            pipe_name,
            image,
            user: "",
        }
    }

    /// What a filter on `field` looks at. `RuleName` is not set yet when Sysmon filters. Time, ids and GUIDs are not
    /// known of an event that stands for many; filters on these see `-` here (a finding says so).
    #[must_use]
    pub fn value(&self, field: Field) -> &'a str {
        let value = match field {
            Field::EventType => self.event_type,
            Field::PipeName => self.pipe_name,
            Field::Image => self.image,
            Field::User => self.user,
            Field::RuleName | Field::UtcTime | Field::ProcessGuid | Field::ProcessId => "",
        };
        if value.is_empty() { "-" } else { value }
    }
}

impl Config {
    /// Where the item stands that decided, or the node as a whole.
    #[must_use]
    pub fn place_of(&self, decision: Decision) -> Option<Place> {
        let node = self.nodes.get(decision.node)?;
        let item = decision.item.and_then(|item| node.items.get(item));
        Some(item.map_or(node.element.place, |item| item.element().place))
    }
}

/// What Sysmon does with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<'e> {
    /// Whether it is logged.
    pub logged: bool,
    /// The RuleName that the log would show; `None` is shown as `-`.
    pub rule_name: Option<&'e str>,
    /// What decided; `None` where no node matched, and the default did.
    pub decided_by: Option<Decision>,
}

/// The node whose match decided, and the item of it that did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Position in [`Config::nodes`].
    pub node: usize,
    /// Position in the node's items; `None` where several had to hold together.
    pub item: Option<usize>,
}

/// What matches an event by itself: an item, and of a `Rule` by `or` one of its filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Match {
    /// Which item.
    pub item: ItemId,
    /// The filter's position in a `Rule` by `or`, each filter of which matches for itself; `None` for any other item.
    pub filter: Option<usize>,
}

/// A compiled config. It can be shared between threads.
#[derive(Debug)]
pub struct Engine {
    folding: Folding,
    /// In the order in which they are asked.
    nodes: Vec<CompiledNode>,
    /// For each field, what is looked up rather than compared one by one.
    literals: [Literals; Field::ALL.len()],
    /// For each atom, in rising order, the node (position in `nodes`) and item it belongs to.
    owners: Vec<compile::Owner>,
    default: bool,
}

impl Config {
    /// Compiles the config's pipe filters, folding ASCII case.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine_with(Folding::Ascii)
    }

    /// Compiles the config's pipe filters.
    #[must_use]
    pub fn engine_with(&self, folding: Folding) -> Engine {
        compile::compile(self, folding)
    }
}

impl Engine {
    /// What Sysmon does with `event`.
    #[must_use]
    pub fn verdict(&self, event: &Event<'_>) -> Verdict<'_> {
        self.decide(&self.facts(event))
    }

    /// The verdict, and what matches by itself, into `found`: [`Engine::matches`] with the filters of each `Rule` by
    /// `or` told apart. In document order.
    pub fn outcome(&self, event: &Event<'_>, found: &mut Vec<Match>) -> Verdict<'_> {
        let facts = self.facts(event);
        found.clear();
        self.each_candidate(&facts, |item, compiled| match compiled.relation {
            Relation::Or => {
                let holding = compiled
                    .filters
                    .iter()
                    .enumerate()
                    .filter(|(_, filter)| filter.holds(&facts));
                found.extend(holding.map(|(filter, _)| Match {
                    item,
                    filter: Some(filter),
                }));
            }
            Relation::And => {
                if compiled.holds(&facts, &mut None) {
                    found.push(Match { item, filter: None });
                }
            }
        });
        found.sort_unstable();
        self.decide(&facts)
    }

    /// Of each item that may hold in part: which of its filters do. Items of which at most negations hold may be left out.
    pub fn holding(&self, event: &Event<'_>, mut each: impl FnMut(ItemId, &mut dyn Iterator<Item = bool>)) {
        let facts = self.facts(event);
        let mut hits = facts.hits.as_slice();
        for (position, node) in self.nodes.iter().enumerate() {
            let own = self.split_off_hits(&mut hits, position);
            for (index, item) in self.touched(node, own) {
                let id = ItemId {
                    node: node.id,
                    item: index,
                };
                each(id, &mut item.filters.iter().map(|filter| filter.holds(&facts)));
            }
        }
    }

    fn each_candidate(&self, facts: &Facts<'_>, mut each: impl FnMut(ItemId, &CompiledItem)) {
        let mut hits = facts.hits.as_slice();
        for (position, node) in self.nodes.iter().enumerate() {
            let own = self.split_off_hits(&mut hits, position);
            for (index, item) in self.candidates(node, own) {
                each(
                    ItemId {
                        node: node.id,
                        item: index,
                    },
                    item,
                );
            }
        }
    }

    fn decide(&self, facts: &Facts<'_>) -> Verdict<'_> {
        let mut name = None;
        let decides = self.matching(facts, &mut name).next();
        match decides {
            Some((node, item)) => Verdict {
                logged: node.on_match == OnMatch::Include,
                rule_name: name,
                decided_by: Some(Decision { node: node.id, item }),
            },
            None => Verdict {
                logged: self.default,
                rule_name: None,
                decided_by: None,
            },
        }
    }

    /// The nodes that match, in the order in which they are asked, each with the item that did, where it was one alone.
    fn matching<'e, 'f>(
        &'e self,
        facts: &'f Facts<'_>,
        name: &'f mut Option<&'e str>,
    ) -> impl Iterator<Item = (&'e CompiledNode, Option<usize>)> + use<'e, 'f> {
        let mut hits = facts.hits.as_slice();
        self.nodes.iter().enumerate().filter_map(move |(position, node)| {
            let own = self.split_off_hits(&mut hits, position);
            let item = match node.relation {
                Relation::Or => self.first_match(node, own, facts, name).map(Some),
                Relation::And => self.all_match(node, facts, name),
            };
            Some((node, item?))
        })
    }

    /// The nodes that match an event, by their positions in [`Config::nodes`] and whichever of them decides.
    #[must_use]
    pub fn matching_nodes(&self, event: &Event<'_>) -> Vec<usize> {
        let facts = self.facts(event);
        let mut nodes: Vec<usize> = self.matching(&facts, &mut None).map(|(node, _)| node.id).collect();
        nodes.sort_unstable();
        nodes
    }

    /// Every top-level item that matches by itself, whichever node it is in and whatever that decides.
    #[must_use]
    pub fn matches(&self, event: &Event<'_>) -> Vec<ItemId> {
        let facts = self.facts(event);
        let mut found = Vec::new();
        self.each_candidate(&facts, |item, compiled| {
            if compiled.holds(&facts, &mut None) {
                found.push(item);
            }
        });
        found.sort_unstable();
        found
    }

    /// Whether any filter looks at `field`.
    #[must_use]
    pub fn asks_for(&self, field: Field) -> bool {
        let items = self.nodes.iter().flat_map(|node| &node.items);
        items.flat_map(|item| &item.filters).any(|filter| filter.field == field)
    }

    /// Whether an event that no node matches is logged.
    #[must_use]
    pub fn logs_by_default(&self) -> bool {
        self.default
    }

    fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.folding.fold(text)
    }
}
