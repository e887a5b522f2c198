//! Bytes of a text in, text out: which encoding it is in, and how what is no Unicode in it is kept.

use std::borrow::Cow;
use std::str;

use memchr::memmem;

use crate::utf16;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, or a plain code page as long as only ASCII is used.
    Utf8,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
}

/// The encoding that a text's first bytes prove, and the length of its byte order mark.
///
/// Without a mark UTF-16 is told by its first two characters: logs begin in ASCII.
pub(super) fn encoding(first_bytes: &[u8]) -> (Encoding, usize) {
    match first_bytes {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
        [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2),
        [a, 0, b, 0, ..] if *a > 0 && *b > 0 => (Encoding::Utf16Le, 0),
        [0, a, 0, b, ..] if *a > 0 && *b > 0 => (Encoding::Utf16Be, 0),
        _ => (Encoding::Utf8, 0),
    }
}

/// What stands in no text but in a name that somebody chose, or in a page that was lost: it says nothing against a log.
pub(super) fn is_control(byte: &u8) -> bool {
    *byte < b' ' && !b"\t\n\r\x0C\x1B".contains(byte)
}

/// Appends UTF-16 to `out` as generalised UTF-8 (WTF-8: a lone surrogate takes the three bytes that it would have as a
/// character), and returns how many bytes of `wide` that used up: a half unit or half a pair at its end is left, unless
/// `ended` says that nothing follows.
pub(super) fn narrow(wide: &[u8], encoding: Encoding, ended: bool, out: &mut Vec<u8>) -> usize {
    let (pairs, rest) = wide.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(*pair),
        _ => u16::from_le_bytes(*pair),
    };
    let mut pairs = pairs;
    if !ended
        && let [all @ .., last] = pairs
        && (0xD800..0xDC00).contains(&unit(last))
    {
        pairs = all;
    }
    let used = pairs.len() * 2;
    for decoded in char::decode_utf16(pairs.iter().map(unit)) {
        match decoded {
            Ok(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let [high, low] = lone.unpaired_surrogate().to_be_bytes();
                out.extend([
                    0xE0 | (high >> 4),
                    0x80 | (high & 0x0F) << 2 | low >> 6,
                    0x80 | low & 0x3F,
                ]);
            }
        }
    }
    if ended { used + rest.len() } else { used }
}

/// How many bytes of UTF-16 this generalised UTF-8 takes.
pub(super) fn wide_len(narrow: &[u8]) -> u64 {
    let units = narrow.iter().map(|&byte| match byte {
        0x80..0xC0 => 0,
        0xF0.. => 2,
        _ => 1,
    });
    units.sum::<u64>() * 2
}

/// The text of a record, its lone surrogates mapped as [`utf16`] does; `None` if it is no UTF-8, not even a
/// generalised one.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match str::from_utf8(bytes) {
        Ok(text) if !has_block(bytes) => Some(Cow::Borrowed(text)),
        _ => decode_slowly(bytes).map(Cow::Owned),
    }
}

/// Whether characters from U+10F000 on may be in here, among them those that stand for lone surrogates.
fn has_block(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"\xF4\x8F").is_some()
}

fn decode_slowly(mut bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    loop {
        let (valid, rest) = match str::from_utf8(bytes) {
            Ok(all) => (all, &[][..]),
            Err(error) => {
                let (valid, rest) = bytes.split_at_checked(error.valid_up_to())?;
                (str::from_utf8(valid).ok()?, rest)
            }
        };
        valid.chars().for_each(|c| utf16::push_char(c, &mut text));
        match rest {
            [] => return Some(text),
            [0xED, high @ 0xA0..0xC0, low @ 0x80..0xC0, ..] => {
                let unit = 0xD000 | u16::from(high & 0x3F) << 6 | u16::from(low & 0x3F);
                utf16::push_surrogate(unit, &mut text);
                bytes = rest.get(3..)?;
            }
            _ => return None,
        }
    }
}

/// A text without the line `Record 17` that evtx_dump puts before each event.
pub(super) fn after_record_number(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    let Some(rest) = text.strip_prefix(b"Record ") else {
        return text;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match rest.get(digits..) {
        Some(rest @ [b'\r' | b'\n', ..]) if digits > 0 => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes_of(units: &[u16], encoding: Encoding) -> Vec<u8> {
        let to_bytes = |unit: &u16| match encoding {
            Encoding::Utf16Be => unit.to_be_bytes(),
            _ => unit.to_le_bytes(),
        };
        units.iter().flat_map(to_bytes).collect()
    }

    proptest! {
        #[test]
        fn any_units_survive_however_they_are_cut(
            units in proptest::collection::vec(prop_oneof![any::<u16>(), 0xD7F0u16..0xE010, Just(0xDBFE)], 0..40),
            cut in 0usize..80,
            big in any::<bool>(),
        ) {
            let encoding = if big { Encoding::Utf16Be } else { Encoding::Utf16Le };
            let wide = bytes_of(&units, encoding);
            let cut = cut.min(wide.len());
            let mut out = Vec::new();
            let used = narrow(&wide[..cut], encoding, false, &mut out);
            let rest = narrow(&wide[used..], encoding, true, &mut out);
            prop_assert_eq!(used + rest, wide.len());
            prop_assert_eq!(wide_len(&out), wide.len() as u64);
            let text = decode(&out).unwrap();
            prop_assert_eq!(utf16::units(&text).collect::<Vec<_>>(), units);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = decode(&bytes);
            let _ = encoding(&bytes);
        }
    }

    #[test]
    fn encodings_are_told_with_and_without_a_mark() {
        for (bytes, expected) in [
            (&b"\xEF\xBB\xBF{"[..], (Encoding::Utf8, 3)),
            (b"{\"a\"", (Encoding::Utf8, 0)),
            (b"\xFF\xFE{\0", (Encoding::Utf16Le, 2)),
            (b"\xFE\xFF\0{", (Encoding::Utf16Be, 2)),
            (b"{\0\"\0", (Encoding::Utf16Le, 0)),
            (b"\0{\0\"", (Encoding::Utf16Be, 0)),
            (b"", (Encoding::Utf8, 0)),
        ] {
            assert_eq!(encoding(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_utf_8_is_no_text() {
        assert_eq!(decode(b"caf\xE9 \\x"), None);
        assert_eq!(decode(b"cut \xED\xA0"), None);
        assert_eq!(decode(b"plain").as_deref(), Some("plain"));
    }
}
