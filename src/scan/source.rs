//! One source that several threads may be reading, and what it turned out to hold.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::kept::Kept;
use crate::baseline::Occurrences;
use crate::records::Extent;
use crate::source::format::Format;
use crate::source::notes::Notes;
use crate::source::walk::Input;

/// One source that several threads may be reading.
pub(super) struct Source {
    pub(super) input: Input,
    pub(super) name: String,
    /// Whether somebody said that it is a source, or in which form: it was not just found in a folder.
    pub(super) is_meant: bool,
    pub(super) occurrences: Occurrences,
    pub(super) pipe_events: AtomicU64,
    pub(super) records: AtomicU64,
    /// What readers noticed, with where in the source they began.
    pub(super) notes: Mutex<Vec<(u64, Notes)>>,
    /// Which records it holds, if it is one log.
    pub(super) extent: Mutex<Extent>,
    /// Whether it is nothing that can be read.
    pub(super) is_none: AtomicBool,
}

impl Source {
    pub(super) fn new(input: Input, format: Option<Format>) -> Self {
        let name = if input.is_stdin() {
            "standard input".to_owned()
        } else {
            input.path.display().to_string()
        };
        Self {
            is_meant: input.named || format.is_some(),
            input,
            name,
            occurrences: Occurrences::default(),
            pipe_events: AtomicU64::new(0),
            records: AtomicU64::new(0),
            notes: Mutex::default(),
            extent: Mutex::default(),
            is_none: AtomicBool::new(false),
        }
    }

    /// Which records it holds, once all of it was read.
    pub(super) fn extent(&self) -> Extent {
        std::mem::take(&mut self.extent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What readers noticed, once all of it was read.
    pub(super) fn notes(&self) -> Notes {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.sort_by_key(|(start, _)| *start);
        let mut all = Notes::default();
        notes.drain(..).for_each(|(_, notes)| all.merge(notes));
        all
    }

    /// Why a source yielded nothing, where it did.
    pub(super) fn silence(&self, notes: &Notes) -> Kept<(String, String)> {
        let mut silent = Kept::default();
        if self.pipe_events.load(Ordering::Relaxed) == 0 {
            silent.add((self.name.clone(), notes.silence(self.records.load(Ordering::Relaxed))));
        }
        silent
    }
}
