//! A declared schema version in, the grammar that Sysmon holds a config to out.
//!
//! Every Sysmon carries one manifest for each schema version it knows: events, fields, options, conditions. The tables
//! here are those manifests: read from the released Windows binaries 9.01 to 13.34, from Microsoft's SysmonCommon
//! (schemas 4.00 to 4.81, identical to those of Windows) and from the output of `sysmon -s` (4.90, 4.91).
//! Of 4.82 and 4.83 no manifest was at hand: each is known by the event type it brought.

mod events;
mod flaw;
mod options;
mod release;

use indexmap::{IndexMap, IndexSet};

pub use events::{EventType, FieldSpan};
pub use flaw::{FLAWS, Flaw, Wrong, flaws_of};
pub use options::{Content, OptionElement};
pub use release::{RELEASES, Release, ReleaseNumber, schema_of_release};

use std::fmt;

/// A schema version: `4.50` is major 4, minor 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaVersion {
    /// Before the point.
    pub major: u16,
    /// Two decimals: 50 in `4.5` and in `4.50`.
    pub minor: u16,
}

/// The schemas that have a manifest of their own, oldest first. Sysmon stores older ones too (2.0 to 3.4), but accepts
/// no config of these: its DTDs start with the major version of the newest.
pub const STORED: [SchemaVersion; 19] = [
    v(4, 0),
    v(4, 10),
    v(4, 20),
    v(4, 21),
    v(4, 22),
    v(4, 23),
    v(4, 30),
    v(4, 31),
    v(4, 32),
    v(4, 40),
    v(4, 50),
    v(4, 60),
    v(4, 70),
    v(4, 80),
    v(4, 81),
    v(4, 82),
    v(4, 83),
    v(4, 90),
    NEWEST,
];

/// The newest schema known here, that of Sysmon 15.20.
pub const NEWEST: SchemaVersion = v(4, 91);

/// Short for a table's sake.
const fn v(major: u16, minor: u16) -> SchemaVersion {
    SchemaVersion { major, minor }
}

impl SchemaVersion {
    /// `new(4, 50)` is schema 4.50.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        v(major, minor)
    }

    /// Reads a version as Sysmon does (xml.cpp, ParseVersionString): C++'s `stod`, then two decimals. So `4.5` is 4.50,
    /// leading blanks and trailing junk are ignored (`4,50` is 4.00), and what is no number, or below 1, is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rounded = format!("{:.2}", leading_number(text)?);
        let (major, minor) = rounded.split_once('.')?;
        if major.starts_with('0') {
            return None;
        }
        Some(v(major.parse().ok()?, minor.parse().ok()?))
    }
}

/// Reads the schema that a config of rules for pipes is to declare: one that Sysmon has, with the conditions that such rules
/// cannot do without.
///
/// # Errors
///
/// Which versions there are.
pub fn declarable(text: &str) -> Result<SchemaVersion, String> {
    let is_declarable = |version: &SchemaVersion| *version >= v(4, 22) && STORED.contains(version);
    let version = SchemaVersion::parse(text).filter(is_declarable);
    version.ok_or_else(|| format!("give a schema version that Sysmon has, from 4.22 to {NEWEST}, such as 4.50 or 4.90"))
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.major, self.minor)
    }
}

/// What `strtod` makes of the start of `text`, for decimal numbers.
fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let digits = |from: usize| text.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let mut end = usize::from(text.starts_with(['+', '-']));
    let whole = digits(end);
    end += whole;
    let mut fraction = 0;
    if text.as_bytes().get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        end += if whole + fraction > 0 { 1 + fraction } else { 0 };
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(text.as_bytes().get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.as_bytes().get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    text.get(..end)?.parse().ok()
}

/// What a Sysmon whose newest schema is `binary` accepts in a config that declares some version.
#[derive(Debug, Clone)]
pub struct Grammar {
    /// The manifest that the config is held to.
    dtd: SchemaVersion,
    /// The newest schema of the modelled Sysmon: it decides which field names exist when rules are built, and which
    /// conditions.
    binary: SchemaVersion,
    /// Field names by event element, as the manifest `dtd` has them.
    fields: IndexMap<&'static str, IndexSet<&'static str>>,
    /// The union of all of these: what a `Rule` may hold.
    any_field: IndexSet<&'static str>,
}

impl Grammar {
    /// The manifest that Sysmon picks (GetDtdFormat): its newest for exactly that version, else the newest stored
    /// version that is not above the declared one, its own newest left out. So a version from the future is accepted,
    /// and held to the second-newest manifest. `None` below 4.00, which Sysmon refuses.
    #[must_use]
    pub fn select(declared: SchemaVersion, binary: SchemaVersion) -> Option<Self> {
        let newest = *STORED.iter().rev().find(|s| **s <= binary)?;
        let dtd = if declared == newest {
            newest
        } else {
            *STORED.iter().rev().find(|s| **s <= declared && **s < newest)?
        };
        let mut fields: IndexMap<_, IndexSet<_>> = IndexMap::new();
        for event in EventType::all().filter(|e| e.known_at(dtd, newest)) {
            let names = event.fields().filter(|f| f.exists_at(dtd)).map(|f| f.name);
            fields.entry(event.element).or_default().extend(names);
        }
        let any_field = fields.values().flatten().copied().collect();
        Some(Self {
            dtd,
            binary: newest,
            fields,
            any_field,
        })
    }

    /// The manifest in force.
    #[must_use]
    pub fn dtd(&self) -> SchemaVersion {
        self.dtd
    }

    /// The newest schema of the Sysmon that is modelled.
    #[must_use]
    pub fn binary(&self) -> SchemaVersion {
        self.binary
    }

    /// Whether `element` is an event that can be filtered, such as `PipeEvent`.
    #[must_use]
    pub fn is_event(&self, element: &str) -> bool {
        self.fields.contains_key(element)
    }

    /// The event elements.
    pub fn events(&self) -> impl Iterator<Item = &'static str> {
        self.fields.keys().copied()
    }

    /// Whether `field` may stand directly in `event`.
    #[must_use]
    pub fn event_has(&self, event: &str, field: &str) -> bool {
        self.fields.get(event).is_some_and(|fields| fields.contains(field))
    }

    /// Whether `field` belongs to any event: what the grammar allows in a `Rule`, whatever event that is in.
    #[must_use]
    pub fn has_field(&self, field: &str) -> bool {
        self.any_field.contains(field)
    }

    /// The field names that may stand directly in `event`.
    pub fn fields_of(&self, event: &str) -> impl Iterator<Item = &'static str> {
        self.fields.get(event).into_iter().flatten().copied()
    }

    /// All field names.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.any_field.iter().copied()
    }

    /// What an option element of that name may hold, if there is one.
    #[must_use]
    pub fn option(&self, element: &str) -> Option<Content> {
        self.options().find(|o| o.element == element).map(|o| o.content)
    }

    /// The option elements, such as `HashAlgorithms`.
    pub fn options(&self) -> impl Iterator<Item = &'static OptionElement> + use<> {
        let dtd = self.dtd;
        options::OPTIONS.iter().filter(move |o| o.exists_at(dtd))
    }

    /// The event types behind an event element, in Sysmon's order, with the fields of the newest schema: it is these
    /// that rules are built for (ApplyConfigurationFile takes `AllEvents`, not those of the declared schema).
    pub fn series(&self, element: &str) -> Vec<IndexSet<&'static str>> {
        EventType::all()
            .filter(|e| e.element == element && e.known_at(self.binary, self.binary))
            .map(|e| {
                e.fields()
                    .filter(|f| f.exists_at(self.binary))
                    .map(|f| f.name)
                    .collect()
            })
            .collect()
    }
}

/// The first schema whose manifest has `element` as an event.
#[must_use]
pub fn event_since(element: &str) -> Option<SchemaVersion> {
    EventType::all().find(|e| e.element == element).map(|e| e.since)
}

/// The first schema that has the option `element`.
#[must_use]
pub fn option_since(element: &str) -> Option<SchemaVersion> {
    options::OPTIONS.iter().find(|o| o.element == element).map(|o| o.since)
}

/// The first schema in which `event` has `field`.
#[must_use]
pub fn field_since(event: &str, field: &str) -> Option<SchemaVersion> {
    EventType::all()
        .filter(|e| e.element == event)
        .filter_map(|e| e.fields().find(|f| f.name == field).map(|f| f.since.max(e.since)))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_for_pipes_need_a_schema_that_sysmon_has_from_4_22_on() {
        assert_eq!(declarable("4.22"), Ok(v(4, 22)));
        assert_eq!(declarable("4.90"), Ok(v(4, 90)));
        for schema in ["4.21", "3.40", "4", "x", "4.-1", "4.51", "9.99"] {
            assert!(declarable(schema).is_err(), "{schema}");
        }
    }

    #[test]
    fn versions_are_read_as_sysmon_reads_them() {
        let read = |text| SchemaVersion::parse(text);
        assert_eq!(read("4.50"), Some(v(4, 50)));
        assert_eq!(read("4.5"), Some(v(4, 50)));
        assert_eq!(read("4"), Some(v(4, 0)));
        assert_eq!(read(" 4.81abc"), Some(v(4, 81)));
        assert_eq!(read("4,50"), Some(v(4, 0)));
        assert_eq!(read("45e-1"), Some(v(4, 50)));
        assert_eq!(read("4.999"), Some(v(5, 0)));
        assert_eq!(read("99.0"), Some(v(99, 0)));
        for none in ["", "abc", ".", "-4.5", "0.5", "e4", "70000.0"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_version_from_the_future_gets_the_second_newest_manifest() {
        let dtd = |declared, binary| Grammar::select(declared, binary).map(|g| g.dtd());
        assert_eq!(dtd(v(4, 82), v(4, 81)), Some(v(4, 80)));
        assert_eq!(dtd(v(99, 0), v(4, 81)), Some(v(4, 80)));
        assert_eq!(dtd(v(4, 81), v(4, 81)), Some(v(4, 81)));
        assert_eq!(dtd(v(4, 25), NEWEST), Some(v(4, 23)));
        assert_eq!(dtd(v(4, 95), NEWEST), Some(v(4, 90)));
        assert_eq!(dtd(v(3, 40), NEWEST), None);
    }

    #[test]
    fn pipe_event_grew_by_schema() {
        let has = |minor, field| {
            Grammar::select(v(4, minor), NEWEST)
                .unwrap()
                .event_has("PipeEvent", field)
        };
        assert!(!has(0, "RuleName") && has(10, "RuleName"));
        assert!(!has(20, "EventType") && has(21, "EventType"));
        assert!(!has(70, "User") && has(80, "User"));
        assert!(has(0, "PipeName") && !has(91, "TargetObject"));
        assert_eq!(field_since("PipeEvent", "User"), Some(v(4, 80)));
    }

    #[test]
    fn later_events_and_options_are_known_by_version() {
        let at = |minor| Grammar::select(v(4, minor), NEWEST).unwrap();
        assert!(!at(81).is_event("FileBlockExecutable") && at(82).is_event("FileBlockExecutable"));
        assert!(!at(83).is_event("FileExecutableDetected") && at(90).is_event("FileExecutableDetected"));
        assert_eq!(at(90).option("SigningQueueSize"), None);
        assert_eq!(at(91).option("SigningQueueSize"), Some(Content::Text));
        assert_eq!(at(50).option("CaptureClipboard"), Some(Content::Empty));
        assert_eq!(at(30).option("CopyOnDelete_PE"), None);
        assert!(Grammar::select(v(4, 20), v(4, 20)).is_some_and(|g| !g.is_event("FileDelete")));
    }
}
