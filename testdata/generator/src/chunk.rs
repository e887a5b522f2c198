//! A chunk of 64 KiB: records in, the finished chunk out.

use crate::dictionary::Dictionary;

pub(crate) const CHUNK_SIZE: usize = 65_536;
/// The chunk's header; the first record follows.
pub(crate) const CHUNK_HEADER: usize = 512;

/// A chunk being filled.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) dictionary: Dictionary,
    pub(crate) first: First,
    bytes: Vec<u8>,
    last: usize,
    count: u64,
}

/// The numbers of a chunk's first record.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct First {
    /// Its place in the file, from 1.
    pub(crate) number: u64,
    /// The number in its header.
    pub(crate) header_id: u64,
}

impl Chunk {
    pub(crate) fn new() -> Self {
        let mut bytes = Vec::with_capacity(CHUNK_SIZE);
        bytes.resize(CHUNK_HEADER, 0);
        Self {
            dictionary: Dictionary::new(),
            first: First::default(),
            bytes,
            last: 0,
            count: 0,
        }
    }

    /// Where the next record will lie.
    pub(crate) fn end(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Whether a record of `size` bytes fits. Real chunks are never filled to the brim.
    pub(crate) fn has_room(&self, size: usize) -> bool {
        self.end() + size < CHUNK_SIZE
    }

    pub(crate) fn push(&mut self, record: &[u8]) {
        self.last = self.end();
        self.bytes.extend(record);
        self.count += 1;
    }

    /// The chunk as it stands in a file. What `slack`, an older chunk, has after this one's last record shows through,
    /// as in logs of a running service.
    pub(crate) fn finish(self, slack: Option<&[u8]>) -> Vec<u8> {
        let Self {
            dictionary,
            first,
            mut bytes,
            last,
            count,
        } = self;
        let end = bytes.len();
        match slack.and_then(|slack| slack.get(end..)) {
            Some(stale) => bytes.extend(stale),
            None => bytes.resize(CHUNK_SIZE, 0),
        }
        let more = count.saturating_sub(1);
        let records_checksum = crc32fast::hash(&bytes[CHUNK_HEADER..end]);
        let mut header = b"ElfChnk\0".to_vec();
        for n in [
            first.number,
            first.number + more,
            first.header_id,
            first.header_id + more,
        ] {
            header.extend(n.to_le_bytes());
        }
        for n in [128, last as u32, end as u32, records_checksum] {
            header.extend(n.to_le_bytes());
        }
        header.resize(120, 0);
        header.extend(1u32.to_le_bytes());
        header.extend([0; 4]);
        header.extend(dictionary.tables());
        bytes[..CHUNK_HEADER].copy_from_slice(&header);
        let checksum = header_checksum(&bytes);
        bytes[124..128].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }
}

/// The checksum of a chunk's header: of everything but the flags and itself.
pub(crate) fn header_checksum(chunk: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&chunk[..120]);
    hasher.update(&chunk[128..CHUNK_HEADER]);
    hasher.finalize()
}
