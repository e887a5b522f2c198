//! A stream in, a window on its text out: the part that is being read, which moves along.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};

use super::text::{self, Encoding};

/// How much is held at first, and how much is read at a time, in bytes.
const BLOCK: usize = 256 * 1024;

/// The largest record that is read, in bytes. Sysmon's have some thousand; what is larger is passed over.
pub(super) const MAX_RECORD: usize = 16 * 1024 * 1024;

/// A part of a text: UTF-8, or UTF-16 made UTF-8.
pub(super) struct Window<'r> {
    input: &'r mut dyn Read,
    encoding: Encoding,
    /// UTF-16 that has not been made UTF-8 yet.
    wide: Vec<u8>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    /// A place in what is seen and how far that is from its beginning in the source, so that asking for one place after
    /// another does not begin anew each time.
    known: Cell<(usize, u64)>,
    ended: bool,
}

impl<'r> Window<'r> {
    /// Opens a window on what `input` gives, which begins `offset` bytes after the start of its source. A byte order
    /// mark and UTF-16 are looked for at a source's start alone.
    pub(super) fn open(input: &'r mut dyn Read, offset: u64) -> io::Result<Self> {
        let mut window = Self {
            input,
            encoding: Encoding::Utf8,
            wide: Vec::new(),
            buffer: vec![0; BLOCK],
            start: 0,
            end: 0,
            offset,
            known: Cell::new((0, 0)),
            ended: false,
        };
        window.fill()?;
        if offset == 0 {
            let (encoding, mark) = text::encoding(window.bytes());
            window.consume(mark);
            if encoding != Encoding::Utf8 {
                window.wide = window.bytes().to_vec();
                window.encoding = encoding;
                (window.start, window.end, window.offset) = (0, 0, mark as u64);
                window.narrow();
            }
        }
        Ok(window)
    }

    /// Shows `block` one part after the other, until all is read: how many bytes of a part it has used, it says.
    pub(super) fn each(mut self, mut block: impl FnMut(&Self) -> usize) -> io::Result<()> {
        loop {
            let used = block(&self);
            self.consume(used);
            if self.ended() {
                return Ok(());
            }
            self.grow()?;
        }
    }

    /// What is seen.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Where what is seen begins, in bytes from the source's start.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Where the byte that is `at` bytes into what is seen is, in bytes from the source's start.
    pub(super) fn offset_of(&self, at: usize) -> u64 {
        if self.encoding == Encoding::Utf8 {
            return self.offset + at as u64;
        }
        let (from, len) = match self.known.get() {
            (known, len) if known <= at => (known, len),
            _ => (0, 0),
        };
        let len = len + self.source_len(self.bytes().get(from..at).unwrap_or_default());
        self.known.set((at, len));
        self.offset + len
    }

    /// Whether what is seen is all that is left.
    pub(super) fn ended(&self) -> bool {
        self.ended && self.wide.is_empty()
    }

    /// Moves the window's beginning.
    pub(super) fn consume(&mut self, len: usize) {
        let len = len.min(self.end - self.start);
        self.offset = self.offset_of(len);
        self.start += len;
        self.known.set((0, 0));
    }

    /// Moves the window's end: at least doubles what is held where nothing has been consumed, so that a record that is
    /// looked at again after each growth costs no more than twice its length.
    pub(super) fn grow(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end > self.buffer.len() / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        if self.encoding == Encoding::Utf8 {
            self.fill()
        } else {
            self.fill_wide()
        }
    }

    fn source_len(&self, bytes: &[u8]) -> u64 {
        match self.encoding {
            Encoding::Utf8 => bytes.len() as u64,
            Encoding::Utf16Le | Encoding::Utf16Be => text::wide_len(bytes),
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        while let Some(free @ [_, ..]) = self.buffer.get_mut(self.end..) {
            match self.input.read(free) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(len) => self.end = (self.end + len).min(self.buffer.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn fill_wide(&mut self) -> io::Result<()> {
        let room = self.buffer.len().saturating_sub(self.end) as u64;
        let read = self.input.take(room).read_to_end(&mut self.wide)?;
        self.ended |= read == 0;
        self.narrow();
        Ok(())
    }

    fn narrow(&mut self) {
        self.buffer.truncate(self.end);
        let used = text::narrow(&self.wide, self.encoding, self.ended, &mut self.buffer);
        self.wide.drain(..used);
        self.end = self.buffer.len();
        if self.buffer.len() < BLOCK {
            self.buffer.resize(BLOCK, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that gives one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let few = buf.len().min(1);
            self.0.read(&mut buf[..few])
        }
    }

    /// All lines, each with its offset.
    fn lines(bytes: &[u8]) -> Vec<(u64, String)> {
        let mut input = Drip(bytes);
        let mut window = Window::open(&mut input, 0).unwrap();
        let mut lines = Vec::new();
        loop {
            match memchr::memchr(b'\n', window.bytes()) {
                Some(at) => {
                    let line = String::from_utf8(window.bytes()[..at].to_vec()).unwrap();
                    lines.push((window.offset(), line));
                    window.consume(at + 1);
                }
                None if window.ended() => return lines,
                None => window.grow().unwrap(),
            }
        }
    }

    #[test]
    fn utf_16_looks_like_utf_8_and_keeps_its_offsets() {
        let text = "\u{FEFF}a\u{1F600}\nb\u{E9}\nc\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let expected = ["a\u{1F600}", "b\u{E9}", "c"];
        assert_eq!(
            lines(&wide),
            [2, 10, 16]
                .into_iter()
                .zip(expected.map(str::to_owned))
                .collect::<Vec<_>>()
        );
        assert_eq!(
            lines(text.as_bytes()),
            [3, 9, 13]
                .into_iter()
                .zip(expected.map(str::to_owned))
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_long_line_makes_the_window_grow() {
        for wide in [false, true] {
            let text = format!("{}\nend\n", "x".repeat(3 * BLOCK));
            let bytes = if wide {
                text.encode_utf16().flat_map(u16::to_le_bytes).collect()
            } else {
                text.into_bytes()
            };
            let lines = lines(&bytes);
            assert_eq!(lines.len(), 2);
            assert_eq!(lines[0].1.len(), 3 * BLOCK);
            assert_eq!(lines[1].1, "end");
        }
    }
}
