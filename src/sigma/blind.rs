//! A Sysmon config and Sigma rules in, the rules that the config blinds out, each with an event that shows it.
//!
//! The events that are tried are made of both sides: what a rule asks for, alone and together with what each item of the
//! config drops. So a rule for all pipes of a tool is found blind where one program's share of them is dropped.

use std::collections::BTreeMap;

use super::glob::Glob;
use super::term::{Shapes, Witness};
use super::{PipeEventView, SigmaRule};
use crate::sysmon::{Condition, Config, Decision, Engine, Event, Field, Filter, Item, OnMatch, Relation};

/// A rule that does not see an event which it would fire on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blinded {
    /// The rule's place among those that were given.
    pub rule: usize,
    /// Its title.
    pub title: String,
    /// Its id; empty where it has none.
    pub id: String,
    /// An event that it would fire on, and that is not logged.
    pub example: Witness,
    /// What drops it; `None` where no rule of the config does, but none logs it either.
    pub by: Option<Decision>,
}

/// The rules that a config blinds, by rule and by what blinds them: one example for each.
#[must_use]
pub fn blinded(config: &Config, engine: &Engine, rules: &[SigmaRule]) -> Vec<Blinded> {
    if rules.is_empty() {
        return Vec::new();
    }
    let dropping = dropping(config);
    let mut all = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let mut examples: BTreeMap<Option<(usize, Option<usize>)>, Witness> = BTreeMap::new();
        let alone = rule
            .witnesses()
            .iter()
            .filter(|event| is_dropped(engine, &event.view()));
        // One event for each item is enough.
        let together = dropping.iter().filter_map(|asked| {
            let mut met = rule
                .alternatives
                .iter()
                .filter_map(|wanted| meet(engine, rule, wanted, asked));
            met.next()
        });
        for event in alone.cloned().chain(together) {
            for by in drops(config, engine, &event.view()) {
                examples
                    .entry(by.map(|by| (by.node, by.item)))
                    .or_insert_with(|| event.clone());
            }
        }
        all.extend(examples.into_iter().map(|(by, example)| Blinded {
            rule: place,
            title: rule.title.clone(),
            id: rule.id.clone(),
            example,
            by: by.map(|(node, item)| Decision { node, item }),
        }));
    }
    all
}

/// Events that a config drops and a rule fires on: one for each alternative of the rule with each item of the config.
#[must_use]
pub fn missed(config: &Config, engine: &Engine, rule: &SigmaRule) -> Vec<Witness> {
    let dropping = dropping(config);
    let alternatives = rule.alternatives.iter();
    let pairs = alternatives.flat_map(|wanted| dropping.iter().map(move |asked| (wanted, asked)));
    pairs
        .filter_map(|(wanted, asked)| meet(engine, rule, wanted, asked))
        .collect()
}

/// An event of both shapes that the rule fires on and the config drops.
fn meet(engine: &Engine, rule: &SigmaRule, wanted: &Shapes, asked: &Shapes) -> Option<Witness> {
    let mut events = wanted.events(asked);
    events.find(|event| rule.matches(&event.view()) && is_dropped(engine, &event.view()))
}

fn event<'a>(view: &PipeEventView<'a>) -> Event<'a> {
    Event {
        event_type: view.kind.event_type(),
        pipe_name: view.pipe_name,
        image: view.image,
        user: view.user.unwrap_or_default(),
    }
}

fn is_dropped(engine: &Engine, view: &PipeEventView<'_>) -> bool {
    !engine.verdict(&event(view)).logged
}

/// All that drops an event: each item of the exclude nodes that does so by itself, or what decided.
fn drops(config: &Config, engine: &Engine, view: &PipeEventView<'_>) -> Vec<Option<Decision>> {
    let event = event(view);
    let verdict = engine.verdict(&event);
    if verdict.logged {
        return Vec::new();
    }
    let alone = engine.matches(&event).into_iter().filter(|id| {
        let node = config.nodes().get(id.node);
        node.is_some_and(|node| node.on_match == Some(OnMatch::Exclude) && node.relation == Relation::Or)
    });
    let alone: Vec<_> = alone
        .map(|id| {
            Some(Decision {
                node: id.node,
                item: Some(id.item),
            })
        })
        .collect();
    if alone.is_empty() {
        vec![verdict.decided_by]
    } else {
        alone
    }
}

/// What each item of the exclude nodes asks for.
fn dropping(config: &Config) -> Vec<Shapes> {
    let mut all = Vec::new();
    let excluding = config
        .nodes()
        .iter()
        .filter(|node| node.is_used() && node.on_match == Some(OnMatch::Exclude));
    for node in excluding {
        match node.relation {
            Relation::Or => {
                for item in &node.items {
                    match item.relation() {
                        Relation::And => all.push(asked(item.filters())),
                        Relation::Or => all.extend(item.filters().iter().map(|filter| asked([filter]))),
                    }
                }
            }
            Relation::And => all.push(together(&node.items)),
        }
    }
    all
}

/// What filters ask for that have to hold together.
fn asked<'a>(filters: impl IntoIterator<Item = &'a Filter>) -> Shapes {
    let mut shapes = Shapes::default();
    for filter in filters {
        for list in lists(filter) {
            push(&mut shapes, filter.field, list);
        }
    }
    shapes
}

/// What an `and` node asks for: all of its rules, and of its loose filters one for each field.
fn together(items: &[Item]) -> Shapes {
    let rules = items.iter().filter_map(|item| match item {
        Item::Rule(rule) if rule.relation == Relation::And => Some(&rule.filters),
        Item::Rule(_) | Item::Filter(_) => None,
    });
    let mut shapes = asked(rules.flatten());
    for field in Field::ALL {
        let loose = items.iter().filter_map(|item| match item {
            Item::Filter(filter) if filter.field == field => Some(filter),
            Item::Filter(_) | Item::Rule(_) => None,
        });
        let of_field: Vec<Glob> = loose.flat_map(lists).flatten().collect();
        if !of_field.is_empty() {
            push(&mut shapes, field, of_field);
        }
    }
    shapes
}

fn push(shapes: &mut Shapes, field: Field, list: Vec<Glob>) {
    match field {
        Field::PipeName => shapes.name.push(list),
        Field::Image => shapes.image.push(list),
        Field::User => shapes.user.push(list),
        Field::RuleName | Field::EventType | Field::UtcTime | Field::ProcessGuid | Field::ProcessId => {}
    }
}

/// The shapes that a filter asks for, of every list one. A filter that only forbids asks for nothing.
fn lists(filter: &Filter) -> Vec<Vec<Glob>> {
    let value = &filter.value;
    let part = |text: &str| Glob::exact(text).after_any().before_any();
    match filter.condition {
        Condition::Is => vec![vec![Glob::exact(value)]],
        Condition::IsAny => vec![value.split(';').map(Glob::exact).collect()],
        Condition::BeginWith => vec![vec![Glob::exact(value).before_any()]],
        Condition::EndWith => vec![vec![Glob::exact(value).after_any()]],
        Condition::Contains => vec![vec![part(value)]],
        Condition::ContainsAny => vec![value.split(';').map(part).collect()],
        Condition::ContainsAll => value.split(';').map(|text| vec![part(text)]).collect(),
        Condition::Image if value.contains('\\') => vec![vec![Glob::exact(value)]],
        Condition::Image => vec![vec![Glob::exact(value), Glob::exact(&format!("\\{value}")).after_any()]],
        Condition::IsNot
        | Condition::Excludes
        | Condition::ExcludesAny
        | Condition::ExcludesAll
        | Condition::NotBeginWith
        | Condition::NotEndWith
        | Condition::LessThan
        | Condition::MoreThan => Vec::new(),
    }
}
