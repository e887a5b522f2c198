//! A config and a baseline in, what that config would log and drop of it out: rule by rule, with what is wrong.
//!
//! Without a baseline only what the config says of itself: what is wrong with it, and what attackers do that it would
//! not log. [`report`] makes a report of it; [`event::Trial`] tells of one event why it is logged or dropped;
//! [`expectations`] holds a config to a list of events.

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
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Config, Finding, LintOptions, lint};
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
    /// What is wrong with it, by place.
    pub findings: Vec<Finding>,
    /// What attackers do that it would not log.
    pub hidden: Hidden,
    /// What it would drop of the logs, although attackers do the like.
    pub suspects: Vec<Suspect>,
    /// What becomes of an event that no rule matches, as a clause.
    pub unmatched: &'static str,
}

/// Checks a config.
///
/// `binary` is the newest schema of the Sysmon that shall load it.
#[must_use]
pub fn check(config: &Config, baseline: Option<&Baseline>, knowledge: &Knowledge, binary: SchemaVersion) -> Check {
    let engine = config.engine();
    let findings = lint(config, &LintOptions { binary });
    let mut rules = rules::Table::new(config);
    let hidden = hidden::hidden(&engine, &rules, knowledge);
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
        hidden,
        unmatched: rules::unmatched(config),
    }
}

#[cfg(test)]
mod tests;
