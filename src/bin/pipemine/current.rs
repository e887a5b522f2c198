//! `pipemine draft --config`: the config that rules are merged into, and what is said of the merging.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use pipemine::baseline::Baseline;
use pipemine::draft::candidate::Verdict;
use pipemine::draft::{Draft, Options};
use pipemine::knowledge::Knowledge;
use pipemine::merge::own::{Prune as How, Stale};
use pipemine::merge::{Merged, Placed, merge};
use pipemine::output::{counted, grouped};

use crate::cli::draft::Prune;
use crate::exit::say;
use crate::fingerprint::Fingerprint;

/// The config as it was when it was read.
#[derive(Debug)]
pub(crate) struct Current {
    path: PathBuf,
    bytes: Vec<u8>,
    fingerprint: Fingerprint,
}

impl Current {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        Ok(Self {
            path: path.to_owned(),
            fingerprint: Fingerprint::with(path, &bytes),
            bytes,
        })
    }

    pub(crate) fn merge(
        &self,
        baseline: &Baseline,
        knowledge: &Knowledge,
        options: &Options,
        prune: Option<Prune>,
    ) -> anyhow::Result<Merged> {
        let how = match prune {
            None => How::Leave,
            Some(Prune::Report) => How::Report,
            Some(Prune::Apply) => How::Apply,
        };
        merge(&self.bytes, baseline, knowledge, options, how).map_err(|error| anyhow!("{}: {error}", self.name()))
    }

    /// Fails where somebody else has saved it since.
    pub(crate) fn is_unchanged(&self) -> anyhow::Result<()> {
        self.fingerprint.still_holds().with_context(|| self.name())
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Says what was done.
    pub(crate) fn sum_up(&self, merged: &Merged) {
        let (draft, name) = (&merged.draft, self.name());
        say(&format!(
            "{name}: {} added; of {} it drops {} (before: {}); {} it dropped already; {} for a person to decide",
            counted(draft.rules.len() as u64, "rule"),
            counted(draft.events, "event"),
            grouped(merged.dropped.after),
            grouped(merged.dropped.before),
            counted(covered(draft), "candidate"),
            counted(draft.with(Verdict::Review).count() as u64, "candidate"),
        ));
        match merged.placed {
            Some(Placed::FirstNode) => say(&format!(
                "{name}: it had no pipe rules, so Sysmon logged no pipe events; now it logs those that no rule drops"
            )),
            Some(Placed::NextToIncludes) => say(&format!(
                "{name}: its include nodes go on to decide what is logged; the rules take away from what takes everything"
            )),
            Some(Placed::Wrapped(line)) => say(&format!(
                "{name}: the exclude node of line {line} stands in a RuleGroup by `or` now, which changes nothing of what \
                 it meant"
            )),
            Some(Placed::Node(_)) | None => {}
        }
        if merged.logs_included_only {
            say(&format!(
                "{name}: it logs only what its include nodes take and drops all else already; what they name is kept"
            ));
        }
        if merged.dropped.undue > 0 {
            say(&format!(
                "{name}: {} that should be logged it dropped before, and drops still; `--explain` tells which, and the lines that drop \
                 them",
                counted(merged.dropped.undue, "event")
            ));
        }
        self.sum_up_own(merged);
    }

    fn sum_up_own(&self, merged: &Merged) {
        let (own, name) = (&merged.own, self.name());
        let done = if own.is_applied {
            "taken out"
        } else {
            "no longer borne out"
        };
        for stale in &own.stale {
            say(&format!(
                "{name}: line {}: {done} ({}): {}",
                stale.line, stale.was, stale.why
            ));
        }
        let (undecided, others): (Vec<&Stale>, Vec<&Stale>) = own.stale.iter().partition(|stale| stale.is_undecided);
        if !undecided.is_empty() {
            let sum = |stale: &[&Stale]| {
                let events = stale.iter().map(|stale| stale.events).sum();
                format!("{} ({})", counted(stale.len() as u64, "rule"), counted(events, "event"))
            };
            say(&format!(
                "{name}: of these {} since nobody decides so any more, the line was taken out or has expired; {} for other reasons",
                sum(&undecided),
                sum(&others)
            ));
        }
        for line in &own.edited {
            say(&format!(
                "{name}: line {line}: edited since pipemine wrote it, and left alone"
            ));
        }
        if own.unjudged > 0 {
            say(&format!(
                "{name}: nothing was seen of {}, which says nothing: the logs hold no event that the config drops, as if \
                 they were collected with it",
                counted(own.unjudged as u64, "rule")
            ));
        }
        if own.narrower > 0 {
            say(&format!(
                "{name}: nothing or too little was seen of {}, which says nothing: the logs are of fewer hosts or days than \
                 they were written from",
                counted(own.narrower as u64, "rule")
            ));
        }
    }
}

/// Candidates that need no rule.
fn covered(draft: &Draft) -> u64 {
    draft
        .with(Verdict::Exclude)
        .filter(|candidate| candidate.is_covered)
        .count() as u64
}
