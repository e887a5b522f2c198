//! One 64 KiB chunk in, its whole records and its damage out.
//!
//! A chunk is a header of 512 bytes and records one after the other; what follows the last one is free space, in which
//! older records may still stand: the chunk's header says where it begins. Layout: [MS-EVEN6] does not describe the
//! file; libevtx's "Windows XML Event Log (EVTX) format" does, and so do the logs at hand.
//!
//! Nothing in a chunk is believed alone. A record counts when it is whole: it begins with its signature, ends inside
//! the records' part of the chunk, and ends with a copy of its own size. Where one is not, the walk goes on at the next
//! signature with a record behind it that is whole and whose number the header allows, so that neither an old record of
//! the free space nor bytes inside a damaged one are taken for a record. The records' checksum is not looked at: a wrong
//! one does not say which record is damaged, and a right one cannot make a record whole.
//!
//! The header is believed where the record that it calls the last one stands where it says, or its checksum is right (it
//! is often not, in a log that was copied while it was written). Otherwise records are taken as long as their numbers go
//! on one by one, as they do in a chunk.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

/// A chunk's size in bytes.
pub(super) const CHUNK_SIZE: usize = 65_536;
/// The first bytes of a chunk.
pub(super) const CHUNK_SIGNATURE: &[u8; 8] = b"ElfChnk\0";
/// The first bytes of a record.
pub(super) const RECORD_SIGNATURE: &[u8; 4] = b"**\0\0";
/// Where a chunk's first record is.
pub(super) const FIRST_RECORD: usize = 512;
/// Signature, size, number and time, before a record's binary XML.
pub(super) const RECORD_HEADER: usize = 24;
/// A record ends with a copy of its size.
const SIZE_COPY: usize = 4;

/// A whole record of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// Where it begins, in bytes from the chunk's start.
    pub(super) offset: usize,
    /// Where the next one would begin.
    pub(super) end: usize,
}

impl Record {
    /// Where its binary XML is.
    pub(super) fn xml(self) -> Range<usize> {
        self.offset + RECORD_HEADER..self.end - SIZE_COPY
    }

    /// When it was written, as a FILETIME.
    pub(super) fn written(self, chunk: &[u8]) -> Option<u64> {
        u64_at(chunk, self.offset + 16)
    }

    /// The record at `offset`, if it is whole and ends by `limit`.
    fn at(chunk: &[u8], offset: usize, limit: usize) -> Option<Self> {
        let (signature, rest) = chunk.get(offset..limit)?.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*rest.first_chunk()?);
        let end = offset.checked_add(usize::try_from(size).ok()?)?;
        let least = offset + RECORD_HEADER + SIZE_COPY;
        let whole =
            signature == RECORD_SIGNATURE && (least..=limit).contains(&end) && u32_at(chunk, end - SIZE_COPY)? == size;
        whole.then_some(Self { offset, end })
    }

    /// Its number in this file, which exports begin at 1.
    pub(super) fn number(self, chunk: &[u8]) -> Option<u64> {
        u64_at(chunk, self.offset + 8)
    }
}

/// Something that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damage {
    /// In bytes from the chunk's start.
    pub(super) offset: usize,
    /// In words for people.
    pub(super) what: Cow<'static, str>,
}

/// What a chunk's header says, as far as it can be believed.
#[derive(Debug, Clone, Copy)]
struct Header {
    /// The number of the last record.
    last_number: u64,
    /// The least number that a record can have.
    first_number: u64,
    /// Where the last record begins.
    last_record: usize,
    /// Where the free space begins; past the end of the bytes at hand where the file was cut.
    free_space: usize,
}

impl Header {
    /// The header's values, if they can be believed.
    fn parse(chunk: &[u8]) -> Option<Self> {
        let header = Self {
            first_number: u64_at(chunk, 24)?,
            last_number: u64_at(chunk, 32)?,
            last_record: usize::try_from(u32_at(chunk, 44)?).ok()?,
            free_space: usize::try_from(u32_at(chunk, 48)?).ok()?,
        };
        // A chunk that was begun and never written to has no last record, and -1 for both numbers.
        let agrees = header.free_space == FIRST_RECORD
            || header.first_number <= header.last_number
                && (FIRST_RECORD..header.free_space).contains(&header.last_record)
                && header.free_space <= CHUNK_SIZE;
        (agrees && (header.is_confirmed(chunk) || has_right_checksum(chunk))).then_some(header)
    }

    /// Whether the record that the header calls the last one is there and says the same.
    fn is_confirmed(&self, chunk: &[u8]) -> bool {
        Record::at(chunk, self.last_record, self.free_space)
            .is_some_and(|last| last.end == self.free_space && last.number(chunk) == Some(self.last_number))
    }
}

/// Whether the checksum of a chunk's header, without the flags and itself, is right.
fn has_right_checksum(chunk: &[u8]) -> bool {
    let (Some(fields), Some(tables)) = (chunk.get(..120), chunk.get(128..FIRST_RECORD)) else {
        return false;
    };
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(fields);
    checksum.update(tables);
    u32_at(chunk, 124) == Some(checksum.finalize())
}

/// The walk over a chunk's records, in the order in which they stand.
#[derive(Debug)]
pub(super) struct Walk<'c> {
    /// The whole chunk, or as much of it as there is.
    chunk: &'c [u8],
    /// `None` where the chunk's header cannot be believed.
    header: Option<Header>,
    /// Where the records end.
    limit: usize,
    /// Where the next record should be.
    at: usize,
    /// The number of the record before it.
    previous: Option<u64>,
    /// What is wrong with the chunk itself.
    chunk_damage: Option<Damage>,
}

impl<'c> Walk<'c> {
    /// Begins a walk over `chunk`, which is shorter than [`CHUNK_SIZE`] only where a file was cut.
    pub(super) fn new(chunk: &'c [u8]) -> Self {
        let signed = chunk.starts_with(CHUNK_SIGNATURE);
        let header = Header::parse(chunk);
        let limit = header.map_or(chunk.len(), |header| header.free_space.min(chunk.len()));
        let mut walk = Self {
            chunk,
            header,
            limit,
            at: FIRST_RECORD,
            previous: None,
            chunk_damage: None,
        };
        let mut offset = 0;
        let what: Cow<'static, str> = match header {
            // Room that the service prepared at the end of its log.
            _ if !signed && chunk.iter().all(|&byte| byte == 0) => {
                walk.at = walk.limit;
                return walk;
            }
            Some(header) if header.free_space > chunk.len() => {
                offset = chunk.len();
                let missing = header.free_space - chunk.len();
                format!("the file ends inside a chunk: {missing} bytes of its records are missing").into()
            }
            Some(_) if signed => return walk,
            Some(_) => "a chunk without its signature; its records were read nevertheless".into(),
            None if walk.next_whole(FIRST_RECORD).is_none() => {
                walk.at = walk.limit;
                format!("{} bytes without any whole record", chunk.len()).into()
            }
            None => "a chunk whose header is damaged; records were looked for without it".into(),
        };
        walk.chunk_damage = Some(Damage { offset, what });
        walk
    }

    /// The next whole record at or after `from` that can be one of this chunk's own.
    fn next_whole(&self, from: usize) -> Option<Record> {
        let mut rest = from..match self.header {
            Some(header) => self.limit.min(header.last_record + RECORD_SIGNATURE.len()),
            None => self.limit,
        };
        while let Some(hit) = self
            .chunk
            .get(rest.clone())
            .and_then(|bytes| memmem::find(bytes, RECORD_SIGNATURE))
        {
            let offset = rest.start + hit;
            if let Some(record) = Record::at(self.chunk, offset, self.limit)
                && record
                    .number(self.chunk)
                    .is_some_and(|number| self.allows(number, offset))
            {
                return Some(record);
            }
            rest.start = offset + 1;
        }
        None
    }

    /// Whether a record at `offset` can have this number, if it is not known to follow the one before it. Numbers ascend
    /// within a chunk.
    fn allows(&self, number: u64, offset: usize) -> bool {
        match self.header {
            Some(header) => {
                (header.first_number..=header.last_number).contains(&number)
                    && self.previous.is_none_or(|previous| previous < number)
            }
            // Without a believable end of the records, an older one of the free space could be met: its number does not
            // go on from the one before it, with as many left out as there is room for.
            None => self.previous.is_none_or(|previous| {
                let between = offset.saturating_sub(self.at) / (RECORD_HEADER + SIZE_COPY);
                number
                    .checked_sub(previous)
                    .is_some_and(|step| (1..=1 + between as u64).contains(&step))
            }),
        }
    }

    /// The record that stands where the one before it ended.
    fn in_order(&self) -> Option<Record> {
        let record = Record::at(self.chunk, self.at, self.limit)?;
        let trusted = self.header.is_some() || self.allows(record.number(self.chunk)?, self.at);
        trusted.then_some(record)
    }

    /// The record that follows the last one which the header knows, with the number after it. In a copy of a log that was
    /// being written to, the page with the header can be older than those with the records.
    fn beyond(&self) -> Option<Record> {
        let record = Record::at(self.chunk, self.at, self.chunk.len())?;
        let follows = self.header.is_some() && record.number(self.chunk)?.checked_sub(1) == self.previous;
        (follows && self.previous.is_some()).then_some(record)
    }

    fn step(&mut self, record: Record) -> Record {
        self.previous = record.number(self.chunk);
        self.at = record.end;
        record
    }

    /// Goes past what is no whole record: the damage to tell of, if it is one.
    fn recover(&mut self) -> Option<Damage> {
        let offset = self.at;
        if let Some(next) = self.next_whole(offset) {
            self.at = next.offset;
            let what = format!(
                "a damaged record: {} bytes before the next whole one",
                next.offset - offset
            )
            .into();
            return Some(Damage { offset, what });
        }
        let rest = self.chunk.get(offset..self.limit).unwrap_or_default();
        self.at = self.limit;
        let header = self.header?;
        let cut = header.free_space > self.chunk.len();
        // The free space sometimes begins earlier than the header says, with zeros.
        let complete = self.previous == Some(header.last_number) && rest.iter().all(|&byte| byte == 0);
        if cut || complete {
            return None;
        }
        let what = format!(
            "a damaged record: no whole one in the {} bytes to the end of the records",
            rest.len()
        )
        .into();
        Some(Damage { offset, what })
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Record, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(damage) = self.chunk_damage.take() {
            return Some(Err(damage));
        }
        while self.at < self.limit {
            if let Some(record) = self.in_order() {
                return Some(Ok(self.step(record)));
            }
            if let Some(damage) = self.recover() {
                return Some(Err(damage));
            }
        }
        self.beyond().map(|record| Ok(self.step(record)))
    }
}

/// The little-endian number at `offset` of `bytes`.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes
        .get(offset..)?
        .first_chunk()
        .map(|bytes| u32::from_le_bytes(*bytes))
}

/// The little-endian number at `offset` of `bytes`.
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    bytes
        .get(offset..)?
        .first_chunk()
        .map(|bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk of records numbered from `first`, of so many bytes each; over `slack`, an older chunk.
    fn chunk(first: u64, sizes: &[u32], slack: &[u8]) -> Vec<u8> {
        let mut chunk = vec![0; CHUNK_SIZE];
        chunk[..slack.len()].copy_from_slice(slack);
        let (mut at, mut last) = (FIRST_RECORD, 0);
        for (number, size) in (first..).zip(sizes) {
            last = at;
            let end = at + *size as usize;
            let record = &mut chunk[at..end];
            record.fill(0xEE);
            record[..4].copy_from_slice(RECORD_SIGNATURE);
            record[4..8].copy_from_slice(&size.to_le_bytes());
            record[8..16].copy_from_slice(&number.to_le_bytes());
            record[*size as usize - 4..].copy_from_slice(&size.to_le_bytes());
            at = end;
        }
        let last_number = first + sizes.len() as u64 - 1;
        chunk[..FIRST_RECORD].fill(0);
        chunk[..8].copy_from_slice(CHUNK_SIGNATURE);
        for (at, number) in [(8, first), (16, last_number), (24, first), (32, last_number)] {
            chunk[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        for (at, number) in [(40, 128), (44, last), (48, at)] {
            chunk[at..at + 4].copy_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
        }
        chunk
    }

    /// The numbers of the records that are found, and where damage is.
    fn walk(chunk: &[u8]) -> (Vec<u64>, Vec<usize>) {
        let (mut numbers, mut damage) = (Vec::new(), Vec::new());
        for found in Walk::new(chunk) {
            match found {
                Ok(record) => numbers.push(record.number(chunk).unwrap()),
                Err(what) => damage.push(what.offset),
            }
        }
        (numbers, damage)
    }

    fn older() -> Vec<u8> {
        chunk(50, &[100; 600], &[])
    }

    #[test]
    fn older_records_in_the_free_space_are_not_read() {
        let chunk = chunk(700, &[200, 300, 400], &older());
        assert_eq!(walk(&chunk), (vec![700, 701, 702], vec![]));
    }

    #[test]
    fn a_damaged_record_costs_no_other() {
        for damaged in [0, 4, 7, 297] {
            let mut chunk = chunk(700, &[200, 300, 400], &older());
            chunk[FIRST_RECORD + 200 + damaged] ^= 0xFF;
            assert_eq!(walk(&chunk), (vec![700, 702], vec![FIRST_RECORD + 200]), "{damaged}");
        }
    }

    #[test]
    fn a_damaged_last_record_ends_the_walk() {
        let mut chunk = chunk(700, &[200, 300, 400], &older());
        chunk[FIRST_RECORD + 500] = 0;
        let (numbers, damage) = walk(&chunk);
        assert_eq!((numbers, damage.is_empty()), (vec![700, 701], false));
    }

    #[test]
    fn a_record_inside_a_damaged_one_is_no_record() {
        let mut chunk = chunk(700, &[200, 300, 400], &[]);
        // As long as it is whole, nothing is looked for in it; and then only with a number that the chunk can have.
        let inside = FIRST_RECORD + 250;
        chunk.copy_within(FIRST_RECORD..FIRST_RECORD + 8, inside);
        chunk[inside + 4..inside + 8].copy_from_slice(&40u32.to_le_bytes());
        chunk[inside + 36..inside + 40].copy_from_slice(&40u32.to_le_bytes());
        assert_eq!(walk(&chunk), (vec![700, 701, 702], vec![]));
        chunk[FIRST_RECORD + 200] = 0;
        assert_eq!(walk(&chunk), (vec![700, 702], vec![FIRST_RECORD + 200]));
    }

    #[test]
    fn no_field_of_a_damaged_header_costs_a_record() {
        for field in [0, 24, 25, 32, 33, 44, 45, 48, 49] {
            let mut chunk = chunk(700, &[200, 300, 400], &older());
            chunk[field] ^= 0x55;
            assert_eq!(walk(&chunk), (vec![700, 701, 702], vec![0]), "{field}");
        }
        let mut chunk = chunk(700, &[200, 300, 400], &older());
        chunk[..FIRST_RECORD].fill(0);
        assert_eq!(walk(&chunk), (vec![700, 701, 702], vec![0]));
    }

    #[test]
    fn a_record_that_was_written_after_the_header_is_read() {
        let newer = chunk(700, &[200, 300, 400, 500], &older());
        let mut chunk = chunk(700, &[200, 300, 400], &older());
        chunk[FIRST_RECORD..].copy_from_slice(&newer[FIRST_RECORD..]);
        assert_eq!(walk(&chunk), (vec![700, 701, 702, 703], vec![]));
    }

    #[test]
    fn zeros_after_the_last_record_are_no_damage() {
        // The header can say too much.
        let mut chunk = chunk(700, &[200, 300, 400], &[]);
        chunk[48..52].copy_from_slice(&5000u32.to_le_bytes());
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&chunk[..120]);
        checksum.update(&chunk[128..FIRST_RECORD]);
        chunk[124..128].copy_from_slice(&checksum.finalize().to_le_bytes());
        assert_eq!(walk(&chunk), (vec![700, 701, 702], vec![]));
    }

    #[test]
    fn a_chunk_that_was_never_used_is_no_damage() {
        assert_eq!(walk(&[0; CHUNK_SIZE]), (vec![], vec![]));
        let mut begun = vec![0; CHUNK_SIZE];
        begun[..8].copy_from_slice(CHUNK_SIGNATURE);
        begun[24..40].fill(0xFF);
        begun[48..52].copy_from_slice(&512u32.to_le_bytes());
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&begun[..120]);
        checksum.update(&begun[128..FIRST_RECORD]);
        begun[124..128].copy_from_slice(&checksum.finalize().to_le_bytes());
        assert_eq!(walk(&begun), (vec![], vec![]));
    }

    #[test]
    fn a_chunk_that_is_cut_gives_what_is_there() {
        let chunk = chunk(700, &[200, 300, 400], &[]);
        for cut in [0, 100, 600, 900, 1200, 1500] {
            let (numbers, damage) = walk(&chunk[..cut]);
            let whole = [712, 1012, 1412].iter().filter(|end| **end <= cut).count();
            assert_eq!(
                (numbers.len(), damage.is_empty()),
                (whole, cut == 0 || whole == 3),
                "{cut}"
            );
        }
    }
}
