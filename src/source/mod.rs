//! Bytes in, pipe events out.
//!
//! Each format is a reader that is handed bytes and a [`Sink`]; it never looks at file names.

pub mod evtx;
pub mod format;
pub mod walk;

use std::borrow::Cow;

use crate::event::PipeEvent;

/// Where a reader puts what it finds in one source.
pub trait Sink {
    /// `count` whole records were met, whatever they are: pipe events are counted here too.
    fn records(&mut self, count: u64);
    /// A pipe event of Sysmon was read.
    fn pipe_event(&mut self, event: &PipeEvent<'_>);
    /// Something could not be read: where (bytes from the source's start) and what is wrong.
    fn skip(&mut self, offset: u64, what: Cow<'static, str>);
}
