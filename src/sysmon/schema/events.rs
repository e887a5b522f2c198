//! The event elements of a config and their fields, by schema version.

use super::{STORED, SchemaVersion, v};

/// One event type: an event element may stand for several (`PipeEvent` for 17 and 18).
#[derive(Debug)]
pub struct EventType {
    /// Sysmon's EventID.
    pub id: u16,
    /// The element's name in a config.
    pub element: &'static str,
    /// The first manifest that has it.
    pub since: SchemaVersion,
    /// The newest schema of the first Sysmon that knew it: later ones put two events into the manifests of older
    /// schemas too.
    shipped: SchemaVersion,
    /// Field names in the manifest's order; `@` precedes the first schema that has a field, `!` the last.
    fields: &'static str,
}

/// A field and the schemas that have it.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpan {
    /// The element's name.
    pub name: &'static str,
    /// The first schema.
    pub since: SchemaVersion,
    /// The last schema, if it was taken away.
    pub until: Option<SchemaVersion>,
}

impl FieldSpan {
    /// Whether the manifest of `schema` has the field.
    #[must_use]
    pub fn exists_at(&self, schema: SchemaVersion) -> bool {
        self.since <= schema && self.until.is_none_or(|until| schema <= until)
    }
}

impl EventType {
    /// All event types that a config can filter, in Sysmon's order.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        EVENTS.iter()
    }

    /// Whether a Sysmon whose newest schema is `binary` has this event in its manifest of `dtd`.
    #[must_use]
    pub fn known_at(&self, dtd: SchemaVersion, binary: SchemaVersion) -> bool {
        self.since <= dtd && self.shipped <= binary
    }

    /// The fields with the schemas that have them.
    pub fn fields(&self) -> impl Iterator<Item = FieldSpan> {
        self.fields.split_ascii_whitespace().map(|entry| {
            let (entry, until) = split_version(entry, '!');
            let (name, since) = split_version(entry, '@');
            FieldSpan {
                name,
                since: since.unwrap_or(STORED[0]),
                until,
            }
        })
    }
}

fn split_version(entry: &'static str, mark: char) -> (&'static str, Option<SchemaVersion>) {
    match entry.split_once(mark) {
        Some((name, version)) => (name, SchemaVersion::parse(version)),
        None => (entry, None),
    }
}

const fn event(id: u16, element: &'static str, since: SchemaVersion, fields: &'static str) -> EventType {
    EventType {
        id,
        element,
        since,
        shipped: since,
        fields,
    }
}

const fn shipped_later(event: EventType, shipped: SchemaVersion) -> EventType {
    EventType { shipped, ..event }
}

#[rustfmt::skip]
static EVENTS: [EventType; 27] = [
    event(1, "ProcessCreate", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company \
         OriginalFileName@4.21 CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel \
         Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser@4.80"),
    event(2, "FileCreateTime", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime PreviousCreationUtcTime \
         User@4.80"),
    event(3, "NetworkConnect", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId Image User Protocol Initiated SourceIsIpv6 SourceIp \
         SourceHostname SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname \
         DestinationPort DestinationPortName"),
    event(5, "ProcessTerminate", v(4, 0), "RuleName@4.10 UtcTime ProcessGuid ProcessId Image User@4.80"),
    event(6, "DriverLoad", v(4, 0), "RuleName@4.10 UtcTime ImageLoaded Hashes Signed Signature SignatureStatus"),
    event(7, "ImageLoad", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId Image ImageLoaded FileVersion Description Product Company \
         OriginalFileName@4.21 Hashes Signed Signature SignatureStatus User@4.80"),
    event(8, "CreateRemoteThread", v(4, 0),
        "RuleName@4.10 UtcTime SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid TargetProcessId \
         TargetImage NewThreadId StartAddress StartModule StartFunction SourceUser@4.80 TargetUser@4.80"),
    event(9, "RawAccessRead", v(4, 0), "RuleName@4.10 UtcTime ProcessGuid ProcessId Image Device User@4.80"),
    event(10, "ProcessAccess", v(4, 0),
        "RuleName@4.10 UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID \
         TargetProcessId TargetImage GrantedAccess CallTrace SourceUser@4.80 TargetUser@4.80"),
    event(11, "FileCreate", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime User@4.80"),
    event(12, "RegistryEvent", v(4, 0),
        "RuleName@4.10 EventType UtcTime ProcessGuid ProcessId Image TargetObject User@4.80"),
    event(13, "RegistryEvent", v(4, 0),
        "RuleName@4.10 EventType UtcTime ProcessGuid ProcessId Image TargetObject Details User@4.80"),
    event(14, "RegistryEvent", v(4, 0),
        "RuleName@4.10 EventType UtcTime ProcessGuid ProcessId Image TargetObject NewName User@4.80"),
    event(15, "FileCreateStreamHash", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime Hash Contents@4.31 \
         User@4.80"),
    event(17, "PipeEvent", v(4, 0),
        "RuleName@4.10 EventType@4.21 UtcTime ProcessGuid ProcessId PipeName Image User@4.80"),
    event(18, "PipeEvent", v(4, 0),
        "RuleName@4.10 EventType@4.21 UtcTime ProcessGuid ProcessId PipeName Image User@4.80"),
    event(19, "WmiEvent", v(4, 0),
        "RuleName@4.10 EventType UtcTime Operation User EventNamespace Name Query"),
    event(20, "WmiEvent", v(4, 0), "RuleName@4.10 EventType UtcTime Operation User Name Type Destination"),
    event(21, "WmiEvent", v(4, 0), "RuleName@4.10 EventType UtcTime Operation User Consumer Filter"),
    event(22, "DnsQuery", v(4, 21),
        "RuleName UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults Image User@4.80"),
    shipped_later(event(23, "FileDelete", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId User@4.30 Image TargetFilename Hashes IsExecutable@4.30 \
         Archived"), v(4, 30)),
    shipped_later(event(24, "ClipboardChange", v(4, 0),
        "RuleName@4.10 UtcTime ProcessGuid ProcessId Image Session ClientInfo Hashes Archived User@4.80 \
         Path!4.32"), v(4, 40)),
    event(25, "ProcessTampering", v(4, 50), "RuleName UtcTime ProcessGuid ProcessId Image Type User@4.80"),
    event(26, "FileDeleteDetected", v(4, 60),
        "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable"),
    event(27, "FileBlockExecutable", v(4, 82),
        "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes"),
    event(28, "FileBlockShredding", v(4, 83),
        "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable"),
    event(29, "FileExecutableDetected", v(4, 90),
        "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes"),
];
