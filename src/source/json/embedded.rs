//! The text of a value in, the values that are written in it out: XML, JSON, or the message that Windows makes.

use serde_json::Value;

use crate::source::escapes::without_surrogates;
use crate::source::meaning::Meaning;
use crate::source::values::{Span, Values};
use crate::source::xml;

/// Takes from the text at `span` what the record lacks; from a message that `wins` also what it has already.
pub(in crate::source) fn add(span: &Span, wins: bool, values: &mut Values, scratch: &mut String) {
    let first = values
        .text
        .get(span.clone())
        .and_then(|text| text.trim_start().chars().next());
    match first {
        Some('<' | '{') => {
            scratch.clear();
            scratch.push_str(values.text.get(span.clone()).unwrap_or_default());
            // What is no XML or JSON after all gives nothing, and the record is then told by what else it holds.
            if first == Some('<') {
                let _ = xml::event::read(scratch, values);
            } else {
                let object = serde_json::from_str(&without_surrogates(scratch)).unwrap_or_default();
                add_fields(&object, values);
            }
        }
        _ => {
            values.add_message(span, wins);
        }
    }
}

/// Sysmon's fields by their names: in the object itself, in its `EventData`, or listed as [`pairs`].
fn add_fields(object: &Value, values: &mut Values) {
    let data = object.get("EventData").unwrap_or(object);
    let named = data
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value));
    for (name, value) in named.chain(pairs(data.get("Data").unwrap_or(&Value::Null))) {
        let Some(meaning) = Meaning::of_field(name) else {
            continue;
        };
        match value {
            Value::String(value) => values.set(meaning, value),
            Value::Number(value) => values.set(meaning, &value.to_string()),
            _ => {}
        }
    }
}

/// The `Data` elements of an event's XML as EvtxECmd and xmltodict turn them into JSON, `{"@Name": "PipeName", "#text":
/// "\\lsass"}` each: names and values.
pub(super) fn pairs(data: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let elements = data.as_array().map_or(std::slice::from_ref(data), Vec::as_slice);
    elements
        .iter()
        .filter_map(|element| Some((element.get("@Name")?.as_str()?, element.get("#text")?)))
}
