//! An .evtx log: events in, the file's bytes out.

use std::fmt;

use crate::chunk::{CHUNK_SIZE, Chunk, First};
use crate::event::Event;
use crate::record::Stored;
use crate::text::Text;

/// The file's header; the first chunk follows.
pub(crate) const FILE_HEADER: usize = 4_096;

/// How records are stored. The forms may be mixed in one log, see [`Event::in_form`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// As the event service writes its own files: strings end in NUL, absent values keep their width, the data follow
    /// without a fragment header, and old bytes show through at the end of a chunk.
    #[default]
    Live,
    /// As Event Viewer and `wevtutil epl` save a log: no NUL, absent values have width 0, the data have a fragment
    /// header of their own, and record headers are numbered from 1.
    Export,
    /// As a collector stores what it received as XML: no templates, every value as text, elements without dependency.
    Forwarded,
    /// A template for each record, with the values as literal text in it and no substitutions.
    Literal,
}

/// A log being written.
#[derive(Debug)]
pub struct Log {
    computer: Text,
    form: Form,
    minor_version: u16,
    chunk: Chunk,
    finished: Vec<u8>,
    chunks: u64,
    records: u64,
    /// Number of the next record's event.
    next_id: u64,
    next_header_id: u64,
}

/// Where a record lies in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// `System/EventRecordID`.
    pub record_id: u64,
    /// The number in the record's header, which exports count anew.
    pub header_id: u64,
    /// The chunk, from 0.
    pub chunk: usize,
    /// Offset in the file.
    pub offset: usize,
    /// Size in bytes.
    pub size: usize,
    /// Whether it defines names or templates, without which later records of the chunk cannot be read.
    pub defines: bool,
}

/// An event that fits into no chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the event is larger than a chunk")
    }
}

impl std::error::Error for TooLarge {}

impl Log {
    /// An empty log of `computer`.
    #[must_use]
    pub fn new(computer: impl Into<Text>) -> Self {
        Self {
            computer: computer.into(),
            form: Form::Live,
            minor_version: 1,
            chunk: Chunk::new(),
            finished: vec![0; FILE_HEADER],
            chunks: 0,
            records: 0,
            next_id: 1,
            next_header_id: 1,
        }
    }

    /// Stores the records in `form`.
    #[must_use]
    pub fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Numbers the first record `id`, unless its event says otherwise.
    #[must_use]
    pub fn first_record_id(mut self, id: u64) -> Self {
        self.next_id = id;
        self
    }

    /// The format's version 3.`minor`: 1 up to Windows 10 and Server 2019, 2 from Windows 11 and Server 2022 on.
    #[must_use]
    pub fn minor_version(mut self, minor: u16) -> Self {
        self.minor_version = minor;
        self
    }

    /// The log with one more event, for tests that write a log as one expression.
    ///
    /// # Panics
    /// When the event is larger than a chunk.
    #[must_use]
    pub fn event(mut self, event: impl Into<Event>) -> Self {
        match self.push(&event.into()) {
            Ok(_) => self,
            Err(error) => panic!("{error}"),
        }
    }

    /// Appends an event.
    ///
    /// # Errors
    /// [`TooLarge`] when it fits into no chunk; the log is as it was.
    pub fn push(&mut self, event: &Event) -> Result<Placed, TooLarge> {
        let record_id = event.record_id.unwrap_or(self.next_id);
        let form = event.form.unwrap_or(self.form);
        let header_id = if self.form == Form::Live {
            record_id
        } else {
            self.next_header_id
        };
        let computer = event.computer.clone().unwrap_or_else(|| self.computer.clone());
        let stored = Stored {
            event,
            computer: &computer,
            form,
            record_id,
            header_id,
        };
        let (record, defines) = loop {
            let mark = self.chunk.dictionary.mark();
            let record = stored.encode(self.chunk.end(), &mut self.chunk.dictionary);
            if self.chunk.has_room(record.len()) {
                break (record, self.chunk.dictionary.mark() != mark);
            }
            self.chunk.dictionary.rewind(mark);
            if self.chunk.count() == 0 {
                return Err(TooLarge);
            }
            self.flush();
        };
        let chunk = usize::try_from(self.chunks).unwrap_or(usize::MAX);
        let offset = self.finished.len() + self.chunk.end();
        if self.chunk.count() == 0 {
            self.chunk.first = First {
                number: self.records + 1,
                header_id,
            };
        }
        self.chunk.push(&record);
        self.records += 1;
        self.next_id = record_id + 1;
        self.next_header_id = header_id + 1;
        Ok(Placed {
            record_id,
            header_id,
            chunk,
            offset,
            size: record.len(),
            defines,
        })
    }

    /// Ends the chunk: the next record opens a new one.
    pub fn flush(&mut self) {
        if self.chunk.count() == 0 {
            return;
        }
        let previous = self
            .finished
            .len()
            .checked_sub(CHUNK_SIZE)
            .filter(|start| *start >= FILE_HEADER);
        let slack = previous
            .filter(|_| self.form == Form::Live)
            .map(|start| &self.finished[start..]);
        let chunk = std::mem::replace(&mut self.chunk, Chunk::new()).finish(slack);
        self.finished.extend(chunk);
        self.chunks += 1;
    }

    /// Bytes so far, unfinished chunk included.
    #[must_use]
    pub fn size(&self) -> usize {
        self.finished.len() + if self.chunk.count() == 0 { 0 } else { CHUNK_SIZE }
    }

    /// The file.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.flush();
        let header = Header {
            last_chunk: self.chunks.saturating_sub(1),
            next_record: self.next_header_id,
            chunks: self.chunks,
            minor_version: self.minor_version,
            dirty: false,
        };
        self.finished[..FILE_HEADER].copy_from_slice(&header.to_bytes());
        self.finished
    }
}

/// What a file's header says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) last_chunk: u64,
    pub(crate) next_record: u64,
    pub(crate) chunks: u64,
    pub(crate) minor_version: u16,
    /// The log was not closed properly.
    pub(crate) dirty: bool,
}

impl Header {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = b"ElfFile\0".to_vec();
        for n in [0, self.last_chunk, self.next_record] {
            bytes.extend(n.to_le_bytes());
        }
        bytes.extend(128u32.to_le_bytes());
        // The field is of 16 bits; bigger logs wrap around.
        for n in [self.minor_version, 3, FILE_HEADER as u16, self.chunks as u16] {
            bytes.extend(n.to_le_bytes());
        }
        bytes.resize(120, 0);
        let checksum = crc32fast::hash(&bytes);
        bytes.extend(u32::from(self.dirty).to_le_bytes());
        bytes.extend(checksum.to_le_bytes());
        bytes.resize(FILE_HEADER, 0);
        bytes
    }
}
