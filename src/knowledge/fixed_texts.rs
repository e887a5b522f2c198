//! Entries in, the fixed texts by which rules tell bad names from others out.

use super::{Entry, List};

/// What is fixed of a name that is bad by itself. Without ASCII case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixedTexts {
    /// How it begins; or, where that varies, what it holds: see [`Pattern::telling_literal`](super::Pattern).
    pub begins: Box<str>,
    /// Its last fixed text.
    pub ends: Box<str>,
    /// Whether nothing of it varies.
    pub is_exact: bool,
}

impl FixedTexts {
    /// Those of all entries, sorted.
    pub(super) fn all(entries: &[Entry]) -> Vec<Self> {
        let bad = entries.iter().filter(|entry| entry.list == List::KnownBad);
        let mut all: Vec<Self> = bad.filter(|entry| !entry.is_by_image()).map(Self::of).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn of(entry: &Entry) -> Self {
        let without_case = |text: &str| text.to_ascii_lowercase().into_boxed_str();
        Self {
            begins: without_case(entry.pattern.telling_literal()),
            ends: without_case(entry.pattern.last_literal()),
            is_exact: entry.pattern.is_exact(),
        }
    }
}
