//! A text in a record in, the values that are written in it out: an event as XML, the message that Windows makes of one,
//! labels with values, values without labels, and what collectors put before them.

use super::found::{Found, Place};
use super::names::Field;
use super::{header, labels, positions};
use crate::source::meaning::Meaning;
use crate::source::values::Values;
use crate::source::xml;

/// The titles of messages of pipe events.
const TITLES: [&str; 2] = ["Pipe Created:", "Pipe Connected:"];

/// What a text must hold to be looked at: nothing else is a part of a pipe event that could be found in it.
fn may_hold(text: &str) -> bool {
    let has = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    has("ipe") || has("PIPE") || has("rocess") || has("<Data") || has("&lt;Data") || has("{")
}

/// Adds what a text tells.
pub(super) fn add(text: &str, found: &mut Found) {
    found.tell_kind(text);
    if text.len() >= 8 && may_hold(text) && !add_xml(text, found) {
        add_line(text, found);
    }
}

/// Adds what stands in a text as XML, also where that is escaped.
fn add_xml(text: &str, found: &mut Found) -> bool {
    let find = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes());
    if let Some(at) = ["<Event>", "<Event ", "<DataItem", "<EventData", "<Data "]
        .into_iter()
        .filter_map(find)
        .min()
        && let Some((head, xml)) = text.split_at_checked(at)
    {
        let end = memchr::memmem::find(xml.as_bytes(), b"</Event>").map_or(xml.len(), |end| end + "</Event>".len());
        let mut values = Values::default();
        let place = found.next_text();
        // What is no XML behind it makes no difference to what was read before.
        let _ = xml::event::read(xml.get(..end).unwrap_or(xml), &mut values);
        let mut is_event = false;
        for meaning in Meaning::ALL {
            if let Some(value) = values.get(meaning) {
                is_event |= meaning == Meaning::PipeName;
                found.add_known(Field::Is(meaning), place, value);
            }
        }
        if is_event {
            add_header(head, found);
        }
        return is_event;
    }
    if find("&lt;Data").is_some() && find("<Data").is_none() {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        let text = text
            .replace("&apos;", "'")
            .replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&#34;", "\"")
            .replace("&amp;", "&");
        return add_xml(&text, found);
    }
    false
}

/// Adds what the header of a line tells. Returns where the event begins.
fn add_header(line: &str, found: &mut Found) -> usize {
    let Some(header) = header::read(line) else { return 0 };
    for (field, value) in &header.fields {
        found.add_last(*field, Place::Row, value);
    }
    header.len
}

/// Adds what a line tells, or several that are one record.
fn add_line(text: &str, found: &mut Found) {
    let rest = text.get(add_header(text, found)..).unwrap_or_default();
    if let Some(fields) = header::snare(rest) {
        fields
            .iter()
            .for_each(|(field, value)| found.add_known(*field, Place::Row, value));
    }
    if let Some(header) = header::common_event(rest) {
        for (field, value) in &header.fields {
            let is_provider = *field == Field::Is(Meaning::Provider);
            // The product may be Windows: then the keys tell more.
            if !is_provider || value.eq_ignore_ascii_case("Sysmon") {
                found.add_known(*field, Place::Row, value);
            }
        }
        let place = found.next_text();
        let keys = rest.get(header.len..).unwrap_or_default();
        return match header.separator.filter(|separator| *separator != '\t') {
            Some(separator) => add_labels(&keys.replace(separator, "\t"), place, Place::Row, found),
            None => add_labels(keys, place, Place::Row, found),
        };
    }
    match message(rest) {
        Some((title, start, end)) => {
            let (before, behind) = (
                rest.get(..start).unwrap_or_default(),
                rest.get(end..).unwrap_or_default(),
            );
            add_labels(before, Place::Row, Place::Row, found);
            add_labels(behind, Place::Row, Place::Row, found);
            let place = found.next_text();
            found.tell_kind(title);
            add_message(rest.get(start + title.len()..end).unwrap_or_default(), place, found);
        }
        None => {
            if let Some(fields) = numbered(rest) {
                found.add_fields(&fields);
            }
            let place = found.next_text();
            add_labels(rest, place, place, found);
        }
    }
    if let Some(fields) = positions::in_text(rest) {
        found.add_fields(&fields);
        // The EventType stands before the time, and plaso's text begins with the EventID.
        for kind in ["CreatePipe", "ConnectPipe"] {
            if memchr::memmem::find(rest.as_bytes(), kind.as_bytes()).is_some() {
                found.tell_kind(kind);
            }
        }
        let id = rest.strip_prefix('[').and_then(|rest| rest.split_once(" / 0x"));
        if let Some((id, _)) = id.filter(|(id, _)| id.len() < 6) {
            found.add_known(Field::Is(Meaning::EventId), Place::Row, id);
        }
    }
}

/// Where the message stands in a text, and its title. In a list of properties it goes on as long as its lines are
/// indented as the first one is.
fn message(text: &str) -> Option<(&'static str, usize, usize)> {
    let find = |title: &&'static str| Some((*title, memchr::memmem::find(text.as_bytes(), title.as_bytes())?));
    let (title, start) = TITLES.iter().filter_map(find).min_by_key(|(_, at)| *at)?;
    let rest = text.get(start..)?;
    let mut len = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |len| len + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let wanted = indent(rest.get(len..)?);
    while let Some(line) = rest.get(len..).filter(|line| !line.is_empty()) {
        if indent(line) < wanted {
            break;
        }
        len += memchr::memchr(b'\n', line.as_bytes()).map_or(line.len(), |len| len + 1);
    }
    Some((title, start, start + len))
}

/// Adds the fields of a message. Where the values stand in the wrong places, they are taken in their order.
fn add_message(message: &str, place: Place, found: &mut Found) {
    // The message of a line with tabs ends where the next cell begins.
    let cell = message
        .split('\t')
        .next()
        .filter(|cell| memchr::memmem::find(cell.as_bytes(), b"PipeName").is_some());
    let message = cell.unwrap_or(message);
    let all = labels::read(message);
    let values: Vec<&str> = all.iter().filter_map(|(_, span)| message.get(span.clone())).collect();
    if let Some(fields) = positions::in_list(&values) {
        found.add_fields(&fields);
    }
    add_labels(message, place, place, found);
}

/// Adds what stands behind labels: what is of an event at one place, all else at another.
fn add_labels(text: &str, data: Place, row: Place, found: &mut Found) {
    for (name, span) in labels::read(text) {
        let Some(value) = text.get(span) else { continue };
        found.tell_kind(value);
        let is_around = matches!(
            name.field,
            Field::Is(Meaning::Host | Meaning::RecordId | Meaning::Written | Meaning::Provider | Meaning::EventId)
        );
        found.add(name, if is_around { row } else { data }, value);
    }
}

/// The fields in lines `String: 6 : \x`, as evtxexport writes them.
fn numbered(text: &str) -> Option<positions::Fields<'_>> {
    let values: Vec<&str> = text.lines().filter_map(numbered_value).take(64).collect();
    positions::in_list(&values)
}

fn numbered_value(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("String: ")?;
    let (_, value) = rest.split_once(": ")?;
    Some(value.trim_end())
}
