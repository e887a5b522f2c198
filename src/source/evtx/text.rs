//! Values of binary XML in, text out, as the `evtx` crate's JSON has it.

use crate::utf16;

/// Appends UTF-16, up to its first NUL: logs as the service writes them end every string in one.
pub(super) fn push_utf16(bytes: &[u8], out: &mut String) {
    let (mut rest, _) = bytes.as_chunks::<2>();
    if let Some(([0, 0], before)) = rest.split_last() {
        rest = before;
    }
    // Nearly all text is ASCII: it is narrowed by blocks, without a branch for each character.
    let mut ascii = [0; 128];
    while !rest.is_empty() {
        let (block, after) = rest.split_at(rest.len().min(ascii.len()));
        let narrowed = narrow(block, &mut ascii);
        match ascii.get(..block.len()).map(std::str::from_utf8) {
            Some(Ok(text)) if narrowed => out.push_str(text),
            _ => {
                let units = rest.iter().map(|unit| u16::from_le_bytes(*unit));
                return utf16::push_units(units.take_while(|unit| *unit != 0), out);
            }
        }
        rest = after;
    }
}

/// Narrows UTF-16 to ASCII; false if it is none, or holds a NUL.
fn narrow(units: &[[u8; 2]], ascii: &mut [u8]) -> bool {
    let (blocks, rest) = units.as_chunks();
    let mut last = [[1, 0]; LANES];
    if let Some(room) = last.get_mut(..rest.len()) {
        room.copy_from_slice(rest);
    }
    let mut upper_bits = 0;
    for (block, ascii) in blocks.iter().chain([&last]).zip(ascii.as_chunks_mut().0) {
        upper_bits |= narrow_block(block, ascii);
    }
    upper_bits == 0
}

/// UTF-16 as ASCII, if it is that and no longer than a time is.
pub(super) fn short_ascii(bytes: &[u8]) -> Option<Short> {
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.strip_suffix(&[[0, 0]]).unwrap_or(units);
    let mut ascii = [0; 2 * LANES];
    let narrowed = units.len() <= ascii.len() && narrow(units, &mut ascii);
    narrowed.then_some(Short {
        ascii,
        len: units.len(),
    })
}

/// A short text.
#[derive(Debug)]
pub(super) struct Short {
    ascii: [u8; 2 * LANES],
    len: usize,
}

impl AsRef<[u8]> for Short {
    fn as_ref(&self) -> &[u8] {
        self.ascii.get(..self.len).unwrap_or_default()
    }
}

/// As many units as the processor narrows at a time.
const LANES: usize = 16;

/// Narrows a block; not zero if a unit is no ASCII character, or a NUL.
#[inline]
fn narrow_block(block: &[[u8; 2]; LANES], ascii: &mut [u8; LANES]) -> u16 {
    let units = block.map(u16::from_le_bytes);
    *ascii = units.map(|unit| unit.to_le_bytes()[0]);
    // Sets one of these bits for 0, and from 128 on.
    units.iter().fold(0, |bits, unit| {
        bits | (unit | unit.wrapping_sub(1)) & 0xFF80
    })
}

/// Whether UTF-16, up to its first NUL, is this text, which is given as UTF-16 too.
pub(super) fn is(bytes: &[u8], text: &[u8]) -> bool {
    bytes
        .strip_prefix(text)
        .is_some_and(|rest| matches!(rest, [] | [_] | [0, 0, ..]))
}

/// ASCII as UTF-16; `N` is twice its length.
pub(super) const fn wide<const N: usize>(ascii: &str) -> [u8; N] {
    assert!(N == 2 * ascii.len() && ascii.is_ascii());
    let mut wide = [0; N];
    let mut at = 0;
    while at < ascii.len() {
        wide[2 * at] = ascii.as_bytes()[at];
        at += 1;
    }
    wide
}

/// Appends a GUID as Windows shows it, `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`.
pub(super) fn push_guid(guid: &[u8; 16], out: &mut String) {
    // Where in the text each byte's digits are: the first three groups are little-endian numbers.
    const PLACES: [usize; 16] = [7, 5, 3, 1, 12, 10, 17, 15, 20, 22, 25, 27, 29, 31, 33, 35];
    let mut text = *b"{00000000-0000-0000-0000-000000000000}";
    for (byte, place) in guid.iter().zip(PLACES) {
        [text[place], text[place + 1]] = HEXADECIMAL[usize::from(*byte)];
    }
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

/// Each byte's two digits.
const HEXADECIMAL: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut all = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        all[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn utf16_is_read_as_the_shared_rule_reads_it_up_to_a_nul(units in proptest::collection::vec(
            prop_oneof![8 => 1u16..128, 1 => any::<u16>(), 1 => Just(0xD800), 1 => 0xDBF0u16..0xDC10, 1 => Just(0)], 0..100)) {
            let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let (mut ours, mut shared) = (String::from("x"), String::from("x"));
            push_utf16(&bytes, &mut ours);
            utf16::push_units(units.into_iter().take_while(|unit| *unit != 0), &mut shared);
            prop_assert_eq!(ours, shared);
        }
    }

    #[test]
    fn a_guid_has_its_first_groups_turned_round() {
        let mut text = String::new();
        push_guid(
            &[
                0x5F, 0x38, 0x70, 0x57, 0x2A, 0xC2, 0xE0, 0x43, 0xBF, 0x4C, 0x06, 0xF5, 0x69, 0x8F,
                0xFB, 0xD9,
            ],
            &mut text,
        );
        assert_eq!(text, "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
    }
}
