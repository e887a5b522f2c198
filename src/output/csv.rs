//! A report's main section as CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use super::escape::{is_typed, visible};
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
            match value {
                Value::Count(count) => csv.write_field(itoa::Buffer::new().format(*count)),
                other => csv.write_field(cell(other).as_bytes()),
            }
            .map_err(io_error)?;
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

/// Characters that make a spreadsheet run a cell as a formula which begins with one of them (OWASP, CSV injection); the
/// wide ones do so in East Asian versions.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];

/// Text that no spreadsheet runs and no terminal obeys. An apostrophe before it keeps a formula from being one; so it does
/// behind a semicolon, where spreadsheets of half the world begin a cell. The `-` that stands for nothing is none.
fn harmless(text: &str) -> Cow<'_, str> {
    if is_typed(text) && !text.starts_with(FORMULA) && !text.contains(';') {
        return Cow::Borrowed(text);
    }
    let text = visible(text);
    let begins_cell = |before: Option<char>| matches!(before, None | Some(';'));
    let is_formula = |before, c| begins_cell(before) && FORMULA.contains(&c);
    let before = || std::iter::once(None).chain(text.chars().map(Some));
    if text == "-" || !before().zip(text.chars()).any(|(before, c)| is_formula(before, c)) {
        return text;
    }
    let mut harmless = String::with_capacity(text.len() + 4);
    for (before, c) in before().zip(text.chars()) {
        if is_formula(before, c) {
            harmless.push('\'');
        }
        harmless.push(c);
    }
    Cow::Owned(harmless)
}
