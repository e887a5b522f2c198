//! A baseline in, its families with what a draft would do with each out.

use super::Filter;
use crate::baseline::Baseline;
use crate::draft::{Options, draft_without_forecast, explain};
use crate::knowledge::Knowledge;
use crate::output::Section;

/// The families that pass the filter, most frequent first, with the verdicts that a draft by default gives them.
pub(super) fn section(baseline: &Baseline, filter: &Filter) -> Section {
    let draft = draft_without_forecast(baseline, Knowledge::builtin(), &Options::default());
    let mut section = explain::candidates(&draft, baseline);
    let mut passes = draft
        .candidates
        .iter()
        .map(|candidate| filter.passes(&candidate.family.evidence));
    // A row for each candidate, in the same order.
    section.rows.retain(|_| passes.next().unwrap_or(true));
    let shown = filter.limit.unwrap_or(usize::MAX).min(section.rows.len());
    section.cut = section.rows.len() - shown;
    section.rows.truncate(shown);
    section.key = "families";
    section
}
