//! Stretches of a log's records in, their union and the gaps between them out.
//!
//! Windows numbers the records of a log one by one, whatever they are of: its EventRecordIDs go on where a log was cleared, and
//! begin anew where it was made anew (Sysmon installed again, a machine set up again under its old name).

mod extent;

pub(crate) use extent::End;
pub use extent::{Extent, Whole};

use std::collections::BTreeMap;

use crate::event::Millis;

/// Records of which none is missing between the first and the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The number of the first.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// When the first was written.
    pub from: Millis,
    /// When the last was written.
    pub until: Millis,
}

impl Stretch {
    /// From one record to another, each a number and a time; `None` where these numbers do not ascend. A clock that was set
    /// back must not make a time that ends before it begins.
    #[must_use]
    pub fn new((first, from): (u64, Millis), (last, until): (u64, Millis)) -> Option<Self> {
        (first <= last).then(|| Self {
            first,
            last,
            from: from.min(until),
            until: from.max(until),
        })
    }

    fn and(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            from: self.from.min(other.from),
            until: self.until.max(other.until),
        }
    }
}

/// Records that are in no stretch, though some before and after them are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The number of the first that is missing.
    pub first: u64,
    /// The number of the last that is missing.
    pub last: u64,
    /// When the record before them was written.
    pub after: Millis,
    /// When the record behind them was written.
    pub before: Millis,
}

impl Gap {
    /// How many records are missing.
    #[must_use]
    pub fn records(&self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }
}

/// A union of stretches, none of which touches another: the same one in whatever order they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretches(BTreeMap<u64, Stretch>);

impl From<Stretch> for Stretches {
    fn from(stretch: Stretch) -> Self {
        Self(BTreeMap::from([(stretch.first, stretch)]))
    }
}

impl Stretches {
    /// Adds a stretch; those that it touches become one with it.
    pub fn add(&mut self, mut stretch: Stretch) {
        // Whatever touches it begins before this: the last of those first.
        while let Some((&first, met)) = self.0.range(..=stretch.last.saturating_add(1)).next_back() {
            if met.last.saturating_add(1) < stretch.first {
                break;
            }
            stretch = stretch.and(*met);
            self.0.remove(&first);
        }
        self.0.insert(stretch.first, stretch);
    }

    /// Adds all of `other`.
    pub fn absorb(&mut self, other: &Self) {
        other.iter().for_each(|stretch| self.add(*stretch));
    }

    /// The stretches, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Stretch> {
        self.0.values()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they hold any of the records from `first` to `last`.
    #[must_use]
    pub fn hold_any(&self, first: u64, last: u64) -> bool {
        let met = self.0.range(..=last).next_back();
        met.is_some_and(|(_, stretch)| stretch.last >= first)
    }

    /// The gaps between them, in the order of their numbers. Where what has the smaller numbers is not the older, the numbers
    /// began anew between them: what they leave out may never have been there to collect.
    pub fn gaps(&self) -> impl Iterator<Item = Gap> {
        let pairs = self.iter().zip(self.iter().skip(1));
        pairs
            .filter(|(before, behind)| before.until <= behind.from)
            .map(|(before, behind)| Gap {
                first: before.last.saturating_add(1),
                last: behind.first.saturating_sub(1),
                after: before.until,
                before: behind.from,
            })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Records numbered so, each written in the second of its number.
    fn stretch(first: u64, last: u64) -> Stretch {
        let at = |number: u64| (number, Millis(1000 * number.cast_signed()));
        Stretch::new(at(first), at(last)).unwrap()
    }

    fn of(stretches: &[Stretch]) -> Stretches {
        let mut all = Stretches::default();
        stretches.iter().for_each(|stretch| all.add(*stretch));
        all
    }

    fn any_stretch() -> impl Strategy<Value = Stretch> {
        let times = (0i64..200, 0i64..200);
        let ends = prop_oneof![
            (0u64..100, 0u64..9),
            (0u64..100, 0u64..60),
            (u64::MAX - 9..=u64::MAX, Just(0))
        ];
        (ends, times).prop_map(|((first, more), (from, until))| {
            Stretch::new((first, Millis(from)), (first + more, Millis(until))).unwrap()
        })
    }

    proptest! {
        #[test]
        fn they_are_the_union_in_whatever_order_and_partition(
            stretches in proptest::collection::vec(any_stretch(), 0..24), cut in 0usize..24, seed in any::<u64>()) {
            let whole = of(&stretches);
            let mut turned = stretches.clone();
            turned.sort_by_key(|stretch| (stretch.first ^ seed, stretch.last, stretch.from));
            prop_assert_eq!(&of(&turned), &whole);
            let (a, b) = stretches.split_at(cut.min(stretches.len()));
            let (mut left, mut right) = (of(a), of(b));
            left.absorb(&of(b));
            right.absorb(&of(a));
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&right, &whole);
            right.absorb(&whole);
            prop_assert_eq!(&right, &whole);

            let numbers: BTreeSet<u64> = stretches.iter().flat_map(|stretch| stretch.first..=stretch.last).collect();
            let held: Vec<u64> = whole.iter().flat_map(|stretch| stretch.first..=stretch.last).collect();
            prop_assert_eq!(&held, &numbers.iter().copied().collect::<Vec<_>>());
            for first in 0..160 {
                prop_assert_eq!(whole.hold_any(first, first + 3), numbers.range(first..=first + 3).next().is_some());
            }
            // Between two of them a record is missing, and all that is told of a gap is so.
            let numbered: Vec<&Stretch> = whole.iter().collect();
            prop_assert!(numbered.windows(2).all(|pair| pair[0].last + 1 < pair[1].first));
            for gap in whole.gaps() {
                prop_assert!(gap.after <= gap.before);
                prop_assert_eq!(numbers.range(gap.first..=gap.last).count(), 0);
                prop_assert!(numbers.contains(&(gap.first - 1)) && numbers.contains(&(gap.last + 1)));
            }
        }
    }

    #[test]
    fn what_lies_between_is_missing() {
        let logs = of(&[stretch(201, 300), stretch(1, 100), stretch(101, 150)]);
        let gap = Gap {
            first: 151,
            last: 200,
            after: Millis(150_000),
            before: Millis(201_000),
        };
        assert_eq!(logs.gaps().collect::<Vec<_>>(), [gap]);
        assert_eq!(gap.records(), 50);
    }

    #[test]
    fn nothing_is_missing_where_the_numbers_began_anew() {
        let anew = Stretch::new((1, Millis(9_000_000)), (300, Millis(9_900_000))).unwrap();
        // What was logged before has higher numbers, or the same ones.
        assert_eq!(of(&[stretch(5_000, 6_000), anew]).gaps().count(), 0);
        assert_eq!(of(&[stretch(200, 400), anew]).gaps().count(), 0);
        assert_eq!(of(&[stretch(200, 400), anew, stretch(5_000, 6_000)]).gaps().count(), 0);
    }

    #[test]
    fn numbers_that_do_not_ascend_are_no_stretch() {
        assert_eq!(Stretch::new((2, Millis(0)), (1, Millis(9))), None);
        let set_back = Stretch::new((1, Millis(9)), (2, Millis(0))).unwrap();
        assert_eq!((set_back.from, set_back.until), (Millis(0), Millis(9)));
    }
}
