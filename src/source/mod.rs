//! Bytes in, pipe events out.
//!
//! Each format is a reader that is handed bytes and a [`Sink`]; it never looks at file names.
//!
//! - [`mod@evtx`], [`json`], [`xml`] and [`mod@csv`] read records of one form, [`container`] what others are packed in;
//! - `words` reads text, and `fallback` what is in no known form;
//! - [`counted`] reads rows that were counted elsewhere;
//! - [`mod@detect`] tells from the first bytes what a source is, and [`mod@format`] gives all of them one shape;
//! - [`saved`] knows baselines, whose lines mean something to the sink alone;
//! - [`notes`] keeps why a source yielded nothing, and `refusal` what helps where it cannot be opened.
//!
//! Inside, every text format goes the same way: a `window` moves over the text, records are cut out of it, their
//! values are laid down in `values`, and there it is decided what the record is.

pub mod notes;
mod text;
mod escapes;
mod window;
mod plausible;
mod times;
mod meaning;
mod message;
mod values;
mod fallback;
#[cfg(test)]
mod tests;
pub mod evtx;
pub mod xml;
pub mod json;
pub mod csv;
mod words;
pub mod counted;
pub mod saved;
pub mod format;
pub mod detect;
pub mod container;
pub(crate) mod refusal;
pub mod walk;

use std::borrow::Cow;
use std::io;

use crate::event::{CountedRow, PipeEvent};
use crate::records::Extent;
use notes::Note;
use saved::Lines;

/// The provider whose EventIDs 17 and 18 are pipe events. Other providers have events with these numbers.
pub(crate) const PROVIDER: &str = "Microsoft-Windows-Sysmon";

/// Where a reader puts what it finds in one source.
pub trait Sink {
    /// `count` whole records were met, whatever they are: pipe events are counted here too.
    fn records(&mut self, count: u64);
    /// A pipe event of Sysmon was read.
    fn pipe_event(&mut self, event: &PipeEvent<'_>);
    /// Whether rows that were counted elsewhere are wanted of the source. They add to events that logs hold of the same
    /// time, so a table of results that happens to lie beside logs must not count.
    fn wants_counted(&self) -> bool {
        true
    }
    /// A row was read that counts pipe events of Sysmon.
    fn counted(&mut self, row: &CountedRow<'_>) {
        let _ = row;
    }
    /// Something could not be read: where (bytes from the source's start) and what is wrong.
    fn skip(&mut self, offset: u64, what: Cow<'static, str>);
    /// The part of an event log that was just read, or all of it, holds these records.
    fn extent(&mut self, extent: Extent) {
        let _ = extent;
    }
    /// Something that explains why there may be no pipe event in the source; see [`notes::Notes`].
    fn note(&mut self, note: Note<'_>) {
        let _ = note;
    }
    /// What follows, until [`leave`](Self::leave), is of this member of a container; its offsets count from the
    /// member's own start. Members can hold members. The name is what the container says: it may be anything, `../`
    /// included, and is never used as a path.
    fn enter(&mut self, member: &str) {
        let _ = member;
    }
    /// The member entered last has been read.
    fn leave(&mut self) {}
    /// The source, or the member entered last, holds saved baselines, whose lines these are.
    ///
    /// # Errors
    ///
    /// Those of the lines' input.
    fn baselines(&mut self, lines: &mut Lines<'_>) -> io::Result<()> {
        let _ = lines;
        Ok(())
    }
    /// The source, or the member entered last, is nothing that events are read from: what it is instead. That is no
    /// damage.
    fn pass_over(&mut self, what: Cow<'static, str>) {
        let _ = what;
    }
}
