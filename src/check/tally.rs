//! Pairs in, how many of their events a config logs and drops, and which rule decides, out.

use indexmap::IndexMap;

use super::rules::{State, Table};
use crate::baseline::{Baseline, Pair};
use crate::event::Kind;
use crate::sysmon::{Engine, Event, Field, Match};

/// What was counted. Numbers are of events, unless they say otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Logged, created and connected.
    pub logged: [u64; 2],
    /// Dropped, created and connected.
    pub dropped: [u64; 2],
    /// How many pairs.
    pub pairs: usize,
    /// Of names that the baseline does not hold: what becomes of them is not known.
    pub unknown: u64,
    /// Every pair with every verdict that its events get, most frequent first, then by name and image.
    pub rows: Vec<Row>,
}

/// The events of one pair that one rule decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The pipe's name.
    pub pipe_name: String,
    /// The program's path.
    pub image: String,
    /// How many of them are created and connected.
    pub events: [u64; 2],
    /// Whether they are logged.
    pub logged: bool,
    /// The rule that decides, by its position; `None` where none matches.
    pub rule: Option<usize>,
}

impl Row {
    /// All its events.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.events.iter().sum()
    }
}

/// A rule that matches a lot may be shadowed by one of so many that match its first event; others are not thought of.
const SUSPECTS: usize = 8;

/// Evaluates all pairs, and counts for each rule what it matches.
pub(super) fn tally(engine: &Engine, rules: &mut Table, baseline: &Baseline, pairs: &[Pair]) -> Tally {
    let mut tally = Tally {
        pairs: pairs.len(),
        unknown: baseline.events_without_name(),
        ..Tally::default()
    };
    let mut counter = Counter {
        // For each rule: the others that matched whatever it matched.
        suspects: vec![None; rules.len()],
        rival_of: vec![0; rules.len()],
        round: 0,
        found: Vec::new(),
        matched: Vec::new(),
        rules,
    };
    let asks = |field| engine.asks_for(field);
    let (by_kind, by_user) = (asks(Field::EventType), asks(Field::User));
    for pair in pairs {
        let mut rows: IndexMap<(bool, Option<usize>), [u64; 2]> = IndexMap::new();
        // Events that no filter tells apart are asked about once.
        let mut alike: IndexMap<(Option<Kind>, Option<u32>), [u64; 2]> = IndexMap::new();
        for count in &pair.counts {
            let key = (by_kind.then_some(count.kind), by_user.then_some(count.user));
            add(alike.entry(key).or_default(), count.kind, count.events);
        }
        for ((kind, user), events) in alike {
            let event = Event {
                event_type: kind.map_or("", Kind::event_type),
                pipe_name: &pair.pipe_name,
                image: &pair.image,
                user: user.map_or("", |user| baseline.user(user)),
            };
            let key = counter.count(engine, &event, events.iter().sum());
            let total = if key.0 { &mut tally.logged } else { &mut tally.dropped };
            let row = rows.entry(key).or_default();
            for (kind, events) in events.iter().enumerate() {
                for sum in [&mut *total, &mut *row] {
                    if let Some(sum) = sum.get_mut(kind) {
                        *sum += events;
                    }
                }
            }
        }
        tally.rows.extend(rows.into_iter().map(|((logged, rule), events)| Row {
            pipe_name: pair.pipe_name.clone(),
            image: pair.image.clone(),
            events,
            logged,
            rule,
        }));
    }
    counter.settle();
    tally.rows.sort_by(|a, b| {
        let by_count = b.count().cmp(&a.count());
        by_count
            .then_with(|| (&a.pipe_name, &a.image, a.logged, a.rule).cmp(&(&b.pipe_name, &b.image, b.logged, b.rule)))
    });
    tally
}

fn add([created, connected]: &mut [u64; 2], kind: Kind, events: u64) {
    match kind {
        Kind::Created => *created += events,
        Kind::Connected => *connected += events,
    }
}

struct Counter<'r> {
    rules: &'r mut Table,
    suspects: Vec<Option<Vec<usize>>>,
    /// For each rule: the last round in which it was a rival.
    rival_of: Vec<u64>,
    round: u64,
    found: Vec<Match>,
    matched: Vec<usize>,
}

impl Counter<'_> {
    /// Counts so many events for each rule that matches; gives whether they are logged, and the rule that decides.
    fn count(&mut self, engine: &Engine, event: &Event<'_>, events: u64) -> (bool, Option<usize>) {
        let verdict = engine.outcome(event, &mut self.found);
        let decided = verdict
            .decided_by
            .and_then(|decision| self.rules.of_decision(decision, &self.found));
        self.matched.clear();
        self.matched
            .extend(self.found.iter().filter_map(|found| self.rules.of_match(found)));
        // A node as a whole is none of the matches.
        self.matched.extend(self.rules.of_nodes(&self.found));
        self.matched.sort_unstable();
        for include in [false, true] {
            self.count_kind(include, events);
        }
        (verdict.logged, decided)
    }

    /// Rules of exclude nodes and of include nodes are no rivals.
    fn count_kind(&mut self, include: bool, events: u64) {
        use crate::sysmon::OnMatch::Include;
        let is_of_kind = |rule: usize| {
            self.rules
                .get(rule)
                .is_some_and(|rule| rule.alone && (rule.on_match == Some(Include)) == include)
        };
        let rivals: Vec<usize> = self.matched.iter().copied().filter(|rule| is_of_kind(*rule)).collect();
        self.round += 1;
        for rival in &rivals {
            if let Some(round) = self.rival_of.get_mut(*rival) {
                *round = self.round;
            }
        }
        for at in &self.matched {
            let Some(rule) = self.rules.get_mut(*at) else { continue };
            if (rule.on_match == Some(Include)) != include {
                continue;
            }
            rule.hits += events;
            if rivals == [*at] {
                rule.unique += events;
            }
            let Some(suspects) = self.suspects.get_mut(*at).filter(|_| rule.alone) else {
                continue;
            };
            match suspects {
                Some(suspects) => suspects.retain(|suspect| self.rival_of.get(*suspect) == Some(&self.round)),
                None => {
                    *suspects = Some(
                        rivals
                            .iter()
                            .copied()
                            .filter(|other| other != at)
                            .take(SUSPECTS)
                            .collect(),
                    )
                }
            }
        }
    }

    /// Marks the rules that are shadowed. Of two that match the same, the later one is.
    fn settle(self) {
        for (at, suspects) in self.suspects.into_iter().enumerate() {
            let Some(hits) = self.rules.get(at).map(|rule| rule.hits) else {
                continue;
            };
            let shadows = |other: &usize| {
                let others = self.rules.get(*other).map_or(0, |other| other.hits);
                others > hits || (others == hits && *other < at)
            };
            let shadow = suspects.into_iter().flatten().find(shadows);
            if let (Some(shadow), Some(rule)) = (shadow, self.rules.get_mut(at)) {
                rule.state = State::Shadowed(shadow);
            }
        }
    }
}
