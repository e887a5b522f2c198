//! The values of one pipe event, in room that every event uses anew.

use super::remembered::Remembered;
use crate::event::{Kind, Millis, PipeEvent};

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A pipe event of Sysmon; its values are in the [`Decoded`] that was handed in.
    Pipe(Kind),
    /// Something else.
    Other,
}

/// The values of a [`PipeEvent`].
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) pipe_name: Remembered,
    pub(super) image: Remembered,
    pub(super) user: Remembered,
    pub(super) host: String,
    pub(super) process_guid: String,
    pub(super) time: Option<Millis>,
    pub(super) process_id: Option<u32>,
    pub(super) record_id: Option<u64>,
}

impl Decoded {
    /// The values as the event that sinks are given.
    pub(super) fn event(&self, kind: Kind) -> PipeEvent<'_> {
        PipeEvent {
            kind,
            pipe_name: self.pipe_name.text(),
            image: self.image.text(),
            user: self.user.text(),
            host: &self.host,
            time: self.time,
            process_id: self.process_id,
            process_guid: &self.process_guid,
            record_id: self.record_id,
        }
    }
}
