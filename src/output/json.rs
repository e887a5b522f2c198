//! A report as one JSON object, or its main section as one object a line.
//!
//! Every name survives: a lone surrogate is written as the escape that stands for it, `\ud800`, and what a terminal would
//! obey is escaped too.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

use super::escape::{is_active, is_typed};
use super::{Column, Report, Section, Value, rfc3339};
use crate::utf16;

/// What is written is gathered here: JSON is written a few bytes at a time, each a call where one does not know to what.
const ROOM: usize = 1 << 14;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Escaping(PrettyFormatter::with_indent(b"  "));
    let mut out = BufWriter::with_capacity(ROOM, out);
    report.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))?;
    out.write_all(b"\n")?;
    out.flush()
}

pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(section) = report.sections.first() else {
        return Ok(());
    };
    let mut out = BufWriter::with_capacity(ROOM, out);
    for row in &section.rows {
        let row = Row {
            columns: &section.columns,
            row,
        };
        row.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Escaping(Compact)))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in &self.members {
            map.serialize_entry(key, value)?;
        }
        for section in &self.sections {
            map.serialize_entry(section.key, section)?;
        }
        map.end()
    }
}

impl Serialize for Section {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|row| Row {
            columns: &self.columns,
            row,
        }))
    }
}

struct Row<'a> {
    columns: &'a [Column],
    row: &'a [Value],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().map(|column| column.key).zip(self.row))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Count(count) | Self::Ordinal(count) => serializer.serialize_u64(*count),
            // Four places are more than any share here is worth, and always print alike.
            Self::Share(share) => serializer.serialize_f64((share * 10_000.0).round() / 10_000.0),
            Self::Decimal(number) => serializer.serialize_f64((number * 100.0).round() / 100.0),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Text(text) | Self::Prose(text) => serializer.serialize_str(text),
            Self::Time(time) => serializer.serialize_str(&rfc3339(*time)),
            Self::List(texts) => texts.serialize(serializer),
            Self::Object(members) => serializer.collect_map(members.iter().map(|(key, value)| (key, value))),
            Self::Array(values) => values.serialize(serializer),
        }
    }
}

struct Compact;

impl Formatter for Compact {}

/// Escapes what JSON itself would let pass.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if is_typed(fragment) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_active(*c)) {
            let (before, from) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut pair = [0; 2];
            match utf16::surrogate(c) {
                Some(unit) => write!(writer, "\\u{unit:04x}")?,
                None => c
                    .encode_utf16(&mut pair)
                    .iter()
                    .try_for_each(|unit| write!(writer, "\\u{unit:04x}"))?,
            }
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
