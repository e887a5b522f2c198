//! JSON objects, written by hand: no library writes a lone surrogate, which JSON can hold as an escape.

use std::fmt::{Display, Write as _};

use crate::text::Text;
use crate::value::Value;

/// An object being written.
#[derive(Debug, Default)]
pub(super) struct Object(String);

impl Object {
    pub(super) fn text(self, key: &str, text: impl Into<Text>) -> Self {
        self.raw(key, quoted(text.into().units()))
    }

    /// A number, or other ready-made JSON.
    pub(super) fn raw(mut self, key: &str, json: impl Display) -> Self {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        let key: Vec<u16> = key.encode_utf16().collect();
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{}:{json}", quoted(&key));
        self
    }

    /// A value as tools that keep types show it: numbers and truth values bare, all else as text.
    pub(super) fn typed(self, key: &str, value: &Value) -> Self {
        match value {
            Value::U8(_) | Value::U16(_) | Value::U32(_) | Value::U64(_) | Value::Bool(_) => {
                self.raw(key, value.to_text())
            }
            _ => self.text(key, value.to_text()),
        }
    }

    pub(super) fn finish(self) -> String {
        if self.0.is_empty() {
            "{}".to_owned()
        } else {
            self.0 + "}"
        }
    }
}

fn quoted(units: &[u16]) -> String {
    let mut out = String::from("\"");
    for c in char::decode_utf16(units.iter().copied()) {
        let _ = match c {
            Ok(c @ ('"' | '\\')) => write!(out, "\\{c}"),
            Ok('\n') => write!(out, "\\n"),
            Ok('\r') => write!(out, "\\r"),
            Ok('\t') => write!(out, "\\t"),
            Ok(c) if c < ' ' => write!(out, "\\u{:04x}", u32::from(c)),
            Ok(c) => write!(out, "{c}"),
            Err(lone) => write!(out, "\\u{:04x}", lone.unpaired_surrogate()),
        };
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_valid_json() {
        let object = Object::default()
            .text("a\"", "\\x\n\u{1}é\u{1F600}")
            .raw("n", 3)
            .finish();
        assert_eq!(object, "{\"a\\\"\":\"\\\\x\\n\\u0001é\u{1F600}\",\"n\":3}");
        assert_eq!(
            Object::default().text("a", vec![0xD800, 0x41]).finish(),
            r#"{"a":"\ud800A"}"#
        );
        assert_eq!(Object::default().finish(), "{}");
    }
}
