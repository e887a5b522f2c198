//! A report for people: what it comes to, tables that fit the width, what to do next.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape::visible;
use super::{Column, Report, Section, Value, grouped, percent};
use crate::normalize::day::Day;

/// Text columns never get narrower than this.
const NARROWEST: usize = 12;
/// Between two columns.
const GAP: usize = 2;
/// Before sentences under a row.
const INDENT: usize = 6;

pub(super) fn write(report: &Report, width: u16, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    for line in &report.headline {
        writeln!(out, "{}", visible(line))?;
    }
    for section in &report.sections {
        if section.rows.is_empty() {
            continue;
        }
        writeln!(out)?;
        if !section.title.is_empty() {
            writeln!(out, "{}", visible(&section.title))?;
        }
        write_section(section, width, colour, out)?;
        if section.cut > 0 {
            writeln!(out, "… and {} more", grouped(section.cut as u64))?;
        }
    }
    if !report.closing.is_empty() {
        writeln!(out)?;
    }
    for line in &report.closing {
        writeln!(out, "{}", visible(line))?;
    }
    Ok(())
}

fn write_section(section: &Section, width: u16, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<usize> = (0..section.columns.len())
        .filter(|i| section.columns.get(*i).is_some_and(|column| column.from_width <= width))
        .collect();
    let is_prose = |i: &usize| section.rows.iter().any(|row| row.get(*i).is_some_and(is_prose));
    let (prose, shown): (Vec<usize>, Vec<usize>) = shown.into_iter().partition(is_prose);
    let cells: Vec<Vec<String>> = section
        .rows
        .iter()
        .map(|row| {
            shown
                .iter()
                .map(|i| row.get(*i).map(text).unwrap_or_default())
                .collect()
        })
        .collect();
    let columns: Vec<&Column> = shown.iter().filter_map(|i| section.columns.get(*i)).collect();
    let is_text: Vec<bool> = shown
        .iter()
        .map(|i| section.rows.iter().any(|row| is_text(row.get(*i))))
        .collect();
    let widths = widths(&columns, &cells, &is_text, usize::from(width));

    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(columns.iter().zip(&is_text).map(|(column, is_text)| {
        let cell = Cell::new(column.heading).set_alignment(alignment(*is_text));
        if colour {
            cell.add_attribute(Attribute::Bold)
        } else {
            cell
        }
    }));
    for row in cells {
        table.add_row(
            row.iter()
                .zip(&widths)
                .zip(&is_text)
                .map(|((text, width), is_text)| Cell::new(shortened(text, *width)).set_alignment(alignment(*is_text))),
        );
    }
    let gap = u16::try_from(GAP).unwrap_or(0);
    let last = columns.len().saturating_sub(1);
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if i == last { 0 } else { gap }));
    }
    if colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    // The header, then a line a row: no cell has line ends in it.
    for (i, line) in table.lines().enumerate() {
        writeln!(out, "{}", line.trim_end())?;
        let row = i.checked_sub(1).and_then(|i| section.rows.get(i));
        for (column, value) in prose.iter().filter_map(|i| section.columns.get(*i).zip(row?.get(*i))) {
            write_prose(column.heading, value, usize::from(width), out)?;
        }
    }
    Ok(())
}

/// Sentences under their row, broken between words.
fn write_prose(heading: &str, value: &Value, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if let Value::Array(paragraphs) = value {
        return paragraphs
            .iter()
            .try_for_each(|paragraph| write_prose(heading, paragraph, width, out));
    }
    let text = text(value);
    if text.is_empty() {
        return Ok(());
    }
    let text = if heading.is_empty() {
        text
    } else {
        format!("{heading}: {text}")
    };
    let room = width.saturating_sub(INDENT).max(NARROWEST);
    for line in broken(&text, room) {
        writeln!(out, "{:INDENT$}{line}", "")?;
    }
    Ok(())
}

/// `text` in lines of at most `width` columns. Only a word that is longer has a line that is.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn alignment(is_text: bool) -> CellAlignment {
    if is_text {
        CellAlignment::Left
    } else {
        CellAlignment::Right
    }
}

fn is_prose(value: &Value) -> bool {
    match value {
        Value::Prose(_) => true,
        Value::Array(values) => values.iter().any(is_prose),
        _ => false,
    }
}

fn is_text(value: Option<&Value>) -> bool {
    !matches!(
        value,
        Some(Value::Count(_) | Value::Ordinal(_) | Value::Share(_) | Value::Decimal(_) | Value::None) | None
    )
}

fn text(value: &Value) -> String {
    match value {
        Value::None | Value::Object(_) => String::new(),
        Value::Count(count) => grouped(*count),
        Value::Ordinal(number) => number.to_string(),
        Value::Share(share) => percent(*share),
        Value::Decimal(number) => format!("{number:.2}"),
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Text(text) | Value::Prose(text) => visible(text).into_owned(),
        // People look for the day; the exact time is in the other formats.
        Value::Time(time) => Day::split(*time).0.to_string(),
        Value::List(texts) => visible(&texts.join(", ")).into_owned(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
    }
}

/// How wide each column is: as its content where all fits, else texts share what numbers leave.
fn widths(columns: &[&Column], cells: &[Vec<String>], is_text: &[bool], width: usize) -> Vec<usize> {
    let natural: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let widest = cells
                .iter()
                .filter_map(|row| row.get(i))
                .map(|text| text.width())
                .max()
                .unwrap_or(0);
            widest.max(column.heading.width())
        })
        .collect();
    let gaps = GAP * columns.len().saturating_sub(1);
    let numbers: usize = natural
        .iter()
        .zip(is_text)
        .filter(|(_, text)| !**text)
        .map(|(width, _)| width)
        .sum();
    let mut room = width.saturating_sub(gaps + numbers);
    // The narrowest first: what one does not need, the wider ones share.
    let mut order: Vec<usize> = (0..columns.len()).filter(|i| is_text.get(*i) == Some(&true)).collect();
    order.sort_by_key(|i| natural.get(*i));
    let mut widths = natural.clone();
    let mut left = order.len();
    for i in order {
        if let Some(width) = widths.get_mut(i) {
            let share = room / left.max(1);
            *width = (*width).min(share.max(NARROWEST));
            room = room.saturating_sub(*width);
        }
        left = left.saturating_sub(1);
    }
    widths
}

/// `text` in at most `width` columns, its middle left out: names differ at both ends.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let (head, tail) = (room.div_ceil(2), room / 2);
    let start: String = fitting(text.chars(), head).collect();
    let end: Vec<char> = fitting(text.chars().rev(), tail).collect();
    start.chars().chain(['…']).chain(end.into_iter().rev()).collect()
}

fn fitting(chars: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    let mut used = 0;
    chars.take_while(move |c| {
        used += c.width().unwrap_or(0);
        used <= width
    })
}
