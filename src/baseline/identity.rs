//! An event's identity: what makes it the same event when it is read again from another place.
//!
//! An event is its host, EventRecordID and time; host and day are those of the cell that holds it, so eight bytes are
//! enough for the rest:
//!
//! ```text
//! bit 63     0: the low bits are the EventRecordID; 1: they are a hash
//! bits 36-62 milliseconds since the day began
//! bits 0-35  EventRecordID, or hash
//! ```
//!
//! Where an export lacks the EventRecordID, the hash is of ProcessGuid, kind, name and image (the time is there already),
//! and of the how-manieth with these it is in its source: real logs hold several of one millisecond, which are no
//! duplicates of each other, while the same export read again numbers them alike.

use std::sync::{Mutex, PoisonError};

use xxhash_rust::xxh3::Xxh3;

use super::Map;
use crate::event::{CountedRow, Millis, PipeEvent};
use crate::normalize::day::{DAY_MILLIS, Day};

const LOW_BITS: u32 = 36;
const LOW: u64 = (1 << LOW_BITS) - 1;
const HASHED: u64 = 1 << 63;
/// Sets apart what was a number before it became a hash.
const NUMBERED: u64 = 0x9_E377_9B97;

/// Counts, for one source, how often it has held the same event. Shared by all threads that read the source: which of
/// several that are alike in everything gets which number makes no difference.
#[derive(Debug, Default)]
pub struct Occurrences(Mutex<Seen>);

/// A set whose order nobody looks at; one that has an order takes twice as much.
#[expect(clippy::disallowed_types, reason = "its order is never looked at")]
type Hashes = std::collections::HashSet<u64, foldhash::fast::RandomState>;

/// Nearly all events come once: a set of these takes a third of what a map of counts does.
#[derive(Debug, Default)]
struct Seen {
    once: Hashes,
    /// How often those came that came again.
    again: Map<u64, u32>,
}

impl Occurrences {
    fn next(&self, whole: u64) -> u32 {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.once.insert(whole) {
            return 0;
        }
        let count = seen.again.entry(whole).or_insert(0);
        *count = count.saturating_add(1);
        *count
    }
}

/// The identity of `event`, which happened `millis` after its day began, among those of its host and day.
pub(super) fn of(event: &PipeEvent<'_>, millis: u32, occurrences: &Occurrences) -> u64 {
    let (tag, low) = match event.record_id {
        Some(id) if id <= LOW => (0, id),
        // No real log is so long; a forged number still makes an identity.
        Some(id) => (HASHED, hash(&[&id.to_le_bytes()])),
        None => {
            let kind = [event.kind.event_id().to_le_bytes()[0]];
            let texts = [event.host, event.process_guid, event.pipe_name, event.image].map(str::as_bytes);
            let time = event.time.map_or(i64::MIN, |time| time.0).to_le_bytes();
            let looks = hash(&[&kind, &time, texts[0], texts[1], texts[2], texts[3]]);
            // What sources tell differently is no part of the identity, but of what is counted: or else two events that
            // differ in it would get their numbers in the order in which threads met them.
            let process_id = event.process_id.map_or(u64::MAX, u64::from).to_le_bytes();
            let whole = hash(&[&looks.to_le_bytes(), event.user.as_bytes(), &process_id]);
            (
                HASHED,
                hash(&[&looks.to_le_bytes(), &occurrences.next(whole).to_le_bytes()]),
            )
        }
    };
    tag | (u64::from(millis) << LOW_BITS) | (low & LOW)
}

/// The identity of a part of a row that was counted elsewhere: the same row gives the same ones, wherever it is read.
pub(super) fn of_row(row: &CountedRow<'_>, part: usize, millis: u32) -> u64 {
    let number = |number: i64| number.to_le_bytes();
    let time = |time: Option<Millis>| number(time.map_or(i64::MIN, |time| time.0));
    let kind = number(row.kind.map_or(0, |kind| i64::from(kind.event_id())));
    let (first, last, count) = (time(row.first), time(row.last), row.count.to_le_bytes());
    let part = part.to_le_bytes();
    let texts = [row.pipe_name, row.image, row.user]
        .into_iter()
        .chain(row.hosts.iter().copied());
    let mut parts: Vec<&[u8]> = vec![&kind, &first, &last, &count, &part];
    parts.extend(texts.map(str::as_bytes));
    HASHED | (u64::from(millis) << LOW_BITS) | (hash(&parts) & LOW)
}

/// The identity, among those of no known host, of an event that had the identity `id` among those of `host`: events of
/// several hosts can have the same number.
pub(super) fn of_nobody(id: u64, host: &str) -> u64 {
    changed(id, hash(&[host.to_ascii_lowercase().as_bytes()]))
}

/// The identity, among those of no day, of an event that had the identity `id` among those of `day`.
pub(super) fn of_no_day(id: u64, day: Day) -> u64 {
    changed(id, hash(&[&day.number().to_le_bytes()]))
}

/// What an identity becomes where less is known of its event: the same, in whatever order it becomes less.
fn changed(id: u64, hash: u64) -> u64 {
    let of_number = if id & HASHED == 0 { NUMBERED } else { 0 };
    HASHED | (id ^ ((hash ^ of_number) & LOW))
}

/// The EventRecordID of its event, if it has one.
pub(super) fn record_id(id: u64) -> Option<u64> {
    let parts = parts(id);
    (!parts.is_hash).then_some(parts.low)
}

/// The milliseconds since its day began.
pub(super) fn millis(id: u64) -> u32 {
    u32::try_from((id & !HASHED) >> LOW_BITS).unwrap_or(u32::MAX)
}

/// What an identity is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) is_hash: bool,
    /// Milliseconds since the day began.
    pub(super) millis: u32,
    /// The EventRecordID, or a hash.
    pub(super) low: u64,
}

pub(super) fn parts(id: u64) -> Parts {
    Parts {
        is_hash: id & HASHED != 0,
        millis: millis(id),
        low: id & LOW,
    }
}

/// The identity of these parts; `None` where no event can have it.
pub(super) fn of_parts(parts: Parts) -> Option<u64> {
    let in_range = i64::from(parts.millis) < DAY_MILLIS && parts.low <= LOW;
    let tag = if parts.is_hash { HASHED } else { 0 };
    in_range.then_some(tag | (u64::from(parts.millis) << LOW_BITS) | parts.low)
}

/// A hash that is the same in every process and on every machine, since it is kept in saved baselines.
fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = Xxh3::new();
    for part in parts {
        hasher.update(part);
        hasher.update(&(part.len() as u64).to_le_bytes());
    }
    hasher.digest()
}
