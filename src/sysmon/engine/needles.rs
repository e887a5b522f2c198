//! Texts in, whether one of them stands anywhere in a value out, for a filter that is asked of few events.
//!
//! A rule that is reached through another filter lists hundreds of short texts: all characters, say, that its names never
//! hold. As atoms they would be hits in every event; here they are asked when the filter is.

use memchr::memmem;

use crate::sysmon::condition::search_items;

/// See the module's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Needles {
    /// A bit for each text of one ASCII character.
    single: u128,
    /// For each ASCII character, those that make a text behind it; none where there is no such text.
    pairs: Vec<u128>,
    longer: Vec<Box<str>>,
}

fn bit(byte: u8) -> u128 {
    1_u128.checked_shl(u32::from(byte)).unwrap_or(0)
}

impl Needles {
    /// The items of a list, folded.
    pub(crate) fn of_list(value: &str) -> Self {
        search_items(value).fold(Self::default(), Self::with)
    }

    /// With one more text, folded.
    pub(crate) fn with(mut self, text: &str) -> Self {
        match text.as_bytes() {
            [one] => self.single |= bit(*one),
            [first, second] if first.is_ascii() && second.is_ascii() => {
                self.pairs.resize(128, 0);
                if let Some(after) = self.pairs.get_mut(usize::from(*first)) {
                    *after |= bit(*second);
                }
            }
            _ => self.longer.push(text.into()),
        }
        self
    }

    pub(crate) fn are_ascii(&self) -> bool {
        self.longer.iter().all(|text| text.is_ascii())
    }

    pub(crate) fn stand_in(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        let after = |byte: u8| self.pairs.get(usize::from(byte)).copied().unwrap_or(0);
        bytes.iter().any(|byte| self.single & bit(*byte) != 0)
            || !self.pairs.is_empty() && bytes.windows(2).any(|pair| after(pair[0]) & bit(pair[1]) != 0)
            || self
                .longer
                .iter()
                .any(|text| memmem::find(bytes, text.as_bytes()).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sysmon::condition::Condition;

    #[test]
    fn they_stand_where_the_plain_reading_finds_them() {
        let lists = ["a", "a;.m;é", ".m;xyz;é\\", "", "a;", ";a", "éa;ü", "\\;\\a"];
        let values = ["", "a", r"\a", ".m", "m.", "é", r"é\", "xyz", "éa", ";a", "wxy", "ä.mo"];
        for (list, value) in lists.iter().flat_map(|list| values.map(|value| (*list, value))) {
            let expected = Condition::ContainsAny.holds(list, value);
            assert_eq!(
                Needles::of_list(list).stand_in(value),
                expected,
                "{list:?} in {value:?}"
            );
        }
    }
}
