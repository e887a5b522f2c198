//! The UTC day of an event.

use std::fmt;

use jiff::civil::Date;

use crate::event::Millis;

/// Milliseconds in a day.
pub const DAY_MILLIS: i64 = 86_400_000;

/// A UTC date, in days since 1970-01-01; [`Day::NONE`] where an event has no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Sysmon 1.0 appeared on 2014-08-08: an event before is of a clock that was wrong.
const FIRST: Day = Day(16_290);
/// The last day of 2099.
const LAST: Day = Day(47_481);

impl Day {
    /// The day of events without a time.
    pub const NONE: Self = Self(i32::MIN);

    /// The day of a time, and the milliseconds since it began.
    #[must_use]
    pub fn split(time: Millis) -> (Self, u32) {
        let day = time.0.div_euclid(DAY_MILLIS);
        let millis = time.0.rem_euclid(DAY_MILLIS);
        match (i32::try_from(day), u32::try_from(millis)) {
            (Ok(day), Ok(millis)) if day != i32::MIN => (Self(day), millis),
            _ => (Self::NONE, 0),
        }
    }

    /// The time `millis` after the day began; `None` for [`Day::NONE`].
    #[must_use]
    pub fn at(self, millis: u32) -> Option<Millis> {
        (self != Self::NONE).then(|| Millis(i64::from(self.0) * DAY_MILLIS + i64::from(millis)))
    }

    /// Whether an event of this day can be evidence: from Sysmon's first day to 2099. Others are counted, no more.
    #[must_use]
    pub fn is_plausible(self) -> bool {
        (FIRST..=LAST).contains(&self)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }

    /// The day that [`Day::number`] gave.
    #[must_use]
    pub fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Reads `2027-06-30`; `None` where the calendar has no such day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date: Date = text.parse().ok().filter(|_| text.len() == "2027-06-30".len())?;
        let days = (date - Date::constant(1970, 1, 1)).get_days();
        Some(Self(days))
    }

    /// As a civil date, where the calendar has it.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        let epoch = Date::constant(1970, 1, 1);
        epoch.checked_add(jiff::Span::new().try_days(self.0).ok()?).ok()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Some(date) => write!(f, "{date}"),
            None => f.write_str(super::EMPTY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_borders_of_evidence_are_days_of_the_calendar() {
        assert_eq!(FIRST.to_string(), "2014-08-08");
        assert_eq!(LAST.to_string(), "2099-12-31");
        assert!(!Day(FIRST.0 - 1).is_plausible());
        assert!(!Day(LAST.0 + 1).is_plausible());
        assert!(!Day::NONE.is_plausible());
    }

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in ["1970-01-01", "2024-02-29", "2027-06-30", "1969-12-31"] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "2027-02-30",
            "2027-6-30",
            "30.06.2027",
            "2027-06-30T00:00",
            "",
            "2027-13-01",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_before_1970_is_on_the_day_before() {
        let (day, millis) = Day::split(Millis(-1));
        assert_eq!((day.to_string().as_str(), millis), ("1969-12-31", 86_399_999));
        assert_eq!(day.at(millis), Some(Millis(-1)));
        assert_eq!(Day::split(Millis(i64::MAX)).0, Day::NONE);
    }
}
