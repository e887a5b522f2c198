//! Every pair of generated logs is counted right: in every form of .evtx, every schema, on any number of threads.

use pipemine_testdata::sysmon::Schema;
use pipemine_testdata::{Fleet, Form, Log, PipeEvent, Random, Time, Truth};

use crate::harness::{FORMATS, Folder, Pairs, differences, pair};

/// A fleet's logs, and its pairs. Of seven machines, one is forwarded to a collector and one has an old schema.
fn fleet(seed: u64) -> (Folder, Pairs) {
    let fleet = Fleet {
        activity: 40,
        ..Fleet::of(7, 3, seed)
    };
    let logs = fleet.logs().unwrap();
    let folder = Folder::new();
    logs.write(&folder.path("logs")).unwrap();
    (folder, pairs(&logs.truth))
}

fn pairs(truth: &Truth) -> Pairs {
    let mut pairs = Pairs::new();
    for row in truth.distinct() {
        *pairs.entry(pair(&row.pipe_name, &row.image)).or_default() += 1;
    }
    pairs
}

#[test]
fn every_pair_of_a_fleet_has_its_count() {
    for seed in [1, 2] {
        let (folder, truth) = fleet(seed);
        let run = folder.run(&["scan", "logs", "--format", "json"]).exits(0).quietly();
        let json = run.json();
        assert_eq!(json["summary"]["pipe_events"], truth.values().sum::<u64>());
        assert_eq!(json["summary"]["hosts"], 7);
        assert_eq!(differences(&run.pairs(), &truth), "", "seed {seed}");
        assert!(truth.len() > 300, "there is something to count: {} pairs", truth.len());
    }
}

#[test]
fn one_thread_gives_the_same_bytes_as_eight() {
    let (folder, _) = fleet(3);
    for by in ["pair", "pipe", "image"] {
        for format in FORMATS {
            let scan = |threads| {
                let args = ["scan", "logs", "--by", by, "--format", format, "--threads", threads];
                folder.run(&args).exits(0).quietly()
            };
            let (one, eight) = (scan("1"), scan("8"));
            assert!(one.bytes() == eight.bytes(), "--by {by} --format {format}");
        }
    }
}

/// The same events in every form and schema, so many that they fill several spans of chunks.
#[test]
fn every_form_and_schema_gives_the_same_pairs() {
    let schemas = [Schema::V3_30, Schema::V4_10, Schema::V4_21, Schema::V4_80];
    for form in [Form::Live, Form::Export, Form::Forwarded, Form::Literal] {
        for schema in schemas {
            let mut random = Random::new(7);
            let mut log = Log::new("WS01").form(form);
            let mut truth = Pairs::new();
            for i in 0..600_i64 {
                let name = format!(r"\Pipe {} <&>", random.range(0, 40));
                let image = format!(r"C:\Größe\{}.exe", random.range(0, 5));
                let event = if random.percent(50) {
                    PipeEvent::created(&name)
                } else {
                    PipeEvent::connected(&name)
                };
                let at = Time::utc(2025, 3, 3, 8, 0, 0).plus_millis(i * 977);
                log = log.event(event.image(&image).at(at).schema(schema));
                *truth.entry(pair(&name, &image)).or_default() += 1;
            }
            let folder = Folder::with("log.evtx", log);
            let run = folder.run(&["scan", "log.evtx", "--format", "json"]).exits(0).quietly();
            assert_eq!(differences(&run.pairs(), &truth), "", "{form:?} {schema:?}");
            assert_eq!(run.json()["summary"]["events"], 600, "{form:?} {schema:?}");
        }
    }
}

/// More than one span of chunks: parts of one file are read by several threads.
#[test]
fn a_log_of_many_chunks() {
    let mut log = Log::new("WS01");
    let mut truth = Pairs::new();
    for i in 0..20_000_u32 {
        let name = format!(r"\stage-{}", i % 97);
        let event = PipeEvent::created(&name)
            .pid(i)
            .at(Time::utc(2025, 3, 3, 8, 0, 0).plus_millis(i.into()));
        log = log.event(event);
        *truth
            .entry(pair(&name, r"C:\Windows\System32\svchost.exe"))
            .or_default() += 1;
    }
    let folder = Folder::with("log.evtx", log);
    let size = std::fs::metadata(folder.path("log.evtx")).unwrap().len();
    assert!(size > 4 << 20, "it fills more than one span: {size} bytes");
    for threads in ["1", "8"] {
        let run = folder
            .run(&["scan", "log.evtx", "--format", "json", "--threads", threads])
            .exits(0)
            .quietly();
        assert_eq!(differences(&run.pairs(), &truth), "", "{threads} threads");
    }
}
