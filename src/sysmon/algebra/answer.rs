//! What comes of a question about conditions, and how many steps may be spent on it.

use std::cell::Cell;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    /// It is proved that there is none.
    Never,
    /// Such a one.
    Such(T),
    /// It was not found out.
    Unknown,
}

/// Takes so many steps, if there are any left.
pub(super) fn spend(steps: &Cell<usize>, cost: usize) -> bool {
    let left = steps.get();
    steps.set(left.saturating_sub(cost));
    left >= cost
}
