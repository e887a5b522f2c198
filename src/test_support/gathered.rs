//! A sink that keeps all it is given.

use std::borrow::Cow;
use std::io::{self, Read};

use super::OwnedEvent;
use crate::event::{CountedRow, Kind, PipeEvent};
use crate::source::notes::{Note, Notes};
use crate::source::{Sink, json};

/// What a reader told of one source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Gathered {
    pub(crate) records: u64,
    pub(crate) events: Vec<OwnedEvent>,
    /// Rows that were counted elsewhere, a line each.
    pub(crate) counted: Vec<String>,
    pub(crate) skips: Vec<(u64, String)>,
    pub(crate) notes: Notes,
    /// Members entered, and `<` for each one left.
    pub(crate) members: Vec<String>,
    pub(crate) passed_over: Vec<String>,
}

impl Gathered {
    pub(crate) fn of(read: impl FnOnce(&mut Self) -> io::Result<()>) -> Self {
        let mut gathered = Self::default();
        read(&mut gathered).unwrap();
        gathered
    }

    pub(crate) fn of_json(bytes: &[u8]) -> Self {
        Self::of(|sink| json::read(&mut { bytes } as &mut dyn Read, 0..u64::MAX, sink))
    }

    /// The events, each on one line.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.events.iter().map(ToString::to_string).collect()
    }

    pub(crate) fn silence(&self) -> String {
        self.notes.silence(self.records)
    }
}

impl Sink for Gathered {
    fn records(&mut self, count: u64) {
        self.records += count;
    }

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.events.push(event.into());
    }

    fn counted(&mut self, row: &CountedRow<'_>) {
        let kind = row.kind.map_or("-", Kind::event_type);
        let (first, last) = (row.first.map(|time| time.0), row.last.map(|time| time.0));
        self.counted.push(format!(
            "{} {} {kind} {:?} {first:?} {last:?} {}",
            row.count, row.pipe_name, row.hosts, row.image
        ));
    }

    fn skip(&mut self, offset: u64, what: Cow<'static, str>) {
        self.skips.push((offset, what.into_owned()));
    }

    fn note(&mut self, note: Note<'_>) {
        self.notes.add(note);
    }

    fn enter(&mut self, member: &str) {
        self.members.push(member.to_owned());
    }

    fn leave(&mut self) {
        self.members.push("<".to_owned());
    }

    fn pass_over(&mut self, what: Cow<'static, str>) {
        self.passed_over.push(what.into_owned());
    }
}
