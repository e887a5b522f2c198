//! How the work is shared out: inputs are opened, cut into spans, and read by whichever thread is free.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::Scope;

use super::counting::{Counting, CountingFile};
use super::gather::Gather;
use super::source::Source;
use super::worker::Worker;
use super::{Progress, Settings};
use crate::baseline::SharedFold;
use crate::error::reason;
use crate::source::container;
use crate::source::detect::{self, Detected, FIRST_LOOK, detect};
use crate::source::evtx;
use crate::source::format::{Format, ranges};
use crate::source::refusal::refusal;
use crate::source::walk::Input;

/// What every task needs.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) workers: &'a [Mutex<Worker>],
    /// What the workers have handed over.
    pub(super) shared_fold: &'a SharedFold,
    pub(super) sources: &'a Mutex<Vec<Arc<Source>>>,
    pub(super) settings: &'a Settings,
    pub(super) progress: &'a Progress,
}

impl<'a> Run<'a> {
    /// Runs `task` with this thread's worker. No task waits for another, so the lock is always free.
    pub(super) fn on_worker<T>(self, task: impl FnOnce(&mut Worker) -> T) -> Option<T> {
        let worker = self.workers.get(rayon::current_thread_index().unwrap_or(0))?;
        Some(task(&mut worker.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Looks at an input, and shares out its spans.
    pub(super) fn open(self, input: Input, scope: &Scope<'a>) {
        let source = Arc::new(Source::new(input, self.settings.format));
        self.sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::clone(&source));
        if let Err(error) = self.try_open(&source, scope) {
            source.is_none.store(true, Ordering::Relaxed);
            let what = Cow::Owned(refusal(&source.input.path, &error));
            self.on_worker(|worker| worker.skip(source.name.clone(), None, what));
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
            let mut gather = Gather::new(worker, self.shared_fold, source, start);
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
            let mut gather = Gather::new(worker, self.shared_fold, source, 0);
            let read = container::read(input, self.settings.format, &self.settings.limits, &mut gather);
            gather.finish();
            if let Err(error) = read {
                worker.skip(source.name.clone(), None, Cow::Owned(reason(&error)));
            }
        });
    }
}
