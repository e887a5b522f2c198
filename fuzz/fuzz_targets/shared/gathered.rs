//! A sink that keeps what it is given: bytes in, events and damage out.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use pipemine::event::PipeEvent;
use pipemine::source::Sink;
use pipemine::source::format::Format;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    pub records: u64,
    pub events: Vec<String>,
    pub skips: Vec<(u64, String)>,
}

impl Gathered {
    /// Every place that is named lies in the source.
    pub fn assert_places(&self, source: &[u8]) {
        let within = |(offset, _): &(u64, String)| *offset <= source.len() as u64;
        assert!(self.skips.iter().all(within), "{:?}", self.skips);
        assert!(self.records >= self.events.len() as u64);
    }
}

/// Reads a range of a source.
#[allow(dead_code)]
pub fn read(format: Format, bytes: &[u8], range: Range<u64>) -> Gathered {
    let mut gathered = Gathered::default();
    let start = (range.start as usize).min(bytes.len());
    format.read_records(&mut &bytes[start..], range, &mut gathered).unwrap();
    gathered
}

/// Gives a few bytes at a time, as a pipe may.
#[allow(dead_code)]
pub struct Drops<'a>(pub &'a [u8], pub usize);

impl Read for Drops<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let len = room.len().min(self.1.max(1));
        self.0.read(&mut room[..len])
    }
}

impl Sink for Gathered {
    fn records(&mut self, count: u64) {
        self.records += count;
    }

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.events.push(format!("{event:?}"));
    }

    fn skip(&mut self, offset: u64, what: Cow<'static, str>) {
        self.skips.push((offset, what.into_owned()));
    }
}
