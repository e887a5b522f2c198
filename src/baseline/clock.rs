//! Tells on how many days of a host something was seen, where its clock cannot be believed.
//!
//! Windows numbers the records of a log in the order in which they are written. Where the dates of one host fall while these
//! numbers rise, its clock was set back, by hand or since it was wrong at boot: who sets it back each time makes five days of
//! evidence in five minutes. So only days whose records were written in the order of their dates count. (Who sets the clock
//! forward again and again is not found out.)

use std::ops::AddAssign;

use super::identity;

/// The number of the last record of a host on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastRecord(u64);

impl LastRecord {
    /// An event without a record number may have been written at any time.
    const UNKNOWN: Self = Self(u64::MAX);

    /// Of events with these identities.
    pub(super) fn of(ids: &[u64]) -> Self {
        let numbers = ids
            .iter()
            .map(|id| identity::record_id(*id).map_or(Self::UNKNOWN, Self));
        numbers.max().unwrap_or(Self::UNKNOWN)
    }
}

impl AddAssign for LastRecord {
    /// The last of both.
    fn add_assign(&mut self, other: Self) {
        *self = (*self).max(other);
    }
}

/// How many days count, of those of one host in the order of their dates: as many as can be chosen so that their last records
/// are in the same order, and all of which that is not known.
pub(super) fn days_in_order(last_records: impl Iterator<Item = LastRecord>) -> usize {
    let mut unknown = 0;
    // By the length of a chain, the least number that one of this length can end with: sorted.
    let mut ends: Vec<LastRecord> = Vec::new();
    for last in last_records {
        if last == LastRecord::UNKNOWN {
            unknown += 1;
            continue;
        }
        let length = ends.partition_point(|end| *end < last);
        match ends.get_mut(length) {
            Some(end) => *end = last,
            None => ends.push(last),
        }
    }
    unknown + ends.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(last_records: &[u64]) -> usize {
        days_in_order(last_records.iter().copied().map(LastRecord))
    }

    #[test]
    fn a_date_that_falls_while_numbers_rise_is_no_new_day() {
        assert_eq!(days(&[1, 2, 3, 9]), 4);
        assert_eq!(days(&[104, 103, 102, 101, 100]), 1);
        // A clock that was wrong once costs no more than its own day.
        assert_eq!(days(&[50, 10, 20, 30, 40]), 4);
        assert_eq!(days(&[10, 20, 90, 30, 40]), 4);
    }

    #[test]
    fn what_has_no_number_may_be_in_order() {
        assert_eq!(days(&[u64::MAX, u64::MAX]), 2);
        assert_eq!(days(&[104, u64::MAX, 103]), 2);
        assert_eq!(days(&[]), 0);
    }
}
