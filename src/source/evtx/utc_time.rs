//! The UTF-16 of a `UtcTime` in, milliseconds since 1970 out.
//!
//! The events of a minute follow each other: what stands before the seconds is read once for all of them.

use super::text;
use crate::event::Millis;
use crate::normalize::time;

/// The size of `2020-09-27 13:42:`, which a minute's times begin with.
const MINUTE: usize = 2 * 17;
const MILLIS: i64 = 60_000;

/// Reads times, and remembers the minute of the last one.
#[derive(Debug)]
pub(super) struct UtcTimes {
    minute: [u8; MINUTE],
    begins: i64,
}

impl Default for UtcTimes {
    fn default() -> Self {
        // No time begins with NULs.
        Self {
            minute: [0; MINUTE],
            begins: 0,
        }
    }
}

impl UtcTimes {
    /// A time as [`time::parse_utc_time`] reads it.
    pub(super) fn read(&mut self, utf16: &[u8]) -> Option<Millis> {
        let (minute, rest) = utf16.split_first_chunk()?;
        if *minute == self.minute
            && let Some(millis) = seconds(rest)
        {
            return Some(Millis(self.begins + millis));
        }
        let time = time::parse_utc_time(text::short_ascii(utf16)?)?;
        let begins = time.0 - time.0.rem_euclid(MILLIS);
        // The last minute ends before it is over.
        if begins <= time::last().0 - MILLIS {
            (self.minute, self.begins) = (*minute, begins);
        }
        Some(time)
    }
}

/// The milliseconds of `00.713`, as it stands at the end of a time; `None` for what is written in another way.
fn seconds(utf16: &[u8]) -> Option<i64> {
    let (&[a, 0, b, 0, b'.', 0, c, 0, d, 0, e, 0], [] | [0, 0]) = utf16.split_first_chunk()? else {
        return None;
    };
    let digits = [a, b, c, d, e].map(|byte| byte.wrapping_sub(b'0'));
    let is_second = digits[0] <= 5 && digits.iter().all(|digit| *digit <= 9);
    let number = digits.iter().fold(0, |number, digit| 10 * number + i64::from(*digit));
    is_second.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn what_follows_a_known_minute_is_read_as_it_is_alone() {
        let mut times = UtcTimes::default();
        for text in [
            "2020-09-27 13:42:00.713",
            "2020-09-27 13:42:59.999",
            "2020-09-27 13:42:60.000",
            "2020-09-27 13:42:5:.000",
            "2020-09-27 13:42:05,000",
            "2020-09-27 13:42:05.7134567Z",
            "2020-09-27 13:42:05",
            "2020-09-27 13:42:05.713\0",
            "2020-09-27 13:42:05.713\0\0",
            "2020-09-27 13:42:05.71\u{131}",
            "2020-09-27 13:42:0\u{130}.710",
            "1969-12-31 23:59:59.999",
            "1969-12-31 23:59:00.000",
            "9999-12-30 22:00:00.999",
            "9999-12-30 22:00:01.000",
            "",
        ] {
            let alone = text::short_ascii(&utf16(text)).and_then(time::parse_utc_time);
            assert_eq!(times.read(&utf16(text)), alone, "{text}");
        }
    }

    proptest! {
        #[test]
        fn times_are_read_as_each_is_alone(texts in proptest::collection::vec("20(19|20)-0[29]-(28|29|30) 1[0-3]:4[0-2]:[0-6][0-9][.,][0-9]{0,4}Z?", 1..20)) {
            let mut times = UtcTimes::default();
            for text in texts {
                let alone = text::short_ascii(&utf16(&text)).and_then(time::parse_utc_time);
                prop_assert_eq!(times.read(&utf16(&text)), alone);
            }
        }
    }
}
