//! The option elements of a config, by schema version.

use super::{SchemaVersion, v};

/// What an element may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Text, or nothing.
    Text,
    /// Nothing at all, not even a blank.
    Empty,
}

/// An element directly in `Sysmon` that is not about filtering.
#[derive(Debug)]
pub struct OptionElement {
    /// Its name.
    pub element: &'static str,
    /// What it may hold.
    pub content: Content,
    /// The first schema that has it.
    pub since: SchemaVersion,
    /// The last, if it was taken away.
    pub until: Option<SchemaVersion>,
}

impl OptionElement {
    /// Whether the manifest of `schema` has the option.
    #[must_use]
    pub fn exists_at(&self, schema: SchemaVersion) -> bool {
        self.since <= schema && self.until.is_none_or(|until| schema <= until)
    }
}

const fn text(element: &'static str, since: SchemaVersion) -> OptionElement {
    OptionElement {
        element,
        content: Content::Text,
        since,
        until: None,
    }
}

const fn until(option: OptionElement, last: SchemaVersion) -> OptionElement {
    OptionElement {
        until: Some(last),
        ..option
    }
}

const fn empty(option: OptionElement) -> OptionElement {
    OptionElement {
        content: Content::Empty,
        ..option
    }
}

/// Options of the public builds; those for the command line alone cannot stand in a config.
pub(super) static OPTIONS: [OptionElement; 16] = [
    text("HashAlgorithms", v(4, 0)),
    text("DriverName", v(4, 0)),
    text("ArchiveDirectory", v(4, 0)),
    empty(text("CaptureClipboard", v(4, 0))),
    text("ProcessAccessConfig", v(4, 0)),
    text("PipeMonitoringConfig", v(4, 0)),
    text("CheckRevocation", v(4, 0)),
    until(text("CopyOnDelete_Processes", v(4, 0)), v(4, 23)),
    until(empty(text("CopyOnDelete_PE", v(4, 0))), v(4, 23)),
    until(text("CopyOnDelete_SIDs", v(4, 0)), v(4, 23)),
    until(text("CopyOnDelete_Extensions", v(4, 0)), v(4, 23)),
    until(text("ServiceArchiveDirectory", v(4, 10)), v(4, 10)),
    text("DnsLookup", v(4, 30)),
    text("FieldSizes", v(4, 81)),
    text("DriverQueueSize", v(4, 91)),
    text("SigningQueueSize", v(4, 91)),
];
