//! Chooses some hosts and days of a baseline.

use std::fmt;

use super::cells::CellKey;
use crate::normalize::day::Day;

/// A part of a baseline: the events of some hosts and days, chosen without a copy of the rest.
#[derive(Clone, Copy, Default)]
pub struct Part<'a>(Option<&'a (dyn Fn(u32, Day) -> bool + Sync)>);

impl<'a> Part<'a> {
    /// All events.
    pub const ALL: Self = Self(None);

    /// The events of those hosts (by number) and days for which `holds` is true.
    #[must_use]
    pub fn of(holds: &'a (dyn Fn(u32, Day) -> bool + Sync)) -> Self {
        Self(Some(holds))
    }

    pub(super) fn holds(&self, key: &CellKey) -> bool {
        self.0.is_none_or(|holds| holds(key.host, key.day))
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Part(some)" } else { "Part(all)" })
    }
}
