//! What a rule asks of an event, as a tree.

use super::test::Leaf;

/// Questions to an event.
#[derive(Debug, Clone)]
pub(super) enum Question {
    All(Vec<Question>),
    Any(Vec<Question>),
    Not(Box<Question>),
    Leaf(Leaf),
    /// A selection, by its place: a condition may name one often without a copy.
    Selection(usize),
}
