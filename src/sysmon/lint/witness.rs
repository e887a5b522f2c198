//! Examples of what attackers do in, those that a config hides out.

use super::super::engine::{Decision, Engine, Event};
use crate::event::Kind;

/// One event that must not be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness<'a> {
    /// The pipe's name.
    pub pipe_name: &'a str,
    /// The program's path.
    pub image: &'a str,
    /// Created or connected.
    pub kind: Kind,
}

/// A witness that a config hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// Its position in the list.
    pub witness: usize,
    /// What hides it; `None` where no node matches it and the config drops such events.
    pub decided_by: Option<Decision>,
}

/// The witnesses that would not be logged, in the order of the list.
#[must_use]
pub fn hidden_witnesses(engine: &Engine, witnesses: &[Witness<'_>]) -> Vec<Hidden> {
    let mut hidden = Vec::new();
    for (index, witness) in witnesses.iter().enumerate() {
        let verdict = engine.verdict(&Event::of(witness.kind, witness.pipe_name, witness.image));
        if !verdict.logged {
            hidden.push(Hidden {
                witness: index,
                decided_by: verdict.decided_by,
            });
        }
    }
    hidden
}
