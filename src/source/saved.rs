//! The text of saved baselines in, its lines out.
//!
//! What the lines mean is known to whoever made them (see docs/baseline-format.md); a reader of events only tells that they
//! are of a baseline, and hands them over. So a baseline may be packed, or come through a pipe, like any other source.

use std::io::{self, Read};

use super::Sink;
use super::window::Window;

/// How the first line of a saved baseline begins, whatever its version.
pub const BEGINNING: &[u8] = b"{\"pipemine\":\"baseline\",";

/// The longest line that is taken as one, in bytes. The longest that is written holds one name, which no reader takes
/// from a record of more than 16 MiB, in the longest of all spellings.
const LONGEST: usize = 128 * 1024 * 1024;

/// The lines of a source, in their order.
#[allow(missing_debug_implementations, reason = "readers have none")]
pub struct Lines<'r> {
    window: Window<'r>,
    /// How long the last line was, with its end.
    last: usize,
    number: u64,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Where it begins, in bytes from the source's start.
    pub offset: u64,
    /// Its number in the source, from 1.
    pub number: u64,
    /// Its text without its end, which may be that of Windows.
    pub text: &'a [u8],
    /// Whether its end is there: a file that was cut off may stop anywhere.
    pub is_whole: bool,
}

/// Whether a text is that of saved baselines.
pub(super) fn begins(text: &[u8]) -> bool {
    text.starts_with(BEGINNING)
}

/// Whether an object with these first keys is a line of a saved baseline: they all end with a check of the line.
pub(super) fn is_line(keys: &str) -> bool {
    let first = keys.split(", ").next().unwrap_or_default();
    matches!(
        first,
        "pipemine" | "log_of" | "image" | "template" | "name" | "pipe" | "end"
    ) && keys.ends_with(", check")
}

/// Hands the lines of saved baselines to `sink`.
///
/// # Errors
///
/// Those of `input`.
pub fn read(input: &mut dyn Read, sink: &mut dyn Sink) -> io::Result<()> {
    sink.baselines(&mut Lines::of(input)?)
}

impl<'r> Lines<'r> {
    /// The lines of what `input` gives, from its start on. UTF-16, which some shells write, is read too.
    ///
    /// # Errors
    ///
    /// Those of `input`.
    pub fn of(input: &'r mut dyn Read) -> io::Result<Self> {
        Ok(Self {
            window: Window::open(input, 0)?,
            last: 0,
            number: 0,
        })
    }

    /// The next line. A line that is too long is given in pieces.
    ///
    /// # Errors
    ///
    /// Those of the input.
    #[allow(
        clippy::should_implement_trait,
        reason = "a line lives until the next one is asked for"
    )]
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.window.consume(std::mem::take(&mut self.last));
        let mut searched = 0;
        let end = loop {
            let bytes = self.window.bytes();
            if let Some(at) = memchr::memchr(b'\n', bytes.get(searched..).unwrap_or_default()) {
                break Some(searched + at);
            }
            searched = bytes.len();
            if self.window.ended() || searched > LONGEST {
                break None;
            }
            self.window.grow()?;
        };
        let bytes = self.window.bytes();
        let text = bytes.get(..end.unwrap_or(searched)).unwrap_or_default();
        self.last = end.map_or(searched, |end| end + 1);
        if self.last == 0 {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Line {
            offset: self.window.offset(),
            number: self.number,
            text: text.strip_suffix(b"\r").unwrap_or(text),
            is_whole: end.is_some(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_places_whatever_their_ends() {
        let mut text: &[u8] = b"a\r\nbc\n\nd";
        let mut lines = Lines::of(&mut text).unwrap();
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push((line.offset, line.number, line.text.to_vec(), line.is_whole));
        }
        let expected = [
            (0, 1, "a", true),
            (3, 2, "bc", true),
            (6, 3, "", true),
            (7, 4, "d", false),
        ];
        assert_eq!(
            found,
            expected.map(|(offset, number, text, whole)| (offset, number, text.as_bytes().to_vec(), whole))
        );
    }
}
