//! A baseline in, a Sysmon config out that drops what is proved to be noise and hides no attacker.
//!
//! Families become candidates; the [`guards`] give each a verdict with reasons; [`rule`] writes the tightest rules for
//! those that may be excluded; [`verify`] runs them through the filter engine on the very baseline they came from, and
//! refuses what drops anything that must stay; [`forecast`] says how the draft will do on a host it never saw.

pub mod alone;
mod awake;
pub mod candidate;
pub(crate) mod current;
pub mod decisions;
pub mod explain;
pub mod forecast;
pub mod guards;
pub mod mark;
pub(crate) mod owners;
pub mod reason;
pub mod rule;
pub mod saturation;
pub mod style_name;
pub mod verify;
pub mod write;

use crate::baseline::{Baseline, Part, Threshold};
use crate::family::families_knowing;
use crate::knowledge::Knowledge;
use crate::sigma::{SigmaRule, Watch};
use crate::sysmon::Config;
use crate::sysmon::schema::SchemaVersion;
use crate::threads::with_threads;
use candidate::{Candidate, Verdict};
use current::Standing;
use decisions::Decisions;
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
    /// Decisions that fit nothing any more.
    pub stale_decisions: Vec<String>,
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
        ..consider(baseline, knowledge, options)
    })
}

/// As [`draft`], without the forecast, which costs several drafts.
#[must_use]
pub fn consider(baseline: &Baseline, knowledge: &Knowledge, options: &Options) -> Draft {
    let mut core = core(baseline, Part::ALL, knowledge, options);
    let dropped = core.verified.weigh(baseline);
    let stale_decisions = options.decisions.stale(&core.candidates);
    Draft {
        saturation: Saturation::of(baseline, &core.candidates),
        forecast: None,
        rules: rule::most_first(core.verified.rules),
        refused: core.verified.refused,
        candidates: core.candidates,
        events: baseline.events(),
        dropped,
        stale_decisions,
    }
}

/// A draft without what is only told about it.
struct Core {
    candidates: Vec<Candidate>,
    verified: verify::Verified,
}

fn core(baseline: &Baseline, part: Part<'_>, knowledge: &Knowledge, options: &Options) -> Core {
    let families = families_knowing(baseline, part, knowledge);
    let mut candidates = candidate::judge(families, knowledge, options.threshold);
    guards::sigma::guard(&mut candidates, &Watch::new(&options.sigma));
    let standing = options
        .current
        .as_ref()
        .map(|current| Standing::of(current, &mut candidates, baseline, part));
    options.decisions.apply(&mut candidates);
    let overlaps = Overlaps::find(&candidates, knowledge, options.schema);
    overlaps.retract(&mut candidates);
    let write = |candidates: &[Candidate]| {
        let mut rules = rule::rules(candidates, &overlaps, knowledge, options.schema);
        awake::carve(&mut rules, candidates, options);
        rules
    };
    if let Some(standing) = &standing {
        // First as if the config had no rules: what is written the same again and stands there is for all of its
        // candidates, though it may carve out of one what must stay of another.
        standing.leave_out(write(&candidates), &mut candidates);
        standing.cover(&mut candidates);
    }
    let mut rules = write(&candidates);
    if let Some(standing) = &standing {
        rules = standing.leave_out(rules, &mut candidates);
    }
    let verified = verify::verify(rules, &mut candidates, baseline, part, knowledge, options);
    Core { candidates, verified }
}

#[cfg(test)]
mod tests;
