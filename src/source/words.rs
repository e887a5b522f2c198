//! Text in, pipe events out: what Windows' own tools print (`wevtutil /f:text`, `Format-List`, Event Viewer's *Copy*), what
//! collectors write a line each (syslog, Snare, WinCollect, CEF, LEEF), Splunk's classic events, and evtxexport.
//!
//! A record is a block: it begins behind an empty line, with a header of syslog or a time, with `Event[`, or where the first
//! label of the block comes again.

use std::io::{self, Read};

use super::fallback::{self, Again};
use super::values::{Judged, Told, Values};
use super::window::{MAX_RECORD, Window};
use super::{PROVIDER, Sink, text};

/// Reads a source that is text, which begins `offset` bytes after the source's start.
///
/// # Errors
///
/// Those of `input`.
pub(super) fn read(input: &mut dyn Read, offset: u64, sink: &mut dyn Sink) -> io::Result<()> {
    let window = Window::open(input, offset)?;
    let mut reader = Reader {
        values: Values::default(),
        sink,
    };
    window.each(|window| reader.block(window))
}

struct Reader<'s> {
    values: Values,
    sink: &'s mut dyn Sink,
}

impl Reader<'_> {
    /// Reads the records that are whole of what the window shows. Returns how much that was.
    fn block(&mut self, window: &Window<'_>) -> usize {
        let bytes = window.bytes();
        let mut start = 0;
        // The first label of the record, and whether anything stands in it.
        let (mut label, mut is_empty) = (None, true);
        let mut at = 0;
        while let Some(rest @ [_, ..]) = bytes.get(at..) {
            let len = match memchr::memchr(b'\n', rest) {
                Some(len) => len + 1,
                None if window.ended() => rest.len(),
                None => break,
            };
            let line = rest.get(..len).unwrap_or_default();
            let is_blank = line.trim_ascii().is_empty();
            let own = label_of(line);
            let begins = !is_empty && (is_blank || begins_record(line) || (own.is_some() && own == label));
            if begins {
                self.record(window, start, bytes.get(start..at).unwrap_or_default());
                (start, label, is_empty) = (at, None, true);
            }
            is_empty &= is_blank;
            label = label.or(own);
            at += len;
        }
        if window.ended() {
            self.record(window, start, bytes.get(start..).unwrap_or_default());
            return bytes.len();
        }
        if bytes.len() - start > MAX_RECORD {
            self.sink
                .skip(window.offset_of(start), "a record of text longer than 16 MiB".into());
            return bytes.len();
        }
        start
    }

    /// Reads what holds several messages, a line each. What does not is reported: values of one event
    /// must not be taken for another's.
    fn lines(&mut self, window: &Window<'_>, at: usize, record: &[u8]) -> bool {
        let lines = || record.split_inclusive(|byte| *byte == b'\n');
        let is_whole = |line: &[u8]| match titles(line) {
            0 => true,
            count => count == 1 && memchr::memmem::find(line, b"PipeName").is_some(),
        };
        let are_lines = lines().all(is_whole);
        if !are_lines {
            self.sink.records(1);
            self.sink.note(super::notes::Note::Unreadable);
            self.sink.skip(
                window.offset_of(at),
                "several pipe events in one text, which cannot be told apart".into(),
            );
            return true;
        }
        let mut from = at;
        for line in lines() {
            self.record(window, from, line);
            from += line.len();
        }
        true
    }

    fn record(&mut self, window: &Window<'_>, at: usize, record: &[u8]) {
        if record.trim_ascii().is_empty() {
            return;
        }
        if titles(record) > 1 && self.lines(window, at, record) {
            return;
        }
        self.sink.records(1);
        if !fallback::may_hold(record) {
            return;
        }
        let offset = window.offset_of(at);
        let Some(text) = text::decode(record) else {
            return self.sink.skip(offset, "text that is not in UTF-8".into());
        };
        self.values.clear();
        let (_, told) = fallback::read(Again::Text(&text), &mut self.values, Judged::Nothing, offset, self.sink);
        if told == Told::Nothing && !is_cut_short(record) {
            let line = text.trim().lines().next().unwrap_or_default();
            self.sink.note(super::notes::Note::Shape {
                form: "text",
                keys: line,
            });
        }
        if told == Told::Nothing && is_cut_short(record) {
            self.sink.note(super::notes::Note::Unreadable);
            self.sink.skip(
                offset,
                "a pipe event whose message was cut short: export with `Get-WinEvent … | ConvertTo-Json` or `wevtutil epl`, \
                 not as a table"
                    .into(),
            );
        }
    }
}

/// How many messages of pipe events begin in a text.
fn titles(text: &[u8]) -> usize {
    let count = |title: &[u8]| memchr::memmem::find_iter(text, title).count();
    count(b"Pipe Created:") + count(b"Pipe Connected:")
}

/// Whether a record shows the beginning of a pipe event's message and no more.
fn is_cut_short(record: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(record, needle).is_some();
    (has(b"Pipe Created") || has(b"Pipe Connected") || has(b"Pipe Cre...")) && !has(b"PipeName")
}

/// Whether a line is the first of a record, by how it begins.
fn begins_record(line: &[u8]) -> bool {
    let head = line.get(..line.len().min(512)).unwrap_or(line);
    line.starts_with(b"Event[") || fallback::is_header(&String::from_utf8_lossy(head))
}

/// The label of a line that begins with one: `TimeCreated  : …`, `LogName=…`, `Log Name: …`.
fn label_of(line: &[u8]) -> Option<&[u8]> {
    let end = line.iter().take(40).position(|byte| matches!(byte, b':' | b'='))?;
    let label = line.get(..end)?.trim_ascii_end();
    let fits = label.first().is_some_and(u8::is_ascii_alphabetic)
        && label
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_'));
    fits.then_some(label)
}

/// Whether a text that begins so may hold events: it names Sysmon or shows one of its messages, or its lines have the
/// headers of collectors.
pub(super) fn begins(text: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(text, needle).is_some();
    let first = text
        .trim_ascii_start()
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    if first.iter().any(text::is_control) {
        return false;
    }
    let shows_event = has(b"Pipe Created:") || has(b"Pipe Connected:") || has(b"Pipe Created...") || has(b"PipeName");
    let is_from_windows = has(PROVIDER.as_bytes()) && !has(b"```");
    let mut lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .take(4);
    let are_headed = lines.next().is_some_and(begins_record) && lines.all(begins_record);
    !has(b"```") && (shows_event && !is_markup(text)) || is_from_windows && !is_markup(text) || are_headed
}

/// Whether a text begins with the header of a collector, whose tabs make no table.
pub(super) fn begins_with_header(text: &[u8]) -> bool {
    let line = text
        .trim_ascii_start()
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    line.starts_with(b"<") && begins_record(line)
        || memchr::memmem::find(line, b"MSWinEventLog\t").is_some()
        || memchr::memmem::find(line, b"LEEF:").is_some()
        || memchr::memmem::find(line, b"CEF:0|").is_some()
        || memchr::memmem::find(line, b"AgentDevice=").is_some()
}

fn is_markup(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    text.starts_with(b"<") && !begins_record(text)
}
