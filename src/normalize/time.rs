//! Times as logs write them in, milliseconds since 1970 out.

use jiff::Timestamp;

use crate::event::Millis;

/// Milliseconds between 1601-01-01, where a FILETIME starts to count, and 1970-01-01.
const FROM_1601_TO_1970: i64 = 11_644_473_600_000;

/// The last time there is: times are written by `jiff`, which has none later.
#[must_use]
pub fn last() -> Millis {
    Millis(Timestamp::MAX.as_millisecond())
}

/// A UTC time as Sysmon writes it in `UtcTime`, `2020-09-27 13:42:00.713`.
///
/// Exports write the same as RFC 3339 (`2020-09-27T13:42:00.7134567Z`), so a `T` may stand between date and time and a
/// `Z` at the end, and there may be any number of digits of a second's fraction, or none; those after the third are
/// dropped. `None` for anything else: an offset other than `Z`, a date that no calendar has.
#[must_use]
pub fn parse_utc_time(text: impl AsRef<[u8]>) -> Option<Millis> {
    let (whole, rest) = text.as_ref().split_first_chunk::<19>()?;
    let separated = [whole[4], whole[7], whole[13], whole[16]] == *b"--::" && matches!(whole[10], b' ' | b'T' | b't');
    let mut are_digits = true;
    let mut two = |at: usize| {
        let digits = [whole[at], whole[at + 1]].map(|byte| byte.wrapping_sub(b'0'));
        are_digits &= digits[0] <= 9 && digits[1] <= 9;
        10 * i64::from(digits[0]) + i64::from(digits[1])
    };
    let (year, month, day) = (100 * two(0) + two(2), two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    if !separated || !are_digits || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let day = day_number(year, month, day)?;
    let millis = 1000 * (60 * (60 * (24 * day + hour) + minute) + second) + i64::from(fraction(rest)?);
    (millis <= last().0).then_some(Millis(millis))
}

/// The days from 1970-01-01 to a date from year 0 on; `None` for one that no calendar has. By years that begin in March, so
/// that a leap day is a year's last.
fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(is_leap),
        _ => return None,
    };
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before_month = (153 * month + 2) / 5;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    (1..=length)
        .contains(&day)
        .then_some(365 * year + leap_days + before_month + day - 1 - 719_468)
}

/// A FILETIME: 100-nanosecond steps since 1601-01-01T00:00:00Z.
#[must_use]
pub fn from_filetime(steps: u64) -> Millis {
    Millis((steps / 10_000).cast_signed() - FROM_1601_TO_1970)
}

/// What follows the seconds, `.713`, `.7134567Z`, `Z` or nothing, in whole milliseconds.
fn fraction(rest: &[u8]) -> Option<i16> {
    let rest = rest.strip_suffix(b"Z").or(rest.strip_suffix(b"z")).unwrap_or(rest);
    let Some((b'.', digits)) = rest.split_first() else {
        return rest.is_empty().then_some(0);
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |nth: usize| i16::from(digits.get(nth).map_or(0, |byte| byte - b'0'));
    Some(100 * digit(0) + 10 * digit(1) + digit(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOMENT: Option<Millis> = Some(Millis(1_601_214_120_713));

    #[test]
    fn every_spelling_of_a_moment_is_that_moment() {
        for text in [
            "2020-09-27 13:42:00.713",
            "2020-09-27T13:42:00.713",
            "2020-09-27 13:42:00.713Z",
            "2020-09-27T13:42:00.7139999Z",
            "2020-09-27t13:42:00.713999999999999999999z",
        ] {
            assert_eq!(parse_utc_time(text), MOMENT, "{text}");
        }
        assert_eq!(parse_utc_time("2020-09-27 13:42:00"), Some(Millis(1_601_214_120_000)));
        assert_eq!(parse_utc_time("2020-09-27 13:42:00.7"), Some(Millis(1_601_214_120_700)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "-",
            "2020-09-27",
            "2020-09-27 13:42",
            "2020-02-30 13:42:00.713",
            "2020-09-27 24:00:00",
            "2020-09-27 13:42:00.",
            "2020-09-27 13:42:00,713",
            "2020-09-27 13:42:00+02:00",
            "2020-09-27 13:42:00.713 ",
            "+020-09-27 13:42:00.713",
            "２020-09-27 13:42:00.713",
        ] {
            assert_eq!(parse_utc_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_filetime_counts_from_1601() {
        assert_eq!(Some(from_filetime(132_456_877_207_139_999)), MOMENT);
        assert_eq!(Some(from_filetime(10_000)), parse_utc_time("1601-01-01 00:00:00.001"));
        assert!(from_filetime(u64::MAX).0 > 0);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,30}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,12})?Z?") {
            let _ = parse_utc_time(&text);
        }

        #[test]
        fn a_date_is_what_the_calendar_says(
            year in 0i16..10_000, month in 0i8..14, day in 0i8..33, hour in 0i8..25, minute in 0i8..61, second in 0i8..61,
        ) {
            let text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.007");
            let civil = jiff::civil::DateTime::new(year, month, day, hour, minute, second, 7_000_000);
            let timestamp = civil.and_then(|civil| jiff::tz::Offset::UTC.to_timestamp(civil));
            prop_assert_eq!(parse_utc_time(&text), timestamp.ok().map(|time| Millis(time.as_millisecond())), "{}", text);
        }

        #[test]
        fn what_a_timestamp_prints_is_read_back(millis in -2_000_000_000_000i64..9_000_000_000_000) {
            let text = jiff::Timestamp::from_millisecond(millis).unwrap().to_string();
            prop_assert_eq!(parse_utc_time(&text), Some(Millis(millis)));
        }
    }
}
