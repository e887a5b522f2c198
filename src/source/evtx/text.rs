//! Values of binary XML in, text out, as the `evtx` crate's JSON has it.

use crate::utf16;

/// Narrows UTF-16 to ASCII; false if it is none, or holds a NUL. Bytes behind the text may be overwritten.
fn narrow(units: &[[u8; 2]], ascii: &mut [u8]) -> bool {
    let (blocks, rest) = units.as_chunks();
    let mut upper_bits = [0; LANES];
    for (block, ascii) in blocks.iter().zip(ascii.as_chunks_mut().0) {
        narrow_block(block, ascii, &mut upper_bits);
    }
    // The end of a text that is longer than a block is narrowed with what stands before it, once more.
    if let Some(before) = units.len().checked_sub(LANES) {
        if let (Some(block), Some(ascii)) = (
            units.last_chunk(),
            ascii.get_mut(before..).and_then(<[u8]>::first_chunk_mut),
        ) {
            narrow_block(block, ascii, &mut upper_bits);
        }
    } else if let Some(ascii) = ascii.first_chunk_mut() {
        let mut block = [[1, 0]; LANES];
        for (unit, given) in block.iter_mut().zip(rest) {
            *unit = *given;
        }
        narrow_block(&block, ascii, &mut upper_bits);
    }
    upper_bits.iter().fold(0, |all, bits| all | bits) & 0xFF80 == 0
}

/// UTF-16 as ASCII, if it is that and no longer than a time is.
pub(super) fn short_ascii(bytes: &[u8]) -> Option<Short> {
    let (units, _) = bytes.as_chunks();
    let units = units.strip_suffix(&[[0, 0]]).unwrap_or(units);
    let mut ascii = [0; 2 * LANES];
    let narrowed = units.len() <= ascii.len() && narrow(units, &mut ascii);
    narrowed.then_some(Short {
        ascii,
        len: units.len(),
    })
}

/// UTF-16 as a decimal number, if it is one and no more than that.
pub(super) fn digits<N: TryFrom<u64>>(bytes: &[u8]) -> Option<N> {
    let text = short_ascii(bytes)?;
    let digits = text.as_ref();
    let short = (1..=19).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    // What is no number is counted too, to whatever comes of it, and not used.
    let number = digits.iter().fold(0_u64, |number, digit| {
        number.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0F))
    });
    if short { N::try_from(number).ok() } else { None }
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

/// Narrows a block; sets one of a lane's upper nine bits for a unit that is no ASCII character, or a NUL.
#[inline]
fn narrow_block(block: &[[u8; 2]; LANES], ascii: &mut [u8; LANES], upper_bits: &mut [u16; LANES]) {
    let units = block.map(u16::from_le_bytes);
    *ascii = units.map(|unit| unit.to_le_bytes()[0]);
    for (bits, unit) in upper_bits.iter_mut().zip(units) {
        *bits |= unit | unit.wrapping_sub(1);
    }
}

/// Texts that are longer are taken character by character.
const LONGEST: usize = 256;

/// Replaces `out` by UTF-16, up to its first NUL.
pub(super) fn set_utf16(bytes: &[u8], out: &mut String) {
    out.clear();
    push_utf16(bytes, out);
}

/// Appends UTF-16, up to its first NUL. Nearly all text is ASCII.
pub(super) fn push_utf16(bytes: &[u8], out: &mut String) {
    let (units, _) = bytes.as_chunks();
    let units = units.strip_suffix(&[[0, 0]]).unwrap_or(units);
    let mut ascii = [0; LONGEST + LANES];
    let narrowed = units.len() <= LONGEST && narrow(units, &mut ascii);
    match ascii.get(..units.len()).filter(|_| narrowed).map(str::from_utf8) {
        Some(Ok(text)) => out.push_str(text),
        _ => push_units(units, out),
    }
}

/// Appends a GUID as Windows shows it, `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`.
pub(super) fn push_guid(guid: &[u8; 16], out: &mut String) {
    // Where in the text each byte's digits are: the first three groups are little-endian numbers.
    const PLACES: [usize; 16] = [7, 5, 3, 1, 12, 10, 17, 15, 20, 22, 25, 27, 29, 31, 33, 35];
    let mut text = *b"{00000000-0000-0000-0000-000000000000}";
    for (byte, place) in guid.iter().zip(PLACES) {
        [text[place], text[place + 1]] = HEXADECIMAL[usize::from(*byte)];
    }
    out.push_str(str::from_utf8(&text).unwrap_or_default());
}

fn push_units(units: &[[u8; 2]], out: &mut String) {
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    utf16::push_units(units.take_while(|unit| *unit != 0), out);
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

    #[test]
    fn what_is_too_long_for_a_number_is_none() {
        // Found by mutation: 32 digits are short enough to be looked at, and too many to be added up.
        for (text, number) in [
            ("", None),
            ("18", Some(18)),
            ("9999999999999999999", Some(9_999_999_999_999_999_999)),
        ] {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(digits::<u64>(&units), number, "{text}");
        }
        for len in 20..=40 {
            let units: Vec<u8> = (0..len).flat_map(|_| [b'9', 0]).collect();
            assert_eq!(digits::<u64>(&units), None, "{len} digits");
        }
    }

    proptest! {
        #[test]
        fn utf16_is_read_as_the_shared_rule_reads_it_up_to_a_nul(units in proptest::collection::vec(
            prop_oneof![40 => 1u16..128, 1 => any::<u16>(), 1 => Just(0xD800), 1 => 0xDBF0u16..0xDC10, 1 => Just(0)], 0..300)) {
            let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let (mut ours, mut shared) = ("x".to_owned(), "x".to_owned());
            push_utf16(&bytes, &mut ours);
            utf16::push_units(units.into_iter().take_while(|unit| *unit != 0), &mut shared);
            prop_assert_eq!(ours, shared);
        }
    }

    #[test]
    fn a_guid_has_its_first_groups_turned_round() {
        let mut text = String::new();
        let guid = [
            0x5F, 0x38, 0x70, 0x57, 0x2A, 0xC2, 0xE0, 0x43, 0xBF, 0x4C, 0x06, 0xF5, 0x69, 0x8F, 0xFB, 0xD9,
        ];
        push_guid(&guid, &mut text);
        assert_eq!(text, "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
    }
}
