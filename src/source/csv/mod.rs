//! CSV in, pipe events out: with commas, semicolons or tabs, columns by their names in any order and spelling, or all
//! of an event in the message that Windows makes of it, as Event Viewer and PowerShell's `Export-Csv` write.
//!
//! - `columns` knows what columns mean;
//! - `frames` finds how far a row goes, so that a damaged one costs no more than itself;
//! - `cells` takes it apart.

mod columns;
pub(super) mod frames;
pub(super) mod cells;
#[cfg(test)]
mod tests;

use std::io::{self, Read};

use self::cells::{Cells, Parser};
use self::columns::Columns;
use self::frames::Extent;
use super::fallback::{self, Again};
use super::json::embedded;
use super::meaning::Meaning;
use super::notes::Note;
use super::plausible::is_absent;
use super::text::is_control;
use super::values::{Judged, Mistake, Told, Values};
use super::window::{MAX_RECORD, Window};
use super::{PROVIDER, Sink, text};

/// How many columns are named where none are known.
const FIRST_COLUMNS: usize = 6;

/// How a message of a pipe event begins, and its EventID. Event Viewer's columns have other names in each language, and
/// the message's has none.
const TITLES: [(&str, &str); 2] = [("Pipe Created:", "17"), ("Pipe Connected:", "18")];

/// Reads a source that is CSV, which begins `offset` bytes after the source's start.
///
/// # Errors
///
/// Those of `input`.
pub fn read(input: &mut dyn Read, offset: u64, sink: &mut dyn Sink) -> io::Result<()> {
    let window = Window::open(input, offset)?;
    let mut reader = Reader {
        table: None,
        delimiter: None,
        parser: Parser::default(),
        values: Values::default(),
        scratch: String::new(),
        sink,
    };
    window.each(|window| reader.block(window))
}

/// Whether a text that begins so is a table: by columns of events, by events in it, or by its first rows being alike.
pub(super) fn begins(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !is_preamble(line));
    // A name may hold what is in no text, but no exporter puts it in a header.
    let Some(header) = lines.next().filter(|header| !header.iter().any(is_control)) else {
        return false;
    };
    // Fluent Bit's lines, and others with an object in them, are no header.
    if memchr::memmem::find(header, b"{\"").is_some() {
        return false;
    }
    let delimiter = frames::delimiter(header);
    let mut parser = Parser::default();
    let cells = parser.parse(header, delimiter);
    let columns = cells.len();
    if columns < 2 {
        return false;
    }
    let names: Vec<String> = cells.iter().map(ToString::to_string).collect();
    // Tabs before a colon are no columns.
    if names.iter().filter(|name| name.trim().is_empty()).count() * 2 >= columns {
        return false;
    }
    let known = Columns::of(&names);
    known.are_known()
        || (columns > 2 && known.has_event_id() && fallback::may_hold(text))
        || memchr::memmem::find(text, PROVIDER.as_bytes()).is_some()
        || (columns > 2
            && lines
                .next()
                .is_some_and(|row| parser.parse(row, delimiter).len() == columns))
}

/// Whether a line before the header tells something else: `#TYPE` of PowerShell 5, `sep=` of Excel.
fn is_preamble(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty() || line.starts_with(b"#TYPE ") || line.starts_with(b"sep=")
}

struct Reader<'s> {
    /// What the columns are, once the header has been read.
    table: Option<Table>,
    delimiter: Option<u8>,
    parser: Parser,
    values: Values,
    scratch: String,
    sink: &'s mut dyn Sink,
}

#[derive(Default)]
struct Table {
    columns: Columns,
    names: Vec<String>,
    /// Whether a column is of pipes, so that a row need not name any.
    has_pipes: bool,
    first_names: String,
}

impl Reader<'_> {
    /// Reads the rows that are whole of what the window shows. Returns how much that was.
    fn block(&mut self, window: &Window<'_>) -> usize {
        let bytes = window.bytes();
        let mut at = 0;
        while let Some(rest @ [_, ..]) = bytes.get(at..) {
            let line_len = memchr::memchr(b'\n', rest).map(|len| len + 1);
            let line = rest.get(..line_len.unwrap_or(rest.len())).unwrap_or(rest);
            let delimiter = self.delimiter.unwrap_or_else(|| frames::delimiter(line));
            let extent = match frames::extent(rest, delimiter) {
                Extent::Unended if window.ended() && quotes_are_even(rest) => Extent::Whole(rest.len()),
                extent => extent,
            };
            match extent {
                Extent::Whole(len) if len <= MAX_RECORD => {
                    self.row(window, at, rest.get(..len).unwrap_or(rest), delimiter);
                    at += len;
                }
                Extent::Unended if rest.len() <= MAX_RECORD && !window.ended() => break,
                Extent::Broken => {
                    self.skip(window, at, "a row of CSV with a quote that is not closed");
                    at += line.len();
                }
                Extent::Unended if window.ended() => {
                    self.skip(window, at, "a row of CSV that is cut off");
                    at += line.len();
                }
                Extent::Whole(_) | Extent::Unended => {
                    self.skip(window, at, "a row of CSV longer than 16 MiB");
                    at += line.len();
                }
            }
        }
        at
    }

    fn row(&mut self, window: &Window<'_>, at: usize, row: &[u8], delimiter: u8) {
        if self.table.is_none() && is_preamble(row) {
            if let Some([byte, ..]) = row.strip_prefix(b"sep=") {
                self.delimiter = Some(*byte);
            }
            return;
        }
        let Some(text) = text::decode(row) else {
            return self.skip(window, at, "a row of CSV that is not in UTF-8");
        };
        let cells = self.parser.parse(text.as_bytes(), delimiter);
        let Some(table) = &self.table else {
            self.delimiter = Some(delimiter);
            let names: Vec<String> = cells.iter().map(ToString::to_string).collect();
            let has_header = !cells.iter().any(|cell| cell == PROVIDER || event_id_of(cell).is_some());
            self.table = Some(if has_header {
                Table::of(&names)
            } else {
                Table::default()
            });
            if !has_header {
                self.row(window, at, row, delimiter);
            }
            return;
        };
        if cells.len() <= 1 && cells.get(0).is_empty() {
            return;
        }
        self.sink.records(1);
        self.values.clear();
        for (meaning, places) in table.columns.meanings() {
            let mut cells = places.iter().map(|place| cells.get(*place));
            if let Some(value) = cells.find(|cell| !is_absent(cell)) {
                self.values.set(meaning, provider(value).unwrap_or(value));
            }
        }
        let source = table.columns.source.and_then(|place| provider(cells.get(place)));
        if let Some(provider) = source.filter(|_| self.values.lacks(Meaning::Provider)) {
            self.values.set(Meaning::Provider, provider);
        }
        self.values.join_user();
        let texts = table.columns.texts.iter().map(|place| cells.get(*place));
        let unnamed = cells.iter().filter(|cell| event_id_of(cell).is_some());
        for text in texts.chain(unnamed) {
            if let Some(event_id) = event_id_of(text)
                && self.values.lacks(Meaning::EventId)
            {
                self.values.set(Meaning::EventId, event_id);
            }
            let span = self.values.push(text);
            embedded::add(&span, true, &mut self.values, &mut self.scratch);
        }
        if self.values.lacks(Meaning::Provider) && cells.iter().any(|cell| cell == PROVIDER) {
            self.values.set(Meaning::Provider, PROVIDER);
        }
        let judged = self.values.judge();
        let offset = window.offset_of(at);
        let is_told = self.values.is_complete(judged) || matches!(judged, Judged::OtherEvent | Judged::OtherProvider);
        let told = if is_told || !(table.has_pipes || fallback::may_hold(row)) {
            self.values.hand_over(judged, offset, self.sink)
        } else {
            let is_repeated = table.is_repeated(&cells);
            let mut named = cells.iter().enumerate().map(|(place, cell)| {
                let name = table.names.get(place).map_or("", String::as_str);
                (name, if is_repeated { once(cell) } else { cell })
            });
            fallback::read(Again::Row(&mut named), &mut self.values, judged, offset, self.sink).1
        };
        // Where a column is the pipe's name, a word for nothing in it is no other kind of row.
        let is_nameless = judged == Judged::Unreadable(Mistake::NoPipe)
            && table.columns.meanings().any(|(meaning, places)| {
                meaning == Meaning::PipeName && places.iter().any(|place| !cells.get(*place).is_empty())
            });
        if told == Told::Nothing && is_nameless {
            self.sink.note(Note::Unreadable);
            self.skip(window, at, Mistake::NoPipe.words());
        } else if told == Told::Nothing {
            self.sink.note(Note::Shape {
                form: "CSV",
                keys: &table.first_names,
            });
        }
    }

    fn skip(&mut self, window: &Window<'_>, at: usize, what: &'static str) {
        self.sink.skip(window.offset_of(at), what.into());
    }
}

impl Table {
    fn of(names: &[String]) -> Self {
        Self {
            columns: Columns::of(names),
            first_names: names.get(..FIRST_COLUMNS).unwrap_or(names).join(", "),
            has_pipes: names.iter().any(|name| name.to_ascii_lowercase().contains("pipe"))
                || Columns::of(names)
                    .meanings()
                    .any(|(meaning, _)| meaning == Meaning::PipeName),
            names: names.to_vec(),
        }
    }

    /// Whether each cell of a row holds its value several times, as Splunk's fields do that are extracted twice: the
    /// EventID says it.
    fn is_repeated(&self, cells: &Cells<'_>) -> bool {
        let ids = self
            .columns
            .meanings()
            .filter(|(meaning, _)| *meaning == Meaning::EventId);
        ids.flat_map(|(_, places)| places).any(|place| {
            let cell = cells.get(*place);
            once(cell).len() < cell.len()
        })
    }
}

/// Whether the end of the source may be the end of a row.
fn quotes_are_even(row: &[u8]) -> bool {
    memchr::memchr_iter(b'"', row).count().is_multiple_of(2)
}

/// The EventID that a message's title stands for.
fn event_id_of(message: &str) -> Option<&'static str> {
    let (_, id) = TITLES.iter().find(|(title, _)| message.starts_with(title))?;
    Some(id)
}

/// A value that is written several times, a line each, once.
fn once(cell: &str) -> &str {
    match cell.split_once('\n') {
        Some((first, rest)) if rest.split('\n').all(|line| line == first) => first,
        _ => cell,
    }
}

/// The provider in what is called one, or a source: Splunk has the channel there, `XmlWinEventLog:Microsoft-Windows-Sysmon/
/// Operational`, and others a host, a file or a collector.
fn provider(source: &str) -> Option<&str> {
    match source.split_once("WinEventLog:") {
        Some(("" | "Xml", channel)) => Some(channel.split_once('/').map_or(channel, |(provider, _)| provider)),
        _ => (source.starts_with("Microsoft-") || source == "Linux-Sysmon").then_some(source),
    }
}
