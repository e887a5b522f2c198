//! A process of a machine: what its events say of it.

use crate::time::Time;
use crate::value::Guid;

/// A process, from its start to its end.
#[derive(Debug, Clone)]
pub(super) struct Process {
    /// Key of its program.
    pub(super) program: &'static str,
    pub(super) pid: u32,
    pub(super) guid: Guid,
    pub(super) image: String,
    pub(super) user: String,
    pub(super) start: Time,
    pub(super) end: Time,
}

impl Process {
    /// The account's name without its domain.
    pub(super) fn account_name(&self) -> &str {
        self.user.rsplit('\\').next().unwrap_or_default()
    }

    pub(super) fn runs_at(&self, time: Time) -> bool {
        self.start <= time && time <= self.end
    }
}
