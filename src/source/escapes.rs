//! A JSON text in; the same out, with each character that stands for no Unicode written out as [`utf16`] maps it.
//!
//! JSON may hold a lone surrogate as `\ud800`, and real logs do, since Windows allows them in names. `serde_json`
//! refuses to make a `str` of it, so it is replaced before. A surrogate pair that means one of the characters which the
//! mapping uses is replaced too; all other escapes are left to `serde_json`.

use std::borrow::Cow;

use memchr::memchr;
use memchr::memmem;

use crate::utf16;

/// Replaces what `serde_json` could not read, or would read as something else.
pub(in crate::source) fn without_surrogates(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    if memmem::find(bytes, b"\\ud").is_none() && memmem::find(bytes, b"\\uD").is_none() {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        let len = match unit(escape) {
            Some(high @ 0xD800..0xDC00) => match escape.get(6..).and_then(unit) {
                Some(low @ 0xDC00..0xE000) => {
                    char::decode_utf16([high, low])
                        .flatten()
                        .for_each(|c| utf16::push_char(c, &mut text));
                    12
                }
                _ => lone(high, &mut text),
            },
            Some(low @ 0xDC00..0xE000) => lone(low, &mut text),
            Some(_) => copy(escape, 6, &mut text),
            None => copy(escape, 2, &mut text),
        };
        rest = escape.get(len..).unwrap_or_default();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The UTF-16 unit of an escape `\uXXXX`.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u16::from_str_radix(digits, 16).ok())?
}

fn lone(unit: u16, text: &mut String) -> usize {
    utf16::push_surrogate(unit, text);
    6
}

/// Copies an escape of `len` bytes; a broken one, in which a character ends elsewhere, up to the end of that character.
fn copy(escape: &str, len: usize, text: &mut String) -> usize {
    let len = (len..len + 4)
        .find(|&len| escape.is_char_boundary(len))
        .unwrap_or(escape.len());
    text.push_str(escape.get(..len).unwrap_or(escape));
    len
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A JSON string that holds these units, each escaped.
    fn escaped(units: &[u16]) -> String {
        let escapes: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{escapes}\"")
    }

    proptest! {
        #[test]
        fn any_units_survive(units in proptest::collection::vec(
            prop_oneof![any::<u16>(), 0xD7F0u16..0xE010, Just(0xDBFE), Just(0xDBFF)], 0..20)) {
            let json = escaped(&units);
            let text: String = serde_json::from_str(&without_surrogates(&json)).unwrap();
            prop_assert_eq!(utf16::units(&text).collect::<Vec<_>>(), units);
        }

        #[test]
        fn other_escapes_are_left_alone(text in "\\PC{0,20}") {
            let json = serde_json::to_string(&text).unwrap();
            let with_one = format!("[{json},\"\\ud800\"]");
            let all: Vec<String> = serde_json::from_str(&without_surrogates(&with_one)).unwrap();
            prop_assert_eq!(&all[0], &text);
        }

        #[test]
        fn broken_escapes_do_no_harm(text in "[\\\\ud80c\u{e9}]{0,30}") {
            let _ = without_surrogates(&format!("\\ud{text}"));
        }
    }
}
