//! The UTF-16 of one field in, its text out: made once for all events that say the same, if these are not far apart.
//!
//! Most events name a pipe, a program and a user that another one named not long ago. To find the text again costs a look
//! at its end and one comparison. The later takes the place of the earlier, so the room it takes is bounded.

use super::text;

/// So many texts of a field are remembered.
const SLOTS: usize = 512;
/// Longer ones are not, in bytes of UTF-16.
const LONGEST: usize = 512;

/// The text of a field, and those of the events before.
#[derive(Debug)]
pub(super) struct Remembered {
    /// The last one is of texts that are not remembered.
    slots: Vec<Slot>,
    /// Where the text at hand is.
    at: usize,
}

#[derive(Debug, Clone, Default)]
struct Slot {
    utf16: Vec<u8>,
    text: String,
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            slots: vec![Slot::default(); SLOTS + 1],
            at: SLOTS,
        }
    }
}

impl Remembered {
    /// Takes on the text of `utf16`, up to its first NUL: logs as the service writes them end every string in one.
    pub(super) fn read(&mut self, utf16: &[u8]) {
        if utf16.len() > LONGEST {
            self.at = SLOTS;
            return text::set_utf16(utf16, &mut self.last().text);
        }
        self.at = place(utf16);
        let Some(slot) = self.slots.get_mut(self.at) else {
            return;
        };
        if slot.utf16 != utf16 {
            slot.utf16.clear();
            slot.utf16.extend(utf16);
            text::set_utf16(utf16, &mut slot.text);
        }
    }

    /// Takes on another text.
    pub(super) fn set(&mut self, text: &str) {
        self.at = SLOTS;
        let last = self.last();
        last.text.clear();
        last.text.push_str(text);
    }

    /// The text at hand.
    pub(super) fn text(&self) -> &str {
        self.slots.get(self.at).map_or("", |slot| &slot.text)
    }

    fn last(&mut self) -> &mut Slot {
        &mut self.slots[SLOTS]
    }
}

/// Where a text is remembered, by its last characters: what texts that resemble each other differ in stands there.
fn place(utf16: &[u8]) -> usize {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let words = utf16.as_rchunks().1.iter().rev().take(5);
    let mixed = words.fold(utf16.len() as u64, |mixed, word| {
        (mixed ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR).rotate_left(32)
    });
    usize::from(u16::from_le_bytes([mixed.to_le_bytes()[0], mixed.to_le_bytes()[1]])) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::utf16;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_text_is_what_it_is_alone(texts in proptest::collection::vec(proptest::collection::vec(
            prop_oneof![8 => 1u16..128, 1 => any::<u16>(), 1 => Just(0xD800), 1 => 0xDBF0u16..0xDC10, 1 => Just(0)], 0..300), 1..20),
            order in proptest::collection::vec(any::<proptest::sample::Index>(), 1..60)) {
            let mut remembered = Remembered::default();
            for nth in order {
                let units = nth.get(&texts);
                let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
                remembered.read(&bytes);
                let mut alone = String::new();
                utf16::push_units(units.iter().copied().take_while(|unit| *unit != 0), &mut alone);
                prop_assert_eq!(remembered.text(), alone);
            }
        }
    }

    #[test]
    fn a_text_that_is_set_is_not_found_by_its_bytes() {
        let mut remembered = Remembered::default();
        remembered.set("x");
        assert_eq!(remembered.text(), "x");
        for utf16 in [&[][..], &[b'x', 0], &[]] {
            remembered.read(utf16);
            assert_eq!(remembered.text().len(), utf16.len() / 2);
        }
    }
}
