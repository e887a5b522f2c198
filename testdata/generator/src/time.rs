//! Instants of the logs: milliseconds in, the spellings of Sysmon, XML and FILETIME out.

use std::fmt;

const DAY: i64 = 86_400_000;
/// 1970-01-01 in FILETIME, hundreds of nanoseconds since 1601-01-01.
const UNIX_EPOCH_TICKS: i64 = 116_444_736_000_000_000;

/// An instant: hundreds of nanoseconds since 1970-01-01T00:00:00Z, the resolution of FILETIME.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 10_000)
    }

    /// From a UTC date and time of day.
    #[must_use]
    pub fn utc(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Self {
        let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        Self::from_millis(seconds * 1_000)
    }

    /// Milliseconds since 1970, what is finer cut off.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(10_000)
    }

    /// The instant `millis` later.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0 + millis * 10_000)
    }

    /// The instant `ticks` (hundreds of nanoseconds) later.
    #[must_use]
    pub const fn plus_ticks(self, ticks: i64) -> Self {
        Self(self.0 + ticks)
    }

    /// As Windows stores it; 0 for what is before 1601.
    #[must_use]
    pub fn filetime(self) -> u64 {
        u64::try_from(self.0 + UNIX_EPOCH_TICKS).unwrap_or(0)
    }

    /// `2025-03-03 08:12:44.103`, as the field `UtcTime` has it.
    #[must_use]
    pub fn sysmon(self) -> String {
        let (date, clock) = (self.date(), self.clock());
        format!("{date} {clock}.{:03}", self.millis().rem_euclid(1_000))
    }

    /// `2025-03-03T08:12:44.1034567Z`, with `digits` (up to 9) of the second's fraction.
    #[must_use]
    pub fn rfc3339(self, digits: usize) -> String {
        let nanos = format!("{:09}", self.0.rem_euclid(10_000_000) * 100);
        let fraction = nanos.get(..digits).unwrap_or(&nanos);
        format!("{}T{}.{fraction}Z", self.date(), self.clock())
    }

    fn date(self) -> String {
        let (year, month, day) = civil_from_days(self.millis().div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn clock(self) -> String {
        let second = self.millis().rem_euclid(DAY) / 1_000;
        format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
    }
}

/// As `UtcTime` spells it.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sysmon())
    }
}

/// Days since 1970-01-01 of a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a day, the same algorithm backwards.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        let time = Time::utc(2024, 2, 29, 23, 59, 58).plus_millis(7).plus_ticks(5);
        assert_eq!(time.millis(), 1_709_251_198_007);
        assert_eq!(time.sysmon(), "2024-02-29 23:59:58.007");
        assert_eq!(time.rfc3339(7), "2024-02-29T23:59:58.0070005Z");
        assert_eq!(Time::from_millis(0).filetime(), 116_444_736_000_000_000);
    }

    #[test]
    fn dates_go_there_and_back() {
        for days in (-200_000..200_000).step_by(37) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
