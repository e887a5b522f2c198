//! Damage does what it says: lost records are lost, and all others are still there.

use std::collections::BTreeSet;

use evtx::EvtxParser;
use pipemine_testdata::damage::{Damage, Fate, mutate, repair_checksums};
use pipemine_testdata::{Event, Form, Log, PipeEvent, Placed, Random};

use crate::reader::text;

const FORMS: [Form; 4] = [Form::Live, Form::Export, Form::Forwarded, Form::Literal];

/// A log of several chunks, and where its records lie.
fn log(form: Form) -> (Vec<u8>, Vec<Placed>) {
    let mut log = Log::new("WS01").form(form).first_record_id(1_000);
    let placed = (0..500)
        .map(|i| {
            log.push(&Event::from(PipeEvent::created(format!(r"\pipe-{i}")).pid(i)))
                .expect("it fits")
        })
        .collect();
    (log.into_bytes(), placed)
}

/// The EventRecordIDs that the crate `evtx` still finds. It gives up the chunk at a bad record.
fn found(bytes: Vec<u8>) -> BTreeSet<u64> {
    let mut parser = EvtxParser::from_buffer(bytes).expect("a log");
    let records = parser.records_json_value().filter_map(Result::ok);
    records
        .filter_map(|record| text(&record.data["Event"]["System"]["EventRecordID"]).parse().ok())
        .collect()
}

/// Of the records, those of one fate.
fn of_fate(damage: &Damage, fate: Fate, placed: &[Placed]) -> BTreeSet<u64> {
    let these = placed
        .iter()
        .filter(|record| damage.fate(record.offset, record.size) == fate);
    these.map(|record| record.record_id).collect()
}

/// Checks what is read of a damaged log; gives how many records are of each fate.
fn check(damage: &Damage, bytes: &[u8], placed: &[Placed]) -> [usize; 3] {
    let mut damaged = bytes.to_vec();
    damage.apply(&mut damaged);
    if *damage == Damage::NoFileHeader {
        damaged.splice(0..0, bytes[..4_096].iter().copied());
    }
    assert_ne!(damaged, bytes, "{damage:?} changes nothing");
    let found = found(damaged);
    let [whole, risk, lost] = [Fate::Whole, Fate::AtRisk, Fate::Lost].map(|fate| of_fate(damage, fate, placed));
    assert!(found.is_superset(&whole), "{damage:?}: {:?}", whole.difference(&found));
    assert!(found.is_disjoint(&lost), "{damage:?}: {:?}", lost.intersection(&found));
    [whole.len(), risk.len(), lost.len()]
}

/// A record in the middle of the second chunk on which no other depends.
fn victim(placed: &[Placed]) -> Placed {
    let mut second = placed
        .iter()
        .filter(|record| record.chunk == 1 && record.offset % 65_536 > 30_000);
    *second
        .find(|record| !record.defines)
        .unwrap_or(&placed[placed.len() / 2])
}

#[test]
fn damage_around_the_records_loses_none() {
    for form in FORMS {
        let (bytes, placed) = log(form);
        for damage in [Damage::DirtyHeader, Damage::ChunkCount(1), Damage::ChunkCount(900)] {
            assert_eq!(check(&damage, &bytes, &placed), [500, 0, 0], "{form:?} {damage:?}");
        }
    }
}

#[test]
fn a_damaged_chunk_puts_its_own_records_at_risk() {
    for form in FORMS {
        let (bytes, placed) = log(form);
        let in_chunk = placed.iter().filter(|record| record.chunk == 1).count();
        for damage in [
            Damage::ChunkSignature(1),
            Damage::RecordsChecksum(1),
            Damage::HeaderChecksum(1),
        ] {
            assert_eq!(
                check_without_file(&damage, &placed),
                [500 - in_chunk, in_chunk, 0],
                "{form:?} {damage:?}"
            );
        }
        assert_eq!(
            check(&Damage::ChunkSignature(1), &bytes, &placed),
            [500 - in_chunk, in_chunk, 0]
        );
    }
}

fn check_without_file(damage: &Damage, placed: &[Placed]) -> [usize; 3] {
    [Fate::Whole, Fate::AtRisk, Fate::Lost].map(|fate| of_fate(damage, fate, placed).len())
}

#[test]
fn a_damaged_record_is_lost_alone() {
    for form in FORMS {
        let (bytes, placed) = log(form);
        let Placed { offset, size, .. } = victim(&placed);
        for damage in [
            Damage::Garbled { offset, seed: 5 },
            Damage::Overlong { offset },
            Damage::Zeros { offset, size },
        ] {
            assert_eq!(check(&damage, &bytes, &placed)[2], 1, "{form:?} {damage:?}");
        }
    }
}

#[test]
fn a_cut_file_loses_its_end() {
    for form in FORMS {
        let (bytes, placed) = log(form);
        let Placed { offset, .. } = victim(&placed);
        let damage = Damage::Truncated(offset + 20);
        let later = placed.iter().filter(|record| record.offset >= offset).count();
        assert_eq!(check(&damage, &bytes, &placed)[2], later, "{form:?}");
    }
}

#[test]
fn repaired_checksums_are_right() {
    let (mut bytes, _) = log(Form::Live);
    let sound = bytes.clone();
    for damage in [
        Damage::RecordsChecksum(0),
        Damage::HeaderChecksum(2),
        Damage::FileChecksum,
    ] {
        damage.apply(&mut bytes);
        assert_ne!(bytes, sound);
    }
    repair_checksums(&mut bytes);
    assert!(bytes == sound);
}

#[test]
fn any_damage_can_be_done_to_any_bytes() {
    let mut random = Random::new(9);
    for len in [0, 1, 60, 4_096, 4_200, 70_000] {
        for damage in [
            Damage::DirtyHeader,
            Damage::ChunkCount(3),
            Damage::FileChecksum,
            Damage::Truncated(99_999),
            Damage::NoFileHeader,
            Damage::ChunkSignature(usize::MAX),
            Damage::Zeros {
                offset: 50,
                size: usize::MAX,
            },
            Damage::Garbled { offset: 4_700, seed: 1 },
            Damage::SizeCopy { offset: 10 },
        ] {
            let mut bytes: Vec<u8> = (0..len).map(|_| random.bits() as u8).collect();
            damage.apply(&mut bytes);
            repair_checksums(&mut bytes);
            mutate(&mut bytes, 20, &mut random);
        }
    }
}
