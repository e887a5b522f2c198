//! Values of binary XML in, text out, as the `evtx` crate's JSON has it.

use crate::utf16;

/// Where a text is in [`Texts`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    start: usize,
    end: usize,
}

/// Texts one behind the other, in room that is used anew for each event.
///
/// Nearly all text is ASCII. It is gathered as bytes first, so that it is checked and copied once for an event and not
/// once for each value.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    /// What is gathered: the first `gathered` bytes, which stand behind `text`.
    ascii: Box<[u8; 1024]>,
    gathered: usize,
    text: String,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            ascii: Box::new([0; 1024]),
            gathered: 0,
            text: String::new(),
        }
    }
}

impl Texts {
    pub(super) fn clear(&mut self) {
        self.gathered = 0;
        self.text.clear();
    }

    /// Appends UTF-16, up to its first NUL: logs as the service writes them end every string in one.
    pub(super) fn push_utf16(&mut self, bytes: &[u8]) -> Extent {
        let (units, _) = bytes.as_chunks();
        let units = units.strip_suffix(&[[0, 0]]).unwrap_or(units);
        if self.ascii.len() - self.gathered < units.len() + LANES {
            self.finish();
        }
        let start = self.len();
        let room = self
            .ascii
            .get_mut(self.gathered..)
            .filter(|room| room.len() >= units.len() + LANES);
        if room.is_some_and(|room| narrow(units, room)) {
            self.gathered += units.len();
        } else {
            self.finish();
            push_units(units, &mut self.text);
        }
        Extent { start, end: self.len() }
    }

    /// Appends a GUID as Windows shows it, `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`.
    pub(super) fn push_guid(&mut self, guid: &[u8; 16]) -> Extent {
        // Where in the text each byte's digits are: the first three groups are little-endian numbers.
        const PLACES: [usize; 16] = [7, 5, 3, 1, 12, 10, 17, 15, 20, 22, 25, 27, 29, 31, 33, 35];
        const SHAPE: [u8; 38] = *b"{00000000-0000-0000-0000-000000000000}";
        if self.ascii.len() - self.gathered < SHAPE.len() {
            self.finish();
        }
        let start = self.len();
        if let Some(room) = self
            .ascii
            .get_mut(self.gathered..)
            .and_then(|room| room.first_chunk_mut())
        {
            *room = SHAPE;
            for (byte, place) in guid.iter().zip(PLACES) {
                [room[place], room[place + 1]] = HEXADECIMAL[usize::from(*byte)];
            }
            self.gathered += SHAPE.len();
        }
        Extent { start, end: self.len() }
    }

    /// A text of nothing where the next one will be appended.
    pub(super) fn here(&self) -> Extent {
        Extent {
            start: self.len(),
            end: self.len(),
        }
    }

    /// Makes a text end where the last one that was appended ends.
    pub(super) fn extend(&self, extent: &mut Extent) {
        extent.end = self.len();
    }

    /// Appends text.
    pub(super) fn push_str(&mut self, text: &str) -> Extent {
        self.finish();
        let start = self.len();
        self.text.push_str(text);
        Extent { start, end: self.len() }
    }

    /// Makes all that was appended to be had.
    pub(super) fn finish(&mut self) {
        let gathered = self.ascii.get(..self.gathered).map(str::from_utf8);
        self.text.push_str(gathered.and_then(Result::ok).unwrap_or_default());
        self.gathered = 0;
    }

    /// A text, after [`finish`](Self::finish).
    pub(super) fn get(&self, extent: Extent) -> &str {
        self.text.get(extent.start..extent.end).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.text.len() + self.gathered
    }
}

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

/// Replaces `out` by UTF-16, up to its first NUL.
pub(super) fn set_utf16(bytes: &[u8], out: &mut String) {
    out.clear();
    push_units(bytes.as_chunks().0, out);
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
            prop_oneof![8 => 1u16..128, 1 => any::<u16>(), 1 => Just(0xD800), 1 => 0xDBF0u16..0xDC10, 1 => Just(0)], 0..100)) {
            let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let (mut ours, mut shared) = (Texts::default(), String::new());
            let before = ours.push_str("x");
            let ascii = ours.push_utf16(b"a\0b\0c\0\0\0");
            let extent = ours.push_utf16(&bytes);
            let guid = ours.push_guid(&[0; 16]);
            ours.finish();
            utf16::push_units(units.into_iter().take_while(|unit| *unit != 0), &mut shared);
            prop_assert_eq!(ours.get(extent), shared);
            prop_assert_eq!(ours.get(before), "x");
            prop_assert_eq!(ours.get(ascii), "abc");
            prop_assert_eq!(ours.get(guid), "{00000000-0000-0000-0000-000000000000}");
        }
    }

    #[test]
    fn a_guid_has_its_first_groups_turned_round() {
        let mut texts = Texts::default();
        let guid = texts.push_guid(&[
            0x5F, 0x38, 0x70, 0x57, 0x2A, 0xC2, 0xE0, 0x43, 0xBF, 0x4C, 0x06, 0xF5, 0x69, 0x8F, 0xFB, 0xD9,
        ]);
        texts.finish();
        assert_eq!(texts.get(guid), "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
    }
}
