//! The values of one pipe event, in room that every event uses anew.

use super::text::{Extent, Texts};
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
#[derive(Debug, Clone, Default)]
pub(super) struct Decoded {
    pub(super) texts: Texts,
    pub(super) pipe_name: Extent,
    pub(super) image: Extent,
    pub(super) user: Extent,
    /// Apart from the other texts: it stays from one event to the next.
    pub(super) host: String,
    pub(super) process_guid: Extent,
    pub(super) time: Option<Millis>,
    pub(super) process_id: Option<u32>,
    pub(super) record_id: Option<u64>,
}

impl Decoded {
    /// Forgets the values, but for the host, and keeps the room they had.
    pub(super) fn clear(&mut self) {
        self.texts.clear();
        let none = Extent::default();
        (self.pipe_name, self.image, self.user, self.process_guid) = (none, none, none, none);
        (self.time, self.process_id, self.record_id) = (None, None, None);
    }

    /// The values as the event that sinks are given.
    pub(super) fn event(&self, kind: Kind) -> PipeEvent<'_> {
        PipeEvent {
            kind,
            pipe_name: self.texts.get(self.pipe_name),
            image: self.texts.get(self.image),
            user: self.texts.get(self.user),
            host: &self.host,
            time: self.time,
            process_id: self.process_id,
            process_guid: self.texts.get(self.process_guid),
            record_id: self.record_id,
        }
    }
}
