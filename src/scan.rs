//! Inputs in, one baseline out, with what was read and what was not.
//!
//! The only file that knows the thread pool. Work is shared out by spans over all files: one big log keeps every core
//! busy, and so do ten thousand small ones. Each thread has one [`Fold`] of its own; they are merged at the end, which
//! gives the same baseline whoever read what.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{Scope, ThreadPool};

use crate::baseline::saved::{self, Saved};
use crate::baseline::{Baseline, Fold, Occurrences};
use crate::error::{Error, Skipped, reason};
use crate::event::PipeEvent;
use crate::source::container::{self, Limits};
use crate::source::detect::{self, Detected, FIRST_LOOK, detect};
use crate::source::format::{Format, ranges};
use crate::source::notes::{Note, Notes};
use crate::source::saved::Lines;
use crate::source::walk::{Input, Walked};
use crate::source::{Sink, evtx};

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
    /// How many of these were read before, from the same source or another: they count once.
    pub duplicates: u64,
    /// Files in folders, and members of containers, that hold no log: name, and what it is instead.
    pub passed_over: Kept<(String, String)>,
    /// Sources without a pipe event: name, and why there is none.
    pub silent: Kept<(String, String)>,
    /// What could not be read.
    pub skipped: Kept<Skipped>,
}

/// Things of which there may be very many, sorted: the first are kept, the others counted.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    kept: BTreeSet<T>,
    /// How many there are besides.
    pub more: u64,
}

/// So many are kept: input that is full of damage must not fill the memory.
const KEPT: usize = 10_000;

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            kept: BTreeSet::new(),
            more: 0,
        }
    }
}

impl<T: Ord> Kept<T> {
    fn add(&mut self, item: T) {
        if self.kept.insert(item) && self.kept.len() > KEPT {
            self.kept.pop_last();
            self.more += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        other.kept.into_iter().for_each(|item| self.add(item));
        self.more += other.more;
    }

    /// Those that are kept, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.kept.iter()
    }

    /// How many there are in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.kept.len() as u64 + self.more
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

/// What one thread has gathered, and what it reads with.
#[derive(Default)]
struct Worker {
    fold: Fold,
    records: u64,
    pipe_events: u64,
    passed_over: Kept<(String, String)>,
    skipped: Kept<Skipped>,
    evtx: evtx::Reader,
}

/// One source that several threads may be reading.
struct Source {
    input: Input,
    name: String,
    occurrences: Occurrences,
    pipe_events: AtomicU64,
    records: AtomicU64,
    /// What readers noticed, with where in the source they began.
    notes: Mutex<Vec<(u64, Notes)>>,
    /// Whether it is nothing that can be read.
    is_none: AtomicBool,
}

/// Reads all inputs.
///
/// # Errors
///
/// Only where the threads cannot be had. What could not be read is in [`Scan::skipped`], even if it is everything.
pub fn scan(walked: Walked, settings: &Settings, progress: &Progress) -> Result<Scan, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(settings.threads)
        .build()
        .map_err(|error| Error::Write(io::Error::other(error)))?;
    let workers: Vec<Mutex<Worker>> = (0..pool.current_num_threads()).map(|_| Mutex::default()).collect();
    let sources = Mutex::default();
    let run = Run {
        workers: &workers,
        sources: &sources,
        settings,
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
    let mut scan = merge(workers, &pool);
    for source in sources.into_inner().unwrap_or_else(PoisonError::into_inner) {
        if !source.is_none.load(Ordering::Relaxed) {
            scan.sources += 1;
            scan.silent.merge(silence(&source));
        }
    }
    Ok(scan)
}

/// Why a source yielded nothing, where it did.
fn silence(source: &Source) -> Kept<(String, String)> {
    let mut silent = Kept::default();
    if source.pipe_events.load(Ordering::Relaxed) == 0 {
        let mut notes = source.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.sort_by_key(|(start, _)| *start);
        let mut all = Notes::default();
        notes.drain(..).for_each(|(_, notes)| all.merge(notes));
        silent.add((source.name.clone(), all.silence(source.records.load(Ordering::Relaxed))));
    }
    silent
}

/// What every task needs.
#[derive(Clone, Copy)]
struct Run<'a> {
    workers: &'a [Mutex<Worker>],
    sources: &'a Mutex<Vec<Arc<Source>>>,
    settings: &'a Settings,
    progress: &'a Progress,
}

impl<'a> Run<'a> {
    /// Runs `task` with this thread's worker. No task waits for another, so the lock is always free.
    fn on_worker<T>(self, task: impl FnOnce(&mut Worker) -> T) -> Option<T> {
        let worker = self.workers.get(rayon::current_thread_index().unwrap_or(0))?;
        Some(task(&mut worker.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Looks at an input, and shares out its spans.
    fn open(self, input: Input, scope: &Scope<'a>) {
        let name = if input.is_stdin() {
            "standard input".to_owned()
        } else {
            input.path.display().to_string()
        };
        let source = Arc::new(Source {
            input,
            name,
            occurrences: Occurrences::default(),
            pipe_events: AtomicU64::new(0),
            records: AtomicU64::new(0),
            notes: Mutex::default(),
            is_none: AtomicBool::new(false),
        });
        self.sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::clone(&source));
        if let Err(error) = self.try_open(&source, scope) {
            source.is_none.store(true, Ordering::Relaxed);
            self.on_worker(|worker| worker.skip(source.name.clone(), None, Cow::Owned(reason(&error))));
        }
    }

    fn try_open(self, source: &Arc<Source>, scope: &Scope<'a>) -> io::Result<()> {
        if source.input.is_stdin() {
            self.read_stream(source, &mut io::stdin().lock());
            return Ok(());
        }
        let mut file = File::open(&source.input.path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            self.read_stream(source, &mut file);
            return Ok(());
        }
        self.progress.total.fetch_add(metadata.len(), Ordering::Relaxed);
        let mut first = Vec::new();
        (&mut file).take(FIRST_LOOK as u64).read_to_end(&mut first)?;
        let Some((format, spans)) = self.spans(&first, metadata.len()) else {
            file.rewind()?;
            self.read_packed(source, &mut file);
            return Ok(());
        };
        if let [span] = spans.as_slice() {
            let (span, seen) = (span.clone(), first.len() as u64);
            self.read(source, format, span, &mut Cursor::new(first).chain(file), seen);
            return Ok(());
        }
        for span in spans {
            let source = Arc::clone(source);
            scope.spawn(move |_| self.read_span(&source, format, span));
        }
        Ok(())
    }

    /// The parts of a file that can be read apart; `None` for a container and for what is no source.
    fn spans(self, first: &[u8], len: u64) -> Option<(Format, Vec<Range<u64>>)> {
        let Detected::Source(detect::Source { format, can_be_split }) = detect(first) else {
            return None;
        };
        let taken_for = self.settings.format.filter(|_| !format.is_certain()).unwrap_or(format);
        if format.is_container() || taken_for != format {
            return None;
        }
        let spans = match format {
            Format::Evtx => evtx::spans(first, len),
            _ if can_be_split => ranges(len, 4 * self.workers.len() as u64).collect(),
            _ => std::iter::once(0..u64::MAX).collect(),
        };
        Some((format, spans))
    }

    fn read_span(self, source: &Source, format: Format, span: Range<u64>) {
        let opened = File::open(&source.input.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(span.start))?;
            Ok(file)
        });
        match opened {
            // The ranges of text end where a record ends, which may be behind the span.
            Ok(mut file) if format != Format::Evtx => self.read(source, format, span, &mut file, 0),
            Ok(file) => self.read(source, format, span.clone(), &mut file.take(span.end - span.start), 0),
            Err(error) => {
                let what = Cow::Owned(reason(&error));
                self.on_worker(|worker| worker.skip(source.name.clone(), Some(span.start), what));
            }
        }
    }

    /// Reads records. `known` bytes of `input` are in memory already.
    fn read(self, source: &Source, format: Format, span: Range<u64>, input: &mut dyn Read, known: u64) {
        self.on_worker(|worker| {
            let start = span.start;
            let mut input = Counting {
                input,
                at: start,
                done: &self.progress.done,
            };
            let mut reader = std::mem::take(&mut worker.evtx);
            let mut gather = Gather::new(worker, source, start);
            let read = match format {
                Format::Evtx => reader.read(&mut input, start, &mut gather),
                _ => format.read_records(&mut input, span, &mut gather),
            };
            gather.finish();
            worker.evtx = reader;
            if let Err(error) = read {
                worker.skip(
                    source.name.clone(),
                    Some(input.at.max(known)),
                    Cow::Owned(reason(&error)),
                );
            }
        });
    }

    fn read_packed(self, source: &Source, file: &mut File) {
        let mut file = CountingFile {
            file,
            done: &self.progress.done,
        };
        self.read_whole(source, container::Input::File(&mut file));
    }

    fn read_stream(self, source: &Source, stream: &mut dyn Read) {
        let mut stream = Counting {
            input: stream,
            at: 0,
            done: &self.progress.done,
        };
        self.read_whole(source, container::Input::Stream(&mut stream));
    }

    fn read_whole(self, source: &Source, input: container::Input<'_>) {
        self.on_worker(|worker| {
            let mut gather = Gather::new(worker, source, 0);
            let read = container::read(input, self.settings.format, &self.settings.limits, &mut gather);
            gather.finish();
            if let Err(error) = read {
                worker.skip(source.name.clone(), None, Cow::Owned(reason(&error)));
            }
        });
    }
}

/// Puts what a reader finds into a worker.
struct Gather<'a> {
    worker: &'a mut Worker,
    source: &'a Source,
    start: u64,
    records: u64,
    pipe_events: u64,
    notes: Notes,
    /// The members of containers that are being read, the innermost last.
    members: Vec<(String, Occurrences)>,
}

impl<'a> Gather<'a> {
    fn new(worker: &'a mut Worker, source: &'a Source, start: u64) -> Self {
        Self {
            worker,
            source,
            start,
            records: 0,
            pipe_events: 0,
            notes: Notes::default(),
            members: Vec::new(),
        }
    }

    /// Tells worker and source what was counted.
    fn finish(self) {
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
    }

    fn skip(&mut self, offset: u64, what: Cow<'static, str>) {
        self.worker.skip(self.name(), Some(offset), what);
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
            if self.source.input.named {
                self.worker
                    .skip(name, None, Cow::Owned(format!("this is no log, but {what}")));
                return;
            }
        }
        self.worker.passed_over.add((name, what.into_owned()));
    }
}

impl Worker {
    fn skip(&mut self, source: String, offset: Option<u64>, what: Cow<'static, str>) {
        self.skipped.add(Skipped { source, offset, what });
    }
}

fn merge(workers: Vec<Mutex<Worker>>, pool: &ThreadPool) -> Scan {
    let mut scan = Scan::default();
    let mut folds = Vec::new();
    for worker in workers {
        let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
        scan.records += worker.records;
        scan.pipe_events += worker.pipe_events;
        scan.passed_over.merge(worker.passed_over);
        scan.skipped.merge(worker.skipped);
        folds.push(worker.fold);
    }
    scan.baseline = pool.install(|| merge_folds(folds));
    scan.duplicates = scan.pipe_events.saturating_sub(scan.baseline.events());
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

/// Counts what is read of a file, wherever in it.
struct CountingFile<'a> {
    file: &'a mut File,
    done: &'a AtomicU64,
}

impl Read for CountingFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for CountingFile<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
