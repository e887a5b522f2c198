//! A row in, its cells out, without their quotes.

use std::str;

use csv_core::{ReadRecordResult, Terminator};

/// How many columns of a row are looked at.
const COLUMNS: usize = 4096;

/// Takes rows apart; its room is used anew for each.
pub(in crate::source) struct Parser {
    reader: csv_core::Reader,
    delimiter: u8,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            reader: reader(b','),
            delimiter: b',',
            text: Vec::new(),
            ends: vec![0; COLUMNS],
        }
    }
}

impl Parser {
    /// The cells of a row.
    pub(in crate::source) fn parse(&mut self, row: &[u8], delimiter: u8) -> Cells<'_> {
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if delimiter != self.delimiter {
            (self.reader, self.delimiter) = (reader(delimiter), delimiter);
        }
        self.reader.reset();
        if self.text.len() <= row.len() {
            self.text.resize(row.len() + 1, 0);
        }
        let (result, _, text_len, mut count) = self.reader.read_record(row, &mut self.text, &mut self.ends);
        if result == ReadRecordResult::InputEmpty {
            let text = self.text.get_mut(text_len..).unwrap_or_default();
            let ends = self.ends.get_mut(count..).unwrap_or_default();
            count += self.reader.read_record(&[], text, ends).3;
        }
        Cells {
            text: &self.text,
            ends: self.ends.get(..count).unwrap_or_default(),
        }
    }
}

fn reader(delimiter: u8) -> csv_core::Reader {
    csv_core::ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .build()
}

/// The cells of a row.
#[derive(Clone, Copy)]
pub(in crate::source) struct Cells<'p> {
    text: &'p [u8],
    ends: &'p [usize],
}

impl<'p> Cells<'p> {
    /// How many cells there are.
    pub(in crate::source) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell; empty if there is none.
    pub(in crate::source) fn get(&self, place: usize) -> &'p str {
        let start = place
            .checked_sub(1)
            .map_or(Some(0), |before| self.ends.get(before).copied());
        let cell = start
            .zip(self.ends.get(place))
            .and_then(|(start, end)| self.text.get(start..*end));
        // Cut at ASCII from what is UTF-8.
        cell.and_then(|cell| str::from_utf8(cell).ok()).unwrap_or_default()
    }

    /// All cells.
    pub(in crate::source) fn iter(&self) -> impl Iterator<Item = &'p str> {
        let cells = *self;
        (0..self.len()).map(move |place| cells.get(place))
    }
}
