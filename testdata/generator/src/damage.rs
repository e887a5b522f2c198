//! Damage: a log's bytes in, broken ones out, with what became of each record.
//!
//! Each kind is one that was seen on real disks or in real collections; [`mutate`] is for fuzzing.

use crate::chunk::{CHUNK_HEADER, CHUNK_SIZE, header_checksum};
use crate::log::{FILE_HEADER, Header};
use crate::random::Random;

/// One way in which a log is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// As after a crash: marked dirty, a header that knows of the first chunk only, and empty chunks at the end, which
    /// the service had reserved. Every record is whole.
    DirtyHeader,
    /// The header tells of so many chunks, whatever there are. Every record is whole.
    ChunkCount(u16),
    /// The file's header has a wrong checksum. Every record is whole.
    FileChecksum,
    /// The file ends here.
    Truncated(usize),
    /// Only chunks are left, as where they were carved from a disk: everything lies 4,096 bytes earlier.
    NoFileHeader,
    /// A chunk (from 0) without its signature.
    ChunkSignature(usize),
    /// A chunk with a wrong checksum of its header.
    HeaderChecksum(usize),
    /// A chunk with a wrong checksum of its records.
    RecordsChecksum(usize),
    /// Zeros in place of so many bytes at an offset.
    Zeros {
        /// The first byte.
        offset: usize,
        /// How many.
        size: usize,
    },
    /// The binary XML of the record at an offset is random bytes; its header and both its sizes are right.
    Garbled {
        /// Of the record.
        offset: usize,
        /// What the bytes follow from.
        seed: u64,
    },
    /// The record at an offset says that it goes on beyond its chunk.
    Overlong {
        /// Of the record.
        offset: usize,
    },
    /// The copy of its size, with which the record at an offset ends, is another one.
    SizeCopy {
        /// Of the record.
        offset: usize,
    },
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Nothing near it is damaged.
    Whole,
    /// Its bytes are whole, but something around them is not: a reader that gives up the chunk, or that misses a
    /// template or a name defined in a lost record, loses it.
    AtRisk,
    /// Its own bytes are damaged or gone.
    Lost,
}

impl Damage {
    /// Damages a log. What lies beyond its end stays undamaged.
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        match *self {
            Self::DirtyHeader => dirty(bytes),
            Self::ChunkCount(count) => {
                set(bytes, 42, &count.to_le_bytes());
                let checksum = bytes.get(..120).map(crc32fast::hash).unwrap_or_default();
                set(bytes, 124, &checksum.to_le_bytes());
            }
            Self::FileChecksum => invert(bytes, 124, 4),
            Self::Truncated(at) => bytes.truncate(at),
            Self::NoFileHeader => {
                bytes.drain(..FILE_HEADER.min(bytes.len()));
            }
            Self::ChunkSignature(chunk) => set(bytes, start_of(chunk), &[0; 8]),
            Self::HeaderChecksum(chunk) => invert(bytes, start_of(chunk).saturating_add(124), 4),
            Self::RecordsChecksum(chunk) => invert(bytes, start_of(chunk).saturating_add(52), 4),
            Self::Zeros { offset, size } => bytes.iter_mut().skip(offset).take(size).for_each(|byte| *byte = 0),
            Self::Garbled { offset, seed } => {
                let mut random = Random::new(seed);
                let size = size_at(bytes, offset).saturating_sub(28).min(bytes.len());
                let noise: Vec<u8> = (0..size).map(|_| random.bits() as u8).collect();
                set(bytes, offset + 24, &noise);
            }
            Self::Overlong { offset } => set(bytes, offset + 4, &(CHUNK_SIZE as u32 + 8).to_le_bytes()),
            Self::SizeCopy { offset } => {
                let end = offset + size_at(bytes, offset);
                invert(bytes, end.saturating_sub(4), 2);
            }
        }
    }

    /// What becomes of the record of `size` bytes at `offset` of the undamaged log.
    #[must_use]
    pub fn fate(&self, offset: usize, size: usize) -> Fate {
        let chunk = chunk_of(offset);
        let risk = |damaged: bool| if damaged { Fate::AtRisk } else { Fate::Whole };
        match *self {
            Self::DirtyHeader | Self::ChunkCount(_) | Self::FileChecksum => Fate::Whole,
            Self::NoFileHeader => Fate::AtRisk,
            Self::ChunkSignature(n) | Self::HeaderChecksum(n) | Self::RecordsChecksum(n) => risk(chunk == n),
            Self::Truncated(at) if offset + size > at => Fate::Lost,
            Self::Truncated(at) => risk(start_of(chunk + 1) > at),
            Self::Zeros {
                offset: from,
                size: len,
            } => {
                let to = from.saturating_add(len);
                if offset < to && from < offset + size {
                    Fate::Lost
                } else {
                    risk(start_of(chunk) < to && from < start_of(chunk + 1))
                }
            }
            Self::Garbled { offset: at, .. } | Self::Overlong { offset: at } | Self::SizeCopy { offset: at } => {
                if offset == at {
                    Fate::Lost
                } else {
                    risk(chunk_of(at) == chunk)
                }
            }
        }
    }
}

/// The chunk in which an offset lies.
fn chunk_of(offset: usize) -> usize {
    offset.saturating_sub(FILE_HEADER) / CHUNK_SIZE
}

fn start_of(chunk: usize) -> usize {
    chunk.saturating_mul(CHUNK_SIZE).saturating_add(FILE_HEADER)
}

fn dirty(bytes: &mut Vec<u8>) {
    let minor_version = bytes.get(36).copied().map_or(1, u16::from);
    let next_record = 1 + bytes.get(FILE_HEADER + 32..FILE_HEADER + 40).map_or(0, le_u64);
    let header = Header {
        last_chunk: 0,
        next_record,
        chunks: 1,
        minor_version,
        dirty: true,
    };
    set(bytes, 0, &header.to_bytes());
    // The service grows a log by 1 MiB at a time, after the first 64 KiB.
    let chunks = chunk_of(bytes.len());
    bytes.resize(start_of(chunks.div_ceil(16) * 16 + 1), 0);
}

/// Sets all checksums right again, so that damage lies deeper than what they guard. Chunks are looked for where they
/// should be.
pub fn repair_checksums(bytes: &mut [u8]) {
    if let Some(sum) = bytes.get(..120).map(crc32fast::hash) {
        set(bytes, 124, &sum.to_le_bytes());
    }
    let chunks = bytes
        .get_mut(FILE_HEADER..)
        .unwrap_or_default()
        .chunks_exact_mut(CHUNK_SIZE);
    for chunk in chunks.filter(|chunk| chunk.starts_with(b"ElfChnk\0")) {
        let end = chunk.get(48..52).map_or(0, le_u64) as usize;
        if let Some(sum) = chunk.get(CHUNK_HEADER..end).map(crc32fast::hash) {
            set(chunk, 52, &sum.to_le_bytes());
        }
        let sum = header_checksum(chunk);
        set(chunk, 124, &sum.to_le_bytes());
    }
}

/// Changes `count` places at random: bits, bytes, sizes, copied and lost stretches.
pub fn mutate(bytes: &mut Vec<u8>, count: u64, random: &mut Random) {
    const SIZES: [u32; 8] = [0, 1, 0x7F, 0xFF, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0xFFFF_FFFF];
    for _ in 0..count {
        let at = random.index(bytes.len());
        match random.range(0, 16) {
            0..8 => set(bytes, at, &[random.bits() as u8]),
            8..11 => {
                let bit = 1 << random.range(0, 8);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
            }
            11..13 => {
                let size = random.pick(&SIZES).copied().unwrap_or_default();
                set(bytes, at, &size.to_le_bytes());
            }
            13 => {
                let from = random.index(bytes.len());
                let end = bytes.len().min(from + random.index(2_000));
                let stretch = bytes.get(from..end).unwrap_or_default().to_vec();
                set(bytes, at, &stretch);
            }
            14 => {
                let end = bytes.len().min(at + random.index(300));
                bytes.drain(at..end);
            }
            _ if random.percent(10) => bytes.truncate(at),
            _ => set(bytes, at, &[0; 64]),
        }
    }
}

/// Overwrites bytes, as many as there are.
fn set(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes.iter_mut().skip(at).zip(new).for_each(|(byte, new)| *byte = *new);
}

fn invert(bytes: &mut [u8], at: usize, len: usize) {
    bytes.iter_mut().skip(at).take(len).for_each(|byte| *byte ^= 0x5A);
}

/// The size that a record states.
fn size_at(bytes: &[u8], offset: usize) -> usize {
    bytes.get(offset + 4..offset + 8).map_or(0, le_u64) as usize
}

fn le_u64(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte))
}
