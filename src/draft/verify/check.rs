//! What every check of a draft's rules looks at, and what it finds.

use std::collections::BTreeMap;

use crate::baseline::{Baseline, Part};
use crate::draft::candidate::Candidate;
use crate::draft::engines::Engines;
use crate::draft::rule::Rule;
use crate::knowledge::{Knowledge, Witness};
use crate::sigma::{SigmaRule, Watch};

/// Rules, by position, that must not be written, and why.
pub(in crate::draft) type Offences = BTreeMap<usize, String>;

/// The rules of a draft, and what they are held against.
pub(super) struct Check<'a> {
    /// The rules, compiled.
    pub(super) engines: &'a Engines,
    pub(super) rules: &'a [Rule],
    pub(super) candidates: &'a [Candidate],
    pub(super) baseline: &'a Baseline,
    /// The hosts and days of the baseline that count.
    pub(super) part: Part<'a>,
    pub(super) knowledge: &'a Knowledge,
    /// Pairs that attackers use.
    pub(super) witnesses: &'a [Witness<'a>],
    /// Names that attackers' tools use: an example of each pattern.
    pub(super) bad_names: &'a [String],
    pub(super) detections: &'a [SigmaRule],
    /// The detections, made ready to be asked about what was seen.
    pub(super) watch: &'a Watch<'a>,
}
