//! Inputs in, one baseline out, with what was read and what was not.
//!
//! The only file that knows the thread pool. Work is shared out by spans over all files: one big log keeps every core
//! busy, and so do ten thousand small ones. Each thread has one [`Fold`] of its own; they are merged at the end, which
//! gives the same baseline whoever read what.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;

use crate::baseline::{Baseline, Fold, Occurrences};
use crate::error::{Error, Skipped, reason};
use crate::event::PipeEvent;
use crate::source::Sink;
use crate::source::format::{FIRST_BYTES, Format};
use crate::source::walk::{Input, Walked};

/// How far a scan is, for whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes to read, as far as known: files that were not opened yet, and streams, are not in it.
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
    /// Files in folders that hold no log.
    pub passed_over: u64,
    /// What could not be read, sorted; of very many, the first.
    pub skipped: Vec<Skipped>,
    /// How many more there are than `skipped` holds.
    pub skipped_more: u64,
}

/// The most places of damage that are kept: a log full of it must not fill the memory.
const SKIPPED_KEPT: usize = 10_000;

/// What one thread has gathered.
#[derive(Default)]
struct Worker {
    fold: Fold,
    sources: u64,
    records: u64,
    pipe_events: u64,
    passed_over: u64,
    skipped: BTreeSet<Skipped>,
    skipped_more: u64,
}

/// One source that several threads may be reading.
struct Source {
    input: Input,
    name: String,
    format: Format,
    occurrences: Occurrences,
}

/// Reads all inputs on `threads` threads (0: as many as there are cores).
///
/// # Errors
///
/// Only where the threads cannot be had. What could not be read is in [`Scan::skipped`], even if it is everything.
pub fn scan(walked: Walked, threads: usize, progress: &Progress) -> Result<Scan, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Error::Write(io::Error::other(error)))?;
    let workers: Vec<Mutex<Worker>> = (0..pool.current_num_threads()).map(|_| Mutex::default()).collect();
    let run = Run {
        workers: &workers,
        progress,
    };
    for (path, why) in &walked.failed {
        run.on_worker(|worker| worker.skip(path.display().to_string(), None, Cow::Owned(why.clone())));
    }
    pool.scope(|scope| {
        for input in walked.inputs {
            scope.spawn(move |scope| run.open(input, scope));
        }
    });
    Ok(merge(workers, &pool))
}

/// What every task needs.
#[derive(Clone, Copy)]
struct Run<'a> {
    workers: &'a [Mutex<Worker>],
    progress: &'a Progress,
}

impl<'a> Run<'a> {
    /// Runs `task` with this thread's worker. No task waits for another, so the lock is always free.
    fn on_worker<T>(self, task: impl FnOnce(&mut Worker) -> T) -> Option<T> {
        let worker = self.workers.get(rayon::current_thread_index().unwrap_or(0))?;
        Some(task(&mut worker.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Looks at an input, and shares out its spans.
    fn open(self, input: Input, scope: &rayon::Scope<'a>) {
        let name = if input.is_stdin() {
            "standard input".to_owned()
        } else {
            input.path.display().to_string()
        };
        match self.try_open(&input, &name, scope) {
            Ok(()) => {}
            Err(error) => {
                self.on_worker(|worker| worker.skip(name, None, Cow::Owned(reason(&error))));
            }
        }
    }

    fn try_open(self, input: &Input, name: &str, scope: &rayon::Scope<'a>) -> io::Result<()> {
        let mut first = vec![0; FIRST_BYTES];
        if input.is_stdin() {
            let mut stream = io::stdin().lock();
            return self.read_stream(&mut stream, &mut first, input, name);
        }
        let mut file = File::open(&input.path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return self.read_stream(&mut file, &mut first, input, name);
        }
        let filled = fill(&mut file, &mut first)?;
        first.truncate(filled);
        let Some(source) = self.source(&first, input, name) else {
            return Ok(());
        };
        self.progress.total.fetch_add(metadata.len(), Ordering::Relaxed);
        let mut spans = source.format.spans(&first, metadata.len());
        if spans.len() <= 1 {
            let span = spans.pop().unwrap_or(0..metadata.len());
            self.read_span(&source, &mut file, span);
            return Ok(());
        }
        let source = std::sync::Arc::new(source);
        for span in spans {
            let source = std::sync::Arc::clone(&source);
            scope.spawn(move |_| match File::open(&source.input.path) {
                Ok(mut file) => self.read_span(&source, &mut file, span),
                Err(error) => {
                    let what = Cow::Owned(reason(&error));
                    self.on_worker(|worker| worker.skip(source.name.clone(), Some(span.start), what));
                }
            });
        }
        Ok(())
    }

    fn read_stream(self, stream: &mut dyn Read, first: &mut Vec<u8>, input: &Input, name: &str) -> io::Result<()> {
        let filled = fill(stream, first)?;
        first.truncate(filled);
        let Some(source) = self.source(first, input, name) else {
            return Ok(());
        };
        let mut whole = io::Cursor::new(first).chain(stream);
        self.read(&source, &mut whole, 0);
        Ok(())
    }

    /// The source that begins with `first`, unless it is none.
    fn source(self, first: &[u8], input: &Input, name: &str) -> Option<Source> {
        match Format::detect(first) {
            Ok(format) => {
                self.on_worker(|worker| worker.sources += 1);
                let occurrences = Occurrences::default();
                Some(Source {
                    input: input.clone(),
                    name: name.to_owned(),
                    format,
                    occurrences,
                })
            }
            Err(_) if !input.named => {
                self.on_worker(|worker| worker.passed_over += 1);
                None
            }
            Err(what) => {
                self.on_worker(|worker| worker.skip(name.to_owned(), None, Cow::Owned(format!("this is {what}"))));
                None
            }
        }
    }

    fn read_span(self, source: &Source, file: &mut File, span: Range<u64>) {
        let sought = file.seek(SeekFrom::Start(span.start));
        match sought {
            Ok(_) => self.read(source, &mut file.take(span.end - span.start), span.start),
            Err(error) => {
                let what = Cow::Owned(reason(&error));
                self.on_worker(|worker| worker.skip(source.name.clone(), Some(span.start), what));
            }
        }
    }

    fn read(self, source: &Source, input: &mut dyn Read, start: u64) {
        self.on_worker(|worker| {
            let mut input = Counting {
                input,
                at: start,
                done: &self.progress.done,
            };
            let read = source.format.read(&mut input, start, &mut Gather { worker, source });
            if let Err(error) = read {
                worker.skip(source.name.clone(), Some(input.at), Cow::Owned(reason(&error)));
            }
        });
    }
}

/// Puts what a reader finds into a worker.
struct Gather<'a> {
    worker: &'a mut Worker,
    source: &'a Source,
}

impl Sink for Gather<'_> {
    fn records(&mut self, count: u64) {
        self.worker.records += count;
    }

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.worker.pipe_events += 1;
        self.worker.fold.add(event, &self.source.occurrences);
    }

    fn skip(&mut self, offset: u64, what: Cow<'static, str>) {
        self.worker.skip(self.source.name.clone(), Some(offset), what);
    }
}

impl Worker {
    fn skip(&mut self, source: String, offset: Option<u64>, what: Cow<'static, str>) {
        self.skipped.insert(Skipped { source, offset, what });
        if self.skipped.len() > SKIPPED_KEPT {
            self.skipped.pop_last();
            self.skipped_more += 1;
        }
    }
}

fn merge(workers: Vec<Mutex<Worker>>, pool: &ThreadPool) -> Scan {
    let workers: Vec<Worker> = workers
        .into_iter()
        .map(|worker| worker.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect();
    let mut scan = Scan::default();
    let mut folds = Vec::new();
    for worker in workers {
        scan.sources += worker.sources;
        scan.records += worker.records;
        scan.pipe_events += worker.pipe_events;
        scan.passed_over += worker.passed_over;
        scan.skipped.extend(worker.skipped);
        scan.skipped_more += worker.skipped_more;
        folds.push(worker.fold);
    }
    scan.skipped.sort_unstable();
    let more = scan.skipped.len().saturating_sub(SKIPPED_KEPT);
    scan.skipped.truncate(SKIPPED_KEPT);
    scan.skipped_more += more as u64;
    scan.baseline = pool.install(|| merge_folds(folds));
    scan
}

/// Merges pairwise, both halves at once.
fn merge_folds(mut folds: Vec<Fold>) -> Baseline {
    if folds.len() <= 1 {
        return folds.pop().unwrap_or_default().finish();
    }
    let other = folds.split_off(folds.len() / 2);
    let (a, b) = rayon::join(|| merge_folds(folds), || merge_folds(other));
    a.merge(b)
}

/// Counts what is read.
struct Counting<'a> {
    input: &'a mut dyn Read,
    at: u64,
    done: &'a AtomicU64,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.at += read as u64;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads until `buffer` is full or the input at its end.
fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match input.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
