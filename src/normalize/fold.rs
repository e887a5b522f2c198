//! Text that ignores ASCII case, as Sysmon compares names.
//!
//! Sysmon's engine folds `A` to `Z` and nothing else (read in its public source, and observed), so neither does this.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use indexmap::Equivalent;

/// Text that keeps its spelling, but is compared, ordered and hashed without ASCII case.
#[derive(Clone)]
pub struct Folded(Box<str>);

/// A borrowed [`Folded`], to look one up without an allocation.
#[derive(Debug, Clone, Copy)]
pub struct FoldedRef<'a>(pub &'a str);

impl Folded {
    /// Keeps `text` as it is spelled.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text as it was spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Orders two texts without ASCII case; of two spellings of one text, by the bytes.
#[must_use]
pub fn cmp(a: &str, b: &str) -> Ordering {
    // Eight bytes at a time: names of one template differ near their ends.
    let (a_words, b_words) = (a.as_bytes().as_chunks::<8>().0, b.as_bytes().as_chunks::<8>().0);
    for (a, b) in a_words.iter().zip(b_words).filter(|(a, b)| a != b) {
        let order = lower(u64::from_be_bytes(*a)).cmp(&lower(u64::from_be_bytes(*b)));
        if order.is_ne() {
            return order;
        }
    }
    let same = 8 * a_words.len().min(b_words.len());
    let a_rest = a.bytes().skip(same).map(|byte| byte.to_ascii_lowercase());
    let b_rest = b.bytes().skip(same).map(|byte| byte.to_ascii_lowercase());
    a_rest.cmp(b_rest).then_with(|| a.cmp(b))
}

/// How many bytes two texts both begin with, without ASCII case.
#[must_use]
pub fn shared(a: &str, b: &str) -> usize {
    let same = |(a, b): &(u8, u8)| a.eq_ignore_ascii_case(b);
    a.bytes().zip(b.bytes()).take_while(same).count()
}

/// A number by which texts that are the same before `start` are ordered as [`cmp`] orders them, if it is not the same for
/// them: the sixteen bytes from there on.
#[must_use]
pub fn number(text: &str, start: usize) -> u128 {
    let mut bytes = [0; 16];
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    for (byte, given) in bytes.iter_mut().zip(rest) {
        *byte = given.to_ascii_lowercase();
    }
    u128::from_be_bytes(bytes)
}

/// Eight bytes with the small letters of the capital ones: a byte's upper bit tells whether it is in a range, once as much
/// was added to its other bits as is missing to that.
fn lower(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const UPPER: u64 = 0x80 * EACH;
    let bits = word & !UPPER;
    let from_a = bits + u64::from(0x80 - b'A') * EACH;
    let behind_z = bits + u64::from(0x80 - b'Z' - 1) * EACH;
    word | ((from_a & !behind_z & !word & UPPER) >> 2)
}

/// Feeds the folded bytes of `text` to `state`, a block at a time.
fn hash<H: Hasher>(text: &str, state: &mut H) {
    let mut block = [0; 64];
    for part in text.as_bytes().chunks(block.len()) {
        let folded = &mut block[..part.len()];
        folded.copy_from_slice(part);
        folded.make_ascii_lowercase();
        state.write(folded);
    }
    state.write_u8(0xFF);
}

impl PartialEq for Folded {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Folded {}

impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

impl Hash for FoldedRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

impl Equivalent<Folded> for FoldedRef<'_> {
    fn equivalent(&self, key: &Folded) -> bool {
        self.0.eq_ignore_ascii_case(&key.0)
    }
}

impl fmt::Debug for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The lower case of one UTF-16 unit. Characters that need two units, or become several, stay as they are: Windows maps
/// unit to unit where it compares the names of files, pipes and hosts.
#[must_use]
pub fn lower_unit(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if c.len_utf16() == 1 && one.len_utf16() == 1 => one,
        _ => c,
    }
}

/// A text without the case of any letter. Where taking two names for one makes a draft stricter, this is how they are compared:
/// what Windows does with letters beyond ASCII is not sure, and an attacker chooses the letters.
#[must_use]
pub fn generous(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(lower_unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn generous_folding_knows_all_letters() {
        assert_eq!(generous(r"\Sync-État"), generous(r"\sync-éTAT"));
        assert_ne!(generous(r"\Sync-État"), generous(r"\Sync-Etat"));
    }

    #[test]
    fn ascii_case_is_ignored_and_nothing_else() {
        assert_eq!(Folded::new(r"\SrvSvc"), Folded::new(r"\srvsvc"));
        assert_ne!(Folded::new("\\Größe"), Folded::new("\\GRÖSSE"));
        assert_ne!(Folded::new("\\é"), Folded::new("\\É"));
    }

    #[test]
    fn a_borrowed_key_finds_the_owned_one() {
        let mut set = indexmap::IndexSet::new();
        let long = "\\X".repeat(100);
        set.insert(Folded::new(&long));
        assert_eq!(set.get_index_of(&FoldedRef(&long.to_lowercase())), Some(0));
        assert_eq!(set.get_index_of(&FoldedRef("\\x")), None);
    }

    proptest! {
        #[test]
        fn numbers_order_as_texts_do(texts in proptest::collection::vec("x[aAb]{0,3}[@A-Z\\[a-z\0é]{0,20}", 2..9)) {
            let shared = texts.iter().map(|text| shared(&texts[0], text)).min().unwrap();
            for (a, b) in texts.iter().zip(&texts[1..]) {
                let order = number(a, shared).cmp(&number(b, shared));
                prop_assert!(order.is_eq() || order == cmp(a, b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn spellings_of_one_text_stand_side_by_side() {
        let mut names = vec!["\\b", "\\A", "\\a", "\\B"];
        names.sort_by(|a, b| cmp(a, b));
        assert_eq!(names, ["\\A", "\\a", "\\B", "\\b"]);
    }
}
