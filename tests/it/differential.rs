//! Every log gives, pair for pair, what the `evtx` crate's own JSON of it says.
//!
//! The crate's parser walks files by itself here, with none of the project's code in between; only what Sysmon's pipe
//! events are, and when two are the same, is said again below in the plainest way.

use std::collections::BTreeSet;
use std::path::Path;

use evtx::{EvtxParser, ParserSettings};
use pipemine_testdata::Fleet;
use serde_json::Value as Json;

use crate::harness::{Folder, Pairs, differences, files_below, pair, real_logs};

/// The pairs of a log, as far as the crate can read it.
fn reference(log: &Path) -> Pairs {
    let mut pairs = Pairs::new();
    let mut seen = BTreeSet::new();
    let settings = ParserSettings::new().validate_checksums(false);
    let Ok(parser) = EvtxParser::from_path(log) else {
        return pairs;
    };
    for record in parser.with_configuration(settings).records_json_value().flatten() {
        let event = &record.data["Event"];
        let system = &event["System"];
        let provider = text(&system["Provider"]["#attributes"]["Name"]);
        if provider != "Microsoft-Windows-Sysmon" || !["17", "18"].contains(&text(&system["EventID"]).as_str()) {
            continue;
        }
        let host = text(&system["Computer"])
            .split('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let data = &event["EventData"];
        if seen.insert((host, text(&system["EventRecordID"]), text(&data["UtcTime"]))) {
            let key = pair(&text(&data["PipeName"]), &text(&data["Image"]));
            *pairs.entry(key).or_default() += 1;
        }
    }
    pairs
}

/// An element's text; attributes beside it, as old logs have at EventID, are passed over.
fn text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        Json::Object(members) => members.get("#text").map_or(String::new(), text),
        other => other.to_string(),
    }
}

/// Asserts that the log gives what the crate says; says of how many pairs that is.
#[track_caller]
fn assert_same(log: &Path) -> usize {
    let expected = reference(log);
    let run = Folder::new().run(&["scan", log.to_str().unwrap(), "--format", "json", "--quiet"]);
    assert_eq!(differences(&run.pairs(), &expected), "", "{}", log.display());
    expected.len()
}

#[test]
fn logs_of_attacks_and_damaged_ones() {
    let Some(folder) = real_logs("") else { return };
    let logs = files_below(&folder);
    let logs = logs
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "evtx"));
    let pairs: usize = logs.map(|log| assert_same(log)).sum();
    assert!(pairs > 41, "there is something to compare: {pairs} pairs");
}

#[test]
fn generated_logs() {
    let fleet = Fleet {
        activity: 30,
        ..Fleet::of(7, 2, 11)
    };
    let folder = Folder::new();
    fleet.logs().unwrap().write(&folder.path("logs")).unwrap();
    let pairs: usize = files_below(&folder.path("logs"))
        .iter()
        .map(|log| assert_same(log))
        .sum();
    assert!(pairs > 300, "there is something to compare: {pairs} pairs");
}

/// Cut within a record's header. The crate reads whole chunks only: for it, zeros stand for what is missing of the last.
#[test]
fn a_log_that_was_cut() {
    let fleet = Fleet {
        activity: 30,
        ..Fleet::of(2, 2, 13)
    };
    let logs = fleet.logs().unwrap();
    let folder = Folder::new();
    for file in &logs.files {
        let rows: Vec<_> = logs.truth.rows.iter().filter(|row| row.file == file.path).collect();
        let cut = rows[rows.len() / 2].offset + 9;
        let mut padded = file.bytes[..cut].to_vec();
        padded.resize((cut - 4_096).next_multiple_of(65_536) + 4_096, 0);
        folder
            .write("cut.evtx", &file.bytes[..cut])
            .write("padded.evtx", padded);
        let expected = reference(&folder.path("padded.evtx"));
        let run = folder.run(&["scan", "cut.evtx", "--format", "json"]).exits(3);
        assert_eq!(differences(&run.pairs(), &expected), "", "{}", file.path);
        assert!(expected.len() > 10, "there is something to compare: {}", expected.len());
    }
}
