//! What a reader finds, put into the worker of its thread.

use std::borrow::Cow;
use std::io;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::source::Source;
use super::worker::Worker;
use crate::baseline::saved::{self, Saved};
use crate::baseline::{Occurrences, SharedFold};
use crate::event::{CountedRow, PipeEvent};
use crate::records::Extent;
use crate::source::Sink;
use crate::source::notes::{Note, Notes};
use crate::source::saved::Lines;

/// Puts what a reader finds into a worker.
pub(super) struct Gather<'a> {
    worker: &'a mut Worker,
    shared_fold: &'a SharedFold,
    source: &'a Source,
    start: u64,
    records: u64,
    pipe_events: u64,
    notes: Notes,
    /// The members of containers that are being read, the innermost last.
    members: Vec<(String, Occurrences)>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(worker: &'a mut Worker, shared_fold: &'a SharedFold, source: &'a Source, start: u64) -> Self {
        Self {
            worker,
            shared_fold,
            source,
            start,
            records: 0,
            pipe_events: 0,
            notes: Notes::default(),
            members: Vec::new(),
        }
    }

    /// Tells worker and source what was counted.
    pub(super) fn finish(self) {
        self.worker.records += self.records;
        self.worker.pipe_events += self.pipe_events;
        self.source.records.fetch_add(self.records, Ordering::Relaxed);
        self.source.pipe_events.fetch_add(self.pipe_events, Ordering::Relaxed);
        self.source
            .notes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((self.start, self.notes));
    }

    /// `colleague.zip!logs/Sysmon.evtx`.
    fn name(&self) -> String {
        let mut name = self.source.name.clone();
        for (member, _) in &self.members {
            name.push('!');
            name.push_str(member);
        }
        name
    }
}

impl Sink for Gather<'_> {
    fn records(&mut self, count: u64) {
        self.records += count;
    }

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.pipe_events += 1;
        let occurrences = self
            .members
            .last()
            .map_or(&self.source.occurrences, |(_, occurrences)| occurrences);
        self.worker.fold.add(event, occurrences);
        self.shared_fold.relieve(&mut self.worker.fold);
    }

    fn wants_counted(&self) -> bool {
        self.source.is_meant
    }

    fn counted(&mut self, row: &CountedRow<'_>) {
        self.pipe_events += row.count;
        self.worker.fold.count(row);
        self.shared_fold.relieve(&mut self.worker.fold);
    }

    fn skip(&mut self, offset: u64, what: Cow<'static, str>) {
        self.worker.skip(self.name(), Some(offset), what);
    }

    fn extent(&mut self, extent: Extent) {
        if self.members.is_empty() {
            let mut whole = self.source.extent.lock().unwrap_or_else(PoisonError::into_inner);
            whole.merge(extent);
        } else {
            self.worker.fold.add_log(extent);
        }
    }

    fn note(&mut self, note: Note<'_>) {
        self.notes.add(note);
    }

    fn enter(&mut self, member: &str) {
        self.members.push((member.to_owned(), Occurrences::default()));
    }

    fn leave(&mut self) {
        self.members.pop();
    }

    fn baselines(&mut self, lines: &mut Lines<'_>) -> io::Result<()> {
        let mut whole = 0_u64;
        saved::read(lines, |baseline| match baseline {
            Ok(Saved { fold, events }) => {
                whole += 1;
                self.records += events;
                self.pipe_events += events;
                self.worker.fold.join(fold);
                self.shared_fold.relieve(&mut self.worker.fold);
            }
            Err(refusal) => self
                .worker
                .skip(self.name(), Some(refusal.offset), Cow::Owned(refusal.what)),
        })?;
        if whole == 0 && self.members.is_empty() {
            self.source.is_none.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn pass_over(&mut self, what: Cow<'static, str>) {
        let name = self.name();
        if self.members.is_empty() {
            self.source.is_none.store(true, Ordering::Relaxed);
        }
        // Who searches a folder for logs must learn of one that holds nothing: it may have been copied so, or emptied.
        let is_lost = is_called_log(&name)
            && ["empty", "nothing but", "a pointer"]
                .iter()
                .any(|lost| what.starts_with(lost));
        let is_meant = self.members.is_empty() && self.source.input.named || is_lost;
        if is_meant {
            let what = format!("this is no log, but {what}");
            self.worker.skip(name, None, Cow::Owned(what));
            return;
        }
        self.worker.passed_over.add((name, what.into_owned()));
    }
}

/// Whether a file is called as event logs are.
fn is_called_log(name: &str) -> bool {
    std::path::Path::new(name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("evtx"))
}
