//! A report in, bytes out: one format a file.
//!
//! A command builds one [`Report`], whatever the format; the formats only format. Text in it may come from an attacker,
//! so each of them escapes for its own sink.

mod csv;
pub mod escape;
mod json;
mod table;

use std::io::{self, Write};

use crate::event::Millis;
pub use crate::wording::{counted, date, grouped, percent, percent_of, rfc3339};

/// The version of the JSON that commands print. It grows when a member changes its meaning or goes; new ones may come.
pub const SCHEMA: u64 = 1;

/// What a command found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Lines above the tables: what it comes to.
    pub headline: Vec<String>,
    /// Members of the JSON object that stand before those of the sections.
    pub members: Vec<(&'static str, Value)>,
    /// Tables. The first is the main one, which is all that CSV and JSON lines hold.
    pub sections: Vec<Section>,
    /// Lines below the tables: what to do next.
    pub closing: Vec<String>,
}

/// One table.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// The member of the JSON object.
    pub key: &'static str,
    /// The line above the table, where one is needed.
    pub title: String,
    /// What each row holds.
    pub columns: Vec<Column>,
    /// As many values as there are columns.
    pub rows: Vec<Vec<Value>>,
    /// How many further rows were left out.
    pub cut: usize,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The member of a JSON object, and CSV's header.
    pub key: &'static str,
    /// The table's header.
    pub heading: &'static str,
    /// The narrowest table that shows it, in columns of text; `u16::MAX` for none.
    pub from_width: u16,
}

impl Column {
    /// A column of this key and heading, in tables of this width and wider.
    #[must_use]
    pub const fn new(key: &'static str, heading: &'static str, from_width: u16) -> Self {
        Self {
            key,
            heading,
            from_width,
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not known.
    None,
    /// A number.
    Count(u64),
    /// The number of a line or the like, which counts nothing: a table writes it without commas.
    Ordinal(u64),
    /// A share, from 0 to 1.
    Share(f64),
    /// Any other number, to two places.
    Decimal(f64),
    /// Yes or no.
    Flag(bool),
    /// Text, possibly an attacker's.
    Text(String),
    /// Whole sentences, or in an array whole paragraphs. A table has no column for them: it writes them in full under
    /// their row, after the column's heading.
    Prose(String),
    /// A time.
    Time(Millis),
    /// Several texts.
    List(Vec<String>),
    /// Named values.
    Object(Vec<(&'static str, Value)>),
    /// Several values.
    Array(Vec<Value>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<Option<Millis>> for Value {
    fn from(time: Option<Millis>) -> Self {
        time.map_or(Self::None, Self::Time)
    }
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people. Long texts are shortened to fit.
    Table {
        /// Columns of text.
        width: u16,
        /// Whether the header is set off by terminal escapes.
        colour: bool,
    },
    /// Comma-separated, with a header.
    Csv,
    /// One JSON object.
    Json,
    /// One JSON object a row.
    JsonLines,
}

/// Writes `report` to `out`.
///
/// # Errors
///
/// What writing to `out` fails with.
pub fn write(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table { width, colour } => table::write(report, width, colour, out),
        Format::Csv => csv::write(report, out),
        Format::Json => json::write(report, out),
        Format::JsonLines => json::write_lines(report, out),
    }
}

#[cfg(test)]
mod tests;
