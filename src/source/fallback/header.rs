//! What collectors write before an event in; the host, the time and what else it tells out, and where the event begins.
//!
//! Headers of syslog (RFC 3164 with and without a year, RFC 5424, and files of rsyslog), Snare, CEF and LEEF.

use std::borrow::Cow;

use super::names::Field;
use crate::source::meaning::Meaning;
use crate::source::times;

/// What a header tells.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    pub(super) fields: Vec<(Field, Cow<'a, str>)>,
    /// Where the event begins.
    pub(super) len: usize,
    /// What separates the keys behind it, where it says so.
    pub(super) separator: Option<char>,
}

/// How many bytes of a line may be its header.
const HEADER: usize = 256;

/// Reads the header of a line, if it has one.
pub(super) fn read(line: &str) -> Option<Header<'_>> {
    let mut rest = line;
    let mut is_header = false;
    if let Some(behind) = priority(rest) {
        (rest, is_header) = (behind, true);
    }
    // RFC 5424 has its version here.
    rest = rest.strip_prefix("1 ").filter(|_| is_header).unwrap_or(rest);
    let (time, behind) = time(rest)?;
    let (host, behind) = behind.trim_start().split_once(' ')?;
    let mut header = Header::default();
    // A time without a year is none, and is no fault of the event's.
    if times::parse(time).is_some() {
        header.fields.push((Field::Is(Meaning::Written), time.into()));
    }
    let is_host =
        !host.is_empty() && host.len() < 254 && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
    if !is_host || host.ends_with(':') {
        return None;
    }
    header.fields.push((Field::Is(Meaning::Host), host.into()));
    header.len = line.len() - behind.len();
    Some(header)
}

/// What follows `<14>`.
fn priority(line: &str) -> Option<&str> {
    let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
    let fits = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(rest)
}

/// Whether a line begins with a header, or with a time alone.
pub(super) fn begins(line: &str) -> bool {
    let line = line.get(..line.floor_char_boundary(HEADER)).unwrap_or(line);
    line.starts_with("CEF:") || line.starts_with("LEEF:") || priority(line).is_some() || time(line).is_some()
}

/// The time that a line begins with, and what follows it.
fn time(line: &str) -> Option<(&str, &str)> {
    let bytes = line.as_bytes();
    let words = |count: usize| {
        let mut rest = line;
        for _ in 0..count {
            rest = rest.trim_start_matches(' ');
            rest = rest.get(rest.find(' ').unwrap_or(rest.len())..)?;
        }
        Some(line.split_at(line.len() - rest.len()))
    };
    let is_clock = |text: &str| {
        let clock = text.rsplit(' ').next().unwrap_or_default();
        let digits = clock.bytes().filter(u8::is_ascii_digit).count();
        clock.len() >= 8 && digits >= 6 && clock.matches(':').count() == 2
    };
    match bytes {
        // 2019-09-06T13:49:35.433Z, 2019-09-06 13:49:35
        [b'1' | b'2', _, _, _, b'-' | b'/', ..] => {
            let words = if bytes.get(10) == Some(&b'T') {
                words(1)?
            } else {
                words(2)?
            };
            times::parse(words.0).is_some().then_some(words)
        }
        // Sep  6 13:49:35, Sep 06 2019 13:49:35
        [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', b' ', ..] => {
            let three = words(3)?;
            if is_clock(three.0) {
                return Some(three);
            }
            let four = words(4)?;
            (is_clock(four.0) && times::parse(four.0).is_some()).then_some(four)
        }
        // 09/06/2019 01:49:35 PM, which Splunk's classic text begins with.
        [b'0' | b'1', _, b'/', _, _, b'/', ..] => {
            let two = words(2)?;
            is_clock(two.0).then_some(two)
        }
        _ => None,
    }
}

/// The columns of Snare's line, which stand behind `MSWinEventLog`.
const SNARE: [Option<Meaning>; 11] = [
    None,
    None,
    None,
    None,
    Some(Meaning::Written),
    Some(Meaning::EventId),
    Some(Meaning::Provider),
    None,
    None,
    None,
    Some(Meaning::Host),
];

/// What Snare's line tells: <https://docs.nxlog.co/refman/current/xm/snare.html>. Its counter is none of Windows'.
pub(super) fn snare(line: &str) -> Option<Vec<(Field, Cow<'_, str>)>> {
    let at = memchr::memmem::find(line.as_bytes(), b"MSWinEventLog\t")?;
    let cells = line.get(at..)?.split('\t');
    let named = cells
        .zip(SNARE)
        .filter_map(|(cell, meaning)| Some((Field::Is(meaning?), cell.into())));
    Some(named.collect())
}

/// What the header of CEF or LEEF tells, which stands anywhere in a line, and where its keys begin.
pub(super) fn common_event(line: &str) -> Option<Header<'_>> {
    let (at, is_cef) = match memchr::memmem::find(line.as_bytes(), b"CEF:") {
        Some(at) => (at, true),
        None => (memchr::memmem::find(line.as_bytes(), b"LEEF:")?, false),
    };
    let bars = match line.get(at..)? {
        _ if is_cef => 7,
        leef if leef.starts_with("LEEF:2") => 6,
        _ => 5,
    };
    let mut cells = Vec::new();
    let mut start = at;
    while cells.len() < bars {
        let rest = line.get(start..)?;
        let end = memchr::memchr_iter(b'|', rest.as_bytes())
            .find(|at| !rest.get(..*at).is_some_and(|head| head.ends_with('\\')))?;
        cells.push(rest.get(..end)?);
        start += end + 1;
    }
    let mut header = Header {
        len: start,
        ..Header::default()
    };
    // LEEF 2 says what separates its keys: a character, or its number.
    header.separator = cells.get(5).filter(|_| !is_cef).and_then(|separator| {
        let number = separator.strip_prefix("0x").or_else(|| separator.strip_prefix('x'));
        let code = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        code.and_then(char::from_u32).or_else(|| separator.chars().next())
    });
    header
        .fields
        .push((Field::Is(Meaning::EventId), (*cells.get(4)?).into()));
    header
        .fields
        .push((Field::Is(Meaning::Provider), (*cells.get(2)?).into()));
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Option<String> {
        let header = read(line)?;
        let fields: Vec<&str> = header.fields.iter().map(|(_, value)| value.as_ref()).collect();
        Some(format!("{} | {}", fields.join(" | "), &line[header.len..]))
    }

    #[test]
    fn headers_of_syslog_are_read() {
        for (line, expected) in [
            ("<14>Sep  6 13:49:35 WS01 app: x", "WS01 | app: x"),
            (
                "Sep 06 13:49:35 ws01.corp.example app[1]: x",
                "ws01.corp.example | app[1]: x",
            ),
            ("Sep 06 2019 13:49:35 WS01 x", "Sep 06 2019 13:49:35 | WS01 | x"),
            (
                "<14>1 2019-09-06T13:49:35.43Z WS01 app 1 - [x] y",
                "2019-09-06T13:49:35.43Z | WS01 | app 1 - [x] y",
            ),
            (
                "2019-09-06T13:49:35+02:00 WS01 x",
                "2019-09-06T13:49:35+02:00 | WS01 | x",
            ),
            ("2019-09-06 13:49:35 WS01 x", "2019-09-06 13:49:35 | WS01 | x"),
        ] {
            assert_eq!(shown(line).as_deref(), Some(expected));
        }
        for line in [
            "",
            "Logs are here",
            "Sep",
            "<14>",
            "09/06/2019 01:49:35 PM\n",
            "See 1 2 3",
            "2019",
            "<x>Sep  6 13:49:35 a b",
        ] {
            assert_eq!(shown(line), None, "{line}");
        }
        assert!(begins("09/06/2019 01:49:35 PM") && begins("<13>x") && begins("CEF:0|"));
        assert!(!begins("LogName=x") && !begins("Pipe Created:") && !begins("Sep is a month"));
    }

    #[test]
    fn headers_of_products_have_columns() {
        let cef = common_event(r"x CEF:0|Microsoft|Sys\|mon||17|Pipe|1|a=b").unwrap();
        assert_eq!(cef.fields[0].1, "17");
        assert!(common_event("LEEF:1.0|Microsoft|Windows|10|17|a=b").is_some());
        assert!(common_event("CEF:0|Microsoft|Sysmon").is_none());
        let snare = snare("MSWinEventLog\t1\tSysmon\t9\tFri Sep 06 13:49:35 2019\t17\tP\tU\tT\tI\tWS01\tx").unwrap();
        assert_eq!(snare.last().unwrap().1, "WS01");
    }
}
