//! A window on a text in, its objects handed over one by one out: read if they may be pipe events, else counted.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;
use memchr::{memchr, memmem};

use super::dialects::DIALECTS;
use super::envelope;
use super::frames::{self, Extent};
use super::rows::{Given, Outcome, Rows};
use crate::source::Sink;
use crate::source::window::{MAX_RECORD, Window};

/// How many records are read at a source's start whatever they are, to be able to say what it holds.
const SAMPLE: u32 = 32;
/// How far the end of a line that is no JSON is waited for, in bytes.
const PROSE: usize = 64 * 1024;

/// Finds the words that pipe events hold in whatever form; `None` if they could not be prepared, and then every record is
/// read. The mapping of Elastic's Sysmon module has no pipe in it.
static NEEDLES: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let mut needles: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.needle).collect();
    needles.retain(|needle| !needle.contains("ipe"));
    needles.extend(["ipe", "PIPE"]);
    needles.sort_unstable();
    needles.dedup();
    Searcher::new(needles)
});

/// What tells a pipe event by itself, where its EventID need not be.
static TITLES: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    Searcher::new([
        "Pipe Created",
        "Pipe Connected",
        "CreatePipe",
        "ConnectPipe",
        "NamedPipeEvent",
    ])
});

pub(super) struct Reader<'s> {
    rows: Rows,
    /// How many more records are read whatever they are.
    sample: u32,
    /// Whether nothing of the line has been read.
    at_line_start: bool,
    /// Whether anything stands in the line before its object.
    is_indented: bool,
    /// Whether the rest of the line is passed over.
    discards: bool,
    /// Whether the object that comes stands behind prose, and may be a part of another that was cut off before.
    is_after_prose: bool,
    /// Where the next object may begin that is looked at for a list.
    next_list: u64,
    /// Where the next needle is, if that is not before the place that is read.
    needle: usize,
    sink: &'s mut dyn Sink,
}

impl<'s> Reader<'s> {
    /// A reader of a whole source, or of a part that is not its first.
    pub(super) fn new(is_part: bool, sink: &'s mut dyn Sink) -> Self {
        Self {
            rows: Rows::default(),
            sample: if is_part { 0 } else { SAMPLE },
            at_line_start: true,
            is_indented: false,
            discards: false,
            is_after_prose: false,
            next_list: 0,
            needle: 0,
            sink,
        }
    }

    /// Reads what is whole of what the window shows. Returns how much that was, and whether it went beyond `end`.
    pub(super) fn block(&mut self, window: &Window<'_>, end: u64) -> (usize, bool) {
        let bytes = window.bytes();
        let last = window.ended();
        let mut at = 0;
        let mut line_end = None;
        self.needle = self.next_needle(bytes, 0);
        while let Some(&byte) = bytes.get(at) {
            if line_end.is_none_or(|end| end < at) {
                let rest = bytes.get(at..).unwrap_or_default();
                line_end = Some(memchr(b'\n', rest).map_or(bytes.len(), |len| at + len));
            }
            let line_end = line_end.unwrap_or(bytes.len());
            let has_line = line_end < bytes.len() || last;
            match byte {
                b'\n' => {
                    (self.at_line_start, self.is_indented, self.discards) = (true, false, false);
                    at += 1;
                }
                _ if self.discards => at = line_end,
                b' ' | b'\t' | b'\r' | b',' | b'[' | b']' | b'}' => {
                    self.is_indented = true;
                    at += 1;
                }
                b'{' => {
                    if self.at_line_start && !self.is_indented && window.offset_of(at) > end {
                        return (at, true);
                    }
                    match self.object(window, at, has_line.then_some(line_end)) {
                        Some(next) => at = next,
                        None => break,
                    }
                }
                _ if !has_line && bytes.len() - at < PROSE => break,
                _ => at = self.prose(window, at, line_end),
            }
        }
        (at, false)
    }

    /// Reads the object that begins at `at`. Returns where it ends, or `None` if more must be seen.
    fn object(&mut self, window: &Window<'_>, at: usize, line_end: Option<usize>) -> Option<usize> {
        let bytes = window.bytes();
        if let Some(line_end) = line_end.filter(|_| self.at_line_start) {
            let line = trimmed(bytes.get(at..line_end).unwrap_or_default());
            if line.ends_with(b"}") && line.len() <= MAX_RECORD {
                match self.record(window, at, line, Given::Line) {
                    Outcome::Read { .. } | Outcome::Bad(_) => return Some(line_end),
                    Outcome::Other => {}
                }
            }
        }
        self.at_line_start = false;
        let rest = bytes.get(at..).unwrap_or_default();
        match frames::extent(rest) {
            Extent::Whole(len) if len <= MAX_RECORD => {
                let object = rest.get(..len).unwrap_or(rest);
                let outcome = self.record(window, at, object, Given::Value);
                if self.is_after_prose && outcome == (Outcome::Read { is_known: false }) {
                    self.skip(window, at, "a line with a pipe event that does not begin with it");
                }
                self.is_after_prose = false;
                return Some(at + len);
            }
            Extent::Unended if window.ended() => self.skip(window, at, "JSON that is cut off"),
            Extent::Unended if rest.len() <= MAX_RECORD => return None,
            Extent::Whole(_) | Extent::Unended => match self.list_start(window, at, rest) {
                Some(len) => return Some(at + len),
                None => self.skip(window, at, "JSON longer than 16 MiB"),
            },
            Extent::Broken => self.skip(window, at, "JSON that is cut off"),
        }
        self.discards = true;
        Some(line_end.unwrap_or(bytes.len()))
    }

    /// Where the list begins in an object that is too long to be a record, if it wraps one. An object is looked at so only
    /// if the last one was so long before: lists in lists without end would cost as much each.
    fn list_start(&mut self, window: &Window<'_>, at: usize, object: &[u8]) -> Option<usize> {
        let offset = window.offset_of(at);
        if offset < self.next_list {
            return None;
        }
        self.next_list = offset + MAX_RECORD as u64;
        envelope::list_start(object)
    }

    /// Reads a record, or passes it over if it cannot be a pipe event.
    fn record(&mut self, window: &Window<'_>, at: usize, record: &[u8], given: Given) -> Outcome {
        let may_be_pipe_event = self.has_needle(window.bytes(), at, at + record.len()) && tells_pipe_event(record);
        if !may_be_pipe_event && self.sample == 0 {
            self.sink.records(1);
            return Outcome::Read { is_known: true };
        }
        self.sample = self.sample.saturating_sub(1);
        let outcome = self.rows.read(record, given, window.offset_of(at), self.sink);
        if let Outcome::Bad(what) = outcome {
            self.skip(window, at, what);
        }
        outcome
    }

    /// Passes over what is no object, to the line's end; a line that looks like the rest of a pipe event is reported.
    ///
    /// Some collectors put words before an object, so one is looked for in a line that begins with words.
    fn prose(&mut self, window: &Window<'_>, at: usize, line_end: usize) -> usize {
        self.discards = true;
        let line = window.bytes().get(at..line_end).unwrap_or_default();
        if !self.has_needle(window.bytes(), at, line_end) || !tells_pipe_event(line) {
            return line_end;
        }
        match memmem::find(line, b"{\"") {
            Some(len) if self.at_line_start && at + len < self.needle => {
                (self.discards, self.at_line_start, self.is_after_prose) = (false, false, true);
                at + len
            }
            _ => {
                self.skip(window, at, "a line with a pipe event that does not begin with it");
                line_end
            }
        }
    }

    fn skip(&mut self, window: &Window<'_>, at: usize, what: &'static str) {
        self.sink.skip(window.offset_of(at), what.into());
    }

    fn has_needle(&mut self, bytes: &[u8], start: usize, end: usize) -> bool {
        if self.needle < start {
            self.needle = self.next_needle(bytes, start);
        }
        self.needle < end
    }

    fn next_needle(&self, bytes: &[u8], from: usize) -> usize {
        let Some(needles) = NEEDLES.as_ref() else {
            return from;
        };
        let rest = bytes.get(from..).unwrap_or_default();
        needles.find(rest).map_or(usize::MAX, |found| from + found.start())
    }
}

/// A line without the comma and the spaces at its end.
fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_end();
    line.strip_suffix(b",").unwrap_or(line).trim_ascii_end()
}

/// Whether a record that has to do with pipes may be an event of them.
fn tells_pipe_event(record: &[u8]) -> bool {
    mentions_17_or_18(record) || TITLES.as_ref().is_none_or(|titles| titles.find(record).is_some())
}

/// Whether the number 17 or 18 stands somewhere in a record, not as a part of another, as an EventID does in every form.
///
/// Before it may stand an escape: XML in JSON is `\u003cEventID\u003e17\u003c/EventID\u003e` to some tools.
fn mentions_17_or_18(record: &[u8]) -> bool {
    let stands_alone = |at: usize| {
        let byte_before = |len: usize| at.checked_sub(len).and_then(|at| record.get(at));
        let begins = !byte_before(1).is_some_and(u8::is_ascii_digit)
            || (byte_before(6) == Some(&b'\\') && byte_before(5) == Some(&b'u'));
        begins && !record.get(at + 2).is_some_and(u8::is_ascii_alphanumeric)
    };
    memchr::memchr_iter(b'1', record).any(|at| matches!(record.get(at + 1), Some(b'7' | b'8')) && stands_alone(at))
}
