//! XML in, pipe events out: Event Viewer's and `wevtutil`'s exports with one root element, and events one after another
//! with anything between (declarations, `Record 1`, line breaks).
//!
//! What is between events is never read as XML, so a file may be cut off, joined from several, or damaged in one event.
//! Events are found by their tags: in well-formed XML a `<` is a tag, since it is escaped everywhere else.

pub(super) mod event;
mod objects;
#[cfg(test)]
mod tests;

use std::io::{self, Read};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::meaning::Meaning;
use super::notes::Note;
use super::values::{Told, Values};
use super::window::{MAX_RECORD, Window};
use super::{Sink, text};

/// How many events are read at a source's start whatever they are, to be able to say what it holds.
const SAMPLE: u32 = 32;

const START: &[u8] = b"<Event";
const END: &[u8] = b"</Event>";

static START_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(START));
static END_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(END));
/// What every pipe event holds.
static NEEDLE_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"PipeName"));

/// Reads the events of a range of a source that is XML. `input` stands at the range's start.
///
/// The whole source is `0..u64::MAX`. Of a source in UTF-8 each part can be read alone: a range's events are those that
/// begin at or after its start and before its end.
///
/// # Errors
///
/// Those of `input`.
pub fn read(input: &mut dyn Read, range: Range<u64>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut window = Window::open(input, range.start)?;
    if range.start == 0 && begins_with_objects(window.bytes()) {
        return objects::read(window, sink);
    }
    let mut reader = Reader {
        values: Values::default(),
        sample: if range.start > 0 { 0 } else { SAMPLE },
        sink,
    };
    while window.offset() < range.end {
        let (used, is_done) = reader.block(&window, range.end);
        window.consume(used);
        if is_done || window.ended() {
            break;
        }
        window.grow()?;
    }
    Ok(())
}

struct Reader<'s> {
    values: Values,
    /// How many more events are read whatever they are.
    sample: u32,
    sink: &'s mut dyn Sink,
}

impl Reader<'_> {
    /// Reads what is whole of what the window shows. Returns how much that was, and whether it went beyond `end`.
    fn block(&mut self, window: &Window<'_>, end: u64) -> (usize, bool) {
        let bytes = window.bytes();
        let mut at = 0;
        loop {
            let Some(start) = next_start(bytes, at) else {
                // The beginning of a tag may be all that is seen of it.
                let kept = if window.ended() { 0 } else { START.len() };
                return (at.max(bytes.len().saturating_sub(kept)), false);
            };
            if window.offset_of(start) >= end {
                return (start, true);
            }
            let rest = bytes.get(start..).unwrap_or_default();
            let next = next_start(rest, START.len());
            let within = rest.get(..next.unwrap_or(rest.len())).unwrap_or_default();
            let len = END_FINDER.find(within).map(|len| len + END.len());
            match (next, len) {
                (_, Some(len)) if len <= MAX_RECORD => {
                    self.event(window, start, within.get(..len).unwrap_or(within));
                    at = start + len;
                }
                (Some(next), None) => {
                    self.skip(window, start, "an event in XML that is cut off");
                    at = start + next;
                }
                (None, None) if window.ended() => {
                    self.skip(window, start, "an event in XML that is cut off");
                    return (bytes.len(), false);
                }
                (None, None) if rest.len() <= MAX_RECORD => return (start, false),
                (_, len) => {
                    self.skip(window, start, "an event in XML longer than 16 MiB");
                    let seen = len.unwrap_or(rest.len().saturating_sub(START.len()));
                    at = start + seen.max(START.len());
                }
            }
        }
    }

    /// Reads an event, or passes it over if it cannot be a pipe event.
    fn event(&mut self, window: &Window<'_>, at: usize, event: &[u8]) {
        self.sink.records(1);
        if self.sample == 0 && NEEDLE_FINDER.find(event).is_none() {
            return;
        }
        self.sample = self.sample.saturating_sub(1);
        let Some(text) = text::decode(event) else {
            return self.skip(window, at, "an event in XML that is not in UTF-8");
        };
        self.values.clear();
        if let Err(mistake) = event::read(&text, &mut self.values) {
            return self.skip(window, at, mistake.into());
        }
        if self.values.tell(window.offset_of(at), self.sink) == Told::Nothing {
            let has_id = self.values.get(Meaning::EventId).is_some();
            let keys = if has_id {
                "Event with neither Provider nor PipeName"
            } else {
                "Event without EventID"
            };
            self.sink.note(Note::Shape { form: "XML", keys });
        }
    }

    fn skip(&mut self, window: &Window<'_>, at: usize, what: &'static str) {
        self.sink.skip(window.offset_of(at), what.into());
    }
}

/// Where the next `<Event>` begins: not `<EventID>`, `<EventData>` or `<Events>`.
fn next_start(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += START_FINDER.find(rest)?;
        match bytes.get(at + START.len()) {
            Some(b' ' | b'>' | b'\t' | b'\r' | b'\n') => return Some(at),
            Some(_) => at += START.len(),
            None => return None,
        }
    }
}

/// Whether a text that begins so holds objects of PowerShell that may be events, and no events as XML.
fn begins_with_objects(text: &[u8]) -> bool {
    let has = |needle: &[u8]| memmem::find(text, needle).is_some();
    next_start(text, 0).is_none()
        && (has(b"<Objs ") || has(b"<Objects>") || has(b"<table") || has(b"<TABLE"))
        && (has(b"Sysmon") || has(b"PipeName") || has(b"Pipe C"))
}

/// How many lines may stand before the XML: tools greet.
const GREETING: usize = 5;

/// Whether a text that begins so is XML with events in it.
pub(super) fn begins(text: &[u8]) -> bool {
    let mut lines = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let Some(first) = lines.clone().next() else {
        return false;
    };
    let has_events = next_start(text, 0).is_some() || memmem::find(text, b"<Events").is_some();
    // Splunk and other collectors put words before each event. Where three backquotes stand, a text shows how logs look.
    let is_xml = |line: &[u8]| line.starts_with(b"<?xml") || line.starts_with(START);
    next_start(first, 0).is_some()
        || begins_with_objects(text)
        || (has_events && first.starts_with(b"<"))
        || (has_events
            && lines
                .by_ref()
                .take(GREETING)
                .take_while(|line| !line.starts_with(b"```"))
                .any(is_xml))
        || is_copied(text)
}

/// Whether a text is what Event Viewer copies: an event in words, and behind it as XML.
fn is_copied(text: &[u8]) -> bool {
    memmem::find(text, b"\nEvent Xml:").is_some_and(|at| next_start(text, at).is_some())
}
