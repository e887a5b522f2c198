//! Writes numbers, shares and times as people read them, the same everywhere.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::event::Millis;

/// A time as RFC 3339 in UTC, to the millisecond; empty where the calendar does not have it.
#[must_use]
pub fn rfc3339(time: Millis) -> String {
    let Ok(timestamp) = Timestamp::from_millisecond(time.0) else {
        return String::new();
    };
    let civil = Offset::UTC.to_datetime(timestamp);
    // A year of more digits, or before year 0, is of no log that was not forged.
    if !(0..=9999).contains(&civil.year()) {
        return format!("{timestamp:.3}");
    }
    let mut text = *b"0000-00-00T00:00:00.000Z";
    for (end, mut number) in [
        (4, civil.year()),
        (7, civil.month().into()),
        (10, civil.day().into()),
        (13, civil.hour().into()),
        (16, civil.minute().into()),
        (19, civil.second().into()),
        (23, civil.millisecond()),
    ] {
        for digit in text[..end].iter_mut().rev() {
            *digit += (number % 10).to_le_bytes()[0];
            number /= 10;
            if number == 0 {
                break;
            }
        }
    }
    str::from_utf8(&text).unwrap_or_default().to_owned()
}

/// 1234567 as `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 host`, `2 hosts`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// The date of a time in UTC, `2026-01-05`; empty where the calendar does not have it.
#[must_use]
pub fn date(time: Millis) -> String {
    let mut text = rfc3339(time);
    let end = text.find('T').unwrap_or(text.len());
    text.truncate(end);
    text
}

/// A share from 0 to 1 as `98.8%`. What is not all is never told as 100.0%.
#[must_use]
pub fn percent(share: f64) -> String {
    let most = if share < 1.0 { 99.9 } else { 100.0 };
    format!("{:.1}%", (share * 100.0).min(most))
}

/// So many of all, as [`percent`] writes it; of nothing it is nothing.
#[must_use]
pub fn percent_of(part: u64, whole: u64) -> String {
    // Counts of events are far below 2^52.
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let share = if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    percent(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [grouped(0), grouped(999), grouped(1000), grouped(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!([counted(1, "host"), counted(2, "host")], ["1 host", "2 hosts"]);
    }

    #[test]
    fn what_is_not_all_is_not_told_as_all() {
        assert_eq!(
            [percent(0.0), percent(0.98764), percent(0.99999), percent(1.0)],
            ["0.0%", "98.8%", "99.9%", "100.0%"]
        );
        assert_eq!([percent_of(1, 8), percent_of(0, 0)], ["12.5%", "0.0%"]);
    }

    #[test]
    fn a_date_is_that_of_its_time() {
        assert_eq!(date(Millis(1_767_571_200_000)), "2026-01-05");
        assert_eq!(date(Millis(i64::MAX)), "");
    }
}
