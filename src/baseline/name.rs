//! One pipe name of a group, in all its spellings.
//!
//! Names are compared without ASCII case, and the spelling that is shown is the most frequent one, so each spelling has
//! cells of its own. A name of n letters has 2^n spellings; as with names, beyond a limit only a sample is kept.

use xxhash_rust::xxh3::xxh3_64;

use super::cells::{CellKey, Cells};
use super::interner::number;
use crate::normalize::fold::Folded;

/// How many spellings of a name are kept at the end; while it grows, twice as many.
const SPELLINGS: usize = 16;

/// The number that stands for all spellings which are not kept.
pub(super) const OTHER: u32 = u32::MAX;

/// See the module's text. Spelling 0 is that of the group's key, spelling n is `more[n - 1]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Name {
    more: Vec<Box<str>>,
    pub(super) cells: Cells,
}

impl Name {
    /// The spellings in the order of their numbers.
    pub(super) fn spellings<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        std::iter::once(key).chain(self.more.iter().map(|text| &**text))
    }

    /// Whether the spelling of this number is `text`.
    pub(super) fn is_spelled(&self, key: &str, number: u32, text: &str) -> bool {
        match number.checked_sub(1) {
            None => key == text,
            Some(more) => self.more.get(more as usize).is_some_and(|kept| **kept == *text),
        }
    }

    /// The most frequent spelling; of several, the smallest. The name is settled. A row counted elsewhere is one here.
    pub(super) fn shown<'a>(&'a self, key: &'a str) -> &'a str {
        if self.more.is_empty() {
            return key;
        }
        let events = |number: u32| -> usize {
            self.cells
                .iter()
                .filter(|cell| cell.key.spelling == number)
                .map(|cell| cell.ids.len())
                .sum()
        };
        let counted = (0..)
            .zip(self.spellings(key))
            .map(|(number, text)| (events(number), text));
        counted
            .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(a.1)))
            .map_or(key, |(_, text)| text)
    }

    /// The number of a spelling.
    pub(super) fn spelling(&mut self, key: &str, text: &str) -> u32 {
        if let Some(index) = self.spellings(key).position(|kept| kept == text) {
            return number(index);
        }
        if self.more.len() + 1 >= SPELLINGS && self.spellings(key).all(|kept| hash(kept) < hash(text)) {
            return OTHER;
        }
        if self.more.len() >= 2 * SPELLINGS {
            self.trim(key);
        }
        self.more.push(text.into());
        number(self.more.len())
    }

    /// Makes room for as many spellings as a settled name has.
    pub(super) fn make_room(&mut self, key: &str) {
        if self.more.len() > SPELLINGS {
            self.trim(key);
        }
    }

    /// Drops spellings from `more` until the limit is kept. The key's own spelling stays until the end, whatever its hash.
    fn trim(&mut self, key: &str) {
        let keep = kept(self.spellings(key));
        let mut numbers = vec![0];
        let mut more = Vec::new();
        for text in self.more.drain(..) {
            numbers.push(if keep.contains(&hash(&text)) {
                more.push(text);
                number(more.len())
            } else {
                OTHER
            });
        }
        self.more = more;
        self.cells.settle(|key| CellKey {
            spelling: renumbered(&numbers, key.spelling),
            ..key
        });
    }

    /// Brings spellings and cells into their final order; gives the key's spelling from now on, where it is another.
    pub(super) fn settle(&mut self, key: &str, renumber: impl Fn(CellKey) -> CellKey) -> Option<Folded> {
        if self.more.is_empty() {
            self.cells.settle(renumber);
            return None;
        }
        let all: Vec<Box<str>> = self.spellings(key).map(Into::into).collect();
        let keep = kept(self.spellings(key));
        let mut sorted: Vec<&Box<str>> = all.iter().filter(|text| keep.contains(&hash(text))).collect();
        sorted.sort_unstable();
        let numbers: Vec<u32> = all
            .iter()
            .map(|text| sorted.binary_search(&text).map_or(OTHER, number))
            .collect();
        self.cells.settle(|key| CellKey {
            spelling: renumbered(&numbers, key.spelling),
            ..renumber(key)
        });
        let key = sorted.first().map(|text| Folded::new(text));
        self.more = sorted.into_iter().skip(1).cloned().collect();
        key
    }
}

fn renumbered(numbers: &[u32], old: u32) -> u32 {
    numbers.get(old as usize).copied().unwrap_or(OTHER)
}

/// The hashes of the spellings that are kept: the smallest.
fn kept<'a>(spellings: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let mut hashes: Vec<u64> = spellings.map(hash).collect();
    hashes.sort_unstable();
    hashes.truncate(SPELLINGS);
    hashes
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}
