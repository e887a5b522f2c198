//! Which schema each release of Sysmon brought.

use std::fmt;

use super::{SchemaVersion, v};

/// The number of a release of Sysmon, such as 13.30.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseNumber {
    /// In hundredths: Sysmon's versions are decimals, 10.4 came before 10.42.
    hundredths: u32,
}

impl ReleaseNumber {
    pub(super) const fn new(hundredths: u32) -> Self {
        Self { hundredths }
    }

    /// Reads `13.30`, `v10.4` or `13`.
    #[must_use]
    pub fn parse(version: &str) -> Option<Self> {
        let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
        let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
        let digits = |text: &str| !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(major) || !digits(minor) {
            return None;
        }
        let minor = if minor.len() == 1 {
            minor.parse::<u32>().ok()? * 10
        } else {
            minor.parse().ok()?
        };
        Some(Self::new(major.parse::<u32>().ok()? * 100 + minor))
    }

    /// The newest schema that this release knows; `None` for those older than the first that logged pipes (6.0).
    #[must_use]
    pub fn schema(self) -> Option<SchemaVersion> {
        let known = RELEASES.iter().rev().find(|release| release.first <= self.hundredths);
        known.map(|release| release.schema)
    }
}

impl fmt::Display for ReleaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.hundredths / 100, self.hundredths % 100)
    }
}

/// A release of Sysmon for Windows.
#[derive(Debug)]
pub struct Release {
    /// The first version with this schema, in hundredths: 1330 is 13.30.
    first: u32,
    /// Its newest schema.
    pub schema: SchemaVersion,
    /// How that is known.
    pub source: &'static str,
}

impl Release {
    /// The first version with this schema, such as `13.30`.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}.{:02}", self.first / 100, self.first % 100)
    }
}

const fn release(first: u32, schema: SchemaVersion, source: &'static str) -> Release {
    Release { first, schema, source }
}

const HISTORY: &str = "sysmon-version-history (Neo23x0)";
const BINARY: &str = "manifests inside the released binary";
const BANNER: &str = "what this version prints when it loads a config";
const MANIFEST: &str = "output of sysmon -s";

/// Releases that changed the schema, oldest first, from the first that logged pipes.
pub const RELEASES: [Release; 19] = [
    release(600, v(3, 30), HISTORY),
    release(610, v(3, 40), HISTORY),
    release(700, v(4, 0), HISTORY),
    release(800, v(4, 10), HISTORY),
    release(900, v(4, 20), BINARY),
    release(1000, v(4, 21), BINARY),
    release(1040, v(4, 22), BINARY),
    release(1042, v(4, 23), BINARY),
    release(1100, v(4, 30), BINARY),
    release(1110, v(4, 32), BINARY),
    release(1200, v(4, 40), BINARY),
    release(1300, v(4, 50), BINARY),
    release(1310, v(4, 60), BINARY),
    release(1320, v(4, 70), BINARY),
    release(1330, v(4, 81), BINARY),
    release(1400, v(4, 82), BANNER),
    release(1410, v(4, 83), BANNER),
    release(1500, v(4, 90), MANIFEST),
    release(1520, v(4, 91), MANIFEST),
];

/// The newest schema of a Sysmon version such as `13.30` or `v10.4`; `None` for what is no version, or is older than
/// the first Sysmon that logged pipes (6.0).
#[must_use]
pub fn schema_of_release(version: &str) -> Option<SchemaVersion> {
    ReleaseNumber::parse(version)?.schema()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_have_the_schema_they_shipped_with() {
        let of = schema_of_release;
        assert_eq!(of("13.30"), Some(v(4, 81)));
        assert_eq!(of("13.34"), Some(v(4, 81)));
        assert_eq!(of("v10.4"), Some(v(4, 22)));
        assert_eq!(of("10.42"), Some(v(4, 23)));
        assert_eq!(of("15.15"), Some(v(4, 90)));
        assert_eq!(of("15.2"), Some(v(4, 91)));
        assert_eq!(of("13"), Some(v(4, 50)));
        for none in ["", "x", "13.x", "5.0", "13.301"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn releases_are_in_order() {
        assert!(
            RELEASES
                .windows(2)
                .all(|pair| pair[0].first < pair[1].first && pair[0].schema < pair[1].schema)
        );
    }
}
