//! What a user can rely on, on logs at hand: real ones, generated ones with the truth beside them, mutated ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;
use crate::event::{Kind, Millis, PipeEvent};

/// A sink that keeps everything.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    records: u64,
    events: Vec<Owned>,
    skips: Vec<(u64, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Owned {
    kind: Kind,
    pipe_name: String,
    image: String,
    user: String,
    host: String,
    time: Option<Millis>,
    process_id: Option<u32>,
    process_guid: String,
    record_id: Option<u64>,
}

impl From<&PipeEvent<'_>> for Owned {
    fn from(event: &PipeEvent<'_>) -> Self {
        Self {
            kind: event.kind,
            pipe_name: event.pipe_name.to_owned(),
            image: event.image.to_owned(),
            user: event.user.to_owned(),
            host: event.host.to_owned(),
            time: event.time,
            process_id: event.process_id,
            process_guid: event.process_guid.to_owned(),
            record_id: event.record_id,
        }
    }
}

impl Sink for Seen {
    fn records(&mut self, count: u64) {
        self.records += count;
    }
    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.events.push(event.into());
    }
    fn skip(&mut self, offset: u64, what: Cow<'static, str>) {
        self.skips.push((offset, what.into_owned()));
    }
}

fn seen(log: &[u8]) -> Seen {
    let mut seen = Seen::default();
    read(&mut &*log, 0, &mut seen).unwrap();
    seen
}

/// The logs of a folder, or none, said aloud, where the folder is not.
fn logs(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/real")
        .join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
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
    for json in parser
        .records_json_value()
        .flatten()
        .map(|record| record.data)
    {
        let event = &json["Event"];
        let id = &event["System"]["EventID"];
        let id = id.as_u64().or(id["#text"].as_u64());
        if event["System"]["Provider"]["#attributes"]["Name"] == PROVIDER
            && matches!(id, Some(17 | 18))
        {
            let text = |name| event["EventData"][name].as_str().unwrap().to_owned();
            *pairs.entry((text("PipeName"), text("Image"))).or_insert(0) += 1;
        }
    }
    pairs
}

fn pairs(seen: &Seen) -> BTreeMap<(String, String), usize> {
    let mut pairs = BTreeMap::new();
    for event in &seen.events {
        *pairs
            .entry((event.pipe_name.clone(), event.image.clone()))
            .or_insert(0) += 1;
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
        all.extend(seen.events.iter().map(|e| {
            (
                e.pipe_name.to_ascii_lowercase(),
                e.image.to_ascii_lowercase(),
            )
        }));
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

/// What both ways make of each record of a chunk.
#[derive(Debug, Default)]
struct Compared {
    records: usize,
    /// The fast path said that it is no pipe event, and that it is one.
    other: usize,
    pipe: usize,
}

/// Reads a chunk both ways and fails where they differ.
fn compare(chunk: &[u8], name: &dyn std::fmt::Debug) -> Compared {
    let mut compared = Compared::default();
    let (mut fast, mut twin, mut decoded) = (Fast::default(), Twin::default(), Decoded::default());
    let records: Vec<_> = Walk::new(chunk).flatten().collect();
    let mut answers = Vec::new();
    for &record in &records {
        let verdict = fast.read(chunk, record, &mut decoded);
        answers.push((verdict, decoded.clone()));
    }
    let mut answers = records.iter().zip(answers);
    twin.read(
        chunk,
        &records,
        &mut Decoded::default(),
        |record, reference, decoded| {
            let (own, (verdict, values)) = answers.next().unwrap();
            assert_eq!(record, *own, "{name:?}");
            compared.records += 1;
            match verdict {
                Some(Verdict::Other) => {
                    assert!(
                        !matches!(reference, Ok(Verdict::Pipe(_))),
                        "{name:?} {record:?}: a pipe event is missed"
                    );
                    compared.other += 1;
                }
                Some(Verdict::Pipe(kind)) => {
                    assert_eq!(reference, Ok(Verdict::Pipe(kind)), "{name:?} {record:?}");
                    let values = as_the_twin_writes(Owned::from(&values.event(kind)));
                    assert_eq!(
                        values,
                        Owned::from(&decoded.event(kind)),
                        "{name:?} {record:?}"
                    );
                    compared.pipe += 1;
                }
                None => {}
            }
        },
    );
    assert_eq!(answers.count(), 0);
    compared
}

/// The one wanted difference in values: the twin has U+FFFD for a lone surrogate.
fn as_the_twin_writes(mut values: Owned) -> Owned {
    for text in [
        &mut values.pipe_name,
        &mut values.image,
        &mut values.user,
        &mut values.host,
    ] {
        if crate::utf16::has_lone_surrogate(text) {
            *text = String::from_utf16_lossy(&crate::utf16::units(text).collect::<Vec<_>>());
        }
    }
    values
}

#[test]
fn real_records_read_fast_are_what_the_twin_reads() {
    for (path, log) in logs("evtx").iter().chain(&logs("damaged")) {
        let mut all = Compared::default();
        for chunk in log.get(FILE_HEADER..).unwrap().chunks(CHUNK_SIZE) {
            let compared = compare(chunk, path);
            all.records += compared.records;
            all.other += compared.other;
            all.pipe += compared.pipe;
        }
        eprintln!("{} {all:?}", path.display());
    }
}
#[test]
fn tmp_gen() {
    for name in [
        "live/WKS-0001.corp.example.evtx",
        "export/WKS-0001.corp.example.evtx",
    ] {
        let log = std::fs::read(format!("/tmp/evtxgen/{name}")).unwrap();
        for chunk in log.get(FILE_HEADER..).unwrap().chunks(CHUNK_SIZE) {
            let compared = compare(chunk, &name);
            eprintln!("{name} {compared:?}");
        }
    }
}
