//! The values of one pipe event, in buffers that every event uses anew.

use crate::event::{Kind, Millis, PipeEvent};

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A pipe event of Sysmon; its values are in the [`Decoded`] that was handed in.
    Pipe(Kind),
    /// Something else.
    Other,
}

/// The values of a [`PipeEvent`], owned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) pipe_name: String,
    pub(super) image: String,
    pub(super) user: String,
    pub(super) host: String,
    pub(super) process_guid: String,
    pub(super) time: Option<Millis>,
    pub(super) process_id: Option<u32>,
    pub(super) record_id: Option<u64>,
}

impl Decoded {
    /// Forgets the values and keeps the room they had.
    pub(super) fn clear(&mut self) {
        for text in [
            &mut self.pipe_name,
            &mut self.image,
            &mut self.user,
            &mut self.host,
            &mut self.process_guid,
        ] {
            text.clear();
        }
        (self.time, self.process_id, self.record_id) = (None, None, None);
    }

    /// The values as the event that sinks are given.
    pub(super) fn event(&self, kind: Kind) -> PipeEvent<'_> {
        PipeEvent {
            kind,
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
