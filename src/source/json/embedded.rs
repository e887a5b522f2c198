//! The text of a value in, the values that are written in it out: XML, JSON, or the message that Windows makes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::escapes::without_surrogates;
use crate::source::values::{Meaning, Span, Values};
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
                let json = without_surrogates(scratch);
                let _ = Data(values).deserialize(&mut serde_json::Deserializer::from_str(&json));
            }
        }
        _ => {
            values.add_message(span, wins);
        }
    }
}

/// Sysmon's fields by their names.
struct Data<'v>(&'v mut Values);

impl<'de> DeserializeSeed<'de> for Data<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Data<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            match Meaning::of_field(&name) {
                Some(meaning) => match map.next_value::<serde_json::Value>()? {
                    serde_json::Value::String(value) => self.0.set(meaning, &value),
                    serde_json::Value::Number(value) => self.0.set(meaning, &value.to_string()),
                    _ => {}
                },
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}
