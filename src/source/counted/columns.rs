//! The names of columns in, what they mean out.
//!
//! The names are those of Sysmon's fields, of the products that keep its events, and those that queries give to counts,
//! firsts and lasts: of KQL (`count_`, `min_TimeGenerated`, `make_set`), SPL (`count`, `earliest(_time)`), SQL (`COUNT(*)`),
//! and of `pipemine scan` itself.

/// What a column of a counted row means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    PipeName,
    Image,
    Count,
    /// Of events that are created, and of those that are connected, where a row counts them apart.
    Created,
    Connected,
    Kind,
    Host,
    User,
    Day,
    First,
    Last,
    /// It belongs to one event: the row is no count.
    OfEvent,
}

const NAMES: &[(Meaning, &[&str])] = &[
    (Meaning::PipeName, &["pipename", "pipe"]),
    (
        Meaning::Image,
        &[
            "image",
            "processexecutable",
            "processpath",
            "initiatingprocessfolderpath",
        ],
    ),
    (
        Meaning::Count,
        &[
            "count",
            "counts",
            "events",
            "cnt",
            "total",
            "n",
            "eventcount",
            "doccount",
        ],
    ),
    (Meaning::Created, &["created"]),
    (Meaning::Connected, &["connected"]),
    (Meaning::Kind, &["eventid", "eventcode", "eventtype", "kind"]),
    (
        Meaning::Host,
        &[
            "host",
            "hosts",
            "computer",
            "computers",
            "computername",
            "hostname",
            "dvc",
            "dest",
            "desthost",
            "devicename",
            "setcomputer",
            "setdevicename",
            "valuesdest",
            "makesetcomputer",
        ],
    ),
    (Meaning::User, &["user"]),
    (Meaning::Day, &["day", "date"]),
    (
        Meaning::First,
        &[
            "first",
            "firstseen",
            "firsttime",
            "earliest",
            "earliesttime",
            "mintimegenerated",
            "minutctime",
            "mintime",
        ],
    ),
    (
        Meaning::Last,
        &[
            "last",
            "lastseen",
            "lasttime",
            "latest",
            "latesttime",
            "maxtimegenerated",
            "maxutctime",
            "maxtime",
        ],
    ),
    (
        Meaning::OfEvent,
        &[
            "utctime",
            "eventrecordid",
            "recordid",
            "recordnumber",
            "processguid",
            "processid",
            "timecreated",
            "timegenerated",
        ],
    ),
];

/// What a column of this name means.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    let mut plain = name.to_ascii_lowercase();
    plain.retain(|c| c.is_ascii_alphanumeric());
    NAMES
        .iter()
        .find(|(_, names)| names.contains(&plain.as_str()))
        .map(|(meaning, _)| *meaning)
}

/// Whether rows that tell these are counts.
pub(super) fn are_counted(has: impl Fn(Meaning) -> bool) -> bool {
    let counts = has(Meaning::Count) || (has(Meaning::Created) && has(Meaning::Connected));
    has(Meaning::PipeName) && has(Meaning::Image) && counts && !has(Meaning::OfEvent)
}

/// The columns of a table, in their order.
#[derive(Debug, Default)]
pub(super) struct Columns(pub(super) Vec<Option<Meaning>>);

impl Columns {
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.map(|name| meaning(name.trim_start_matches('\u{FEFF}'))).collect())
    }

    pub(super) fn are_counted(&self) -> bool {
        are_counted(|meaning| self.0.contains(&Some(meaning)))
    }
}
