//! The forms a source can have, and one way to read those that hold records.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::str::FromStr;

use super::{Sink, counted, csv, evtx, json, saved, words, xml};

/// The form of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A Windows event log.
    Evtx,
    /// JSON, in whatever way objects are set out.
    Json,
    /// XML.
    Xml,
    /// CSV, with commas, semicolons or tabs.
    Csv,
    /// Text, as Windows' own tools and collectors write it.
    Text,
    /// Rows that were counted elsewhere, as CSV or JSON lines.
    Counted,
    /// Saved baselines, one or several.
    Baseline,
    /// A source packed by gzip.
    Gzip,
    /// A source packed by zstd.
    Zstd,
    /// Any number of sources packed in a zip.
    Zip,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 10] = [
        Self::Evtx,
        Self::Json,
        Self::Xml,
        Self::Csv,
        Self::Text,
        Self::Counted,
        Self::Baseline,
        Self::Gzip,
        Self::Zstd,
        Self::Zip,
    ];

    /// The format's name, as people give it: `evtx`, `json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Evtx => "evtx",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Csv => "csv",
            Self::Text => "text",
            Self::Counted => "counted",
            Self::Baseline => "baseline",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zip => "zip",
        }
    }

    /// Whether it holds other sources, and no records itself.
    #[must_use]
    pub fn is_container(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd | Self::Zip)
    }

    /// Whether a source that looks like this form is of this form, whatever it is said to be: a container, or a saved
    /// baseline, which says of itself what it is.
    #[must_use]
    pub fn is_certain(self) -> bool {
        self.is_container() || self == Self::Baseline
    }

    /// Reads the records of a range of a source, whose first byte `input` gives first. The whole source is
    /// `0..u64::MAX`; other ranges are for sources [that can be split](super::detect::Source::can_be_split), and what
    /// belongs to each is said at [`json::read`] and [`xml::read`]. Of a container nothing is read: see
    /// [`container::read`](super::container::read).
    ///
    /// # Errors
    ///
    /// Those of `input`.
    pub fn read_records(self, input: &mut dyn Read, range: Range<u64>, sink: &mut dyn Sink) -> io::Result<()> {
        match self {
            Self::Evtx => evtx::read(input, range.start, sink),
            Self::Json => json::read(input, range, sink),
            Self::Xml => xml::read(input, range, sink),
            Self::Csv => csv::read(input, range.start, sink),
            Self::Text => words::read(input, range.start, sink),
            Self::Counted => counted::read(input, range.start, sink),
            Self::Baseline => saved::read(input, sink),
            Self::Gzip | Self::Zstd | Self::Zip => Ok(()),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No format has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no format is called `{0}`; there are evtx, json, xml, csv, text, counted, baseline, gzip, zstd and zip")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    /// Knows a format by its name, or by what its files' names end with.
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        match name.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => Ok(Self::Json),
            "tsv" => Ok(Self::Csv),
            "txt" => Ok(Self::Text),
            "gz" => Ok(Self::Gzip),
            "zst" => Ok(Self::Zstd),
            name => Self::ALL
                .into_iter()
                .find(|format| format.name() == name)
                .ok_or_else(|| UnknownFormat(name.to_owned())),
        }
    }
}

/// The smallest part of a source that is worth reading alone, in bytes.
const PART: u64 = 8 * 1024 * 1024;

/// Cuts a source of `len` bytes into at most `count` ranges of about the same size, which together are all of it. One
/// range is the whole of a small source.
pub fn ranges(len: u64, count: u64) -> impl Iterator<Item = Range<u64>> {
    let count = count.min(len / PART).max(1);
    let size = len / count;
    (0..count).map(move |i| i * size..if i + 1 == count { u64::MAX } else { (i + 1) * size })
}

/// The number of the line, from 1, in which the byte at `offset` stands: of a text source that `input` gives from its
/// start. Readers say where damage is in bytes, since a part of a source does not know how many lines are before it.
///
/// # Errors
///
/// Those of `input`.
pub fn line_at(input: &mut dyn Read, offset: u64) -> io::Result<u64> {
    let mut input = BufReader::new(input.take(offset));
    let mut line = 1;
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(line);
        }
        line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        let len = bytes.len();
        input.consume(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let text = b"a\nbc\n\nd";
        let lines: Vec<u64> = (0..8).map(|offset| line_at(&mut &text[..], offset).unwrap()).collect();
        assert_eq!(lines, [1, 1, 2, 2, 2, 3, 4, 4]);
    }

    #[test]
    fn formats_have_names() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert_eq!("JSONL".parse(), Ok(Format::Json));
        assert_eq!(
            "docx".parse::<Format>().unwrap_err().to_string(),
            "no format is called `docx`; there are evtx, json, xml, csv, text, counted, baseline, gzip, zstd and zip"
        );
    }

    #[test]
    fn ranges_are_the_whole() {
        for (len, count, expected) in [(0, 8, 1), (PART, 8, 1), (PART * 3 + 1, 8, 3), (PART * 100, 8, 8)] {
            let ranges: Vec<_> = ranges(len, count).collect();
            assert_eq!(ranges.len(), expected);
            assert_eq!((ranges[0].start, ranges[expected - 1].end), (0, u64::MAX));
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }
}
