//! Texts that many events share, each kept once: a number for each spelling, and one for each key that spellings share.

use std::borrow::Cow;

use indexmap::IndexSet;
use xxhash_rust::xxh3::xxh3_64;

use super::Map;
use crate::normalize::fold::{self, Folded, FoldedRef};

/// The numbers of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interned {
    pub(super) key: u32,
    pub(super) spelling: u32,
}

/// Which part of a spelling is compared.
pub(super) type KeyOf = for<'a> fn(&'a str) -> Cow<'a, str>;

/// The table. Numbers follow the order of insertion until it is sorted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Interner {
    spellings: Map<Box<str>, u32>,
    keys: IndexSet<Folded, foldhash::fast::RandomState>,
}

/// New numbers for old.
#[derive(Debug, Default)]
pub(super) struct Renumbering {
    pub(super) keys: Vec<u32>,
    pub(super) spellings: Vec<u32>,
}

impl Renumbering {
    pub(super) fn key(&self, old: u32) -> u32 {
        self.keys.get(old as usize).copied().unwrap_or(old)
    }

    pub(super) fn spelling(&self, old: u32) -> u32 {
        self.spellings.get(old as usize).copied().unwrap_or(old)
    }
}

impl Interner {
    /// The numbers of `spelling`; `key_of` says which part of it is compared.
    pub(super) fn intern(&mut self, spelling: &str, key_of: KeyOf) -> Interned {
        if let Some((index, _, key)) = self.spellings.get_full(spelling) {
            return Interned {
                key: *key,
                spelling: number(index),
            };
        }
        let key = key_of(spelling);
        let key = match self.keys.get_index_of(&FoldedRef(&key)) {
            Some(index) => index,
            None => self.keys.insert_full(Folded::new(&key)).0,
        };
        let (index, _) = self.spellings.insert_full(spelling.into(), number(key));
        Interned {
            key: number(key),
            spelling: number(index),
        }
    }

    /// The text of a spelling's number.
    pub(super) fn spelling(&self, number: u32) -> &str {
        self.spellings.get_index(number as usize).map_or("", |(text, _)| text)
    }

    /// The key of a key's number, in the spelling that came first.
    pub(super) fn key(&self, number: u32) -> &str {
        self.keys.get_index(number as usize).map_or("", Folded::as_str)
    }

    /// The number of a key, in any spelling.
    pub(super) fn number_of(&self, key: &str) -> Option<u32> {
        self.keys.get_index_of(&FoldedRef(key)).map(number)
    }

    pub(super) fn spellings(&self) -> impl Iterator<Item = &str> {
        self.spellings.keys().map(|text| &**text)
    }

    /// For each key by number its spelling, where it has only one.
    pub(super) fn only_spellings(&self) -> Vec<Option<&str>> {
        let mut only = vec![None; self.keys.len()];
        let mut several = vec![false; self.keys.len()];
        for (spelling, key) in &self.spellings {
            if let (Some(only), Some(several)) = (only.get_mut(*key as usize), several.get_mut(*key as usize)) {
                *several |= only.is_some();
                *only = (!*several).then_some(&**spelling);
            }
        }
        only
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(Folded::as_str)
    }

    /// Adds all of `other`.
    pub(super) fn absorb(&mut self, other: &Self, key_of: KeyOf) -> Renumbering {
        let mut renumbering = Renumbering {
            keys: vec![0; other.keys.len()],
            spellings: Vec::new(),
        };
        for (spelling, old) in &other.spellings {
            let new = self.intern(spelling, key_of);
            renumbering.spellings.push(new.spelling);
            if let Some(slot) = renumbering.keys.get_mut(*old as usize) {
                *slot = new.key;
            }
        }
        renumbering
    }

    /// Sorts the spellings by key, so that their numbers depend on nothing but the texts.
    pub(super) fn sort(&mut self, key_of: KeyOf) -> Renumbering {
        let mut texts: Vec<&str> = self.spellings.keys().map(|text| &**text).collect();
        texts.sort_unstable_by(|a, b| fold::cmp(&key_of(a), &key_of(b)).then_with(|| a.cmp(b)));
        let mut sorted = Self::default();
        for text in texts {
            sorted.intern(text, key_of);
        }
        self.replace(sorted)
    }

    /// Keeps the spellings that `used` names, in their order.
    pub(super) fn compact(&mut self, used: &[bool], key_of: KeyOf) -> Renumbering {
        let mut kept = Self::default();
        for (text, _) in self.spellings.keys().zip(used).filter(|(_, used)| **used) {
            kept.intern(text, key_of);
        }
        self.replace(kept)
    }

    /// Becomes `new`; gives the numbers of what both hold (the others are not in use).
    fn replace(&mut self, new: Self) -> Renumbering {
        let mut renumbering = Renumbering {
            keys: vec![0; self.keys.len()],
            spellings: Vec::new(),
        };
        for (spelling, old) in &self.spellings {
            let index = new.spellings.get_full(spelling);
            renumbering
                .spellings
                .push(index.map_or(0, |(index, _, _)| number(index)));
            if let (Some((_, _, key)), Some(slot)) = (index, renumbering.keys.get_mut(*old as usize)) {
                *slot = *key;
            }
        }
        *self = new;
        renumbering
    }

    /// Keeps so many spellings of each key, those with the smallest hashes, besides that in lower case, which stands for the
    /// others from then on. Keys keep their numbers; gives the new numbers of the spellings, where any key had more.
    pub(super) fn keep_few(&mut self, most: usize) -> Option<Vec<u32>> {
        if self.spellings.len() - self.keys.len() < most {
            return None;
        }
        let is_plain = |text: &str| !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let hash = |text: &str| xxh3_64(text.as_bytes());
        let others = self.spellings.iter().filter(|(text, _)| !is_plain(text));
        let mut others: Vec<(u32, u64)> = others.map(|(text, key)| (*key, hash(text))).collect();
        others.sort_unstable();
        let limits: Map<u32, u64> = others
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|spellings| spellings.len() > most)
            .filter_map(|spellings| spellings.get(most.checked_sub(1)?).copied())
            .collect();
        if limits.is_empty() {
            return None;
        }
        let mut kept = Map::default();
        let mut keep = |text: Box<str>, key: u32| number(kept.insert_full(text, key).0);
        let numbers = std::mem::take(&mut self.spellings).into_iter().map(|(text, key)| {
            let is_kept = is_plain(&text) || limits.get(&key).is_none_or(|limit| hash(&text) <= *limit);
            keep(
                if is_kept {
                    text
                } else {
                    text.to_ascii_lowercase().into()
                },
                key,
            )
        });
        let numbers = numbers.collect();
        self.spellings = kept;
        Some(numbers)
    }

    pub(super) fn len(&self) -> usize {
        self.spellings.len()
    }
}

/// Tables hold fewer than 2^32 texts: memory ends long before.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
