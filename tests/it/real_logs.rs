//! Real logs give what independent tools found in them, and damage is counted with its place.

use std::path::Path;

use crate::harness::{FORMATS, Folder, real_logs};

fn scan(path: &Path, more: &[&str]) -> crate::harness::Run {
    let args = [&["scan", path.to_str().unwrap()], more].concat();
    Folder::new().run(&args)
}

#[test]
fn pipe_events_of_nine_attack_samples() {
    let Some(logs) = real_logs("evtx") else { return };
    let run = scan(&logs, &["--format", "json"]).exits(0).quietly();
    let json = run.json();
    let summary = &json["summary"];
    assert_eq!(summary["sources"], 9);
    assert_eq!(summary["pipe_events"], 62);
    assert_eq!(summary["pairs"], 41);
    assert_eq!(summary["hosts"], 4);
    assert_eq!(json["pairs"][0]["count"], 9);
    assert_eq!(json["pairs"].as_array().unwrap().len(), 41);
    assert_eq!(run.pairs().values().sum::<u64>(), 62);
}

#[test]
fn one_thread_gives_the_same_bytes_as_eight() {
    let Some(logs) = real_logs("evtx") else { return };
    for format in FORMATS {
        let one = scan(&logs, &["--format", format, "--threads", "1"]).exits(0);
        let eight = scan(&logs, &["--format", format, "--threads", "8"]).exits(0);
        assert!(one.bytes() == eight.bytes(), "--format {format}");
    }
}

#[test]
fn damage_is_counted_with_its_place() {
    let Some(logs) = real_logs("damaged") else {
        return;
    };
    let run = scan(&logs, &["--format", "json"]).exits(3);
    let json = run.json();
    let skipped = json["summary"]["skipped"].as_array().unwrap();
    assert!(!skipped.is_empty());
    for place in skipped {
        let source = place["source"].as_str().unwrap();
        let size = std::fs::metadata(source).unwrap().len();
        let offset = place["offset"].as_u64().expect("damage within a log has a place");
        assert!(offset <= size, "{place} is beyond the end of the log");
        assert!(!place["what"].as_str().unwrap().is_empty());
    }
    // A chunk whose magic is gone: what stands in it is looked for nevertheless.
    let of_chunk = |place: &&serde_json::Value| place["source"].as_str().unwrap().contains("bad_chunk_magic");
    assert!(
        skipped
            .iter()
            .any(|place| of_chunk(&place) && place["offset"] == 397_312)
    );
    // Standard error names the first places, and how many more there are.
    assert!(
        run.stderr().lines().filter(|line| line.contains(" at byte ")).count() <= 20,
        "{run}"
    );
    assert!(run.stderr().lines().all(|line| line.starts_with("pipemine: ")), "{run}");
}
