//! The fields of pipe events that a filter can look at.

use std::fmt;

/// A field of pipe events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The label of the rule that logged the event. It is not set yet when filters run, so it always is `-`.
    RuleName,
    /// `CreatePipe` or `ConnectPipe`.
    EventType,
    /// When it happened.
    UtcTime,
    /// The process's GUID.
    ProcessGuid,
    /// The process's id, in decimal.
    ProcessId,
    /// The pipe's name, with its backslash; `<Anonymous Pipe>` has none.
    PipeName,
    /// The program's path.
    Image,
    /// Who ran it.
    User,
}

impl Field {
    /// All fields, in the manifest's order.
    pub const ALL: [Self; 8] = [
        Self::RuleName,
        Self::EventType,
        Self::UtcTime,
        Self::ProcessGuid,
        Self::ProcessId,
        Self::PipeName,
        Self::Image,
        Self::User,
    ];

    /// The element's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RuleName => "RuleName",
            Self::EventType => "EventType",
            Self::UtcTime => "UtcTime",
            Self::ProcessGuid => "ProcessGuid",
            Self::ProcessId => "ProcessId",
            Self::PipeName => "PipeName",
            Self::Image => "Image",
            Self::User => "User",
        }
    }

    /// The field of that name, case and all.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
