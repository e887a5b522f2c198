//! What can go wrong, and what was lost on the way.
//!
//! Two kinds are kept apart. An [`Error`] ends the work that met it. A [`Skipped`] is damage: something that could not
//! be read, noted with its place, while the run goes on.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// A failure that ends the work which met it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or written.
    #[error("{}: {}", path.display(), reason(source))]
    Io {
        /// The file as the user named it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// An input is nothing that events can be read from.
    #[error("{}: {what}", path.display())]
    NotASource {
        /// The file as the user named it.
        path: PathBuf,
        /// What it is instead, and what to do.
        what: String,
    },
    /// An output could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// An I/O error in words without the operating system's number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// One thing that could not be read: damage is data, counted and reported while the run goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Skipped {
    /// The source's name as shown to people; a member of a container follows its container after `!`.
    pub source: String,
    /// Where in the source, in bytes from its start; `None` where it is the source as a whole.
    pub offset: Option<u64>,
    /// What is wrong there.
    pub what: Cow<'static, str>,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "{} at byte {offset}: {}", self.source, self.what),
            None => write!(f, "{}: {}", self.source, self.what),
        }
    }
}
