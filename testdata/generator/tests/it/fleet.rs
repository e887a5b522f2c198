//! The logs in `testdata/fleet` are those that the generator writes, and hold what the truth says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pipemine_testdata::fleet::{Files, Scenario, Summary};
use pipemine_testdata::{Fleet, Row};
use serde_json::Value as Json;

use crate::reader::{read, text};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn logs(fleet: &Fleet) -> Files {
    fleet.logs().expect("every event fits into a chunk")
}

/// The pipe events of a log, as the truth has them.
fn pipe_events(json: &[Json]) -> Vec<[String; 9]> {
    let pipe = json.iter().map(|record| &record["Event"]).filter(|event| {
        let provider = &event["System"]["Provider"]["#attributes"]["Name"];
        text(provider) == "Microsoft-Windows-Sysmon"
            && matches!(text(&event["System"]["EventID"]).as_str(), "17" | "18")
    });
    pipe.map(|event| {
        let (system, data) = (&event["System"], &event["EventData"]);
        [
            text(&system["Computer"]),
            text(&system["EventRecordID"]),
            text(&system["EventID"]),
            text(&data["UtcTime"]),
            text(&data["ProcessGuid"]).to_lowercase(),
            text(&data["ProcessId"]),
            text(&data["PipeName"]),
            text(&data["Image"]),
            text(&data["User"]),
        ]
    })
    .collect()
}

fn as_read(row: &Row) -> [String; 9] {
    [
        row.host.clone(),
        row.record_id.to_string(),
        row.event_id.to_string(),
        row.utc_time.clone(),
        row.process_guid.clone(),
        row.process_id.to_string(),
        row.pipe_name.clone(),
        row.image.clone(),
        row.user.clone().unwrap_or_default(),
    ]
}

fn assert_truth(files: &Files) {
    for file in &files.files {
        let records = read(file.bytes.clone());
        assert_eq!(records.len() as u64, file.records, "{}", file.path);
        let told: Vec<_> = files
            .truth
            .rows
            .iter()
            .filter(|row| row.file == file.path)
            .map(as_read)
            .collect();
        assert_eq!(pipe_events(&records), told, "{}", file.path);
    }
}

#[test]
fn the_committed_logs_are_what_the_generator_writes() {
    let folder = testdata().join("fleet");
    let files = logs(&Fleet::example());
    for file in &files.files {
        let committed = fs::read(folder.join(&file.path)).expect("a committed log");
        assert!(
            committed == file.bytes,
            "{} differs: run `cargo run -p pipemine-testdata -- fleet testdata/fleet` and see why",
            file.path
        );
    }
    let mut folders = vec![folder];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                count += 1;
            }
        }
    }
    assert_eq!(count, files.files.len(), "other files lie in testdata/fleet");
}

#[test]
fn the_readme_says_what_is_in_them() {
    let readme = fs::read_to_string(testdata().join("README.md"))
        .expect("a README")
        .replace("\r\n", "\n");
    let table = Summary::of(&logs(&Fleet::example())).to_string();
    assert!(
        readme.contains(&table),
        "testdata/README.md should hold this table:\n{table}"
    );
}

#[test]
fn the_truth_is_what_a_reader_finds() {
    assert_truth(&logs(&Fleet::example()));
    for seed in 0..3 {
        assert_truth(&logs(&Fleet::of(9, 2, seed)));
    }
}

#[test]
fn a_seed_decides_everything() {
    let bytes = |seed| {
        logs(&Fleet::of(3, 2, seed))
            .files
            .into_iter()
            .map(|file| file.bytes)
            .collect::<Vec<_>>()
    };
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn no_innocent_program_has_an_attackers_pair() {
    let widespread = Fleet::of(8, 5, 4)
        .attacked(Scenario::Widespread, "WS-0000", 0, 10, 0)
        .attacked(Scenario::Widespread, "WS-0001", 3, 11, 0);
    for fleet in [Fleet::example(), widespread] {
        let rows = logs(&fleet).truth.rows;
        let pair = |row: &Row| (row.pipe_name.to_ascii_lowercase(), row.image.to_ascii_lowercase());
        let (planted, innocent): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.planted.is_some());
        let innocent: BTreeSet<_> = innocent.into_iter().map(pair).collect();
        assert!(!planted.is_empty());
        for row in planted {
            assert!(!innocent.contains(&pair(row)), "{row:?}");
        }
    }
}

#[test]
fn numbers_in_names_are_the_creators_process() {
    let rows = logs(&Fleet::example()).truth.rows;
    let mut seen = BTreeSet::new();
    for row in rows.iter().filter(|row| row.event_id == 17 && row.planted.is_none()) {
        let name = row.pipe_name.trim_start_matches(r"\LOCAL");
        let (family, id) = if let Some(rest) = name.strip_prefix(r"\mojo.") {
            ("mojo", rest.split('.').next().expect("a part").parse())
        } else if let Some(rest) = name.strip_prefix(r"\crashpad_") {
            ("crashpad", rest.split('_').next().expect("a part").parse())
        } else if let Some(rest) = name.strip_prefix(r"\PSHost.") {
            ("PSHost", rest.split('.').nth(1).expect("a part").parse())
        } else if let Some(rest) = name.strip_prefix(r"\Winsock2\CatalogChangeListener-") {
            (
                "Winsock2",
                u32::from_str_radix(rest.split('-').next().expect("a part"), 16),
            )
        } else {
            continue;
        };
        if name.starts_with(r"\mojo.external") {
            continue;
        }
        assert_eq!(id, Ok(row.process_id), "{row:?}");
        seen.insert(family);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn what_was_collected_twice_counts_once() {
    let truth = logs(&Fleet::example()).truth;
    let collected = truth
        .rows
        .iter()
        .filter(|row| row.file.starts_with("collector/"))
        .count();
    let again = truth.rows.len() - truth.distinct().count();
    assert!(again > 20 && again < collected, "{again} of {collected}");
}
