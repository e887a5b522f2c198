//! Findings with fixes in, the same without the fixes that do no good out.
//!
//! What a fix does to verdicts is proved where it is made. Here each is applied to the file alone, as a user would: where
//! Sysmon would not load the result, where the finding is still there, or where a worse one has come, it is advice.

use super::{Finding, LintOptions, find};
use crate::sysmon::config::Config;

/// So many bytes of configs are read again at most: a second. Fixes beyond that are as they were made.
const MOST_BYTES: usize = 12_000_000;

pub(super) fn keep_good(config: &Config, options: &LintOptions, findings: &mut [Finding]) {
    let fixes = findings.iter().filter(|finding| finding.fix.is_some()).count();
    if config.text().as_str().len().saturating_mul(fixes) > MOST_BYTES {
        return;
    }
    let good: Vec<bool> = findings
        .iter()
        .map(|finding| is_good(config, options, findings, finding))
        .collect();
    for (finding, is_good) in findings.iter_mut().zip(good) {
        if !is_good {
            finding.fix = None;
        }
    }
}

fn is_good(config: &Config, options: &LintOptions, findings: &[Finding], finding: &Finding) -> bool {
    let Some(fix) = &finding.fix else { return true };
    let Ok(after) = config.with_text(&fix.applied(config)) else {
        return false;
    };
    let left = find(&after, options);
    let count = |findings: &[Finding], code| findings.iter().filter(|finding| finding.code == code).count();
    count(&left, finding.code) < count(findings, finding.code)
        && left
            .iter()
            .filter(|other| other.severity > finding.severity)
            .all(|worse| count(&left, worse.code) <= count(findings, worse.code))
}
