//! `scan --by family` shows what belongs together, and what a draft would do with it.

use pipemine_testdata::{Log, PipeEvent, Time};
use serde_json::Value as Json;

use crate::harness::Folder;

const EDGE: &str = r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe";

/// Two hosts on two days: a browser's pipes, one attacker's name, and one pair of one event.
fn folder() -> Folder {
    let folder = Folder::new();
    for (host, pid) in [("WS01", 4711), ("WS02", 815)] {
        let mut log = Log::new(host);
        for day in [3, 4] {
            let at = Time::utc(2025, 3, day, 9, 0, 0);
            for thread in 0..3 {
                let name = format!(r"\mojo.{pid}.{}.183894939787088{day}{thread}", 100 + thread);
                log = log.event(PipeEvent::created(&name).image(EDGE).pid(pid).at(at));
            }
            log = log.event(
                PipeEvent::created(r"\PSEXESVC")
                    .image(r"C:\Windows\PSEXESVC.exe")
                    .at(at),
            );
        }
        if host == "WS01" {
            log = log.event(PipeEvent::connected(r"\once").at(Time::utc(2025, 3, 4, 10, 0, 0)));
        }
        folder.write(&format!("{host}.evtx"), log.into_bytes());
    }
    folder
}

fn families(args: &[&str]) -> Json {
    let args = [&["scan", ".", "--by", "family", "--format", "json"], args].concat();
    folder().run(&args).exits(0).quietly().json()
}

#[test]
fn a_family_is_a_row_with_its_verdict() {
    let json = families(&[]);
    let rows: Vec<[&str; 3]> = json["families"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| ["verdict", "pipe_name", "image"].map(|member| row[member].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            ["exclude", r"\mojo.<pid>.<n>.<n>", EDGE],
            ["keep", r"\PSEXESVC", r"C:\Windows\PSEXESVC.exe"],
            ["keep", r"\once", r"C:\Windows\System32\svchost.exe"],
        ]
    );
    let first = &json["families"][0];
    assert_eq!(
        (&first["count"], &first["names"], &first["kind"]),
        (&12.into(), &12.into(), &"created".into())
    );
    assert!(first["rule"].as_str().unwrap().contains("begin with"), "{first}");
}

#[test]
fn filters_and_limit_choose_rows_and_change_no_number() {
    let all = families(&[]);
    for (args, names) in [
        (["--min-count", "5"], 1),
        (["--min-hosts", "2"], 2),
        (["--min-days", "2"], 2),
        (["--limit", "1"], 1),
    ] {
        let some = families(&args);
        let rows = some["families"].as_array().unwrap();
        assert_eq!(
            rows.as_slice(),
            &all["families"].as_array().unwrap()[..names],
            "{args:?}"
        );
        assert_eq!(some["summary"], all["summary"]);
    }
}

#[test]
fn the_headline_says_whether_the_baseline_is_enough() {
    for by in ["family", "pair"] {
        let text = folder()
            .run(&["scan", ".", "--by", by, "--format", "table"])
            .exits(0)
            .quietly()
            .stdout();
        let line = "Is the baseline enough? 94.1% of coming events are expected to be of families already seen; 1 new on \
                    the last day (2025-03-04), 2 on the day before.";
        assert_eq!(text.lines().nth(1), Some(line), "{text}");
    }
}
