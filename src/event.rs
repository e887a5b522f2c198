//! The one value that every source gives: a pipe event, as its log states it.

use std::fmt;

/// Which of Sysmon's two pipe events it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// EventID 17: a named pipe server was created.
    Created,
    /// EventID 18: a client connected to a named pipe.
    Connected,
}

impl Kind {
    /// The kind that an EventID stands for, or `None` where it is no pipe event.
    #[must_use]
    pub fn from_event_id(id: u32) -> Option<Self> {
        match id {
            17 => Some(Self::Created),
            18 => Some(Self::Connected),
            _ => None,
        }
    }

    /// Sysmon's EventID.
    #[must_use]
    pub fn event_id(self) -> u32 {
        match self {
            Self::Created => 17,
            Self::Connected => 18,
        }
    }

    /// The word for it in what people and programs read: `created` or `connected`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Connected => "connected",
        }
    }

    /// The value of the field `EventType` (Sysmon's source, ioctlcmd.h). Logs of schemas before 4.21 lack the field;
    /// the EventID says the same, so it is always taken from there.
    #[must_use]
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Created => "CreatePipe",
            Self::Connected => "ConnectPipe",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.event_type())
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z, the resolution of Sysmon's `UtcTime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

/// One Sysmon pipe event as its source states it: decoded and unescaped, but not normalised.
///
/// An empty string means that the source has no value there. Text may hold any UTF-16, lone surrogates included; see
/// [`crate::utf16`] for how these are kept in a `str`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipeEvent<'a> {
    /// Created or connected.
    pub kind: Kind,
    /// Field `PipeName`.
    pub pipe_name: &'a str,
    /// Field `Image`: the path of the program.
    pub image: &'a str,
    /// Field `User` (from schema 4.80).
    pub user: &'a str,
    /// `System/Computer`.
    pub host: &'a str,
    /// Field `UtcTime`; where a source lacks it, the time at which the record was written.
    pub time: Option<Millis>,
    /// Field `ProcessId`: the process that created or connected.
    pub process_id: Option<u32>,
    /// Field `ProcessGuid`, as written.
    pub process_guid: &'a str,
    /// `System/EventRecordID`, the record's number in the log of the host that wrote it. (The number in the header of
    /// an .evtx record is another one: exports renumber it.)
    pub record_id: Option<u64>,
}

/// Pipe events that were counted elsewhere, by a query over a data lake, say: as its source states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedRow<'a> {
    /// Created or connected; `None` where the row does not tell.
    pub kind: Option<Kind>,
    /// Field `PipeName`.
    pub pipe_name: &'a str,
    /// Field `Image`.
    pub image: &'a str,
    /// Field `User`.
    pub user: &'a str,
    /// The hosts that it names: each saw at least one of the events.
    pub hosts: &'a [&'a str],
    /// When the first of them happened.
    pub first: Option<Millis>,
    /// When the last of them happened.
    pub last: Option<Millis>,
    /// How many they are: at least one.
    pub count: u64,
}
