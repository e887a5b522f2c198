//! Rows that were counted elsewhere in, each with its count out: what a data lake's query over pipe events gives.
//!
//! CSV with a header, or JSON with an object a line: at least a pipe's name, an image and a count in each. Rows that tell an
//! event's own time, record or process are events, and read as such. What is not told (kind, host, times) is lacking, and is
//! not made up; [`Fold::count`](crate::baseline::Fold::count) says what a row is evidence of.

mod columns;
mod row;

use std::io::{self, Read};

use self::columns::Columns;
use self::row::Row;
use super::csv::cells::Parser;
use super::csv::frames;
use super::window::Window;
use super::{Sink, text};

/// A row longer than this is none.
const MAX_ROW: usize = 16 << 20;

/// Whether a text that begins so is rows that were counted elsewhere.
pub(super) fn begins(text: &[u8]) -> bool {
    let Some(first) = text
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())
    else {
        return false;
    };
    if first.trim_ascii_start().starts_with(b"{") {
        return Row::of_json(first).is_some_and(|row| row.is_counted());
    }
    header(first).is_some_and(|(columns, _)| columns.are_counted())
}

/// The columns that a header names, and what stands between them.
fn header(line: &[u8]) -> Option<(Columns, u8)> {
    let line = text::decode(line)?;
    let delimiter = frames::delimiter(line.as_bytes());
    let mut parser = Parser::default();
    let cells = parser.parse(line.as_bytes(), delimiter);
    Some((Columns::of(cells.iter()), delimiter))
}

/// Reads the rows of a source, where they are [wanted](Sink::wants_counted).
///
/// # Errors
///
/// Those of `input`.
pub fn read(input: &mut dyn Read, offset: u64, sink: &mut dyn Sink) -> io::Result<()> {
    if !sink.wants_counted() {
        sink.pass_over("rows that were counted elsewhere, which are read where they are named".into());
        return Ok(());
    }
    let window = Window::open(input, offset)?;
    let mut reader = Reader {
        table: None,
        parser: Parser::default(),
        sink,
    };
    window.each(|window| reader.block(window))
}

struct Reader<'s> {
    table: Option<(Columns, u8)>,
    parser: Parser,
    sink: &'s mut dyn Sink,
}

impl Reader<'_> {
    /// Reads the lines that are whole of what the window shows. Returns how much that was.
    fn block(&mut self, window: &Window<'_>) -> usize {
        let bytes = window.bytes();
        let mut at = 0;
        while let Some(rest @ [_, ..]) = bytes.get(at..) {
            let len = match memchr::memchr(b'\n', rest) {
                Some(end) => end + 1,
                None if window.ended() || rest.len() > MAX_ROW => rest.len(),
                None => break,
            };
            let line = rest.get(..len).unwrap_or(rest);
            if len > MAX_ROW {
                self.skip(window, at, "a counted row longer than 16 MiB");
            } else if !line.trim_ascii().is_empty() {
                self.line(window, at, line);
            }
            at += len;
        }
        at
    }

    fn line(&mut self, window: &Window<'_>, at: usize, line: &[u8]) {
        let row = if line.trim_ascii_start().starts_with(b"{") {
            Row::of_json(line)
        } else if let Some((columns, delimiter)) = &self.table {
            let Some(text) = text::decode(line) else {
                return self.skip(window, at, "a counted row that cannot be read");
            };
            let cells = self.parser.parse(text.as_bytes(), *delimiter);
            if cells.iter().count() > columns.0.len() {
                return self.skip(
                    window,
                    at,
                    "a counted row with more cells than its header: one may lack its quotes",
                );
            }
            Some(Row::of_cells(&cells, columns))
        } else {
            self.table = header(line);
            return;
        };
        let Some(row) = row else {
            return self.skip(window, at, "a counted row that cannot be read");
        };
        self.sink.records(1);
        if let Err(what) = row.tell(self.sink) {
            self.skip(window, at, what);
        }
    }

    fn skip(&mut self, window: &Window<'_>, at: usize, what: &'static str) {
        self.sink.skip(window.offset_of(at), what.into());
    }
}

#[cfg(test)]
mod tests;
