//! Values of binary XML in, text out, as the `evtx` crate's JSON has it.

use crate::utf16;

/// Appends UTF-16, up to its first NUL: logs as the service writes them end every string in one.
pub(super) fn push_utf16(bytes: &[u8], out: &mut String) {
    let (units, _) = bytes.as_chunks::<2>();
    let mut rest = units;
    let mut ascii = [0; 32];
    // Nearly everything is ASCII: go through it by blocks, and leave the first block that is not to the slow way.
    while let Some((block, after)) = rest.split_first_chunk::<32>() {
        let mut all = 0;
        let mut none = u8::MAX;
        for (byte, &[low, high]) in ascii.iter_mut().zip(block) {
            *byte = low;
            all |= high | (low & 0x80);
            none = none.min(low);
        }
        let Ok(text) = std::str::from_utf8(&ascii) else {
            break;
        };
        if all != 0 || none == 0 {
            break;
        }
        out.push_str(text);
        rest = after;
    }
    utf16::push_units(
        rest.iter()
            .map(|unit| u16::from_le_bytes(*unit))
            .take_while(|unit| *unit != 0),
        out,
    );
}

/// Whether UTF-16, up to its first NUL, is this ASCII text.
pub(super) fn is(bytes: &[u8], ascii: &str) -> bool {
    let (units, _) = bytes.as_chunks();
    let (same, rest) = units.split_at_checked(ascii.len()).unwrap_or_default();
    same.len() == ascii.len()
        && same
            .iter()
            .zip(ascii.bytes())
            .all(|(&[low, high], byte)| low == byte && high == 0)
        && matches!(rest, [] | [[0, 0], ..])
}

/// Appends a GUID as Windows shows it, `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`.
pub(super) fn push_guid(guid: &[u8; 16], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // The first three groups are little-endian numbers.
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut text = [b'-'; 38];
    text[0] = b'{';
    text[37] = b'}';
    let mut at = 1;
    for (nth, from) in ORDER.into_iter().enumerate() {
        if matches!(nth, 4 | 6 | 8 | 10) {
            at += 1;
        }
        text[at] = DIGITS[usize::from(guid[from] >> 4)];
        text[at + 1] = DIGITS[usize::from(guid[from] & 15)];
        at += 2;
    }
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

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
                0x5F, 0x38, 0x70, 0x57, 0x2A, 0xC2, 0xE0, 0x43, 0xBF, 0x4C, 0x06, 0xF5, 0x69, 0x8F, 0xFB, 0xD9,
            ],
            &mut text,
        );
        assert_eq!(text, "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
    }
}
