//! A rule that is not written, with the reason.

use crate::draft::rule::Rule;

/// A rule that is not written.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// Why not.
    pub why: String,
}
