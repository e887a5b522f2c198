//! A folder of Sigma rules in, the pipe events that they fire on out: a filter that drops one of these puts a detection to
//! sleep.
//!
//! [`load`] reads the rules of category `pipe_created`, [`SigmaRule::matches`] says whether one fires on an event,
//! [`SigmaRule::witnesses`] makes events of each alternative that it has, and [`blinded`] finds what a Sysmon config would
//! hide from it.
//!
//! A rule may ask for what is not known of a pair of name and image: the user, the process's id, what a collector adds.
//! Such a question is answered with `Truth::Maybe`, and what may fire counts as firing: of a detection, too much stays
//! logged rather than too little.

mod blind;
mod condition;
mod detection;
mod fault;
mod question;
mod example;
mod glob;
mod load;
mod rule;
mod telling;
mod term;
mod test;
mod text;
mod watch;
mod yaml;

pub use blind::{Blinded, blinded, missed};
#[cfg(test)]
pub(crate) use load::of_file;
pub use load::{Problem, load};
pub use rule::SigmaRule;
pub use telling::Telling;
pub use term::Witness;
pub use watch::Watch;

use crate::event::Kind;

/// What a rule sees of a pipe event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipeEventView<'a> {
    /// Created (17) or connected (18).
    pub kind: Kind,
    /// The pipe's name.
    pub pipe_name: &'a str,
    /// The program's path.
    pub image: &'a str,
    /// Who ran it; `None` where that is not known.
    pub user: Option<&'a str>,
}

/// An answer that may depend on what is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Truth {
    No,
    Maybe,
    Yes,
}

impl Truth {
    fn opposite(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests;
