//! Rules that match nothing in, why not out: what the events have instead, and which mistake in a value it is.

use indexmap::IndexMap;

use super::rules::{Rule, State, Table, by_or, quoted};
use crate::baseline::{Baseline, Pair};
use crate::normalize::image::file_name;
use crate::output::counted;
use crate::sysmon::{Condition, Config, Engine, Event, Field, Filter, Finding, ItemId, Severity};

/// So many different values that events have instead are told apart; the most frequent pairs come first.
const VALUES: usize = 256;
/// So many values are searched for what a mistaken filter may have meant: enough for any config of people, and a second
/// at most.
const SEARCH: usize = 4_000_000;
/// A plain comparison costs so much less than trying every mistake.
const PLAIN: usize = 16;

/// What is known of a dead `Rule` by `and`, filter by filter.
struct Autopsy {
    /// Events that the filter holds for.
    holds: Vec<u64>,
    /// Events that all the others hold for.
    misses: Vec<Misses>,
}

#[derive(Default)]
struct Misses {
    events: u64,
    /// What these events have where the filter looks.
    values: IndexMap<String, u64>,
}

/// Says of each rule that matches nothing why that is.
pub(super) fn explain(
    engine: &Engine,
    config: &Config,
    rules: &mut Table,
    (baseline, pairs): (&Baseline, &[Pair]),
    findings: &[Finding],
) {
    let is_dead = |rule: &Rule| rule.hits == 0 && rule.state == State::Used;
    let dead: Vec<usize> = rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| is_dead(rule))
        .map(|(at, _)| at)
        .collect();
    let autopsies = autopsies(engine, config, rules, &dead, (baseline, pairs));
    let mut seen = Seen::new(engine, pairs);
    for at in dead {
        let Some(rule) = rules.get_mut(at) else { continue };
        let (why, is_mistaken) = match rule.item.map(|item| ItemId { node: rule.node, item }) {
            None => (TOGETHER.to_owned(), false),
            Some(id) => {
                let filters = config.item(id).map_or(&[][..], |item| item.filters());
                let one = rule.filter.and_then(|filter| filters.get(filter));
                let (why, is_mistaken) = match (one, filters, autopsies.get(&id)) {
                    (Some(one), ..) | (None, [one], _) => seen.never(one),
                    (None, all, Some(autopsy)) => autopsy.told(all, &mut seen),
                    (None, ..) => (String::new(), false),
                };
                let error = findings
                    .iter()
                    .filter(|finding| finding.severity == Severity::Error)
                    .find(|finding| finding.item == Some(id) && (rule.filter.is_none() || finding.place == rule.place));
                match error.filter(|_| !is_mistaken) {
                    // What is wrong in any log says more than what is missing from this one.
                    Some(Finding { code, what, .. }) => {
                        (format!("{why} Finding {code}: {}.", what.trim_end_matches('.')), true)
                    }
                    None => (why, is_mistaken),
                }
            }
        };
        rule.state = State::Dead { why, is_mistaken };
    }
}

/// Why a node as a whole matches nothing.
const TOGETHER: &str = "An event must match every Rule of this PipeEvent at once, and of each field one of its loose \
                        filters. None here does.";

/// Looks at every event again, for the dead rules alone.
fn autopsies(
    engine: &Engine,
    config: &Config,
    rules: &Table,
    dead: &[usize],
    (baseline, pairs): (&Baseline, &[Pair]),
) -> IndexMap<ItemId, Autopsy> {
    let mut autopsies: IndexMap<ItemId, Autopsy> = IndexMap::new();
    for rule in dead.iter().filter_map(|at| rules.get(*at)) {
        let Some(id) = rule.item.map(|item| ItemId { node: rule.node, item }) else {
            continue;
        };
        if let Some(item) = config.item(id).filter(|item| !by_or(item) && item.filters().len() > 1) {
            autopsies.insert(id, Autopsy::new(item.filters().len()));
        }
    }
    if autopsies.is_empty() {
        return autopsies;
    }
    for pair in pairs {
        for count in &pair.counts {
            let event = Event {
                event_type: count.kind.event_type(),
                pipe_name: &pair.pipe_name,
                image: &pair.image,
                user: baseline.user(count.user),
            };
            engine.holding(&event, |id, holding| {
                if let (Some(autopsy), Some(item)) = (autopsies.get_mut(&id), config.item(id)) {
                    autopsy.look(item.filters(), holding, &event, count.events);
                }
            });
        }
    }
    autopsies
}

impl Autopsy {
    fn new(filters: usize) -> Self {
        Self {
            holds: vec![0; filters],
            misses: (0..filters).map(|_| Misses::default()).collect(),
        }
    }

    fn look(&mut self, filters: &[Filter], holding: &mut dyn Iterator<Item = bool>, event: &Event<'_>, events: u64) {
        let mut failing = None;
        let mut fails = 0;
        for ((at, holds), sum) in holding.enumerate().zip(&mut self.holds) {
            if holds {
                *sum += events;
            } else {
                fails += 1;
                failing = Some(at);
            }
        }
        if let (1, Some(at)) = (fails, failing)
            && let (Some(misses), Some(filter)) = (self.misses.get_mut(at), filters.get(at))
        {
            misses.events += events;
            let value = event.value(filter.field);
            let room = misses.values.len() < VALUES;
            match misses.values.get_mut(value) {
                Some(sum) => *sum += events,
                None if room => _ = misses.values.insert(value.to_owned(), events),
                None => {}
            }
        }
    }

    /// Which filter keeps the rule from matching, and whether the mistake in it was found.
    fn told(&self, filters: &[Filter], seen: &mut Seen<'_>) -> (String, bool) {
        let closest = self.misses.iter().zip(filters).filter(|(misses, _)| misses.events > 0);
        if let Some((misses, filter)) = closest.max_by_key(|(misses, _)| misses.events) {
            let mut told = format!(
                "{} the rest of it, but none whose {}",
                meet(misses.events),
                quoted(filter)
            );
            let most = misses
                .values
                .iter()
                .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
            let mistake = |value| seen.engine.mistake(filter, value);
            if let Some((value, why)) = misses.values.keys().find_map(|value| Some((value, mistake(value)?))) {
                return (format!("{told}. Some have `{value}`: {why}."), true);
            }
            if let Some((value, events)) = most {
                told += &match misses.values.len() {
                    1 => format!(": {} is `{value}`", filter.field),
                    _ => format!(
                        ": most often {} is `{value}` ({})",
                        filter.field,
                        counted(*events, "event")
                    ),
                };
            }
            return (told + ".", false);
        }
        let never = self.holds.iter().zip(filters).find(|(events, _)| **events == 0);
        match never {
            Some((_, filter)) => seen.never(filter),
            None => (
                "Each of its filters holds for some event, but no event meets all of them.".to_owned(),
                false,
            ),
        }
    }
}

fn meet(events: u64) -> String {
    format!(
        "{} meet{}",
        counted(events, "event"),
        if events == 1 { "s" } else { "" }
    )
}

/// What the events have in the fields that rules look at most.
struct Seen<'p> {
    engine: &'p Engine,
    names: IndexMap<&'p str, u64>,
    images: IndexMap<&'p str, u64>,
    budget: usize,
}

impl<'p> Seen<'p> {
    fn new(engine: &'p Engine, pairs: &'p [Pair]) -> Self {
        let mut seen = Self {
            engine,
            names: IndexMap::new(),
            images: IndexMap::new(),
            budget: SEARCH,
        };
        for pair in pairs {
            *seen.names.entry(pair.pipe_name.as_str()).or_default() += pair.evidence.events();
            *seen.images.entry(pair.image.as_str()).or_default() += pair.evidence.events();
        }
        seen
    }

    /// That a filter holds for no event, and what comes near; and whether the mistake in it was found.
    fn never(&mut self, filter: &Filter) -> (String, bool) {
        let (hint, is_mended) = self.hint(filter).unwrap_or_default();
        (
            format!("These logs have no event whose {}.{hint}", quoted(filter)),
            is_mended,
        )
    }

    fn hint(&mut self, filter: &Filter) -> Option<(String, bool)> {
        let values = match filter.field {
            Field::PipeName => &self.names,
            Field::Image => &self.images,
            _ => return None,
        };
        let engine = self.engine;
        let have = |events| {
            format!(
                "{} ha{}",
                counted(events, "event"),
                if events == 1 { "s" } else { "ve" }
            )
        };
        if is_odd(filter) && self.budget >= values.len() {
            self.budget -= values.len();
            let near = values
                .iter()
                .find_map(|(value, events)| Some((value, events, engine.mistake(filter, value)?)));
            if let Some((value, events, why)) = near {
                return Some((format!(" But {} `{value}`: {why}.", have(*events)), true));
            }
        }
        if filter.condition != Condition::Is || filter.value.is_empty() || self.budget < values.len() / PLAIN {
            return None;
        }
        self.budget -= values.len() / PLAIN;
        if filter.field == Field::Image {
            let file = file_name(&filter.value);
            let (image, events) = values
                .iter()
                .find(|(image, _)| file_name(image).eq_ignore_ascii_case(file))?;
            return Some((format!(" But {} `{image}`.", have(*events)), false));
        }
        let begins = |name: &str| {
            let head = name.as_bytes().get(..filter.value.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(filter.value.as_bytes()))
        };
        let (name, events) = values.iter().find(|(name, _)| filter.value.len() > 2 && begins(name))?;
        Some((
            format!(
                " But {} `{name}`, which begins so: is compares all of a name.",
                have(*events)
            ),
            false,
        ))
    }
}

/// Whether a filter's value may be mistaken: see [`Engine::mistake`].
fn is_odd(filter: &Filter) -> bool {
    let value = filter.value.as_str();
    value.trim() != value
        || value.contains(['"', ';'])
        || match filter.field {
            Field::PipeName => !value.starts_with('\\'),
            Field::Image => match filter.condition {
                Condition::Image => value.contains('\\'),
                condition => condition == Condition::Is && !value.contains(':'),
            },
            _ => false,
        }
}
