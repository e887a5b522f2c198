//! Times as logs write them in, milliseconds since 1970 out.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::event::Millis;

/// Milliseconds between 1601-01-01, where a FILETIME starts to count, and 1970-01-01.
const FROM_1601_TO_1970: i64 = 11_644_473_600_000;

/// A UTC time as Sysmon writes it in `UtcTime`, `2020-09-27 13:42:00.713`.
///
/// Exports write the same as RFC 3339 (`2020-09-27T13:42:00.7134567Z`), so a `T` may stand between date and time and a
/// `Z` at the end, and there may be any number of digits of a second's fraction, or none; those after the third are
/// dropped. `None` for anything else: an offset other than `Z`, a date that no calendar has.
#[must_use]
pub fn parse_utc_time(text: impl AsRef<[u8]>) -> Option<Millis> {
    let (whole, rest) = text.as_ref().split_first_chunk()?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b' ' | b'T' | b't',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
    ] = *whole
    else {
        return None;
    };
    let digits = [y1, y2, y3, y4, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2].map(|byte| byte.wrapping_sub(b'0'));
    if digits.iter().any(|digit| *digit > 9) {
        return None;
    }
    let [century, year, month, day, hour, minute, second] =
        std::array::from_fn(|nth| (10 * digits[2 * nth] + digits[2 * nth + 1]).cast_signed());
    let year = 100 * i16::from(century) + i16::from(year);
    let nanos = 1_000_000 * i32::from(fraction(rest)?);
    let civil = DateTime::new(year, month, day, hour, minute, second, nanos).ok()?;
    Some(Millis(Offset::UTC.to_timestamp(civil).ok()?.as_millisecond()))
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
        fn what_a_timestamp_prints_is_read_back(millis in -2_000_000_000_000i64..9_000_000_000_000) {
            let text = jiff::Timestamp::from_millisecond(millis).unwrap().to_string();
            prop_assert_eq!(parse_utc_time(&text), Some(Millis(millis)));
        }
    }
}
