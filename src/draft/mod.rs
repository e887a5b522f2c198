//! Drafts a Sysmon config from a baseline: it drops what is proved to be noise, and hides no attacker.
//!
//! The stages, in the order in which `draft_rules` goes through them:
//!
//! 1. families ([`crate::family`]): what one rule would be for;
//! 2. [`candidate`]: a family that is considered for exclusion, with its verdict and its reasons ([`reason`]);
//! 3. [`guards`]: each gives a reason against an exclusion, or none;
//! 4. `existing_config`: what the config that the draft is for drops already, and what it asks for;
//! 5. [`decisions`]: what people decided of candidates;
//! 6. [`rule`] and `sigma_carve_out`: the tightest rules for what may be excluded;
//! 7. [`verify`]: runs them through the filter engine, and refuses what drops anything that must stay;
//! 8. [`mod@write`], [`explain`] and [`style_name`]: the files.
//!
//! [`forecast`] and [`saturation`] tell how the draft will do on what was not seen; [`candidate_trial`] tells what the rule
//! of each candidate would do by itself.

// Candidates.
pub mod candidate;
pub(crate) mod candidate_index;
pub mod reason;
// Guards.
pub mod guards;
// Decisions, and what is there already.
pub mod decisions;
pub(crate) mod existing_config;
// Rules.
pub mod mark;
pub mod rule;
mod sigma_carve_out;
// Verification.
mod engines;
pub mod verify;
// Writing.
pub mod explain;
pub mod style_name;
pub mod write;
// What is told of the draft.
pub mod candidate_trial;
pub mod forecast;
pub mod saturation;

use crate::baseline::{Baseline, Part, Threshold};
use crate::family::families_knowing;
use crate::knowledge::Knowledge;
use crate::sigma::{SigmaRule, Watch};
use crate::sysmon::Config;
use crate::sysmon::schema::SchemaVersion;
use crate::threads::with_threads;
use candidate::{Candidate, Verdict};
use decisions::{Applied, Decisions, Note};
use existing_config::ExistingConfig;
use forecast::Forecast;
use rule::{Overlaps, Rule};
use saturation::Saturation;
use verify::Refusal;

/// What a draft is to be like.
#[derive(Debug, Clone)]
pub struct Options {
    /// How widely a candidate must have been seen.
    pub threshold: Threshold,
    /// The schema that the config declares; no condition is newer.
    pub schema: SchemaVersion,
    /// At most so many rules: those that drop most.
    pub max_rules: Option<usize>,
    /// What people have decided.
    pub decisions: Decisions,
    /// Detections that must stay awake: no rule of the draft drops an event that one of these fires on.
    pub sigma: Vec<SigmaRule>,
    /// How many threads may be used; the result is the same for any number.
    pub threads: usize,
    /// The config that the rules are for: what it drops already needs no rule, and what it asks for stays.
    pub current: Option<Config>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threshold: Threshold::default(),
            schema: SchemaVersion { major: 4, minor: 50 },
            max_rules: None,
            decisions: Decisions::default(),
            sigma: Vec::new(),
            threads: 1,
            current: None,
        }
    }
}

/// What a draft is made of.
#[derive(Debug)]
pub struct Draft {
    /// Everything that was considered, most frequent first.
    pub candidates: Vec<Candidate>,
    /// The rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// Rules that were not written, since they would have dropped what must stay.
    pub refused: Vec<Refusal>,
    /// How it does on hosts that it was not made from.
    pub forecast: Option<Forecast>,
    /// Whether the baseline is large enough.
    pub saturation: Saturation,
    /// All pipe events of the baseline.
    pub events: u64,
    /// Those of them that the draft drops.
    pub dropped: u64,
    /// What is to be said of the decisions.
    pub notes: Vec<Note>,
}

impl Draft {
    /// Events of candidates with this verdict.
    #[must_use]
    pub fn events_with(&self, verdict: Verdict) -> u64 {
        let with = self.candidates.iter().filter(|candidate| candidate.verdict == verdict);
        with.map(|candidate| candidate.family.evidence.events()).sum()
    }

    /// Candidates that are kept for Sigma rules, and for nothing else.
    pub fn kept_for_sigma_alone(&self) -> impl Iterator<Item = &Candidate> {
        self.with(Verdict::Keep)
            .filter(|candidate| guards::sigma::is_alone(&candidate.reasons))
    }

    /// Candidates that are excluded since a person decided so, against guards that say this: attackers may use them.
    pub fn decided(&self, against: Verdict) -> impl Iterator<Item = &Candidate> {
        self.with(Verdict::Exclude)
            .filter(move |candidate| candidate.said_by_guards() == against)
    }

    /// Candidates with this verdict.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &Candidate> {
        self.candidates
            .iter()
            .filter(move |candidate| candidate.verdict == verdict)
    }
}

/// Drafts exclusion rules from a baseline.
#[must_use]
pub fn draft(baseline: &Baseline, knowledge: &Knowledge, options: &Options) -> Draft {
    // What comes of it on other hosts is a matter of all rules, those that the config has already included.
    let whole = Options {
        current: None,
        ..options.clone()
    };
    with_threads(options.threads, || Draft {
        forecast: forecast::forecast(baseline, knowledge, &whole),
        ..draft_without_forecast(baseline, knowledge, options)
    })
}

/// As [`draft`], without the forecast, which costs several drafts.
#[must_use]
pub fn draft_without_forecast(baseline: &Baseline, knowledge: &Knowledge, options: &Options) -> Draft {
    let mut drafted = draft_rules(baseline, Part::ALL, knowledge, options);
    let dropped = drafted.verified.weigh(baseline);
    let notes = options.decisions.notes(&drafted.applied, &drafted.candidates);
    Draft {
        saturation: Saturation::of(baseline, &drafted.candidates),
        forecast: None,
        rules: rule::most_first(drafted.verified.rules),
        refused: drafted.verified.refused,
        candidates: drafted.candidates,
        events: baseline.events(),
        dropped,
        notes,
    }
}

/// A draft without what is only told about it.
struct Drafted {
    candidates: Vec<Candidate>,
    verified: verify::Verified,
    applied: Applied,
}

fn draft_rules(baseline: &Baseline, part: Part<'_>, knowledge: &Knowledge, options: &Options) -> Drafted {
    let families = families_knowing(baseline, part, knowledge);
    let mut candidates = candidate::judge(families, knowledge, options.threshold);
    decisions::part(
        &options.decisions,
        &mut candidates,
        (baseline, part),
        knowledge,
        options.threshold,
    );
    guards::sigma::guard(&mut candidates, &Watch::new(&options.sigma));
    let existing = options
        .current
        .as_ref()
        .map(|current| ExistingConfig::of(current, &mut candidates, baseline, part));
    let applied = options.decisions.apply(&mut candidates, knowledge);
    let overlaps = Overlaps::find(&candidates, knowledge, options.schema);
    overlaps.retract(&mut candidates);
    let write = |candidates: &[Candidate]| {
        let mut rules = rule::rules(candidates, &overlaps, knowledge, options.schema);
        sigma_carve_out::carve(&mut rules, candidates, options);
        rules
    };
    if let Some(existing) = &existing {
        // First as if the config had no rules: what is written the same again and stands there is for all of its
        // candidates, though it may carve out of one what must stay of another.
        existing.leave_out(write(&candidates), &mut candidates);
        existing.cover(&mut candidates);
    }
    let mut rules = write(&candidates);
    if let Some(existing) = &existing {
        rules = existing.leave_out(rules, &mut candidates);
    }
    let verified = verify::verify(rules, &mut candidates, baseline, part, knowledge, options);
    Drafted {
        candidates,
        verified,
        applied,
    }
}

#[cfg(test)]
mod tests;
