//! A config and a baseline in, what that config would log and drop of it out: rule by rule, with what is wrong.
//!
//! Without a baseline only what the config says of itself: what is wrong with it, and what attackers do that it would
//! not log. [`report`] makes a report of it; [`event::Trial`] tells of one event why it is logged or dropped;
//! [`expectations`] holds a config to a list of events.

pub mod annotate;
mod blinded_detections;
mod dead;
pub mod event;
pub mod expectations;
pub mod hidden;
mod report;
pub mod rules;
mod suspects;
mod tally;

pub use report::{Contents, Show, report, report_trial};

use crate::baseline::Baseline;
use crate::knowledge::Knowledge;
use crate::sigma::SigmaRule;
use crate::sysmon::lint::{Accepted, Sorted, accept};
use crate::sysmon::{Config, Finding, LintOptions, lint};
pub use blinded_detections::BlindedDetection;
use hidden::Hidden;
use rules::Rule;
pub use suspects::Suspect;
pub use tally::{Row, Tally};

/// What a config does.
#[derive(Debug)]
pub struct Check {
    /// What was counted, where there was a baseline.
    pub tally: Option<Tally>,
    /// Its rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// What is wrong with it and was not accepted, the worst first.
    pub findings: Vec<Finding>,
    /// What is wrong with it, and was accepted by a comment.
    pub accepted: Vec<Accepted>,
    /// What attackers do that it would not log.
    pub hidden: Hidden,
    /// What it would drop of the logs, although attackers do the like.
    pub suspects: Vec<Suspect>,
    /// How many Sigma rules were looked after.
    pub detections: usize,
    /// Those among them that it would put to sleep, once for each rule that does so.
    pub asleep: Vec<BlindedDetection>,
    /// What becomes of an event that no rule matches, as a clause.
    pub unmatched: &'static str,
}

/// What a config is held against, besides logs.
#[derive(Debug, Default)]
pub struct Options {
    /// What to look for in it.
    pub lint: LintOptions,
    /// Codes of findings that are not wanted.
    pub ignore: Vec<String>,
    /// Where it is not empty, codes of the only findings that are wanted.
    pub only: Vec<String>,
    /// A team's Sigma rules for pipe events.
    pub sigma: Vec<SigmaRule>,
}

impl Options {
    /// Whether findings of this code are wanted.
    #[must_use]
    pub fn wants(&self, code: &str) -> bool {
        let is_one = |codes: &[String]| codes.iter().any(|other| other == code);
        !is_one(&self.ignore) && (self.only.is_empty() || is_one(&self.only))
    }
}

/// Checks a config.
#[must_use]
pub fn check(config: &Config, baseline: Option<&Baseline>, knowledge: &Knowledge, options: &Options) -> Check {
    let mut findings = lint(config, &options.lint);
    findings.retain(|finding| options.wants(finding.code));
    let Sorted {
        open: findings,
        accepted,
    } = accept(config, findings, |code| options.wants(code));
    let as_run = options.lint.release.map(|release| config.as_run_by(release));
    let config = as_run.as_ref().unwrap_or(config);
    let engine = config.engine();
    let mut rules = rules::Table::new(config);
    let hidden = hidden::hidden(&engine, &rules, knowledge);
    let asleep = blinded_detections::find(config, &engine, &rules, &options.sigma);
    let tally = baseline.map(|baseline| {
        let pairs = baseline.pairs();
        let tally = tally::tally(&engine, &mut rules, baseline, &pairs);
        dead::explain(&engine, config, &mut rules, (baseline, &pairs), &findings);
        tally
    });
    let suspects = tally
        .as_ref()
        .map(|tally| suspects::suspects(tally, knowledge))
        .unwrap_or_default();
    Check {
        suspects,
        tally,
        rules: rules.into_rules(),
        findings,
        accepted,
        hidden,
        detections: options.sigma.len(),
        asleep,
        unmatched: rules::unmatched(config),
    }
}

#[cfg(test)]
mod tests;
