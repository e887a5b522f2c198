//! What a user can rely on, on logs at hand: real ones, generated ones with the truth beside them, mutated ones.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod shapes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use pipemine_testdata::Fleet;
use pipemine_testdata::damage::{Damage, Fate};

use super::compare::{self, Compared, compare};
use super::*;
use crate::event::Kind;
use crate::test_support::{Gathered, OwnedEvent, real_logs};

pub(super) fn seen(log: &[u8]) -> Gathered {
    Gathered::of(|sink| read(&mut &*log, 0, sink))
}

/// The logs of a folder of real logs, or none, said aloud, where there are none at hand.
fn logs(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let Some(folder) = real_logs(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

/// The pairs that the crate's own parser finds in a log.
fn crate_pairs(log: &[u8]) -> BTreeMap<(String, String), usize> {
    let mut pairs = BTreeMap::new();
    let mut parser = evtx::EvtxParser::from_buffer(log.to_vec()).unwrap();
    for json in parser.records_json_value().flatten().map(|record| record.data) {
        let event = &json["Event"];
        let id = &event["System"]["EventID"];
        let id = id.as_u64().or(id["#text"].as_u64());
        if event["System"]["Provider"]["#attributes"]["Name"] == PROVIDER && matches!(id, Some(17 | 18)) {
            let text = |name| event["EventData"][name].as_str().unwrap().to_owned();
            *pairs.entry((text("PipeName"), text("Image"))).or_insert(0) += 1;
        }
    }
    pairs
}

fn pairs(seen: &Gathered) -> BTreeMap<(String, String), usize> {
    let mut pairs = BTreeMap::new();
    for event in &seen.events {
        *pairs.entry((event.pipe_name.clone(), event.image.clone())).or_insert(0) += 1;
    }
    pairs
}

#[test]
fn real_logs_give_the_pairs_that_the_crate_gives() {
    let (mut events, mut all) = (0, BTreeSet::new());
    let intact = logs("evtx");
    let some = !intact.is_empty();
    for (path, log) in &intact {
        let seen = seen(log);
        assert_eq!(seen.skips, [], "{}", path.display());
        assert_eq!(pairs(&seen), crate_pairs(log), "{}", path.display());
        events += seen.events.len();
        all.extend(
            seen.events
                .iter()
                .map(|e| (e.pipe_name.to_ascii_lowercase(), e.image.to_ascii_lowercase())),
        );
    }
    for (path, log) in &logs("damaged") {
        let seen = seen(log);
        assert_eq!(pairs(&seen), crate_pairs(log), "{}", path.display());
    }
    assert!(
        !some || (events, all.len()) == (62, 41),
        "{events} events, {} pairs",
        all.len()
    );
}

/// Reads all chunks of a log both ways, and fails where they differ.
#[track_caller]
pub(super) fn compare_all(log: &[u8], name: &dyn std::fmt::Debug) -> Compared {
    compare(log).unwrap_or_else(|what| panic!("{name:?} {what}"))
}

#[test]
fn real_records_read_fast_are_what_the_twin_reads() {
    for (path, log) in &logs("evtx") {
        let Compared { records, other, pipe } = compare_all(log, path);
        // Nothing in them is left to the twin.
        assert_eq!(other + pipe, records, "{}", path.display());
    }
    for (path, log) in &logs("damaged") {
        compare_all(log, path);
    }
}

/// Counts of evtx_dump 0.15.1 and of python-evtx 0.8.1 on the damaged logs at hand: no more is to be had, but for
/// `sample_with_a_bad_chunk_magic`, of which evtx_dump shows 301 records: three of them end in a page of zeros, copy of
/// the size and last value included.
#[test]
fn damaged_logs_give_every_whole_record() {
    let expected = [
        ("Application_no_crc32.evtx", 17, 0),
        ("MSExchange_Management_wec.evtx", 1, 0),
        ("issue_201.evtx", 1, 0),
        ("sample-with-zero-data-size-event.evtx", 449, 1),
        ("sample_with_a_bad_chunk_magic.evtx", 298, 89),
        ("security_bad_string_cache.evtx", 2261, 0),
        ("sysmon.evtx", 358, 8),
    ];
    for ((path, log), (name, records, skips)) in logs("damaged").iter().zip(expected) {
        let seen = seen(log);
        assert_eq!(path.file_name().unwrap(), name);
        assert_eq!(
            (seen.records, seen.skips.len()),
            (records, skips),
            "{name} {:#?}",
            seen.skips
        );
    }
}

/// What is true of an event, with the fields that a reader gives of it.
fn truth_row(row: &pipemine_testdata::Row) -> OwnedEvent {
    OwnedEvent {
        kind: Kind::from_event_id(row.event_id.into()).unwrap(),
        pipe_name: row.pipe_name.clone(),
        image: row.image.clone(),
        user: row.user.clone().unwrap_or_default(),
        host: row.host.clone(),
        time: crate::normalize::time::parse_utc_time(&row.utc_time),
        process_id: Some(row.process_id),
        process_guid: row.process_guid.clone(),
        record_id: Some(row.record_id),
    }
}

/// Every field of every event of a fleet's logs, which are live, exported and forwarded; and of each log damaged in every way
/// that crashes and disks do it: nothing is made up, what is whole is read, and what is lost is told.
#[test]
fn generated_logs_give_the_truth_whatever_is_damaged() {
    let fleet = Fleet {
        activity: 30,
        ..Fleet::of(7, 2, 11)
    };
    let made = fleet.logs().unwrap();
    let mut lost = 0;
    for file in &made.files {
        let rows: Vec<_> = made.truth.rows.iter().filter(|row| row.file == file.path).collect();
        let of_fate = |damage: &Damage, fates: &[Fate]| -> Vec<OwnedEvent> {
            let is = |row: &&&pipemine_testdata::Row| fates.contains(&damage.fate(row.offset, row.size));
            let mut events: Vec<_> = rows.iter().filter(is).map(|row| truth_row(row)).collect();
            events.sort();
            events
        };
        let middle = rows[rows.len() / 2].offset;
        for damage in [
            Damage::DirtyHeader,
            Damage::Truncated(middle + 7),
            Damage::ChunkSignature(0),
            Damage::Garbled {
                offset: middle,
                seed: 5,
            },
            Damage::Zeros {
                offset: middle,
                size: 900,
            },
            Damage::Overlong { offset: middle },
        ] {
            let mut log = file.bytes.clone();
            damage.apply(&mut log);
            let read = seen(&log);
            let mut events = read.events.clone();
            events.sort();
            let is_in = |event: &OwnedEvent, all: &[OwnedEvent]| all.binary_search(event).is_ok();
            let what = (&file.path, &damage);
            let possible = of_fate(&damage, &[Fate::Whole, Fate::AtRisk]);
            for event in &events {
                assert!(is_in(event, &possible), "{what:?} makes up {event:?}");
            }
            for event in of_fate(&damage, &[Fate::Whole]) {
                assert!(is_in(&event, &events), "{what:?} loses {event:?}");
            }
            let told = read.skips.len();
            assert_eq!(told == 0, damage == Damage::DirtyHeader, "{what:?} {:?}", read.skips);
            lost += rows.len() - events.len();
        }
    }
    assert!(lost > 10, "{lost} events are lost");
}

/// Small numbers from a seed, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    /// Changes `bytes` somewhere: a few single bytes, a number, a stretch copied from elsewhere or zeroed.
    fn mutate(&mut self, bytes: &mut [u8]) {
        for _ in 0..=self.below(12) {
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(64)).min(bytes.len());
            match self.below(8) {
                0 => bytes[at..end].fill(0),
                1 => {
                    let from = self.below(bytes.len() - (end - at));
                    bytes.copy_within(from..from + (end - at), at);
                }
                2 => bytes[at] ^= 1 << self.below(8),
                3 if at + 4 <= bytes.len() => {
                    let small = u32::try_from(self.below(70_000)).unwrap();
                    bytes[at..at + 4].copy_from_slice(&small.to_le_bytes());
                }
                _ => bytes[at] = self.below(256).to_le_bytes()[0],
            }
        }
    }
}

/// Chunks to mutate: one of each form in which events are stored, some of a fleet, and real ones where they are at hand.
fn chunks() -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    let mut take = |log: &[u8], count| {
        chunks.extend(
            log.get(FILE_HEADER..)
                .unwrap()
                .chunks(CHUNK_SIZE)
                .take(count)
                .map(<[u8]>::to_vec),
        );
    };
    for form in shapes::FORMS {
        take(&shapes::many(form), 1);
    }
    logs("evtx").iter().for_each(|(_, log)| take(log, 1));
    let fleet = Fleet {
        activity: 20,
        ..Fleet::of(2, 1, 15)
    };
    fleet.logs().unwrap().files.iter().for_each(|file| take(&file.bytes, 2));
    chunks
}

/// How many mutants of each of `chunks` are tried: some hundred in all, or as many as `PIPEMINE_MUTANTS` says.
fn mutants(chunks: &[Vec<u8>]) -> u64 {
    let all: u64 = std::env::var("PIPEMINE_MUTANTS").map_or(500, |count| count.parse().unwrap());
    all.div_ceil(chunks.len() as u64)
}

#[test]
fn mutated_records_read_fast_are_what_the_twin_reads() {
    let mut all = Compared::default();
    let (chunks, mut mutated) = (chunks(), 0);
    for (nth, chunk) in chunks.iter().enumerate() {
        // What it keeps of one chunk for the next must not be taken for what a mutant of it says.
        let mut fast = Fast::default();
        for seed in 0..mutants(&chunks) {
            let mut mutant = chunk.clone();
            mutated += 1;
            let mut random = Random(seed << 16 | nth as u64);
            // Mutations where the records are, since half of all chunks are mostly empty; every other time, where the
            // first records define the templates.
            let used = mutant.iter().rposition(|byte| *byte != 0).unwrap() + 1;
            let part = if seed % 2 == 0 {
                FIRST_RECORD..used.min(4096)
            } else {
                0..used
            };
            random.mutate(&mut mutant[part]);
            let compared =
                compare::one_chunk(&mutant, &mut fast).unwrap_or_else(|what| panic!("{:?} {what}", (nth, seed)));
            all.records += compared.records;
            all.other += compared.other;
            all.pipe += compared.pipe;
        }
    }
    eprintln!("{mutated} mutants: {all:?}");
    // Else they are too damaged to say anything.
    assert!(
        2 * (all.other + all.pipe) > all.records && all.pipe > mutated,
        "{mutated} mutants: {all:?}"
    );
}

/// Every record of real logs, whatever they are and however large.
#[test]
#[ignore = "takes as long as the logs that PIPEMINE_REAL_LOGS names are large"]
fn given_records_read_fast_are_what_the_twin_reads() {
    for (path, log) in &logs("evtx") {
        eprintln!("{} {:?}", path.display(), compare_all(log, path));
    }
}

#[test]
fn damage_costs_no_other_chunk_its_events() {
    let chunks = chunks();
    for (nth, chunk) in chunks.iter().enumerate() {
        let before = [&[0; FILE_HEADER][..], chunk].concat();
        let whole = seen(&before);
        for seed in 0..mutants(&chunks) {
            let mut random = Random(seed << 16 | nth as u64);
            let mut mutant = chunk.clone();
            random.mutate(&mut mutant);
            mutant.truncate(mutant.len() - random.below(CHUNK_SIZE / 2) * random.below(2));
            let log = [&before, &mutant[..]].concat();
            let seen = seen(&log);
            assert!(
                seen.events.starts_with(&whole.events) && seen.records >= whole.records,
                "{nth} {seed}"
            );
            assert!(
                seen.skips.iter().all(|(offset, _)| *offset <= log.len() as u64),
                "{nth} {seed}"
            );
        }
    }
}

/// Gives a few bytes at a time, and an interruption now and then, as a pipe does.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(7) {
            return Err(ErrorKind::Interrupted.into());
        }
        let len = room.len().min(1 + self.1 % 4099);
        self.0.read(&mut room[..len])
    }
}

#[test]
fn a_stream_and_spans_give_what_the_file_gives() {
    for (path, log) in logs("damaged").iter().chain(&logs("evtx")) {
        let whole = seen(log);
        let mut streamed = Gathered::default();
        read(&mut Drops(log, 0), 0, &mut streamed).unwrap();
        assert_eq!(streamed, whole, "{}", path.display());
        let mut reader = Reader::default();
        let mut spanned = Gathered::default();
        for chunk_wise in spans(log, log.len() as u64) {
            let range = usize::try_from(chunk_wise.start).unwrap()..usize::try_from(chunk_wise.end).unwrap();
            reader.read(&mut &log[range], chunk_wise.start, &mut spanned).unwrap();
        }
        assert_eq!(spanned, whole, "{}", path.display());
    }
}

#[test]
fn spans_are_the_whole_log_and_begin_at_chunks() {
    let header = FILE_HEADER as u64;
    let chunk = CHUNK_SIZE as u64;
    for (head, first) in [(&FILE_SIGNATURE[..], header), (&CHUNK_SIGNATURE[..], 0)] {
        for len in [
            0,
            1,
            4095,
            4096,
            4097,
            header + chunk,
            header + 64 * chunk,
            header + 64 * chunk + 1,
            1 << 30,
        ] {
            let spans = spans(head, len);
            assert_eq!((spans[0].start, spans.last().unwrap().end), (0, len));
            assert!(spans.windows(2).all(|two| two[0].end == two[1].start), "{spans:?}");
            assert!(
                spans[1..].iter().all(|span| (span.start - first).is_multiple_of(chunk)),
                "{spans:?}"
            );
        }
    }
}

#[test]
fn a_carved_chunk_and_a_damaged_header_are_logs_too() {
    for (path, log) in &logs("evtx") {
        let whole = seen(log);
        let bare = &log[FILE_HEADER..];
        assert!(is_evtx(log) && is_evtx(bare));
        assert_eq!(seen(bare), whole, "{}", path.display());
        let mut damaged = log.clone();
        damaged[..FILE_HEADER].fill(0);
        assert!(is_evtx(&damaged) && !is_evtx(&damaged[..FILE_HEADER]));
        let seen = seen(&damaged);
        assert_eq!(
            (seen.records, seen.events, seen.skips.len()),
            (whole.records, whole.events, 1),
            "{}",
            path.display()
        );
    }
}

#[test]
fn what_is_no_log_is_told_from_one() {
    for bytes in [&b""[..], b"ElfFil", b"{\"Event\":{}}", b"PK\x03\x04", &[0; 70_000]] {
        assert!(!is_evtx(bytes));
    }
}

#[test]
fn a_file_of_zeros_has_no_events_and_no_damage_but_its_header() {
    assert_eq!(seen(b""), Gathered::default());
    let zeros = seen(&vec![0; FILE_HEADER + 3 * CHUNK_SIZE]);
    assert_eq!((zeros.records, zeros.skips.len()), (0, 1));
    let short = seen(b"ElfFile\0");
    assert_eq!((short.records, short.skips.len()), (0, 1));
}
