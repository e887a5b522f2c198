//! Limits to what may be unpacked, since a packed file of some kilobytes can hold more than any disk.

use std::cell::Cell;
use std::fmt;
use std::io::{self, ErrorKind, Read};

use crate::source::Sink;

/// How much a source may unpack to. Where a limit is reached, reading the source ends, what was read counts, and the
/// rest is reported as skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many times as large as packed it may be. Event logs pack to a tenth or a twentieth.
    pub ratio: u64,
    /// How many bytes it may be whatever the ratio: a log file that is mostly empty packs to a thousandth.
    pub free: u64,
    /// How many bytes it may be, all members and all containers in it together.
    pub unpacked: u64,
}

impl Default for Limits {
    /// 200 times from 1 GiB on, and 256 GiB.
    fn default() -> Self {
        Self {
            ratio: 200,
            free: 1 << 30,
            unpacked: 256 << 30,
        }
    }
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Ratio(u64),
    Unpacked(u64),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(limit) => write!(f, "it unpacks to more than {limit} times its size")?,
            Self::Unpacked(limit) if limit.is_multiple_of(1 << 30) => {
                write!(f, "it unpacks to more than {} GiB", limit >> 30)?;
            }
            Self::Unpacked(limit) => write!(f, "it unpacks to more than {limit} bytes")?,
        }
        f.write_str(", so the rest is not read; the limit can be raised")
    }
}

/// What one source has unpacked to so far.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    packed: Cell<u64>,
    unpacked: Cell<u64>,
    stop: Cell<Option<Stop>>,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            packed: Cell::new(0),
            unpacked: Cell::new(0),
            stop: Cell::new(None),
        }
    }

    /// How much may be put aside of a stream.
    pub(super) fn unpacked_limit(&self) -> u64 {
        self.limits.unpacked
    }

    /// So much more of the source itself is known.
    pub(super) fn add_packed(&self, len: u64) {
        self.packed.set(self.packed.get().saturating_add(len));
    }

    /// Whether a limit was reached.
    pub(super) fn is_spent(&self) -> bool {
        self.stop.get().is_some()
    }

    fn add_unpacked(&self, len: u64) -> Option<Stop> {
        let unpacked = self.unpacked.get().saturating_add(len);
        self.unpacked.set(unpacked);
        let Limits {
            ratio,
            free,
            unpacked: limit,
        } = self.limits;
        if unpacked > limit {
            self.stop.set(Some(Stop::Unpacked(limit)));
        } else if unpacked > free && unpacked > self.packed.get().saturating_mul(ratio) {
            self.stop.set(Some(Stop::Ratio(ratio)));
        }
        self.stop.get()
    }
}

/// Counts what is read of a source itself, and keeps an error of it apart from those of what unpacks it.
pub(super) struct Packed<'r> {
    input: &'r mut dyn Read,
    /// Where it is counted: of containers in containers only the outermost is.
    budget: Option<&'r Budget>,
    pub(super) error: Option<io::Error>,
}

impl<'r> Packed<'r> {
    pub(super) fn new(input: &'r mut dyn Read, budget: Option<&'r Budget>) -> Self {
        Self {
            input,
            budget,
            error: None,
        }
    }
}

impl Read for Packed<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.input.read(buf) {
            Ok(len) => {
                if let Some(budget) = self.budget {
                    budget.add_packed(len as u64);
                }
                Ok(len)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.error = Some(error);
                Ok(0)
            }
        }
    }
}

/// What a container unpacks to. Where it is damaged, or a limit is reached, it ends.
pub(super) struct Unpacked<'b, R> {
    packed: R,
    budget: &'b Budget,
    offset: u64,
    /// Why it ended early.
    end: Option<String>,
}

impl<'b, R: Read> Unpacked<'b, R> {
    pub(super) fn new(packed: R, budget: &'b Budget) -> Self {
        Self {
            packed,
            budget,
            offset: 0,
            end: None,
        }
    }

    /// Reports why it ended early, if it did.
    pub(super) fn report(self, sink: &mut dyn Sink) {
        if let Some(why) = self.end {
            sink.skip(self.offset, why.into());
        }
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.end.is_some() || self.budget.is_spent() {
            return Ok(0);
        }
        match self.packed.read(buf) {
            Ok(len) => {
                self.offset += len as u64;
                if let Some(stop) = self.budget.add_unpacked(len as u64) {
                    self.end = Some(stop.to_string());
                }
                Ok(len)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.end = Some(if error.kind() == ErrorKind::UnexpectedEof {
                    "what it is packed in ends too early".to_owned()
                } else {
                    format!("what it is packed in is damaged: {error}")
                });
                Ok(0)
            }
        }
    }
}
