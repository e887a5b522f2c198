//! A log that is there twice, whole or in part, counts once.

use pipemine_testdata::{Fleet, Form, Log, PipeEvent, Time};
use serde_json::Value as Json;

use crate::harness::{Folder, Run};

/// A workstation's log, several chunks long.
fn log() -> Vec<u8> {
    let logs = Fleet::of(1, 3, 5).logs().unwrap();
    let file = logs.files.into_iter().next().unwrap();
    assert!(file.bytes.len() > 4 * 65_536, "it has several chunks");
    file.bytes
}

fn scan(folder: &Folder, sources: &[&str]) -> Run {
    folder.run(&[&["scan", "--format", "json"], sources].concat())
}

/// What was found, without what is said of the sources.
fn found(run: &Run) -> (Json, Json) {
    let json = run.json();
    (json["summary"]["pipe_events"].clone(), json["pairs"].clone())
}

#[test]
fn a_log_and_its_copy() {
    let log = log();
    let folder = Folder::new();
    folder.write("a.evtx", &log).write("backup/of a.evtx", &log);
    let once = scan(&folder, &["a.evtx"]).exits(0);
    let twice = scan(&folder, &["."]).exits(0).quietly();
    assert_eq!(twice.json()["summary"]["sources"], 2);
    assert_eq!(found(&twice), found(&once));
}

#[test]
fn a_log_and_the_same_cut_off_in_the_middle() {
    let log = log();
    let folder = Folder::new();
    folder.write("a.evtx", &log);
    let once = scan(&folder, &["a.evtx"]).exits(0);
    // At the end of a chunk, in the middle of a chunk, and in the middle of a record's header.
    for cut in [4_096 + 2 * 65_536, log.len() / 2, 4_096 + 65_536 + 512 + 9] {
        folder.write("b.evtx", &log[..cut]);
        let both = scan(&folder, &["a.evtx", "b.evtx"]);
        assert_eq!(found(&both), found(&once), "cut at {cut}");
    }
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let folder = Folder::new();
    folder.write("logs/a.evtx", log());
    let once = scan(&folder, &["logs/a.evtx"]).exits(0);
    for sources in [
        &["logs/a.evtx", "logs/a.evtx"][..],
        &["logs/a.evtx", "./logs/../logs/a.evtx"],
        &["logs/a.evtx", "logs"],
        &["logs", "."],
    ] {
        let run = scan(&folder, sources).exits(0).quietly();
        assert_eq!(run.json()["summary"]["sources"], 1, "{sources:?}");
        assert_eq!(found(&run), found(&once), "{sources:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_or_to_its_own_folder_adds_nothing() {
    let folder = Folder::new();
    folder.write("logs/a.evtx", log());
    std::os::unix::fs::symlink("a.evtx", folder.path("logs/b.evtx")).unwrap();
    std::os::unix::fs::symlink(".", folder.path("logs/again")).unwrap();
    let run = scan(&folder, &["logs"]).exits(0).quietly();
    assert_eq!(run.json()["summary"]["sources"], 1);
}

/// The same machine's events, as its own log has them and as a collector received some of them.
#[test]
fn what_was_forwarded_too() {
    let event = |i: i64| {
        let at = Time::utc(2025, 3, 3, 8, 0, 0).plus_millis(i);
        PipeEvent::created(format!(r"\pipe-{i}"))
            .at(at)
            .record_id(70 + i.unsigned_abs())
    };
    let (mut own, mut collected) = (Log::new("WS01.corp.example"), Log::new("WEC01").form(Form::Forwarded));
    for i in 0..20 {
        own = own.event(event(i));
        if i >= 15 {
            collected = collected.event(event(i).host("ws01"));
        }
    }
    let folder = Folder::new();
    folder
        .write("own.evtx", own.into_bytes())
        .write("collected.evtx", collected.into_bytes());
    let json = scan(&folder, &["."]).exits(0).json();
    assert_eq!(json["summary"]["events"], 25);
    assert_eq!(json["summary"]["pipe_events"], 20);
    assert_eq!(json["summary"]["hosts"], 1);
}

/// Real logs hold several events of one millisecond, process, name and image. They are not one.
#[test]
fn equal_events_of_one_log_are_not_duplicates_of_each_other() {
    let event = || PipeEvent::connected(r"\lsass");
    let folder = Folder::with("a.evtx", Log::new("WS01").event(event()).event(event()).event(event()));
    let json = scan(&folder, &["a.evtx"]).exits(0).json();
    assert_eq!(json["pairs"][0]["count"], 3);
}

/// An export without the record's number cannot be held against the log that it is of.
#[test]
fn what_may_count_twice_is_told() {
    let at = Time::utc(2025, 3, 3, 9, 0, 0);
    let log = |host| Log::new(host).event(PipeEvent::created(r"\x").image(r"C:\x.exe").at(at));
    let folder = Folder::new();
    folder.write("a.evtx", log("WS01").into_bytes());
    let csv = |host: &str, day: u8| {
        let header = "EventID,Source,Computer,UtcTime,PipeName,Image";
        format!("{header}\n17,Microsoft-Windows-Sysmon,{host},2025-03-{day:02} 09:00:00.000,\\x,C:\\x.exe\n")
    };
    folder.write("same.csv", csv("ws01.corp.example", 3));
    let said = "pipemine: of 1 host (WS01) some events have their record's number and some of the same day have none: what is \
                there in both forms counts twice, which may be up to 1 event; leave out one of the exports";
    scan(&folder, &["a.evtx", "same.csv"]).exits(0).says(said);
    scan(&folder, &["a.evtx", "same.csv", "-q"]).exits(0).quietly();
    for (host, day) in [("WS02", 3), ("WS01", 4)] {
        folder.write("other.csv", csv(host, day));
        scan(&folder, &["a.evtx", "other.csv"]).exits(0).quietly();
    }
}

/// An export with the record's number and without Sysmon's own time is of the log, and cannot be held against it.
#[test]
fn another_time_of_one_record_is_told() {
    let at = Time::utc(2025, 3, 3, 9, 0, 0);
    let log = Log::new("WS01").event(PipeEvent::created(r"\x").image(r"C:\x.exe").at(at).record_id(7));
    let folder = Folder::new();
    folder.write("a.evtx", log.into_bytes());
    let header = "EventID,Source,Computer,EventRecordID,TimeCreated,PipeName,Image";
    let row = |time: &str| format!("{header}\n17,Microsoft-Windows-Sysmon,WS01,7,2025-03-03 {time},\\x,C:\\x.exe\n");
    folder.write("same.csv", row("09:00:00.000"));
    scan(&folder, &["a.evtx", "same.csv"]).exits(0).quietly();
    folder.write("later.csv", row("09:00:00.005"));
    scan(&folder, &["a.evtx", "later.csv"]).exits(0).says(
        "pipemine: 1 event may count twice: their records' numbers are there with other times, since an export lacks UtcTime; \
         leave out that export, or include UtcTime",
    );
}

#[test]
fn a_host_of_which_there_is_nothing_is_told_with_those_that_are_there() {
    let folder = Folder::new();
    for host in ["WS02", "WS01.corp.example"] {
        let log = Log::new(host).event(PipeEvent::created(r"\x").at(Time::utc(2025, 3, 3, 9, 0, 0)));
        folder.write(&format!("logs/{host}.evtx"), log.into_bytes());
    }
    let said = "pipemine: --host ws03: no event is of this host; there are WS01, WS02";
    let run = scan(&folder, &["logs", "--host", "ws03", "--host", "ws01"]).exits(0);
    assert_eq!(run.says(said).json()["summary"]["pipe_events"], 1);
    scan(&folder, &["logs", "--host", "ws01"]).exits(0).quietly();
}
