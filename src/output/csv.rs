//! A report's main section as CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use super::escape::visible_lines;
use super::{Report, Value, rfc3339};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(section) = report.sections.first() else {
        return Ok(());
    };
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(section.columns.iter().map(|column| column.key))
        .map_err(io_error)?;
    for row in &section.rows {
        for value in row {
            csv.write_field(cell(value).as_bytes()).map_err(io_error)?;
        }
        csv.write_record(None::<&[u8]>).map_err(io_error)?;
    }
    csv.flush()
}

/// What `out` failed with. The crate's own conversion hides its kind, by which a closed pipe is known.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::None => Cow::Borrowed(""),
        Value::Count(count) | Value::Ordinal(count) => Cow::Owned(count.to_string()),
        Value::Share(share) => Cow::Owned(format!("{share:.4}")),
        Value::Decimal(number) => Cow::Owned(format!("{number:.2}")),
        Value::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Text(text) | Value::Prose(text) => harmless(text),
        Value::Time(time) => Cow::Owned(rfc3339(*time)),
        Value::List(texts) => match texts.as_slice() {
            [text] => harmless(text),
            _ => Cow::Owned(harmless(&texts.join("; ")).into_owned()),
        },
        Value::Array(values) => Cow::Owned(values.iter().map(cell).collect::<Vec<_>>().join("; ")),
        Value::Object(members) => {
            let member = |(key, value): &(&str, Value)| format!("{key}={}", cell(value));
            Cow::Owned(members.iter().map(member).collect::<Vec<_>>().join("; "))
        }
    }
}

/// A spreadsheet runs a cell that begins so as a formula, unless an apostrophe stands before it
/// (OWASP, CSV injection). The `-` that stands for nothing is none.
fn harmless(text: &str) -> Cow<'_, str> {
    let text = visible_lines(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && text != "-" {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}
