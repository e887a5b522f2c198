//! How a host is spelled.
//!
//! `WS01`, `ws01.corp.example` and `WS01.` are one host: its short name, without case. Two domains with one short
//! name count as one, since spelling must never inflate evidence. So case is that of all letters, as Windows compares the
//! names of computers, and not of A to Z alone: `WÜRZBURG1` and `würzburg1` are one host.

use std::borrow::Cow;
use std::net::IpAddr;

use super::fold::lower_unit;
use super::or_empty;

/// The short name; a name that is an IP address is kept whole. None is `-`. Letters beyond ASCII are in lower case; compare
/// the others without ASCII case.
///
/// What exporters and people put around a name is no part of it: blanks, quotes, `\\\\` before it, a domain and a backslash
/// before it, the `$` of its account, a port behind it.
#[must_use]
pub fn short_name(computer: &str) -> Cow<'_, str> {
    let short = as_spelled(computer);
    if short.is_ascii() {
        return Cow::Borrowed(short);
    }
    let beyond_ascii = |c: char| if c.is_ascii() { c } else { lower_unit(c) };
    Cow::Owned(short.chars().map(beyond_ascii).collect())
}

fn as_spelled(computer: &str) -> &str {
    let around = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '\\');
    let computer = computer.trim_matches(around);
    if computer.parse::<IpAddr>().is_ok() {
        return computer;
    }
    let computer = computer.rsplit('\\').next().unwrap_or_default();
    let computer = computer.split(['.', ':']).next().unwrap_or_default();
    or_empty(computer.trim_matches(around).trim_end_matches('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_makes_no_other_host() {
        for name in [
            "WS01",
            "WS01.corp.example",
            "WS01.",
            " WS01\t",
            "\"WS01\"",
            r"\\WS01",
            r"CORP\WS01$",
            "WS01:5985",
            "WS01.corp.example:5985",
        ] {
            assert_eq!(short_name(name), "WS01");
        }
    }

    #[test]
    fn case_is_that_of_all_letters() {
        for name in ["WÜRZBURG1", "würzburg1.corp.example", "Würzburg1", r"CORP\wÜRZBURG1$"] {
            assert!(short_name(name).eq_ignore_ascii_case("würzburg1"), "{name}");
        }
        assert_ne!(short_name("WÜRZBURG1"), short_name("WURZBURG1"));
    }

    #[test]
    fn addresses_are_no_domains() {
        assert_ne!(short_name("10.0.0.1"), short_name("10.0.0.2"));
        assert_eq!(short_name(""), "-");
    }
}
