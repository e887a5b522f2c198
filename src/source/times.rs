//! A time as an exporter or a person's spreadsheet writes it in, milliseconds since 1970 out.
//!
//! What names no offset is taken as UTC, which is wrong by hours where a tool writes local time; days are what evidence
//! counts. What could be two days is refused: `9/6/2019` is one in September to some and one in June to others.

use jiff::civil;

use crate::event::Millis;
use crate::normalize::time::{from_filetime, parse_utc_time};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a time: RFC 3339 and its kin, with any offset; seconds, milliseconds, microseconds and nanoseconds since 1970, and
/// FILETIMEs; `/Date(…)/` of Windows PowerShell; `Sep 6, 2019 @ 13:49:35.433` (Kibana), `Fri Sep 06 13:49:35 2019` (C),
/// `06 Sep 2019 13:49:35`, `06.09.2019 13:49`, and `9/16/2019 1:49:35 PM` where one of the numbers can be no month.
pub(super) fn parse(text: &str) -> Option<Millis> {
    let text = text.trim();
    if let Some(time) = parse_utc_time(text) {
        return Some(time);
    }
    // Nothing that is longer is a time, and what is longer may be very long.
    if text.len() > 64 {
        return None;
    }
    let dated = text
        .split_once("/Date(")
        .or_else(|| text.split_once("\\/Date("))
        .and_then(|(_, rest)| rest.split([')', '+']).next());
    match dated {
        Some(millis) => millis.parse().ok().map(Millis),
        None => since_1970(text).or_else(|| spelled_out(text)),
    }
}

/// A number, whose size tells its unit: no log is from before 2001.
fn since_1970(text: &str) -> Option<Millis> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    if !fraction.is_empty() && whole.len() > 13 {
        return None;
    }
    Some(match whole.len() {
        1..=10 => {
            let millis = format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok()?;
            Millis(number.checked_mul(1000)?.checked_add(millis)?)
        }
        13 => Millis(number),
        16 => Millis(number / 1000),
        18 => from_filetime(number.cast_unsigned()),
        19 => Millis(number / 1_000_000),
        _ => return None,
    })
}

/// The parts of a time that is spelled out.
#[derive(Default)]
struct Parts {
    /// Numbers of the date in their order, with how many digits they have and what stands behind them.
    numbers: Vec<(i16, usize, u8)>,
    month: Option<i8>,
    clock: Option<(i8, i8, i8, i32)>,
    is_afternoon: Option<bool>,
    /// Seconds east of UTC.
    offset: i64,
}

fn spelled_out(text: &str) -> Option<Millis> {
    let parts = parts(text)?;
    let (year, month, day) = date(&parts)?;
    let (hour, minute, second, nanos) = parts.clock?;
    let hour = match parts.is_afternoon {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(is_afternoon) => hour % 12 + if is_afternoon { 12 } else { 0 },
    };
    let moment = civil::DateTime::new(year, month, day, hour, minute, second, nanos).ok()?;
    let moment = jiff::tz::Offset::UTC.to_timestamp(moment).ok()?;
    let millis = moment.as_millisecond() - parts.offset * 1000;
    (millis <= crate::normalize::time::last().0).then_some(Millis(millis))
}

fn parts(text: &str) -> Option<Parts> {
    let mut parts = Parts::default();
    let mut rest = text;
    let mut before = b' ';
    while let Some(&byte) = rest.as_bytes().first() {
        let len = match byte {
            b'0'..=b'9' if parts.clock.is_none() && clock_len(rest) > 0 => {
                let len = clock_len(rest);
                parts.clock = clock(rest.get(..len)?);
                parts.clock?;
                len
            }
            b'0'..=b'9' => {
                let len = rest.bytes().take_while(u8::is_ascii_digit).count();
                let number = rest.get(..len)?.parse().ok()?;
                let behind = rest.as_bytes().get(len).copied().unwrap_or(b' ');
                parts.numbers.push((number, len, behind));
                len
            }
            b'+' | b'-'
                if parts.clock.is_some() && !parts.numbers.is_empty() | parts.month.is_some() && before != b'/' =>
            {
                let len = 1 + rest
                    .bytes()
                    .skip(1)
                    .take_while(|b| b.is_ascii_digit() || *b == b':')
                    .count();
                parts.offset = offset(rest.get(..len)?)?;
                len
            }
            _ if rest.chars().next().is_some_and(char::is_alphabetic) => {
                let len = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
                word(rest.get(..len)?, &mut parts)?;
                len
            }
            b' ' | b',' | b'/' | b'-' | b'.' | b'@' | b':' | b'[' | b']' => 1,
            // The narrow space that Windows 11 and ICU put before AM and PM.
            _ if rest.starts_with(['\u{202F}', '\u{A0}', '\u{200E}', '\u{200F}']) => rest.chars().next()?.len_utf8(),
            _ => return None,
        };
        before = byte;
        rest = rest.get(len..)?;
    }
    Some(parts)
}

/// How long the time of day is that a text begins with, or 0.
fn clock_len(text: &str) -> usize {
    let digits = |from: usize| text.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let hour = digits(0);
    let bytes = text.as_bytes();
    if !(1..=2).contains(&hour) || bytes.get(hour) != Some(&b':') || digits(hour + 1) != 2 {
        return 0;
    }
    let mut len = hour + 3;
    if bytes.get(len) == Some(&b':') && digits(len + 1) == 2 {
        len += 3;
        if matches!(bytes.get(len), Some(b'.' | b',')) && digits(len + 1) > 0 {
            len += 1 + digits(len + 1);
        }
    }
    // What goes on as a number is none: `49:35.4` of a spreadsheet are minutes and seconds of an hour that is not there.
    let goes_on = matches!(bytes.get(len), Some(b'.' | b',' | b':')) && digits(len + 1) > 0;
    if goes_on { 0 } else { len }
}

fn clock(text: &str) -> Option<(i8, i8, i8, i32)> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut numbers = clock.split(':').map(str::parse::<i8>);
    let (hour, minute) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let second = numbers.next().unwrap_or(Ok(0)).ok()?;
    let nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some((hour, minute, second, nanos))
}

/// `+0200`, `-05:00`, `+9`.
fn offset(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        _ => return None,
    };
    let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (3600 * hours + 60 * minutes))
}

/// A word of a time: a month, a day of the week, which says nothing new, or what follows the time of day. Others may be
/// an offset that nobody knows for certain, such as `EST`.
fn word(word: &str, parts: &mut Parts) -> Option<()> {
    let word = word.to_ascii_lowercase();
    match word.as_str() {
        "am" => parts.is_afternoon = Some(false),
        "pm" => parts.is_afternoon = Some(true),
        "z" | "utc" | "gmt" | "t" | "at" => {}
        "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun" => {}
        word if word.len() > 5 && word.ends_with("day") => {}
        word => {
            let short = word.get(..3)?;
            let month = MONTHS.iter().position(|month| *month == short)?;
            parts.month = Some(i8::try_from(month + 1).ok()?);
        }
    }
    Some(())
}

/// Year, month and day.
fn date(parts: &Parts) -> Option<(i16, i8, i8)> {
    let small = |number: i16| i8::try_from(number).ok();
    let of_four = |digits: usize| digits == 4;
    match (parts.month, parts.numbers.as_slice()) {
        (Some(month), &[(year, len, _), (day, _, _)]) if of_four(len) => Some((year, month, small(day)?)),
        (Some(month), &[(day, _, _), (year, len, _)]) if of_four(len) => Some((year, month, small(day)?)),
        (None, &[(year, len, _), (month, _, _), (day, _, _)]) if of_four(len) => {
            Some((year, small(month)?, small(day)?))
        }
        // Where dots stand, the day comes first.
        (None, &[(day, _, b'.'), (month, _, _), (year, len, _)]) if of_four(len) => {
            Some((year, small(month)?, small(day)?))
        }
        (None, &[(one, _, _), (other, _, _), (year, len, _)]) if of_four(len) => match (one, other) {
            (one, other) if one == other => Some((year, small(one)?, small(other)?)),
            (day @ 13.., month) | (month, day @ 13..) => Some((year, small(month)?, small(day)?)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a text is a date with a time of day whose day and month could be each other.
pub(super) fn is_ambiguous(text: &str) -> bool {
    text.len() <= 64
        && parse(text).is_none()
        && parts(text).is_some_and(|parts| {
            let fits = |number: i16| (1..=12).contains(&number);
            let slashed = matches!(parts.numbers.as_slice(), &[(a, ..), (b, ..), (_, 4, _)] if fits(a) && fits(b));
            parts.month.is_none() && parts.clock.is_some() && slashed
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_spelling_of_a_moment_is_that_moment() {
        for text in [
            "2019-09-06T13:49:35.4336838Z",
            "2019-09-06 13:49:35.433684",
            "2019-09-06T13:49:35.433684+00:00",
            "2019-09-06T15:49:35.4336838+02:00",
            "2019-09-06T15:49:35.433+0200",
            "2019-09-06 22:49:35.433 +09:00",
            "2019-09-06 13:49:35,433",
            "2019/09/06 13:49:35.433683000",
            "1567777775.4336838",
            "1567777775433",
            "1567777775433683",
            "1567777775433683000",
            "132122513754336838",
            "/Date(1567777775433)/",
            "\\/Date(1567777775433)\\/",
            "/Date(1567777775433+0200)/",
            "Sep 6, 2019 @ 13:49:35.433",
            "Sep 06, 2019 13:49:35.433683000 UTC",
            "06 Sep 2019 13:49:35.433",
            "06/Sep/2019:13:49:35.433 +0000",
            "06.09.2019 13:49:35,433",
            "Friday, September 6, 2019 1:49:35.433 PM",
        ] {
            assert_eq!(parse(text), Some(Millis(1_567_777_775_433)), "{text}");
        }
        for text in [
            "1567777775",
            "Fri Sep 06 13:49:35 2019",
            "Fri Sep  6 13:49:35 2019 UTC",
            "Sep 06 2019 13:49:35",
            "2019-09-06 13:49:35 +0000",
            "September 6, 2019 1:49:35 PM",
        ] {
            assert_eq!(parse(text), Some(Millis(1_567_777_775_000)), "{text}");
        }
        for text in ["06.09.2019 13:49", "2019-09-06 13:49", "Sep 6, 2019 1:49\u{202F}PM"] {
            assert_eq!(parse(text), Some(Millis(1_567_777_740_000)), "{text}");
        }
        assert_eq!(parse("9/16/2019 1:49:35 PM"), parse("16/9/2019 13:49:35"));
        assert_eq!(parse("9/16/2019, 1:49:35.433 PM"), Some(Millis(1_568_641_775_433)));
        assert_eq!(parse("12/12/2019 12:00:00 AM"), parse("2019-12-12 00:00:00"));
    }

    #[test]
    fn what_is_no_time_or_two_is_none() {
        for text in [
            "",
            "-",
            ".",
            "9/6/2019 1:49:35 PM",
            "9/6/2019, 1:49:36.433 PM",
            "49:35.4",
            "13:49:35",
            "Sep 6 13:49:35",
            "9223372036854775807.9",
            "1.é",
            "3.71E+04",
            "2019-13-06 13:49",
            "Sep 31, 2019 13:49",
            "2019-09-06 13:49 EST",
            "6908 13:49:35 x",
            "2019-09-06",
            "9/16/19 13:49",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(is_ambiguous("9/6/2019 1:49:35 PM") && is_ambiguous("06/09/2019, 13:49"));
        assert!(!is_ambiguous("49:35.4") && !is_ambiguous("9/16/2019 1:49 PM") && !is_ambiguous(""));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}|[0-9/.:, APMSep+-]{0,40}") {
            let _ = (parse(&text), is_ambiguous(&text));
        }
    }
}
