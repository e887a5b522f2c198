//! One pipe event, as a test spells it out: its parts in, an [`Event`] out.

use crate::event::Event;
use crate::layout::{PIPE_CONNECTED, PIPE_CREATED, Schema};
use crate::text::Text;
use crate::time::Time;
use crate::value::{Guid, Value};

/// A Sysmon event 17 or 18. What is not said is that of an ordinary event of `svchost.exe`.
///
/// ```
/// use pipemine_testdata::{Log, PipeEvent};
///
/// let log = Log::new("WS01")
///     .event(PipeEvent::created(r"\mojo.4711.88.123").image(r"C:\App\chrome.exe").pid(4711))
///     .event(PipeEvent::connected(r"\lsass").image("System").pid(4));
/// assert!(log.into_bytes().starts_with(b"ElfFile\0"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipeEvent {
    created: bool,
    name: Text,
    image: Text,
    user: Text,
    rule: Text,
    host: Option<Text>,
    time: Time,
    pid: u32,
    guid: Option<Guid>,
    record_id: Option<u64>,
    schema: Schema,
}

impl PipeEvent {
    /// Event 17: a pipe of this name was created.
    #[must_use]
    pub fn created(name: impl Into<Text>) -> Self {
        Self {
            created: true,
            name: name.into(),
            image: r"C:\Windows\System32\svchost.exe".into(),
            user: r"NT AUTHORITY\SYSTEM".into(),
            rule: "-".into(),
            host: None,
            time: Time::utc(2025, 3, 3, 9, 0, 0),
            pid: 1_204,
            guid: None,
            record_id: None,
            schema: Schema::V4_80,
        }
    }

    /// Event 18: a pipe of this name was connected to.
    #[must_use]
    pub fn connected(name: impl Into<Text>) -> Self {
        Self {
            created: false,
            ..Self::created(name)
        }
    }

    /// The program's path.
    #[must_use]
    pub fn image(mut self, image: impl Into<Text>) -> Self {
        self.image = image.into();
        self
    }

    /// The account.
    #[must_use]
    pub fn user(mut self, user: impl Into<Text>) -> Self {
        self.user = user.into();
        self
    }

    /// The name of the rule that included the event.
    #[must_use]
    pub fn rule_name(mut self, rule: impl Into<Text>) -> Self {
        self.rule = rule.into();
        self
    }

    /// `System/Computer`, where it is not the log's.
    #[must_use]
    pub fn host(mut self, host: impl Into<Text>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// `UtcTime`.
    #[must_use]
    pub fn at(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    /// `ProcessId`.
    #[must_use]
    pub fn pid(mut self, pid: u32) -> Self {
        self.pid = pid;
        self
    }

    /// `ProcessGuid`; made of the process id and the day where it is not said.
    #[must_use]
    pub fn guid(mut self, guid: Guid) -> Self {
        self.guid = Some(guid);
        self
    }

    /// `System/EventRecordID`.
    #[must_use]
    pub fn record_id(mut self, id: u64) -> Self {
        self.record_id = Some(id);
        self
    }

    /// The schema, which decides what fields there are.
    #[must_use]
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = schema;
        self
    }
}

impl From<PipeEvent> for Event {
    fn from(pipe: PipeEvent) -> Self {
        let layout = if pipe.created { PIPE_CREATED } else { PIPE_CONNECTED };
        let day = u32::try_from(pipe.time.millis() / 86_400_000 * 86_400).unwrap_or(0);
        let guid = pipe
            .guid
            .unwrap_or_else(|| Guid::from_words([0x7F3D_96AA, day, 0x10_0000, pipe.pid]));
        let kind = if pipe.created { "CreatePipe" } else { "ConnectPipe" };
        let values = layout.fields(pipe.schema).map(|field| match field {
            "RuleName" => Value::Text(pipe.rule.clone()),
            "EventType" => Value::text(kind),
            "UtcTime" => Value::text(pipe.time.sysmon()),
            "ProcessGuid" => Value::Guid(guid),
            "ProcessId" => Value::U32(pipe.pid),
            "PipeName" => Value::Text(pipe.name.clone()),
            "Image" => Value::Text(pipe.image.clone()),
            "User" => Value::Text(pipe.user.clone()),
            _ => Value::Null,
        });
        // Sysmon hands an event over some milliseconds after it saw it.
        let written = pipe.time.plus_ticks(23_417);
        let event = Event::sysmon(&layout, pipe.schema, written, values.collect::<Vec<_>>());
        Event {
            computer: pipe.host,
            record_id: pipe.record_id,
            ..event
        }
    }
}
