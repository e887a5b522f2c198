//! Lines of a saved baseline as they are written: texts in, one line with its check out.

use std::io::{self, Write};

use memchr::memchr2;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::ids;
use crate::baseline::Baseline;

/// What stands before a line's check, and what after it.
pub(super) const CHECK: &[u8] = b",\"check\":\"";
pub(super) const END: &[u8] = b"\"}";

/// Writes lines, and keeps what the last one tells of them.
pub(super) struct Lines<'o> {
    /// Hosts and users, which stand in nearly every line, as they are written.
    hosts: Escaped,
    users: Escaped,
    out: &'o mut dyn Write,
    line: Vec<u8>,
    head: Vec<u8>,
    whole: Xxh3,
    count: u64,
}

impl<'o> Lines<'o> {
    /// Lines of `baseline`, to `out`.
    pub(super) fn of(baseline: &Baseline, out: &'o mut dyn Write) -> Self {
        Self {
            hosts: Escaped::of(baseline.hosts.spellings()),
            users: Escaped::of(baseline.users.iter().map(|user| &**user)),
            out,
            line: Vec::new(),
            head: Vec::new(),
            whole: Xxh3::new(),
            count: 0,
        }
    }

    /// The line at hand, without its end.
    pub(super) fn line(&mut self) -> &mut Vec<u8> {
        &mut self.line
    }

    /// The line at hand, with hosts and users to be written into it.
    pub(super) fn with_texts(&mut self) -> (&mut Vec<u8>, &Escaped, &Escaped) {
        (&mut self.line, &self.hosts, &self.users)
    }

    /// Room for what several lines begin with, to be [given back](Self::give_back).
    pub(super) fn head(&mut self) -> Vec<u8> {
        self.head.clear();
        std::mem::take(&mut self.head)
    }

    pub(super) fn give_back(&mut self, head: Vec<u8>) {
        self.head = head;
    }

    /// How many lines were written, and the checksum of all of them.
    pub(super) fn so_far(&self) -> (u64, u64) {
        (self.count, self.whole.digest())
    }

    /// Ends the line at hand with its check.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let check = ids::check(xxh3_64(&self.line));
        self.line.extend(CHECK);
        self.line.extend(check);
        self.line.extend(END);
        self.line.push(b'\n');
        self.whole.update(&self.line);
        self.count += 1;
        self.out.write_all(&self.line)?;
        self.line.clear();
        Ok(())
    }
}

/// Texts by number as they are written, each escaped once.
pub(super) struct Escaped(Vec<Box<[u8]>>);

impl Escaped {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let escaped = texts.map(|text| {
            let mut escaped = Vec::new();
            push_escaped(text, &mut escaped);
            escaped.into()
        });
        Self(escaped.collect())
    }

    /// What stands between the quotes for the text with this number.
    pub(super) fn get(&self, number: u32) -> &[u8] {
        self.0.get(number as usize).map_or(&[], |text| text)
    }
}

/// Appends a number in decimal.
pub(super) fn push_number(number: impl itoa::Integer, line: &mut Vec<u8>) {
    line.extend(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends `text` as a string of JSON in ASCII alone: whatever a name holds, it does nothing to who reads the file, and is
/// the same in every encoding that a tool may take it for.
pub(super) fn push_text(text: &str, line: &mut Vec<u8>) {
    line.push(b'"');
    push_escaped(text, line);
    line.push(b'"');
}

/// Appends what stands between the quotes.
fn push_escaped(text: &str, line: &mut Vec<u8>) {
    // Nearly all text is that of a typewriter: looked at as a whole first, many bytes at a time.
    if text
        .bytes()
        .fold(true, |typed, byte| typed & matches!(byte, b' '..=b'~'))
    {
        let mut rest = text.as_bytes();
        while let Some((plain, [escaped, after @ ..])) =
            memchr2(b'"', b'\\', rest).and_then(|at| rest.split_at_checked(at))
        {
            line.extend(plain);
            line.extend([b'\\', *escaped]);
            rest = after;
        }
        line.extend(rest);
        return;
    }
    let mut rest = text;
    // Bytes that stand for themselves are the most; all of a character beyond ASCII are none.
    while let Some(at) = rest
        .bytes()
        .position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))
    {
        let (plain, from) = rest.split_at(at);
        line.extend(plain.as_bytes());
        let mut chars = from.chars();
        match chars.next() {
            Some(c @ ('"' | '\\')) => line.extend([b'\\', u8::try_from(c).unwrap_or_default()]),
            Some(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a Vec cannot fail.
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
            None => {}
        }
        rest = chars.as_str();
    }
    line.extend(rest.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_is_ascii_and_comes_back(text in "\\PC{0,30}|[\\x00-\\x7F\u{10F800}-\u{10FFFF}\u{FDD0}\u{202E}]{0,30}") {
            let mut line = Vec::new();
            push_text(&text, &mut line);
            prop_assert!(line.iter().all(|byte| (b' '..=b'~').contains(byte)));
            prop_assert_eq!(serde_json::from_slice::<String>(&line).unwrap(), text);
        }
    }
}
