//! One event in, whether a config logs it, which rules match it and which nearly do, out.

use super::rules::{self, Rule, Table, by_or, quoted};
use crate::sysmon::{Config, Engine, Event};

/// A config that is asked about single events.
#[derive(Debug)]
pub struct Judge<'c> {
    config: &'c Config,
    engine: Engine,
    rules: Table,
}

/// What a config does with one event. Rules are given by their positions in [`Judge::rules`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Whether it is logged.
    pub logged: bool,
    /// The rule that decides; `None` where none matches.
    pub decided_by: Option<usize>,
    /// The RuleName that the log would show.
    pub rule_name: Option<String>,
    /// Every rule that matches.
    pub matches: Vec<usize>,
    /// Rules that nearly match, the nearest first.
    pub near: Vec<Near>,
}

/// A rule that nearly matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The rule.
    pub rule: usize,
    /// The filters of it that fail.
    pub failing: Vec<Failing>,
}

/// A filter that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// What it asks for.
    pub filter: String,
    /// What the event has there.
    pub actual: String,
    /// The mistake in its value, where mending it would make it hold.
    pub why: Option<&'static str>,
}

impl<'c> Judge<'c> {
    /// Makes a config ready to be asked.
    #[must_use]
    pub fn new(config: &'c Config) -> Self {
        Self {
            config,
            engine: config.engine(),
            rules: Table::new(config),
        }
    }

    /// The config's rules, in the order of the file. Nothing is counted of them.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        self.rules.as_slice()
    }

    /// What the config does with this event.
    #[must_use]
    pub fn trial(&self, event: &Event<'_>) -> Trial {
        let mut found = Vec::new();
        let verdict = self.engine.outcome(event, &mut found);
        Trial {
            logged: verdict.logged,
            decided_by: verdict
                .decided_by
                .and_then(|decision| self.rules.of_decision(decision, &found)),
            rule_name: verdict.rule_name.map(str::to_owned),
            matches: found.iter().filter_map(|found| self.rules.of_match(found)).collect(),
            near: self.near(event),
        }
    }

    /// Why an event is logged or dropped, as a clause.
    #[must_use]
    pub fn reason(&self, decided_by: Option<usize>) -> String {
        match decided_by.and_then(|rule| self.rules.get(rule)) {
            Some(rule) => format!("line {} matches it: {}", rule.place.line, rule.text),
            None => rules::unmatched(self.config).to_owned(),
        }
    }

    fn near(&self, event: &Event<'_>) -> Vec<Near> {
        let mut near = Vec::new();
        for miss in self.engine.near_misses(self.config, event) {
            let (Some(item), Some(first)) = (self.config.item(miss.item), self.rules.of_item(miss.item)) else {
                continue;
            };
            let failing = miss.failing.into_iter().filter_map(|failing| {
                let told = Failing {
                    filter: quoted(item.filters().get(failing.filter)?),
                    actual: failing.actual,
                    why: failing.why,
                };
                Some((failing.filter, told))
            });
            if by_or(item) {
                // Each filter is a rule of its own, and close only if a mistake keeps it from holding.
                let close = failing.filter(|(_, told)| told.why.is_some());
                near.extend(close.map(|(at, told)| Near {
                    rule: first + at,
                    failing: vec![told],
                }));
            } else {
                near.push(Near {
                    rule: first,
                    failing: failing.map(|(_, told)| told).collect(),
                });
            }
        }
        near.sort_by_key(|near| {
            (
                near.failing.len(),
                near.failing.iter().all(|failing| failing.why.is_none()),
                near.rule,
            )
        });
        near
    }
}
