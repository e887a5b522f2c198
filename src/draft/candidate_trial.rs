//! A draft's candidates in, what the rule of each would do by itself out: what it drops of its own, of others, and of what
//! attackers do.
//!
//! A person who decides wants to know what becomes of the draft before it is made again. Candidates whose rule drops
//! nothing of others can be told by themselves, whatever else is decided; where it does, the draft has to carve something
//! out, and whether it can is seen when it is made.

use super::Options;
use super::candidate::Candidate;
use super::candidate_index::CandidateIndex;
use super::engines::{self, Engines};
use super::guards::inexpressible::unsafe_in_a_filter;
use super::rule::{self, Rule};
use super::sigma_carve_out;
use super::verify::{attacks, sigma};
use crate::baseline::{Baseline, Part, Sighting};
use crate::event::Kind;
use crate::knowledge::{Knowledge, Witness};
use crate::sigma::Watch;
use crate::sysmon::{Condition, Event};

/// What the rule of one candidate would do by itself.
#[derive(Debug, Clone)]
pub struct CandidateTrial {
    /// The rule; what it needs to spare others is not in it. `None` where it would take
    /// several, or no filter can say it safely.
    pub rule: Option<Rule>,
    /// Events of the candidate that the rule drops.
    pub dropped: u64,
    /// Other candidates that the rule drops events of, by their place in the draft.
    pub others: Vec<usize>,
    /// How many pairs it drops that attackers use.
    pub hidden: usize,
    /// The first of them, as events with what is known of each.
    pub hides: Vec<Hidden>,
    /// Why the rule is refused, whatever is decided.
    pub refused: Option<String>,
}

/// An event that attackers cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// Created or connected.
    pub kind: Kind,
    /// The pipe's name.
    pub pipe_name: String,
    /// The program's path.
    pub image: String,
    /// What is known of the name or of the program.
    pub what: String,
}

/// So many examples of what a rule hides are kept.
const EXAMPLES: usize = 3;

/// Tries the rule of each candidate on the baseline, on what attackers do and on Sigma rules. In the candidates' order.
#[must_use]
pub fn try_candidates(
    candidates: &[Candidate],
    baseline: &Baseline,
    knowledge: &Knowledge,
    options: &Options,
) -> Vec<CandidateTrial> {
    let rule = |index| rule::alone(candidates, index, knowledge, options.schema).filter(can_be_written);
    let nothing = |index| CandidateTrial {
        rule: rule(index),
        dropped: 0,
        others: Vec::new(),
        hidden: 0,
        hides: Vec::new(),
        refused: None,
    };
    let mut all: Vec<CandidateTrial> = (0..candidates.len()).map(nothing).collect();
    let mut rules: Vec<Rule> = all.iter().filter_map(|alone| alone.rule.clone()).collect();
    sigma_carve_out::carve(&mut rules, candidates, options);
    let Ok(Some(engines)) = engines::compile(&rules, options.schema) else {
        return all;
    };
    // The candidate of each rule.
    let of_rule: Vec<usize> = rules
        .iter()
        .filter_map(|rule| rule.candidates.first().copied())
        .collect();
    for (index, rule) in of_rule.iter().zip(&rules) {
        if let Some(alone) = all.get_mut(*index) {
            alone.rule = Some(rule.clone());
        }
    }
    let mut trial = Trials {
        engines: &engines,
        of_rule,
        all: &mut all,
    };
    trial.seen(candidates, baseline, &Watch::new(&options.sigma));
    trial.witnesses(candidates, &knowledge.attack_witnesses());
    trial.detections(options);
    for alone in &mut all {
        alone.others.sort_unstable();
        alone.others.dedup();
    }
    all
}

/// One rule that cannot be loaded would cost all others.
fn can_be_written(rule: &Rule) -> bool {
    rule.filters
        .iter()
        .filter(|filter| !filter.condition.takes_list())
        // What excludes a semicolon holds it as text: it is no list.
        .filter(|filter| filter.condition != Condition::Excludes || filter.value != ";")
        .all(|filter| unsafe_in_a_filter(&filter.value).is_none())
}

struct Trials<'a> {
    engines: &'a Engines,
    /// The candidate that each rule is for.
    of_rule: Vec<usize>,
    all: &'a mut [CandidateTrial],
}

impl Trials<'_> {
    /// The candidates whose rules drop an event.
    fn dropping(&self, kind: Kind, pipe_name: &str, image: &str) -> Vec<usize> {
        let event = Event::of(kind, pipe_name, image);
        let rules = self.engines.dropping(&event);
        rules
            .into_iter()
            .filter_map(|rule| self.of_rule.get(rule).copied())
            .collect()
    }

    fn refuse(&mut self, index: usize, why: impl FnOnce() -> String) {
        if let Some(alone) = self.all.get_mut(index) {
            alone.refused.get_or_insert_with(why);
        }
    }

    /// Tries all events of the baseline.
    fn seen(&mut self, candidates: &[Candidate], baseline: &Baseline, watch: &Watch<'_>) {
        let owners = CandidateIndex::of(candidates);
        for sighting in baseline.sightings(Part::ALL) {
            let Sighting { kind, name, image, .. } = sighting;
            let owner = owners.find(&sighting);
            let detection = watch.first(kind, name, image);
            for index in self.dropping(kind, name, image) {
                match owner {
                    Some(owner) if owner == index => self.add(index, sighting.evidence.events()),
                    Some(owner) => self.meet(index, owner),
                    None => self.refuse(index, || format!("it would also drop {name} of {image}")),
                }
                if let Some(detection) = detection {
                    self.refuse(index, || sigma::blinds(detection, name, image));
                }
            }
        }
    }

    fn add(&mut self, index: usize, events: u64) {
        if let Some(alone) = self.all.get_mut(index) {
            alone.dropped += events;
        }
    }

    fn meet(&mut self, index: usize, other: usize) {
        if let Some(alone) = self.all.get_mut(index)
            && alone.others.last() != Some(&other)
        {
            alone.others.push(other);
        }
    }

    /// Tries what attackers do.
    fn witnesses(&mut self, candidates: &[Candidate], witnesses: &[Witness<'_>]) {
        for witness in witnesses {
            for index in self.dropping(witness.event, &witness.pipe_name, witness.image) {
                let Some(alone) = self.all.get_mut(index) else { continue };
                alone.hidden += 1;
                if alone.hides.len() < EXAMPLES {
                    alone.hides.push(Hidden {
                        kind: witness.event,
                        pipe_name: witness.pipe_name.clone(),
                        image: witness.image.to_owned(),
                        what: witness.entry.what.to_string(),
                    });
                }
                if !candidates[index].leaves_to_a_person(witness) {
                    self.refuse(index, || attacks::hides(witness));
                }
            }
        }
    }

    /// Tries what Sigma rules wait for.
    fn detections(&mut self, options: &Options) {
        for (rule, why) in sigma::blinding(self.engines, &options.sigma) {
            if let Some(index) = self.of_rule.get(rule).copied() {
                self.refuse(index, || why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::draft_without_forecast;
    use crate::test_support::sigma_rule as sigma;
    use crate::test_support::{APP, CHROME, Events, POWERSHELL, baseline};

    fn tried(events: &[Events], options: &Options) -> Vec<(String, CandidateTrial)> {
        let baseline = baseline(events);
        let draft = draft_without_forecast(&baseline, Knowledge::builtin(), options);
        let all = try_candidates(&draft.candidates, &baseline, Knowledge::builtin(), options);
        let titles = draft.candidates.iter().map(Candidate::title);
        titles.zip(all).collect()
    }

    fn of<'a>(all: &'a [(String, CandidateTrial)], title: &str) -> &'a CandidateTrial {
        &all.iter().find(|(other, _)| other.starts_with(title)).unwrap().1
    }

    #[test]
    fn a_rule_drops_its_own_and_says_what_attackers_would_gain() {
        let events = [
            Events::connected(r"\AppPipe", APP),
            Events::connected(r"\wkssvc", POWERSHELL),
            Events::connected(r"\svcctl", "System"),
        ];
        let all = tried(&events, &Options::default());
        let app = of(&all, r"\AppPipe");
        assert!(app.dropped > 0 && app.others.is_empty() && app.hidden == 0 && app.refused.is_none());
        let remote = of(&all, r"\svcctl");
        assert!(
            remote.hidden > 0 && remote.refused.is_none(),
            "that is for a person to decide"
        );
        assert_eq!(remote.hides[0].pipe_name, r"\svcctl");
    }

    #[test]
    fn what_a_guard_keeps_is_refused_whatever_is_decided() {
        let all = tried(&[Events::created(r"\PSEXESVC", APP)], &Options::default());
        let refused = of(&all, r"\PSEXESVC").refused.as_ref();
        assert!(refused.is_none(), "a program of its own is no witness's: {refused:?}");
        let all = tried(&[Events::connected(r"\PSEXESVC", "System")], &Options::default());
        let psexec = of(&all, r"\PSEXESVC");
        assert!(psexec.refused.as_ref().unwrap().contains(r"\PSEXESVC of System"));
    }

    #[test]
    fn a_shape_tells_whose_events_it_would_drop_too() {
        let events = [
            Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid(),
            Events::created(r"\mojo.7777.8052.18389", CHROME).hosts(2),
        ];
        let all = tried(&events, &Options::default());
        let mojo = all.iter().find(|(title, _)| title.contains("<pid>")).unwrap();
        assert_eq!((mojo.1.dropped, mojo.1.others.len()), (18, 1), "{all:?}");
    }

    #[test]
    fn what_no_filter_can_say_has_no_rule_and_costs_others_nothing() {
        let events = [Events::connected(r"\a;b", APP), Events::connected(r"\AppPipe", APP)];
        let all = tried(&events, &Options::default());
        assert!(of(&all, r"\a;b").rule.is_none());
        assert!(of(&all, r"\AppPipe").dropped > 0);
    }

    #[test]
    fn a_sigma_rule_that_would_sleep_refuses_the_rule() {
        let options = Options {
            sigma: vec![sigma("s:\n    PipeName: '\\AppPipe'\ncondition: s")],
            ..Options::default()
        };
        let all = tried(&[Events::connected(r"\AppPipe", APP)], &options);
        assert!(of(&all, r"\AppPipe").refused.as_ref().unwrap().contains("Sigma rule"));
    }
}
