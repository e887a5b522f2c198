//! Windows event logs (`.evtx`) in, Sysmon's pipe events out. Nothing else in the project knows the `evtx` crate.
//!
//! A file is a header of 4 KiB and chunks of 64 KiB, each of which can be read alone. The file's header is never
//! believed: it lies in logs that were copied while the service had them open, and carved chunks have none. Chunks are
//! read one at a time into one buffer, which stays in the processor's cache.
//!
//! - `chunk` finds the whole records of a chunk, past any damage;
//! - `fast` tells from a record's bytes whether it is a pipe event, and reads it (by `instance`, `layout`, `template`,
//!   `written_out`, and what these share: `cursor`, `token`, `text`, `remembered`, `utc_time`);
//! - `twin` reads by the `evtx` crate what the fast path gives up on;
//! - `extent` tells which records a log holds.

mod chunk;
#[cfg(any(test, fuzzing))]
pub mod compare;
mod cursor;
mod decoded;
mod fast;
mod instance;
mod layout;
mod remembered;
mod template;
mod templates;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod twin;
mod utc_time;
mod written_out;

use std::borrow::Cow;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use memchr::memmem;

use self::chunk::{CHUNK_SIGNATURE, CHUNK_SIZE, FIRST_RECORD, RECORD_SIGNATURE, Record, Walk};
use self::decoded::{Decoded, Verdict};
use self::fast::Fast;
use self::twin::Twin;
use super::Sink;
use super::notes::Note;
use crate::records::{End, Extent};

/// The first bytes of a file.
const FILE_SIGNATURE: &[u8; 8] = b"ElfFile\0";
/// Where a file's first chunk is.
const FILE_HEADER: usize = 4096;
/// How many chunks make a [span](spans): 4 MiB, some milliseconds of work.
const SPAN_CHUNKS: u64 = 64;

/// The provider whose EventIDs 17 and 18 are pipe events. Other providers have events with these numbers.
const PROVIDER: &str = "Microsoft-Windows-Sysmon";

const PROVIDER_UTF16: [u8; 2 * PROVIDER.len()] = text::wide(PROVIDER);

/// The names of a pipe event's fields, `EventData/Data/@Name`.
struct Data {
    utc_time: &'static str,
    process_guid: &'static str,
    process_id: &'static str,
    pipe_name: &'static str,
    image: &'static str,
    user: &'static str,
}

const DATA: Data = Data {
    utc_time: "UtcTime",
    process_guid: "ProcessGuid",
    process_id: "ProcessId",
    pipe_name: "PipeName",
    image: "Image",
    user: "User",
};

/// Whether a file that begins with these bytes is an event log: with a file header, as a bare chunk carved from a disk,
/// or, where at least 4,104 bytes are given, with a damaged file header and a chunk behind it.
#[must_use]
pub fn is_evtx(first_bytes: &[u8]) -> bool {
    first_bytes.starts_with(FILE_SIGNATURE)
        || first_bytes.starts_with(CHUNK_SIGNATURE)
        || (FILE_HEADER..first_bytes.len()).step_by(CHUNK_SIZE).any(|at| {
            first_bytes
                .get(at..)
                .is_some_and(|bytes| bytes.starts_with(CHUNK_SIGNATURE))
        })
}

/// Whether what begins with these bytes has no file header: its first chunk is at its start.
fn is_bare(first_bytes: &[u8]) -> bool {
    let record = || {
        first_bytes
            .get(FIRST_RECORD..)
            .is_some_and(|bytes| bytes.starts_with(RECORD_SIGNATURE))
    };
    first_bytes.starts_with(CHUNK_SIGNATURE) || (!first_bytes.starts_with(FILE_SIGNATURE) && record())
}

/// Cuts a log of `len` bytes that begins with `first_bytes` (a few hundred are enough) into parts that can be read one by
/// one, by [`read`] with the part's start, in any order and on any thread; together they are the whole log.
#[must_use]
pub fn spans(first_bytes: &[u8], len: u64) -> Vec<Range<u64>> {
    let header = if is_bare(first_bytes) { 0 } else { FILE_HEADER as u64 };
    let span = SPAN_CHUNKS * CHUNK_SIZE as u64;
    let mut starts: Vec<u64> = (header..len)
        .step_by(usize::try_from(span).unwrap_or(usize::MAX))
        .collect();
    // The file's header goes with the first chunks.
    match starts.first_mut() {
        Some(first) => *first = 0,
        None => starts.push(0),
    }
    let ends = starts.iter().skip(1).copied().chain([len]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}

/// Reads all events of a log, or of a part of one.
///
/// `start` is where in its source the first byte that `input` gives is: 0, or the start of one of the [`spans`]. Every
/// chunk that is there is read, whatever the file's header says of their number. A reader for many logs or spans is
/// [`Reader`].
///
/// # Errors
///
/// Only what `input` fails with. Damage is told to `sink`.
pub fn read(input: &mut dyn Read, start: u64, sink: &mut dyn Sink) -> io::Result<()> {
    Reader::default().read(input, start, sink)
}

/// Reads logs one after another with the same buffers.
#[derive(Debug, Default)]
pub struct Reader {
    /// One chunk.
    buffer: Vec<u8>,
    decoder: Decoder,
}

impl Reader {
    /// As [`read`] does.
    ///
    /// # Errors
    ///
    /// Only what `input` fails with. Damage is told to `sink`.
    pub fn read(&mut self, input: &mut dyn Read, start: u64, sink: &mut dyn Sink) -> io::Result<()> {
        self.buffer.resize(CHUNK_SIZE, 0);
        self.decoder.extent = Extent::Empty;
        let mut at = start;
        let mut is_first = start == 0;
        let mut filled = 0;
        if start == 0 {
            filled = fill(input, self.buffer.get_mut(..FILE_HEADER).unwrap_or_default())?;
            let head = self.buffer.get(..filled).unwrap_or_default();
            if !is_bare(head) {
                if let Some(what) = header_damage(head) {
                    sink.skip(0, what);
                }
                at = filled as u64;
                filled = 0;
            }
        }
        loop {
            let len = filled + fill(input, self.buffer.get_mut(filled..).unwrap_or_default())?;
            filled = 0;
            let Some(chunk) = self.buffer.get(..len).filter(|chunk| !chunk.is_empty()) else {
                sink.extent(std::mem::take(&mut self.decoder.extent));
                return Ok(());
            };
            let has_pipe_events = self.decoder.read(chunk, at, sink);
            // Each chunk spells out the providers of its records. The first is enough to tell whose log it is.
            if is_first && !has_pipe_events && memmem::find(chunk, &PROVIDER_UTF16).is_some() {
                sink.note(Note::Sysmon);
            }
            is_first = false;
            at += len as u64;
        }
    }
}

/// What is wrong with a file's first bytes, which should be its header. Its values are of no interest.
fn header_damage(head: &[u8]) -> Option<Cow<'static, str>> {
    if head.is_empty() {
        None
    } else if head.len() < FILE_HEADER {
        Some("the file ends inside its header: it has no events".into())
    } else if head.starts_with(FILE_SIGNATURE) {
        None
    } else {
        Some("the file's header is damaged; its chunks were read nevertheless".into())
    }
}

/// Reads until `buffer` is full or the input at its end: how many bytes.
fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match input.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads chunks.
#[derive(Debug, Default)]
struct Decoder {
    fast: Fast,
    twin: Twin,
    /// The records of a chunk that the twin has to read.
    hard: Vec<Record>,
    decoded: Decoded,
    /// Which records the chunks so far hold.
    extent: Extent,
    /// The hosts of a chunk's first and last record.
    hosts: [String; 2],
}

impl Decoder {
    /// Reads the chunk which is at `start` of the source. Says whether it holds pipe events.
    fn read(&mut self, chunk: &[u8], start: u64, sink: &mut dyn Sink) -> bool {
        let (mut records, mut has_pipe_events) = (0, false);
        let mut ends = None;
        self.hard.clear();
        self.fast.begin_chunk();
        for found in Walk::new(chunk) {
            let record = match found {
                Ok(record) => record,
                Err(damage) => {
                    sink.skip(start + damage.offset as u64, damage.what);
                    continue;
                }
            };
            ends = Some((ends.map_or(record, |(first, _)| first), record));
            match self.fast.read(chunk, record, &mut self.decoded) {
                Some(verdict) => {
                    records += 1;
                    if let Verdict::Pipe(kind) = verdict {
                        has_pipe_events = true;
                        sink.pipe_event(&self.decoded.event(kind));
                    }
                }
                None => self.hard.push(record),
            }
        }
        if let Some((first, last)) = ends
            && self.extent != Extent::Unclear
        {
            self.reach(chunk, first, last);
        }
        self.twin.read(
            chunk,
            &self.hard,
            &mut self.decoded,
            |record, verdict, decoded| match verdict {
                Ok(verdict) => {
                    records += 1;
                    if let Verdict::Pipe(kind) = verdict {
                        has_pipe_events = true;
                        sink.pipe_event(&decoded.event(kind));
                    }
                }
                Err(why) => sink.skip(start + record.offset as u64, why),
            },
        );
        sink.records(records);
        has_pipe_events
    }

    /// Adds a chunk to the extent, by its first and last record.
    fn reach(&mut self, chunk: &[u8], first: Record, last: Record) {
        let [host, other] = &mut self.hosts;
        let mut end = |record: Record, host: &mut String| {
            let number = record.number(chunk)?;
            let (record_id, written) = self.fast.origin(chunk, record, host)?;
            Some(End {
                number,
                record_id,
                written,
            })
        };
        match end(first, host).zip(end(last, other)) {
            Some((first, last)) => self.extent.add((first, host), (last, other)),
            None => self.extent = Extent::Unclear,
        }
    }
}
