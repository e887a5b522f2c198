//! JSON in, pipe events out: one object a line, objects one after another however they are printed, or lists of them.
//!
//! Most of what logs hold is no pipe event, and most of the time would go into reading it, so records are told from
//! afar: an object's extent is that of its line where the line looks like one, and an object that holds none of the
//! words which every pipe event holds is counted and passed over.
//!
//! - `reader` goes from record to record, and `frames` finds how far one goes, `envelope` what is wrapped around many;
//! - `rows` reads one, going down its keys (`walk`) and the tree of keys that are known (`shapes`) at a time;
//! - `dialects` is the table of what tools name things;
//! - `embedded` reads what texts in it hold.

mod dialects;
pub(super) mod embedded;
mod envelope;
mod frames;
mod reader;
mod rows;
mod shapes;
#[cfg(test)]
mod tests;
mod walk;

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memmem};

use self::dialects::DIALECTS;
use self::frames::Extent;
use self::reader::Reader;
use super::window::Window;
use super::{Sink, text};

/// The tools whose JSON is known, each with where that is known from.
pub fn dialects() -> impl Iterator<Item = (&'static str, &'static str)> {
    DIALECTS.iter().map(|dialect| (dialect.name, dialect.source))
}

/// Reads the records of a range of a source that is JSON. `input` stands at the range's start.
///
/// The whole source is `0..u64::MAX`. Of a source with one object a line each part can be read alone: a range's first
/// record is the first one on a line that begins after the range's start (for the range that starts at 0: the first one),
/// its last one is the last that begins at or before its end, and goes on beyond that.
///
/// # Errors
///
/// Those of `input`.
pub fn read(input: &mut dyn Read, range: Range<u64>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut window = Window::open(input, range.start)?;
    let is_part = range.start > 0;
    if is_part && !seek_record(&mut window, range.end)? {
        return Ok(());
    }
    let mut reader = Reader::new(is_part, sink);
    loop {
        let (used, is_done) = reader.block(&window, range.end);
        window.consume(used);
        if is_done || (window.ended() && (used == 0 || window.bytes().is_empty())) {
            return Ok(());
        }
        if !window.ended() {
            window.grow()?;
        }
    }
}

/// Whether a text that begins so is JSON, and if it is, whether it can be read in [ranges](read): it has one object a
/// line, each at the line's start.
pub(super) fn begins(text: &[u8]) -> Option<bool> {
    let start = text::after_record_number(text).trim_ascii_start();
    let is_json = match start.split_first()? {
        (b'{', rest) => matches!(rest.trim_ascii_start(), [b'"' | b'}', ..] | []),
        (b'[', rest) => matches!(rest.trim_ascii_start(), [b'{' | b']', ..] | []),
        _ => false,
    };
    let mut lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    if !is_json && !most_are_objects(lines.clone()) {
        return None;
    }
    let has_lines = lines.find(|line| line.starts_with(b"{")).is_some_and(|line| {
        let line = line.trim_ascii_end();
        frames::extent(line) == Extent::Whole(line.len())
    });
    Some(has_lines && !start.starts_with(b"["))
}

/// Whether at least every second line is an object, perhaps after some words: the first line may be cut off.
fn most_are_objects<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut all, mut objects) = (0, 0);
    for line in lines {
        all += 1;
        objects += usize::from(line.trim_ascii_end().ends_with(b"}") && memmem::find(line, b"{\"").is_some());
    }
    all > 0 && objects * 2 >= all
}

/// Moves to the first line after the window's start that begins with an object; says whether there is one that begins
/// at or before `end`.
fn seek_record(window: &mut Window<'_>, end: u64) -> io::Result<bool> {
    loop {
        match memchr(b'\n', window.bytes()) {
            Some(at) if at + 1 < window.bytes().len() => {
                window.consume(at + 1);
                if window.offset() > end {
                    return Ok(false);
                }
                if window.bytes().starts_with(b"{") {
                    return Ok(true);
                }
            }
            _ if window.ended() => return Ok(false),
            Some(_) => window.grow()?,
            None => {
                window.consume(window.bytes().len());
                window.grow()?;
            }
        }
    }
}
