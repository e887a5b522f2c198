//! Objects of PowerShell as XML or HTML in, their properties as the cells of a row out: `Export-Clixml`, `ConvertTo-Xml`,
//! and the tables and lists of `ConvertTo-Html`.

use std::io;

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::source::fallback::{self, Again};
use crate::source::notes::Note;
use crate::source::values::{Judged, Told, Values};
use crate::source::window::{MAX_RECORD, Window};
use crate::source::{Sink, text};

/// What an object begins and ends with.
const OBJECTS: [(&[u8], &[u8]); 4] = [
    (b"<Obj ", b"</Obj>"),
    (b"<Object ", b"</Object>"),
    (b"<tr>", b"</tr>"),
    (b"<TR>", b"</TR>"),
];

/// Reads the objects of a source.
pub(super) fn read(window: Window<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut objects = Objects {
        form: None,
        columns: Vec::new(),
        list: Vec::new(),
        sink,
    };
    window.each(|window| objects.block(window))
}

struct Objects<'s> {
    /// What objects begin and end with, once one was seen.
    form: Option<(&'static [u8], &'static [u8])>,
    /// The columns of a table.
    columns: Vec<String>,
    /// The properties of a list that is read, a row each, and where it began.
    list: Vec<(String, String)>,
    sink: &'s mut dyn Sink,
}

impl Objects<'_> {
    /// Reads the objects that are whole of what the window shows. Returns how much that was.
    fn block(&mut self, window: &Window<'_>) -> usize {
        let bytes = window.bytes();
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let form = self.form.or_else(|| {
                let found = OBJECTS
                    .iter()
                    .filter_map(|form| Some((memmem::find(rest, form.0)?, *form)));
                found.min_by_key(|(at, _)| *at).map(|(_, form)| form)
            });
            self.form = form;
            let Some((start, (begin, end))) = form.and_then(|form| Some((memmem::find(rest, form.0)?, form))) else {
                break;
            };
            let Some(len) = extent(rest.get(start..).unwrap_or_default(), begin, end) else {
                if window.ended() {
                    let what = "an object in XML that is cut off";
                    self.sink.skip(window.offset_of(at + start), what.into());
                    return bytes.len();
                }
                if rest.len() - start > MAX_RECORD {
                    self.sink.skip(
                        window.offset_of(at + start),
                        "an object in XML longer than 16 MiB".into(),
                    );
                    return bytes.len();
                }
                return at + start;
            };
            self.object(window, at + start, rest.get(start..start + len).unwrap_or_default());
            at += start + len;
        }
        if window.ended() {
            self.finish_list(window.offset_of(at));
            return bytes.len();
        }
        at.max(bytes.len().saturating_sub(16))
    }

    fn object(&mut self, window: &Window<'_>, at: usize, object: &[u8]) {
        let offset = window.offset_of(at);
        let Some(text) = text::decode(object) else {
            return self.sink.skip(offset, "an object in XML that is not in UTF-8".into());
        };
        let mut cells = properties(&text);
        let is_row = cells.iter().all(|(name, _)| name.is_empty());
        if is_row && !self.form.is_some_and(|(begin, _)| begin.starts_with(b"<O")) {
            match cells.as_mut_slice() {
                // A list has a row for each property, and one with a line between objects.
                [(_, name), (_, value)] if name.ends_with(':') => {
                    self.list.push((std::mem::take(name), std::mem::take(value)));
                    return;
                }
                [] | [_] => return self.finish_list(offset),
                _ if self.columns.is_empty() => {
                    self.columns = cells.into_iter().map(|(_, cell)| cell).collect();
                    return;
                }
                _ => cells
                    .iter_mut()
                    .zip(&self.columns)
                    .for_each(|(cell, column)| cell.0.clone_from(column)),
            }
        }
        self.record(&cells, offset);
    }

    fn finish_list(&mut self, offset: u64) {
        let list = std::mem::take(&mut self.list);
        if !list.is_empty() {
            self.record(&list, offset);
        }
    }

    fn record(&mut self, cells: &[(String, String)], offset: u64) {
        self.sink.records(1);
        // The properties of an event that have no names are a list, in which each is called a value.
        let unnamed = cells.iter().filter(|(name, _)| name == "Value" || name.is_empty());
        let unnamed = unnamed.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("|");
        let mut values = Values::default();
        let members = cells.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut members = members.chain([("", unnamed.as_str())]);
        let (_, told) = fallback::read(
            Again::Row(&mut members),
            &mut values,
            Judged::Nothing,
            offset,
            self.sink,
        );
        if told == Told::Nothing {
            let names: Vec<&str> = cells.iter().take(6).map(|(name, _)| name.as_str()).collect();
            self.sink.note(Note::Shape {
                form: "XML",
                keys: &names.join(", "),
            });
        }
    }
}

/// How far an object goes: objects of its kind may stand in it.
fn extent(text: &[u8], begin: &[u8], end: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_u32, 0);
    loop {
        let rest = text.get(at..)?;
        let close = memmem::find(rest, end)?;
        let opened = memmem::find_iter(rest.get(..close)?, begin).count();
        depth += u32::try_from(opened).unwrap_or(u32::MAX / 2);
        at += close + end.len();
        depth = depth.saturating_sub(1);
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The properties of an object, each with its name. A row of a table has no names, and a list's row is one property, whose
/// name ends with a colon.
pub(super) fn properties(xml: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_end_names = false;
    let mut all: Vec<(String, String)> = Vec::new();
    let (mut name, mut text, mut is_open) = (String::new(), String::new(), false);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) => {
                let local = element.local_name();
                let attribute = |wanted: &str| Some(element.try_get_attribute(wanted).ok()??.value.into_owned());
                let named = attribute("N").or_else(|| attribute("Name"));
                // The elements of a list have no names.
                let is_cell = matches!(
                    local.as_ref(),
                    "td" | "th" | "S" | "Property" | "I32" | "I64" | "DT" | "G"
                );
                if named.is_some() || is_cell {
                    (name, is_open) = (named.unwrap_or_default(), true);
                    text.clear();
                }
            }
            Event::Text(part) if is_open => text.push_str(&part),
            Event::CData(part) if is_open => text.push_str(&part),
            Event::GeneralRef(reference) if is_open => text.push_str(&reference_text(&reference)),
            Event::End(_) if is_open => {
                all.push((std::mem::take(&mut name), unescaped(&text)));
                is_open = false;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    all
}

fn reference_text(name: &str) -> String {
    match name {
        "lt" => "<".into(),
        "gt" => ">".into(),
        "amp" => "&".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        "nbsp" => " ".into(),
        _ => {
            let digits = name.strip_prefix('#').unwrap_or_default();
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => digits.parse().ok(),
            };
            code.and_then(char::from_u32).map(String::from).unwrap_or_default()
        }
    }
}

/// A text with the characters that PowerShell writes as `_x000D_`.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memmem::find(rest.as_bytes(), b"_x") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let unit = escape.get(2..6).filter(|_| escape.as_bytes().get(6) == Some(&b'_'));
        let c = unit
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        let len = match c {
            Some(c) => {
                out.push(c);
                7
            }
            None => {
                out.push_str("_x");
                2
            }
        };
        rest = escape.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
