//! Why a config does not load: where, for what reason, and what would mend it.

use std::fmt;

/// A place in a config's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// What Sysmon would do with a config that does not load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Failure {
    /// It refuses the whole config and keeps the one it has.
    Rejected,
    /// Its loader crashes: a `Rule` with nothing in it, or a version that is no number.
    Crash,
    /// It is not known what Sysmon would do: the file is larger than is read here.
    TooLarge,
}

/// A config that does not load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}; {mend}")]
pub struct LoadError {
    /// Where.
    pub place: Place,
    /// What Sysmon would do.
    pub failure: Failure,
    /// What is wrong, as a clause.
    pub reason: String,
    /// What to do, as a clause.
    pub mend: String,
}

impl LoadError {
    /// A config that Sysmon rejects.
    pub(super) fn rejected(place: Place, reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            place,
            failure: Failure::Rejected,
            reason: reason.into(),
            mend: mend.into(),
        }
    }

    /// The same with another outcome.
    pub(super) fn failing(self, failure: Failure) -> Self {
        Self { failure, ..self }
    }
}
