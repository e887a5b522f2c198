//! The path of a value in, what the value means out: one table for every tool that names a field as others do.
//!
//! Names are compared without case, dots, blanks and underscores: `winlog.event_data.PipeName`, `pipe_name` and `_PipeName`
//! are one. A path is its words, the outermost first; its last ones decide, and the longest name that fits counts.

use std::sync::LazyLock;

use indexmap::IndexMap;

use crate::source::meaning::Meaning;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// A value of a pipe event.
    Is(Meaning),
    /// Which end of a pipe a process is at: `Server` or `Client` (Microsoft Defender).
    PipeEnd,
    /// What was done to a pipe: `File created` or `File opened` (Microsoft Defender).
    FileOperation,
    /// The file name of an image whose folder stands elsewhere (Microsoft Defender).
    FileName,
    /// Something else, which ends the value before it.
    Other,
}

/// How sure it is that a name means what the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// Whatever stands before it.
    Sure,
    /// Where it stands alone, or below a word that only says that this is an event.
    Alone,
    /// Where the value itself can be nothing else.
    ByValue,
}

/// A known name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) field: Field,
    pub(super) trust: Trust,
    /// The place in the table: of several values with one meaning, that with the first name counts.
    pub(super) rank: usize,
}

use Field::{FileName, FileOperation, Is, Other, PipeEnd};
use Meaning::{
    Domain, EventId, Host, Image, PipeName, ProcessGuid, ProcessId, Provider, RecordId, User, UtcTime, Written,
};
use Trust::{Alone, ByValue, Sure};

/// The table. Sources: Sysmon's manifest, the dialects of `json::dialects`, and
///
/// - Splunk's Common Information Model (<https://docs.splunk.com/Documentation/CIM>): `process_path`, `dest`, `dvc`;
/// - OSSEM (<https://github.com/OTRF/OSSEM>) and HELK: `host_name`, `event_creation_time`;
/// - OCSF (<https://schema.ocsf.io>), classes *Windows Resource Activity* and *Event Log Activity*;
/// - UDM (<https://cloud.google.com/chronicle/docs/reference/udm-field-list>);
/// - Microsoft Defender (<https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceevents-table>);
/// - ArcSight's CEF and its Sysmon connector: `sproc`, `fname`, `dvchost`, `externalId`;
/// - plaso, evtxexport (libevtx), LogParser 2.2, osquery (`windows_eventlog`), fluentd and Fluent Bit (`winevtlog`),
///   OpenTelemetry (`windowseventlogreceiver`), Telegraf (`win_eventlog`), Vector, Grafana Loki, GELF.
const NAMES: &[(Field, Trust, &[&str])] = &[
    (
        Is(Provider),
        Sure,
        &[
            "providername",
            "sourcename",
            "eventprovider",
            "logprovider",
            "metadatalogprovider",
            "eventlogprovider",
        ],
    ),
    (Is(Provider), Alone, &["provider"]),
    (
        Is(Provider),
        ByValue,
        &["source", "productname", "sourcetype", "channel", "logname", "eventlog"],
    ),
    (
        Is(EventId),
        Sure,
        &[
            "eventid",
            "eventidid",
            "eventideventid",
            "eventcode",
            "eventidentifier",
            "eventidcode",
            "producteventtype",
            "signatureid",
        ],
    ),
    (Is(EventId), Alone, &["id"]),
    (Is(Host), Alone, &["computer"]),
    (
        Is(Host),
        Sure,
        &[
            "computername",
            "computernamename",
            "machinename",
            "originatingcomputer",
            "dvchost",
            "dvchostname",
            "dvcname",
            "devicehostname",
            "devicename",
            "principalhostname",
            "hostname",
            "agenthostname",
            "beathostname",
        ],
    ),
    (Is(Host), Alone, &["dvc", "dest", "fqdn", "host"]),
    (Is(Host), Sure, &["hostidentifier", "agentname"]),
    (
        Is(RecordId),
        Sure,
        &[
            "eventrecordid",
            "recordid",
            "recordnumber",
            "eventnumber",
            "externalid",
            "metadatauid",
        ],
    ),
    (
        Is(Written),
        Sure,
        &[
            "timecreated",
            "timecreatedsystemtime",
            "systemtime",
            "writtentime",
            "timewritten",
            "timegenerated",
            "eventtime",
            "eventtimestamp",
            "eventtimestampseconds",
            "timeunixnano",
            "dateandtime",
            "calendartime",
            "unixtime",
        ],
    ),
    (
        Is(Written),
        Alone,
        &["timestamp", "time", "date", "datetime", "ts", "isotime"],
    ),
    (Is(Written), Sure, &["observedtimeunixnano", "eventreceivedtime"]),
    (Is(PipeName), Sure, &["pipename", "namedpipe", "namedpipename"]),
    (Is(PipeName), Alone, &["pipe"]),
    (
        Is(PipeName),
        ByValue,
        &[
            "filename",
            "fname",
            "filepath",
            "winresourcename",
            "targetresourcename",
            "resourcename",
            "objectname",
            "object",
            "targetfilefullpath",
            "filefullpath",
        ],
    ),
    (
        Is(Image),
        Sure,
        &[
            "image",
            "imagepath",
            "processpath",
            "processexecutable",
            "processimage",
            "processimagepath",
            "processfilepath",
            "processfilefullpath",
            "initiatingprocessfolderpath",
            "executableinfo",
            "sourceprocessname",
            "sproc",
        ],
    ),
    (Is(Image), Alone, &["proc", "executable", "exe"]),
    (
        Is(Image),
        ByValue,
        &["processname", "process", "processexec", "app", "application"],
    ),
    (Is(User), Alone, &["user", "username", "userid"]),
    (
        Is(User),
        Sure,
        &["initiatingprocessaccountname", "actorusername", "principaluseruserid"],
    ),
    (Is(Domain), Sure, &["userdomain", "initiatingprocessaccountdomain"]),
    (
        Is(ProcessId),
        Sure,
        &["processid", "processpid", "initiatingprocessid", "spid"],
    ),
    (Is(ProcessId), Alone, &["pid"]),
    (
        Is(ProcessGuid),
        Sure,
        &["processguid", "pguid", "processentityid", "processuid"],
    ),
    (Is(UtcTime), Sure, &["utctime", "eventutctime", "eventcreationtime"]),
    (PipeEnd, Sure, &["namedpipeend"]),
    (FileOperation, Sure, &["fileoperation"]),
    (FileName, Sure, &["initiatingprocessfilename"]),
    // The process of the service that wrote the record, and who runs it, where their names end as those of an event do.
    (
        Other,
        Sure,
        &[
            "executionprocessid",
            "winlogprocesspid",
            "winlogusername",
            "securityuserid",
            "parentprocessid",
            "parentprocessguid",
            "parentprocesspid",
            "parentimage",
            "parentprocesspath",
            "parentprocessexecutable",
        ],
    ),
    // What stands between values in messages and lists.
    (
        Other,
        Alone,
        &[
            "rulename",
            "eventtype",
            "level",
            "keyword",
            "keywords",
            "opcode",
            "task",
            "taskcategory",
            "version",
            "qualifiers",
            "threadid",
            "description",
            "message",
            "properties",
            "type",
            "sid",
            "sidtype",
            "numberofstrings",
            "strings",
            "eventlevel",
            "provideridentifier",
            "eventxml",
            "accountname",
            "domain",
            "severity",
            "category",
            "tags",
            "subjectusername",
            "targetusername",
            "cslabel",
        ],
    ),
];

/// What ends any name that means one thing only, however it goes on before: `winlogbeat_…_PipeName`, `xPipeName`.
const ENDINGS: [&str; 6] = [
    "pipename",
    "processguid",
    "utctime",
    "eventrecordid",
    "eventid",
    "eventcode",
];

/// Words that only say that what follows is an event, or a part of one.
const AROUND: [&str; 44] = [
    "event",
    "events",
    "data",
    "eventdata",
    "userdata",
    "system",
    "winlog",
    "winlogbeat",
    "win",
    "windows",
    "sysmon",
    "fields",
    "tags",
    "source",
    "result",
    "results",
    "message",
    "body",
    "attributes",
    "record",
    "log",
    "details",
    "allfieldinfo",
    "extrafieldinfo",
    "additionalfields",
    "properties",
    "props",
    "columns",
    "labels",
    "stream",
    "raw",
    "json",
    "parsed",
    "metadata",
    "document",
    "payload",
    "line",
    "decoration",
    "decorations",
    "actor",
    "structuredmetadata",
    "resource",
    "hits",
    "xml",
];

/// Words that tools put around a value: they say nothing.
const WRAPPING: [&str; 14] = [
    "attributes",
    "text",
    "value",
    "values",
    "stringvalue",
    "intvalue",
    "doublevalue",
    "kvlistvalue",
    "arrayvalue",
    "utc",
    "keyword",
    "raw",
    "psobject",
    "local",
];

/// The names by themselves. Of those that are there twice the first counts.
static TABLE: LazyLock<IndexMap<&'static str, Name, foldhash::fast::FixedState>> = LazyLock::new(|| {
    let mut table: IndexMap<_, _, foldhash::fast::FixedState> = IndexMap::default();
    let names = NAMES
        .iter()
        .flat_map(|(field, trust, names)| names.iter().map(move |name| (field, trust, name)));
    for (rank, (field, trust, name)) in names.enumerate() {
        table.entry(*name).or_insert(Name {
            field: *field,
            trust: *trust,
            rank,
        });
    }
    table
});

/// How many words a name may have.
const WORDS: usize = 4;

/// The words of a key in small letters, without those that only wrap a value.
pub(super) fn words(key: &str) -> impl Iterator<Item = String> {
    let words = key
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .map(str::to_lowercase)
        .filter(|word| !WRAPPING.contains(&word.as_str()) && !word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name that a path ends with.
pub(super) fn find(path: &[String]) -> Option<Name> {
    for count in (1..=path.len().min(WORDS)).rev() {
        let (before, words) = path.split_at(path.len() - count);
        let Some(name) = TABLE.get(words.concat().as_str()) else {
            continue;
        };
        let stands_alone = before.last().is_none_or(|word| AROUND.contains(&word.as_str()));
        if name.trust != Alone || stands_alone {
            return Some(*name);
        }
    }
    let last = path.last()?;
    let ending = ENDINGS
        .iter()
        .find(|ending| last.ends_with(**ending) && !last.contains("parent"))?;
    TABLE.get(*ending).copied()
}

/// The name that several words are.
pub(super) fn find_whole(label: &str) -> Option<Name> {
    if label.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let words: Vec<String> = words(label).take(WORDS + 1).collect();
    TABLE.get(words.concat().as_str()).copied()
}

/// Whether a path leads to the fields of an event, not to what stands around them.
pub(super) fn is_of_data(path: &[String]) -> bool {
    let names = [
        "eventdata",
        "userdata",
        "details",
        "allfieldinfo",
        "extrafieldinfo",
        "additionalfields",
    ];
    path.iter().any(|word| names.contains(&word.as_str())) || path.windows(2).any(|two| two.concat() == "eventdata")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(key: &str) -> Option<Field> {
        let path: Vec<String> = words(key).collect();
        find(&path).map(|name| name.field)
    }

    #[test]
    fn spelling_and_what_stands_before_make_no_difference() {
        for key in [
            "PipeName",
            "pipe_name",
            "Pipe Name",
            "_PipeName",
            "winlogbeat_winlog_event_data_PipeName",
            "Data_PipeName",
            "windows.EventData.PipeName",
            "data.win.eventdata.pipeName",
            "event_data.PipeName.keyword",
            "pipe",
            "SysmonPipeName",
        ] {
            assert_eq!(found(key), Some(Is(PipeName)), "{key}");
        }
        for (key, expected) in [
            ("System.EventID.Value", Is(EventId)),
            ("event_id.id", Is(EventId)),
            ("winlog.event_id", Is(EventId)),
            ("System.Provider.#attributes.Name", Is(Provider)),
            ("TimeGenerated [UTC]", Is(Written)),
            ("@timestamp", Is(Written)),
            ("actor.process.file.path", Is(Image)),
            ("principal.process.file.full_path", Is(Image)),
            ("actor.process.uid", Is(ProcessGuid)),
            ("_source.agent.name", Is(Host)),
            ("device.hostname", Is(Host)),
            ("EventUTCTime", Is(UtcTime)),
            ("System.Execution.#attributes.ProcessID", Other),
            ("winlog.process.pid", Other),
            ("process.pid", Is(ProcessId)),
        ] {
            assert_eq!(found(key), Some(expected), "{key}");
        }
        for key in [
            "rule.id",
            "agent.id",
            "process.parent.pid",
            "process.parent.name",
            "os.name",
            "ParentImage2",
            "network.pipe.x",
            "",
        ] {
            assert_eq!(found(key), None, "{key}");
        }
    }
}
