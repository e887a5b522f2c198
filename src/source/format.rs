//! A source's first bytes in, its format and the reader for it out. Names tell nothing: only content does.

use std::io::{self, Read};
use std::ops::Range;

use super::{Sink, evtx};

/// How many of a source's first bytes are enough to tell its format.
pub const FIRST_BYTES: usize = 8192;

/// The forms in which logs are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A Windows event log.
    Evtx,
}

impl Format {
    /// The format of what begins with these bytes; otherwise, what it is instead.
    ///
    /// # Errors
    ///
    /// A few words on what it looks like.
    pub fn detect(first_bytes: &[u8]) -> Result<Self, &'static str> {
        if evtx::is_evtx(first_bytes) {
            Ok(Self::Evtx)
        } else if first_bytes.is_empty() {
            Err("an empty file")
        } else {
            Err("no log in any known form")
        }
    }

    /// Parts of a source of this length that can be read one by one, in any order.
    #[must_use]
    pub fn spans(self, first_bytes: &[u8], len: u64) -> Vec<Range<u64>> {
        match self {
            Self::Evtx => evtx::spans(first_bytes, len),
        }
    }

    /// Reads one part, or a whole source.
    ///
    /// # Errors
    ///
    /// What `input` fails with. Damage goes to `sink`.
    pub fn read(self, input: &mut dyn Read, start: u64, sink: &mut dyn Sink) -> io::Result<()> {
        match self {
            Self::Evtx => evtx::read(input, start, sink),
        }
    }
}
