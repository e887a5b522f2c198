//! Makes single events that own their text, and folds them.

use std::fmt;

use proptest::prelude::*;

use crate::baseline::{Baseline, Fold, Occurrences};
use crate::event::{Kind, Millis, PipeEvent};

/// A [`PipeEvent`] that owns its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OwnedEvent {
    pub(crate) kind: Kind,
    pub(crate) pipe_name: String,
    pub(crate) image: String,
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) time: Option<Millis>,
    pub(crate) process_id: Option<u32>,
    pub(crate) process_guid: String,
    pub(crate) record_id: Option<u64>,
}

impl OwnedEvent {
    /// Of `C:\a.exe`, with nothing else known.
    pub(crate) fn new(kind: Kind, pipe_name: &str) -> Self {
        Self {
            kind,
            pipe_name: pipe_name.to_owned(),
            image: r"C:\a.exe".to_owned(),
            user: String::new(),
            host: String::new(),
            time: None,
            process_id: None,
            process_guid: String::new(),
            record_id: None,
        }
    }

    pub(crate) fn created(pipe_name: &str) -> Self {
        Self::new(Kind::Created, pipe_name)
    }

    pub(crate) fn connected(pipe_name: &str) -> Self {
        Self::new(Kind::Connected, pipe_name)
    }

    pub(crate) fn image(self, image: &str) -> Self {
        let image = image.to_owned();
        Self { image, ..self }
    }

    pub(crate) fn user(self, user: &str) -> Self {
        let user = user.to_owned();
        Self { user, ..self }
    }

    pub(crate) fn host(self, host: &str) -> Self {
        let host = host.to_owned();
        Self { host, ..self }
    }

    /// In milliseconds since 1970.
    pub(crate) fn time(self, time: impl Into<Option<i64>>) -> Self {
        let time = time.into().map(Millis);
        Self { time, ..self }
    }

    pub(crate) fn process_id(self, process_id: u32) -> Self {
        let process_id = Some(process_id);
        Self { process_id, ..self }
    }

    pub(crate) fn record_id(self, record_id: impl Into<Option<u64>>) -> Self {
        let record_id = record_id.into();
        Self { record_id, ..self }
    }

    pub(crate) fn borrow(&self) -> PipeEvent<'_> {
        PipeEvent {
            kind: self.kind,
            pipe_name: &self.pipe_name,
            image: &self.image,
            user: &self.user,
            host: &self.host,
            time: self.time,
            process_id: self.process_id,
            process_guid: &self.process_guid,
            record_id: self.record_id,
        }
    }
}

impl From<&PipeEvent<'_>> for OwnedEvent {
    fn from(event: &PipeEvent<'_>) -> Self {
        Self {
            kind: event.kind,
            pipe_name: event.pipe_name.to_owned(),
            image: event.image.to_owned(),
            user: event.user.to_owned(),
            host: event.host.to_owned(),
            time: event.time,
            process_id: event.process_id,
            process_guid: event.process_guid.to_owned(),
            record_id: event.record_id,
        }
    }
}

/// All of it on one line.
impl fmt::Display for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |number: Option<i128>| number.map_or_else(String::new, |number| number.to_string());
        write!(
            f,
            "{:?} {} by {} as {} on {}, {} {}, {}, #{}",
            self.kind,
            self.pipe_name,
            self.image,
            self.user,
            self.host,
            shown(self.process_id.map(i128::from)),
            self.process_guid,
            shown(self.time.map(|time| time.0.into())),
            shown(self.record_id.map(i128::from)),
        )
    }
}

/// A connection by process 4204 of `C:\a.exe`, at a time of its own.
pub(crate) fn owned(pipe_name: &str, host: &str, record_id: u64) -> OwnedEvent {
    OwnedEvent {
        process_guid: "{g}".to_owned(),
        ..OwnedEvent::connected(pipe_name)
            .user("u")
            .host(host)
            .time(1_700_000_000_000 + record_id.cast_signed())
            .process_id(4204)
            .record_id(record_id)
    }
}

/// The baseline of these events, each as it stands there.
pub(crate) fn folded(events: &[OwnedEvent]) -> Baseline {
    let mut fold = Fold::default();
    let occurrences = Occurrences::default();
    events.iter().for_each(|event| fold.add(&event.borrow(), &occurrences));
    fold.finish()
}

/// A baseline as it is saved.
pub(crate) fn text(baseline: &Baseline) -> String {
    let mut out = Vec::new();
    baseline.save(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Events of few names, images, hosts, users and processes, so that they often meet.
pub(crate) fn any_event() -> impl Strategy<Value = OwnedEvent> {
    let name = prop_oneof![
        Just(r"\lsass".to_owned()),
        Just(r"\LSASS".to_owned()),
        Just(r"\Lsass".to_owned()),
        (0u32..6, 0u32..40).prop_map(|(pid, n)| format!(r"\mojo.{}.{n}", 4200 + pid)),
        Just(String::new()),
    ];
    let image = prop_oneof![Just(r"C:\Windows\a.exe"), Just(r"c:\windows\A.exe"), Just("System")];
    let host = prop_oneof![Just("WS01"), Just("ws01.corp.example"), Just("WS02"), Just("")];
    let user = prop_oneof![Just("-"), Just("CORP\\a"), Just("CORP\\b")];
    let time = prop_oneof![
        Just(None),
        (1_700_000_000_000i64..1_700_900_000_000).prop_map(|t| Some(t - t % 86_000))
    ];
    (any::<bool>(), name, image, host, user, time, 4200u32..4206, 1u64..60).prop_map(
        |(created, name, image, host, user, time, pid, id)| OwnedEvent {
            process_guid: "{g}".to_owned(),
            ..OwnedEvent::new(if created { Kind::Created } else { Kind::Connected }, &name)
                .image(image)
                .user(user)
                .host(host)
                .time(time)
                .process_id(pid)
                .record_id(id)
        },
    )
}
