//! What single releases of Sysmon do in another way than the engine here, each with its source.

use super::release::ReleaseNumber;

/// What a release gets wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Rules by `and` are evaluated as if they were by `or`.
    AndRulesAsOr,
}

/// A flaw of some releases.
#[derive(Debug)]
pub struct Flaw {
    /// What it is.
    pub wrong: Wrong,
    /// The first release that has it.
    pub first: ReleaseNumber,
    /// The first that has it no more.
    pub fixed: ReleaseNumber,
    /// Who says so.
    pub reported_by: &'static str,
    /// Where.
    pub source: &'static str,
}

/// All that are known.
pub const FLAWS: [Flaw; 1] = [Flaw {
    wrong: Wrong::AndRulesAsOr,
    first: ReleaseNumber::new(1310),
    fixed: ReleaseNumber::new(1322),
    reported_by: "the maintainer of sysmon-modular, of 13.10; \"should be fixed in 13.22\", he adds later",
    source: "https://github.com/olafhartong/sysmon-modular/issues/96 and /92",
}];

/// What a release gets wrong.
pub fn flaws_of(release: ReleaseNumber) -> impl Iterator<Item = &'static Flaw> {
    let has = move |flaw: &&Flaw| flaw.first <= release && release < flaw.fixed;
    FLAWS.iter().filter(has)
}
