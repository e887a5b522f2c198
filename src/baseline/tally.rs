//! Numbers by key, sorted. Most pairs have one or two, and there are millions of pairs: a tree would cost ten times as
//! much memory.

use std::ops::AddAssign;

use smallvec::SmallVec;

/// How many of each key, or what else adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<K, V = u64>(SmallVec<[(K, V); 1]>);

impl<K, V> Default for Tally<K, V> {
    fn default() -> Self {
        Self(SmallVec::new())
    }
}

impl<K: Ord + Copy, V: Copy + AddAssign> FromIterator<(K, V)> for Tally<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        let mut tally = Self::default();
        all.into_iter().for_each(|(key, number)| tally.add(key, number));
        tally
    }
}

impl<K: Ord + Copy, V: Copy + AddAssign> Tally<K, V> {
    /// Adds to a key's number. Keys that come in order cost nothing to find.
    pub fn add(&mut self, key: K, number: V) {
        let at = match self.0.last() {
            Some((last, _)) if *last < key => Err(self.0.len()),
            None => Err(0),
            Some(_) => self.0.binary_search_by(|(known, _)| known.cmp(&key)),
        };
        match at {
            Ok(at) => self.0[at].1 += number,
            Err(at) => self.0.insert(at, (key, number)),
        }
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        let in_order = self
            .0
            .last()
            .is_none_or(|(last, _)| other.0.first().is_none_or(|(first, _)| last < first));
        if in_order || other.0.len() <= 2 {
            other.0.iter().for_each(|(key, number)| self.add(*key, *number));
            return;
        }
        let mut merged = SmallVec::with_capacity(self.0.len() + other.0.len());
        let (mut own, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (own.peek(), others.peek()) {
            match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => merged.extend(own.next().copied()),
                std::cmp::Ordering::Greater => merged.extend(others.next().copied()),
                std::cmp::Ordering::Equal => {
                    let (key, mut number) = **a;
                    number += b.1;
                    merged.push((key, number));
                    own.next();
                    others.next();
                }
            }
        }
        merged.extend(own.copied());
        merged.extend(others.copied());
        self.0 = merged;
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = K> {
        self.0.iter().map(|(key, _)| *key)
    }

    /// Keys with their numbers, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (K, V)> {
        self.0.iter().copied()
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_is_a_sorted_map_of_sums(all in proptest::collection::vec((0u8..20, 1u64..9), 0..60), cut in 0usize..60) {
            let mut map: BTreeMap<u8, u64> = BTreeMap::new();
            let (mut first, mut second) = (Tally::<u8>::default(), Tally::default());
            for (i, (key, number)) in all.into_iter().enumerate() {
                *map.entry(key).or_default() += number;
                if i < cut { first.add(key, number) } else { second.add(key, number) }
            }
            first.merge(&second);
            prop_assert_eq!(first.iter().collect::<Vec<_>>(), map.into_iter().collect::<Vec<_>>());
        }
    }
}
