//! Text in, its spelling for comparison out.
//!
//! Sysmon compares without regard to case. Its Linux build folds A to Z only; what the released Windows binaries do with
//! other letters is not in the public source (in user mode with the C locale: ASCII only, it seems). ASCII is the
//! default here; the other mode shows whether a verdict depends on that question.

use std::borrow::Cow;

use crate::normalize::fold::lower_unit;
use crate::utf16;

/// Which letters have case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Folding {
    /// A to Z alone.
    #[default]
    Ascii,
    /// Every letter of the basic plane whose lower case is one letter of it, which is what `towlower` can do at most.
    Unicode,
}

impl Folding {
    /// `text` in lower case.
    #[must_use]
    pub fn fold(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Ascii => match text.bytes().any(|b| b.is_ascii_uppercase()) {
                true => Cow::Owned(text.to_ascii_lowercase()),
                false => Cow::Borrowed(text),
            },
            Self::Unicode => Cow::Owned(text.chars().map(lower_unit).collect()),
        }
    }
}

/// `text` of an XML file in the form that names of pipes have here: see [`crate::utf16`].
#[must_use]
pub(crate) fn as_name(text: &str) -> Cow<'_, str> {
    if !utf16::has_lone_surrogate(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| utf16::push_char(c, &mut out));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_the_default_and_leaves_other_letters_alone() {
        assert_eq!(Folding::default().fold(r"\PSEXESVC-É"), r"\psexesvc-É");
        assert_eq!(Folding::Unicode.fold(r"\PSEXESVC-É"), r"\psexesvc-é");
    }

    #[test]
    fn unicode_folding_keeps_the_number_of_units() {
        for text in ["İ", "𐐀", "ẞ", "Σ"] {
            let folded = Folding::Unicode.fold(text);
            assert_eq!(utf16::units(&folded).count(), utf16::units(text).count(), "{text}");
        }
    }
}
