//! Rules in, those that keep the promise out.
//!
//! The draft is run through the project's own filter engine, on the very baseline that it came from and on pairs that
//! attackers use: a rule that drops anything which must stay is refused, with the reason. Sysmon may fold the case of more
//! letters than those of ASCII: what is spelled with any is held against the rules in either way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use indexmap::IndexMap;

use super::candidate::{Candidate, Reason, ReasonCode, Verdict};
use super::owners::Owners;
use super::rule::{Filter, Gate, Rule};
use super::{Options, awake, write};
use crate::baseline::{Baseline, Evidence, GroupView, Part, Sighting};
use crate::event::Kind;
use crate::family::Shape;
use crate::knowledge::{Knowledge, Witness};
use crate::sigma::Watch;
use crate::sysmon::schema::{SchemaVersion, field_since};
use crate::sysmon::{Config, Engine, Event, Field, Folding};
use crate::threads::{by_groups, by_threads};

/// A rule that is not written.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// Why not.
    pub why: String,
}

/// Rules, by position, that must not be written, and why.
type Offences = BTreeMap<usize, String>;

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
                let rules = dropping(&engines.ascii, &Event::of(sighting.kind, sighting.name, sighting.image));
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
    let mut refused = beyond_the_schema(&mut rules, options.schema);
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
        let Some(engines) = compile(&rules, options) else {
            // Nothing that cannot be loaded may be written.
            refused.extend(rules.drain(..).map(|rule| Refusal {
                rule,
                why: "Sysmon would not load it".into(),
            }));
            break;
        };
        let offences = engines.as_ref().map_or_else(Offences::new, |engines| {
            let (rules, candidates) = (&rules, &*candidates);
            let checks: [&(dyn Fn(&mut Offences) + Sync); 5] = [
                &|offences| seen(engines, candidates, (baseline, part), &watch, offences),
                &|offences| attacks(engines, (rules, candidates), &witnesses, offences),
                &|offences| disguises(rules, candidates, (knowledge, &bad_names), offences),
                &|offences| impostors(engines, rules, candidates, knowledge, offences),
                &|offences| awake::offences(&engines.config, &engines.ascii, &options.sigma, offences),
            ];
            let found = by_threads(checks.len(), |check| {
                let mut offences = Offences::new();
                checks[check](&mut offences);
                offences
            });
            // Of two reasons the earlier check's is told.
            found.into_iter().rev().flatten().collect()
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

/// Takes out the rules that need a field which the schema lacks: a config with one of these does not load.
fn beyond_the_schema(rules: &mut Vec<Rule>, schema: SchemaVersion) -> Vec<Refusal> {
    let mut refused = Vec::new();
    let newer: Vec<(Field, SchemaVersion)> = Field::ALL
        .into_iter()
        .filter_map(|field| Some((field, field_since("PipeEvent", field.name())?)))
        .filter(|(_, since)| *since > schema)
        .collect();
    rules.retain(|rule| {
        let since = |filter: &Filter| newer.iter().find(|(field, _)| *field == filter.field).copied();
        let newer = rule.filters.iter().find_map(since);
        refused.extend(newer.map(|(field, since)| Refusal {
            rule: rule.clone(),
            why: format!(
                "it asks for {field}, which pipe events have from schema {since} on, and the config declares {schema}"
            ),
        }));
        newer.is_none()
    });
    refused
}

/// The rules, compiled for either way to fold case.
#[derive(Debug)]
pub(super) struct Engines {
    pub(super) config: Config,
    pub(super) ascii: Engine,
    /// Made when it is asked, which is seldom.
    unicode: OnceLock<Engine>,
    /// Whether both agree on every event in ASCII.
    are_ascii: bool,
}

impl Engines {
    /// The rules that drop an event in either way.
    pub(super) fn dropping(&self, event: &Event<'_>) -> BTreeSet<usize> {
        let mut rules = dropping(&self.ascii, event);
        if !(self.are_ascii && event.pipe_name.is_ascii() && event.image.is_ascii()) {
            let unicode = self.unicode.get_or_init(|| self.config.engine_with(Folding::Unicode));
            rules.extend(dropping(unicode, event));
        }
        rules
    }

    /// Whether they drop anything of what is known of a candidate.
    fn touch(&self, candidate: &Candidate) -> bool {
        let family = &candidate.family;
        family.names.iter().any(|name| {
            let mut images = family.images.iter();
            images.any(|image| !self.dropping(&Event::of(family.kind, name, image)).is_empty())
        })
    }
}

/// The engines of these rules; inside, `None` where there are none. `None` where Sysmon would not load them.
pub(super) fn compile(rules: &[Rule], options: &Options) -> Option<Option<Engines>> {
    if rules.is_empty() {
        return Some(None);
    }
    let text = write::config(rules, options.schema).ok()?;
    let config = Config::load(text.as_bytes()).ok()?;
    let are_ascii = text.is_ascii();
    drop(text);
    Some(Some(Engines {
        ascii: config.engine(),
        unicode: OnceLock::new(),
        are_ascii,
        config,
    }))
}

/// The rules, by position, that drop an event which was seen and must stay: that of a candidate which is not to be
/// excluded, or one that a Sigma rule fires on.
fn seen(
    engines: &Engines,
    candidates: &[Candidate],
    (baseline, part): (&Baseline, Part<'_>),
    watch: &Watch<'_>,
    offences: &mut Offences,
) {
    let owners = Owners::of(candidates);
    let of_group = |group: GroupView<'_>, image| {
        let mut offences = Offences::new();
        for sighting in group.sightings(image) {
            let Sighting { kind, name, image, .. } = sighting;
            let candidate = owners.find(&sighting).and_then(|index| candidates.get(index));
            let verdict = candidate.map_or(Verdict::Keep, |candidate| candidate.verdict);
            let is_excluded = verdict == Verdict::Exclude;
            let detection = is_excluded.then(|| watch.first(kind, name, image)).flatten();
            if is_excluded && detection.is_none() {
                continue;
            }
            for rule in engines.dropping(&Event::of(kind, name, image)) {
                offences.entry(rule).or_insert_with(|| match detection {
                    Some(detection) => awake::blinds(detection, name, image),
                    None => format!("it would also drop {name} of {image}, which is {verdict}"),
                });
            }
        }
        offences
    };
    // Of two reasons the first group's is told.
    for (rule, why) in by_groups(baseline, part, of_group).into_iter().flatten() {
        offences.entry(rule).or_insert(why);
    }
}

/// The rules that drop a pair which attackers use, and nobody decided to exclude.
fn attacks(
    engines: &Engines,
    (rules, candidates): (&[Rule], &[Candidate]),
    witnesses: &[Witness<'_>],
    offences: &mut Offences,
) {
    for witness in witnesses {
        let event = Event::of(witness.event, &witness.pipe_name, witness.image);
        let is_decided = |rule: usize| {
            let of_rule = rules.get(rule).into_iter().flat_map(|rule| &rule.candidates);
            let mut of_rule = of_rule.filter_map(|index| candidates.get(*index));
            of_rule.any(|candidate| candidate.leaves_to_a_person(witness))
        };
        for rule in engines.dropping(&event).into_iter().filter(|rule| !is_decided(*rule)) {
            offences.entry(rule).or_insert_with(|| hides(witness));
        }
    }
}

/// Why a rule that drops a witness is refused.
pub(super) fn hides(witness: &Witness<'_>) -> String {
    format!(
        "it would hide {} of {}, as attackers use it",
        witness.pipe_name, witness.image
    )
}

/// The rules that drop a name of an attackers' tool which begins as the rule's own names do, or stands behind that.
///
/// Each rule is asked alone, since no other one can undo what it drops: with all of them at once this would take time by
/// the square of their number. And most rules carve out the same: which bad names these do not catch is found once.
fn disguises(
    rules: &[Rule],
    candidates: &[Candidate],
    (knowledge, bad): (&Knowledge, &[String]),
    offences: &mut Offences,
) {
    let mut uncaught: IndexMap<Gate, Vec<&str>> = IndexMap::new();
    for (index, rule) in rules.iter().enumerate() {
        let names = Gate::of(&rule.filters, Field::PipeName);
        let carving = uncaught.entry(names.anywhere());
        let bad = carving.or_insert_with_key(|carving| {
            let bad = bad.iter().map(String::as_str);
            bad.filter(|bad| carving.lets_through(bad)).collect()
        });
        for family in rule.families(candidates) {
            let Shape::Affixes { begin, end, .. } = &family.name else {
                continue;
            };
            let mut disguised = bad.iter().flat_map(|bad| disguised(bad, begin, end));
            if let Some(name) = disguised.find(|name| names.lets_through(name) && knowledge.known_bad(name).is_some()) {
                offences
                    .entry(index)
                    .or_insert_with(|| format!("it would hide {name} of {}, a name that attackers use", family.image));
            }
        }
    }
}

/// The rules that drop what a family does by a program that only looks as if it lay where the family's do.
fn impostors(
    engines: &Engines,
    rules: &[Rule],
    candidates: &[Candidate],
    knowledge: &Knowledge,
    offences: &mut Offences,
) {
    for (index, rule) in rules.iter().enumerate() {
        for family in rule.families(candidates) {
            let Some(name) = family.names.first().filter(|_| !family.image.is_exact()) else {
                continue;
            };
            for folders in [r"..\..\Users\Public", r"Public", r"alice\Downloads", r"x\.."] {
                let image = family.image.filled_with(folders);
                let is_seen = family.images.iter().any(|seen| seen.eq_ignore_ascii_case(&image));
                // Where only the system writes, no disguise can be put either.
                let is_disguise = || knowledge.masquerade(&image).is_some() && !knowledge.is_protected(&image);
                let is_impostor = knowledge.writable(&image).is_some() || is_disguise();
                let event = Event::of(family.kind, name, &image);
                if !is_seen && is_impostor && engines.dropping(&event).contains(&index) {
                    offences
                        .entry(index)
                        .or_insert_with(|| format!("it would hide {name} of {image}, where anybody can put a program"));
                }
            }
        }
    }
}

/// A bad name behind how a family's names begin, and, where it goes on as they begin below a folder, in their place; each
/// with their end behind it too.
fn disguised(bad: &str, begin: &str, end: &str) -> Vec<String> {
    let mut names = vec![format!("{begin}{bad}"), format!("{begin}1{bad}")];
    for (at, _) in begin.match_indices('\\') {
        let (folder, own) = begin.split_at(at);
        if bad.get(..own.len()).is_some_and(|head| head.eq_ignore_ascii_case(own)) {
            names.push(format!("{folder}{bad}"));
        }
    }
    let ended: Vec<String> = names.iter().map(|name| format!("{name}{end}")).collect();
    names.extend(ended);
    names
}

fn dropping(engine: &Engine, event: &Event<'_>) -> BTreeSet<usize> {
    let mut matches = Vec::new();
    if engine.outcome(event, &mut matches).logged {
        return BTreeSet::new();
    }
    matches.into_iter().map(|found| found.item.item).collect()
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
