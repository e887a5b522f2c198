//! A value in, JSON that can stand in a `<script>` element out: nothing in it ends the element or begins a comment.
//!
//! `<`, `>` and `&` are written as escapes, and so is what an editor or a terminal would obey. A character that stands for
//! a lone surrogate stays that character: the page writes names into files of decisions, which hold it too.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::output::escape::is_active;

/// The JSON of `value`.
pub(super) fn data_block(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, Inert))?;
    Ok(text)
}

struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let is_escaped = |c: char| matches!(c, '<' | '>' | '&') || is_active(c);
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_escaped(*c)) {
            let (before, from) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_element_and_every_name_comes_back() {
        let names = [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "]]>&lt;",
            "a\u{2028}b\u{202E}c\u{0}\"\\",
            "\u{10FFFF}",
        ];
        let text = String::from_utf8(data_block(&names).unwrap()).unwrap();
        assert!(
            !text.contains(['<', '>', '&', '\u{2028}', '\u{202E}', '\u{10FFFF}']),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), names);
    }
}
