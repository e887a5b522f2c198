//! Refuses the rules that do not keep the promise: each check is one file.
//!
//! The draft is run through the project's own filter engine, on the very baseline that it came from and on pairs that
//! attackers use: a rule that drops anything which must stay is refused, with the reason.

pub(super) mod attacks;
mod check;
mod disguises;
mod impostors;
mod refusal;
mod schema;
mod seen;
pub(super) mod sigma;

use std::collections::{BTreeMap, BTreeSet};

pub use refusal::Refusal;

use super::Options;
use super::candidate::{Candidate, Reason, ReasonCode, Verdict};
use super::engines::{Engines, compile};
use super::rule::Rule;
use crate::baseline::{Baseline, Evidence, GroupView, Part};
use crate::event::Kind;
use crate::knowledge::Knowledge;
use crate::sigma::Watch;
use crate::sysmon::Event;
use crate::threads::{by_groups, by_threads};
use check::{Check, Offences};

/// The checks. Of two that refuse a rule, the earlier one's reason is told.
const CHECKS: [fn(&Check<'_>) -> Offences; 5] = [
    seen::offences,
    attacks::offences,
    disguises::offences,
    impostors::offences,
    sigma::offences,
];

/// Rules that keep the promise.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) rules: Vec<Rule>,
    pub(super) refused: Vec<Refusal>,
    engines: Option<Engines>,
}

impl Verified {
    /// Whether the draft drops such an event.
    pub(super) fn drops(&self, kind: Kind, name: &str, image: &str) -> bool {
        let event = Event::of(kind, name, image);
        self.engines
            .as_ref()
            .is_some_and(|engines| !engines.ascii.verdict(&event).logged)
    }

    /// How many events of the baseline it drops. From then on the evidence of each rule is of those that it drops: what
    /// it was written for may be more, where it carves out what must stay, or several rules share the images.
    pub(super) fn weigh(&mut self, baseline: &Baseline) -> u64 {
        let Some(engines) = &self.engines else { return 0 };
        let of_group = |group: GroupView<'_>, image| {
            let mut dropped = 0;
            let mut of_rules: BTreeMap<usize, Evidence> = BTreeMap::new();
            for sighting in group.sightings(image) {
                let rules = engines.dropping_by_ascii(&Event::of(sighting.kind, sighting.name, sighting.image));
                if !rules.is_empty() {
                    dropped += sighting.evidence.events();
                }
                for rule in rules {
                    of_rules.entry(rule).or_default().add(&sighting.evidence);
                }
            }
            (dropped, of_rules)
        };
        let all = by_groups(baseline, Part::ALL, of_group);
        self.rules
            .iter_mut()
            .for_each(|rule| rule.evidence = Evidence::default());
        let mut dropped = 0;
        for (of_group, of_rules) in all {
            dropped += of_group;
            for (index, evidence) in of_rules {
                if let Some(rule) = self.rules.get_mut(index) {
                    rule.evidence.add(&evidence);
                }
            }
        }
        dropped
    }
}

/// Refuses what must not be written, until nothing is left to refuse. A candidate whose rule is refused is kept.
pub(super) fn verify(
    mut rules: Vec<Rule>,
    candidates: &mut [Candidate],
    baseline: &Baseline,
    part: Part<'_>,
    knowledge: &Knowledge,
    options: &Options,
) -> Verified {
    let mut refused = schema::beyond_the_schema(&mut rules, options.schema);
    let limit = options.max_rules.unwrap_or(usize::MAX).min(rules.len());
    for rule in rules.split_off(limit) {
        let why = format!("beyond the {limit} rules that were asked for");
        refused.push(Refusal { rule, why });
    }
    let watch = Watch::new(&options.sigma);
    let witnesses = knowledge.attack_witnesses();
    let bad_names: Vec<String> = knowledge
        .known_bad_names()
        .flat_map(|bad| bad.pattern.examples())
        .collect();
    loop {
        let Ok(engines) = compile(&rules, options.schema) else {
            // Nothing that cannot be loaded may be written.
            refused.extend(rules.drain(..).map(|rule| Refusal {
                rule,
                why: "Sysmon would not load it".into(),
            }));
            break;
        };
        let offences = engines.as_ref().map_or_else(Offences::new, |engines| {
            offences(&Check {
                engines,
                rules: &rules,
                candidates,
                baseline,
                part,
                knowledge,
                witnesses: &witnesses,
                bad_names: &bad_names,
                detections: &options.sigma,
                watch: &watch,
            })
        });
        if offences.is_empty() {
            retract(candidates, &rules, &refused, engines.as_ref());
            return Verified {
                rules,
                refused,
                engines,
            };
        }
        let mut index = 0;
        rules.retain(|rule| {
            let why = offences.get(&index);
            index += 1;
            refused.extend(why.map(|why| Refusal {
                rule: rule.clone(),
                why: why.clone(),
            }));
            why.is_none()
        });
    }
    retract(candidates, &rules, &refused, None);
    Verified {
        rules,
        refused,
        engines: None,
    }
}

/// What all checks find, each on a thread of its own.
fn offences(check: &Check<'_>) -> Offences {
    let found = by_threads(CHECKS.len(), |index| CHECKS[index](check));
    found.into_iter().rev().flatten().collect()
}

/// Candidates that no rule stands for any more are kept, and say why; not those of which another rule, for a shape of
/// names, drops something: what is dropped is to be excluded.
fn retract(candidates: &mut [Candidate], rules: &[Rule], refused: &[Refusal], engines: Option<&Engines>) {
    let written: BTreeSet<usize> = rules.iter().flat_map(|rule| rule.candidates.iter().copied()).collect();
    let refusals = refused
        .iter()
        .flat_map(|refusal| refusal.rule.candidates.iter().map(move |index| (*index, &refusal.why)));
    let why_of: BTreeMap<usize, &String> = refusals.collect();
    for (index, candidate) in candidates.iter_mut().enumerate() {
        let has_rule = candidate.is_covered || written.contains(&index);
        if candidate.verdict == Verdict::Exclude
            && !has_rule
            && !engines.is_some_and(|engines| engines.touch(candidate))
        {
            let why = why_of.get(&index).map(|why| format!("Its rule was refused: {why}."));
            keep(
                candidate,
                why.unwrap_or_else(|| "No rule could be written for it.".to_owned()),
            );
        }
    }
}

fn keep(candidate: &mut Candidate, text: String) {
    candidate.verdict = Verdict::Keep;
    let reason = Reason::new(ReasonCode::Verified, Verdict::Keep, text);
    candidate.reasons.insert(0, reason);
}
