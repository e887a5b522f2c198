//! A sink for tests: it keeps all it is given, events as one line each.

use std::borrow::Cow;
use std::io::{self, Read};

use super::notes::{Note, Notes};
use super::{Sink, json};
use crate::event::PipeEvent;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gathered {
    pub(super) records: u64,
    pub(super) events: Vec<String>,
    pub(super) skips: Vec<(u64, String)>,
    pub(super) notes: Notes,
    /// Members entered, and `<` for each one left.
    pub(super) members: Vec<String>,
    pub(super) passed_over: Vec<String>,
}

impl Gathered {
    pub(super) fn of(read: impl FnOnce(&mut Self) -> io::Result<()>) -> Self {
        let mut gathered = Self::default();
        read(&mut gathered).unwrap();
        gathered
    }

    pub(super) fn of_json(bytes: &[u8]) -> Self {
        Self::of(|sink| json::read(&mut { bytes } as &mut dyn Read, 0..u64::MAX, sink))
    }

    pub(super) fn silence(&self) -> String {
        self.notes.silence(self.records)
    }
}

impl Sink for Gathered {
    fn records(&mut self, count: u64) {
        self.records += count;
    }

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        let kind = match event.kind {
            crate::event::Kind::Created => "Created",
            crate::event::Kind::Connected => "Connected",
        };
        let shown = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
        self.events.push(format!(
            "{kind} {} by {} as {} on {}, {} {}, {}, #{}",
            event.pipe_name,
            event.image,
            event.user,
            event.host,
            shown(event.process_id.map(u64::from)),
            event.process_guid,
            event.time.map_or_else(String::new, |time| time.0.to_string()),
            shown(event.record_id),
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
