//! Inputs in, one baseline out, with what was read and what was not.
//!
//! Work is shared out by spans over all files: one big log keeps every core
//! busy, and so do ten thousand small ones. Each thread has one `Fold` of its own; they are merged at the end, and
//! where there is much before it (`SharedFold`), which gives the same baseline whoever read what.

mod counting;
mod gather;
mod kept;
mod run;
mod source;
mod worker;

use std::borrow::Cow;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::baseline::{Baseline, SharedFold};
use crate::error::{Error, Skipped};
use crate::source::container::Limits;
use crate::source::format::Format;
use crate::source::walk::Walked;
use crate::threads;
pub use kept::Kept;

/// How a scan is to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// How many threads; 0 is one for each core.
    pub threads: usize,
    /// What sources are taken for; by default their content tells.
    pub format: Option<Format>,
    /// How much a packed source may unpack to.
    pub limits: Limits,
}

/// How far a scan is, for whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes to read, of all files: how much comes from streams is not known.
    pub total: AtomicU64,
    /// Bytes read.
    pub done: AtomicU64,
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Scan {
    /// All that was learned.
    pub baseline: Baseline,
    /// How many sources were read.
    pub sources: u64,
    /// Whole records of all kinds. A log that was given twice is counted twice here, and nowhere else.
    pub records: u64,
    /// Pipe events among them, duplicates included.
    pub pipe_events: u64,
    /// How many of these were read before, from the same source or another: they count once.
    pub duplicates: u64,
    /// Files in folders, and members of containers, that hold no log: name, and what it is instead.
    pub passed_over: Kept<(String, String)>,
    /// Sources without a pipe event: name, and why there is none.
    pub silent: Kept<(String, String)>,
    /// What could not be read.
    pub skipped: Kept<Skipped>,
    /// Events that were read without a host.
    pub without_host: Lacking,
    /// Events that were read without a time.
    pub without_time: Lacking,
    /// Events with their record's number whose time is when the record was written: a log that has Sysmon's own time gives
    /// them another one.
    pub by_written: u64,
    /// How many events are Microsoft Defender's, not Sysmon's.
    pub of_defender: u64,
}

/// Events that lack something which evidence needs, and an example.
#[derive(Debug, Default)]
pub struct Lacking {
    /// How many there are.
    pub events: u64,
    /// The first source that has some.
    pub source: String,
    /// How that source writes what cannot be read, where it writes something.
    pub written: Option<String>,
}

impl Lacking {
    fn add(&mut self, events: u64, source: &str, written: Option<&String>) {
        self.events += events;
        let is_first = self.source.is_empty() || source < self.source.as_str();
        let tells_more = self.written.is_none() && written.is_some();
        if events > 0 && (is_first && (self.written.is_none() || written.is_some()) || tells_more) {
            self.source = source.to_owned();
            self.written = written.cloned();
        }
    }
}

/// Reads all inputs.
///
/// # Errors
///
/// Only where the threads cannot be had. What could not be read is in [`Scan::skipped`], even if it is everything.
pub fn scan(walked: Walked, settings: &Settings, progress: &Progress) -> Result<Scan, Error> {
    let pool = threads::pool(settings.threads).map_err(|error| Error::Write(io::Error::other(error)))?;
    let mut workers: Vec<Mutex<worker::Worker>> = (0..pool.current_num_threads()).map(|_| Mutex::default()).collect();
    let shared_fold = SharedFold::of(workers.len());
    let sources = Mutex::default();
    let run = run::Run {
        workers: &workers,
        shared_fold: &shared_fold,
        sources: &sources,
        settings,
        progress,
    };
    for (path, why) in &walked.failed {
        run.on_worker(|worker| worker.skip(path.display().to_string(), None, Cow::Owned(why.clone())));
    }
    for input in walked.inputs.iter().filter(|input| !input.is_stdin()) {
        let len =
            std::fs::metadata(&input.path).map_or(0, |metadata| if metadata.is_file() { metadata.len() } else { 0 });
        progress.total.fetch_add(len, Ordering::Relaxed);
    }
    pool.scope(|scope| {
        for input in walked.inputs {
            scope.spawn(move |scope| run.open(input, scope));
        }
    });
    let sources = sources.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Whether a log tells of its records is known when all its spans were read.
    if let Some(worker) = workers.first_mut() {
        let worker = worker.get_mut().unwrap_or_else(PoisonError::into_inner);
        sources.iter().for_each(|source| worker.fold.add_log(source.extent()));
    }
    let mut scan = worker::merge(workers, shared_fold, &pool);
    for source in sources {
        if !source.is_none.load(Ordering::Relaxed) {
            scan.sources += 1;
            let notes = source.notes();
            scan.without_host.add(notes.without_host, &source.name, None);
            scan.without_time
                .add(notes.without_time, &source.name, notes.unread_time.as_ref());
            scan.by_written += notes.by_written;
            scan.of_defender += notes.of_defender;
            scan.silent.merge(source.silence(&notes));
        }
    }
    Ok(scan)
}
