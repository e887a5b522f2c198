//! What the values of a pipe event's record mean.

/// What a value of a record means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Provider,
    EventId,
    Host,
    RecordId,
    /// When the record was written.
    Written,
    PipeName,
    Image,
    User,
    /// The domain of a user, where it stands alone.
    Domain,
    ProcessId,
    ProcessGuid,
    UtcTime,
}

impl Meaning {
    pub(super) const COUNT: usize = Self::ALL.len();

    /// All meanings.
    pub(super) const ALL: [Self; 12] = [
        Self::Provider,
        Self::EventId,
        Self::Host,
        Self::RecordId,
        Self::Written,
        Self::PipeName,
        Self::Image,
        Self::User,
        Self::Domain,
        Self::ProcessId,
        Self::ProcessGuid,
        Self::UtcTime,
    ];

    /// What a field of a pipe event means, by its name in Sysmon's manifest.
    pub(super) fn of_field(name: &str) -> Option<Self> {
        Some(match name {
            "PipeName" => Self::PipeName,
            "Image" => Self::Image,
            "User" => Self::User,
            "ProcessId" => Self::ProcessId,
            "ProcessGuid" => Self::ProcessGuid,
            "UtcTime" => Self::UtcTime,
            _ => return None,
        })
    }
}
