//! Records that are in no log are told where whole logs show it, and nothing is told where they do not.

use std::io::Write;
use std::ops::RangeInclusive;

use pipemine_testdata::{Event, Form, Log, PipeEvent, Provider, SYSMON_CHANNEL, Time};
use serde_json::json;

use crate::harness::{Folder, Run};

/// When the record of this number was written: a minute is one record.
fn time(number: u64) -> Time {
    Time::utc(2025, 3, 3, 0, 0, 0).plus_millis(60_000 * number.cast_signed())
}

/// Every tenth is a pipe event.
fn event(number: u64) -> Event {
    let mut event = if number.is_multiple_of(10) {
        PipeEvent::created(r"\x").at(time(number)).into()
    } else {
        Event::new(Provider::sysmon(), SYSMON_CHANNEL, 1, time(number))
    };
    event.record_id = Some(number);
    event
}

/// A log that holds these records.
fn log(host: &str, form: Form, numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let log = Log::new(host).form(form);
    let mut log = numbers
        .into_iter()
        .fold(log, |log, number| log.event(event(number)))
        .into_bytes();
    // The header of an export's last record has no time, in nearly all that are at hand.
    if form == Form::Export {
        let last = log.windows(4).rposition(|bytes| bytes == b"**\0\0").unwrap();
        log[last + 16..last + 24].fill(0);
    }
    log
}

fn live(host: &str, numbers: RangeInclusive<u64>) -> Vec<u8> {
    log(host, Form::Live, numbers)
}

fn by_host(folder: &Folder, args: &[&str]) -> Run {
    folder.run(&[&["scan", "--by", "host"], args].concat()).exits(0)
}

/// Host, number of gaps and of records in them.
fn gaps(folder: &Folder, args: &[&str]) -> Vec<(String, Option<(u64, u64)>)> {
    let json = by_host(folder, &[args, &["--format", "json"]].concat()).json();
    let rows = json["hosts"].as_array().unwrap().iter();
    let told = |row: &serde_json::Value| row["gaps"].as_u64().zip(row["records_lost"].as_u64());
    let mut rows: Vec<_> = rows
        .map(|row| (row["host"].as_str().unwrap().to_owned(), told(row)))
        .collect();
    rows.sort();
    rows
}

/// Of the one host that is there.
#[track_caller]
fn gaps_of_one(logs: &[Vec<u8>]) -> Option<(u64, u64)> {
    let folder = Folder::new();
    for (n, log) in logs.iter().enumerate() {
        folder.write(&format!("{n}.evtx"), log);
    }
    let [(_, told)] = &*gaps(&folder, &["."]) else {
        panic!("one host");
    };
    *told
}

#[test]
fn they_are_told_to_the_byte() {
    let folder = Folder::new();
    // One was copied, one exported, in the spelling that one has.
    folder.write("1a.evtx", live("WS01.corp.example", 1..=100));
    folder.write("1b.evtx", log("ws01.corp.example", Form::Export, 201..=300));
    folder.write("1c.evtx", live("WS01.corp.example", 401..=600));
    // A log of it has no pipe event: nothing is missing there.
    folder.write("2a.evtx", live("WS02", 1..=100));
    folder.write("2b.evtx", live("WS02", 101..=109));
    folder.write("2c.evtx", live("WS02", 110..=700));
    // Pipe events alone.
    folder.write("3a.evtx", log("WS03", Form::Export, (10..=100).step_by(10)));
    folder.write("3b.evtx", log("WS03", Form::Export, (300..=700).step_by(10)));
    folder.write("4a.evtx", live("WS04", 1..=100));
    folder.write("4b.evtx", live("WS04", 102..=110));
    folder.write("4c.evtx", live("WS04", 112..=700));
    assert_eq!(
        by_host(&folder, &[".", "--format", "table"])
            .stdout()
            .split_once("\n\n")
            .unwrap()
            .1,
        "\
HOST               EVENTS  CREATED  CONNECTED  PAIRS  DAYS  MISSING  SILENT  GAPS  LOST  LAST
WS01.corp.example      40       40          0      1     1        0       0     2   200  2025-03-03
WS02                   70       70          0      1     1        0       0     0     0  2025-03-03
WS03                   51       51          0      1     1        0       0              2025-03-03
WS04                   70       70          0      1     1        0       0     2     2  2025-03-03

WS01.corp.example: 100 records (101 to 200) missing between 2025-03-03T01:40:00.002Z and 2025-03-03T03:21:00.000Z
WS01.corp.example: 100 records (301 to 400) missing between 2025-03-03T05:00:00.002Z and 2025-03-03T06:41:00.000Z
WS04: 1 record (101) missing between 2025-03-03T01:40:00.002Z and 2025-03-03T01:42:00.000Z
… and 1 more
No log of these was handed over, or they were overwritten or cleared before it was copied, or lie where it is damaged.
GAPS are told where whole .evtx logs were read: exports of selected events do not show what was lost.
"
    );
    assert_eq!(
        by_host(&folder, &[".", "--format", "csv"]).stdout(),
        "\
host,count,created,connected,pairs,days,days_missing,days_silent,gaps,records_lost,first_seen,last_seen
WS01.corp.example,40,40,0,1,1,0,0,2,200,2025-03-03T00:10:00.000Z,2025-03-03T10:00:00.000Z
WS02,70,70,0,1,1,0,0,0,0,2025-03-03T00:10:00.000Z,2025-03-03T11:40:00.000Z
WS03,51,51,0,1,1,0,0,,,2025-03-03T00:10:00.000Z,2025-03-03T11:40:00.000Z
WS04,70,70,0,1,1,0,0,2,2,2025-03-03T00:10:00.000Z,2025-03-03T11:40:00.000Z
"
    );
    let json = by_host(&folder, &[".", "--format", "json"]).json();
    assert_eq!(
        json["gaps"][1],
        json!({"host": "WS01.corp.example", "first_record": 301, "last_record": 400,
            "after": "2025-03-03T05:00:00.002Z", "before": "2025-03-03T06:41:00.000Z"})
    );
    assert_eq!(json["gaps"].as_array().unwrap().len(), 4);
    let rows = by_host(&folder, &[".", "--format", "jsonl"]).stdout();
    assert!(
        rows.lines()
            .all(|row| row.contains(r#""gaps":"#) && row.contains(r#""records_lost":"#)),
        "{rows}"
    );
}

#[test]
fn they_are_the_same_whatever_the_order_and_from_baselines() {
    let folder = Folder::new();
    let parts = [1..=4_000, 2_000..=6_000, 9_001..=12_000, 6_001..=7_000, 12_001..=12_001];
    for (n, part) in parts.into_iter().enumerate() {
        folder.write(&format!("logs/{n}.evtx"), live("WS01", part));
        folder
            .run(&["baseline", "-q", "-o", &format!("{n}.base"), &format!("logs/{n}.evtx")])
            .exits(0);
    }
    folder.run(&["baseline", "-q", "-o", "whole.base", "logs"]).exits(0);
    let whole = folder.read("whole.base");
    let told: Vec<&str> = whole.lines().filter(|line| line.contains("log_of")).collect();
    assert_eq!(
        told.iter()
            .map(|line| line.split(r#","check""#).next().unwrap())
            .collect::<Vec<_>>(),
        [
            r#"{"log_of":"ws01","records":[1,7000],"written":[1740960060000,1741380000002]"#,
            r#"{"log_of":"ws01","records":[9001,12001],"written":[1741500060000,1741680060000]"#,
        ]
    );
    let mut all = "0.base".to_owned();
    for order in [[4, 2, 0, 3, 1], [1, 0, 4, 3, 2]] {
        for (step, n) in order.into_iter().enumerate() {
            let next = format!("step{step}.base");
            folder
                .run(&["baseline", "-q", "-o", &next, &all, &format!("{n}.base")])
                .exits(0);
            all = next;
        }
        assert_eq!(folder.read(&all), whole);
        all = "0.base".to_owned();
    }
    for threads in ["1", "4"] {
        folder
            .run(&["baseline", "-q", "-o", "threads.base", "logs", "--threads", threads])
            .exits(0);
        assert_eq!(folder.read("threads.base"), whole);
    }
    // A log again, a log that was cut, one through a pipe of gzip; and a log of which a part was selected.
    let log = live("WS01", 2_000..=6_000);
    folder.write("cut.evtx", &log[..log.len() / 2]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&log).unwrap();
    folder.write("log.gz", packed.finish().unwrap());
    let run = folder.run(&[
        "baseline",
        "-q",
        "-o",
        "again.base",
        "whole.base",
        "logs/2.evtx",
        "cut.evtx",
        "log.gz",
    ]);
    assert_eq!(folder.read("again.base"), whole, "{run}");
    let days: Vec<String> = (3..=11)
        .map(|day| {
            let (name, day) = (format!("day{day}.base"), format!("2025-03-{day:02}"));
            folder
                .run(&["baseline", "-q", "-o", &name, "logs", "--since", &day, "--until", &day])
                .exits(0);
            name
        })
        .collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    folder
        .run(&[&["baseline", "-q", "-o", "days.base"], &*days].concat())
        .exits(0);
    assert_eq!(folder.read("days.base"), whole);
    assert_eq!(gaps(&folder, &["whole.base"]), [("WS01".to_owned(), Some((1, 2_000)))]);
    assert_eq!(gaps(&folder, &["logs"]), gaps(&folder, &["whole.base"]));
    // Behind the last selected event, and before the first one, nothing is missed.
    assert_eq!(
        gaps(&folder, &["whole.base", "--until", "2025-03-06"]),
        [("WS01".to_owned(), Some((0, 0)))]
    );
    assert_eq!(
        gaps(&folder, &["whole.base", "--since", "2025-03-10"]),
        [("WS01".to_owned(), Some((0, 0)))]
    );
    assert_eq!(
        gaps(&folder, &["whole.base", "--host", "ws01.corp.example"]),
        gaps(&folder, &["whole.base"])
    );
}

#[test]
fn what_is_no_whole_log_tells_nothing() {
    let selected =
        |numbers: RangeInclusive<u64>| log("WS01", Form::Export, numbers.filter(|number| number.is_multiple_of(10)));
    assert_eq!(gaps_of_one(&[selected(1..=100), selected(200..=300)]), None);
    // A collector numbers what it received from many hosts.
    let received = |from: u64| {
        (from..from + 50).fold(Log::new("WS01").form(Form::Export), |log, number| {
            let mut event = event(2 * number);
            event.computer = (number % 3 == 1).then(|| "WS01.corp.example".into());
            log.event(event)
        })
    };
    assert_eq!(
        gaps_of_one(&[received(1).into_bytes(), received(200).into_bytes()]),
        None
    );
    let forwarded = |numbers| log("WS01", Form::Forwarded, numbers);
    assert_eq!(gaps_of_one(&[forwarded(1..=100), forwarded(200..=300)]), None);
    // Between two whole ones, it shows that somebody handed over something; what is not of Sysmon does not.
    let (before, behind) = (live("WS01", 1..=100), live("WS01", 201..=300));
    assert_eq!(
        gaps_of_one(&[before.clone(), behind.clone(), selected(101..=200)]),
        Some((0, 0))
    );
    let other = |number: u64| {
        let mut event = Event::new(Provider::classic("Security"), "Security", 1, time(number));
        event.record_id = Some(number);
        event
    };
    let others = (101..=200).fold(Log::new("WS01"), |log, number| log.event(other(number)));
    assert_eq!(gaps_of_one(&[before, behind, others.into_bytes()]), Some((1, 100)));
}

#[test]
fn a_ring_a_damaged_log_and_a_cleared_one_are_told_as_they_are() {
    let log = live("WS01", 1..=3_000);
    const HEADER: usize = 4_096;
    const CHUNK: usize = 65_536;
    let chunks: Vec<&[u8]> = log[HEADER..].chunks(CHUNK).collect();
    assert!(chunks.len() > 4);
    let with = |chunks: &[&[u8]]| [&[&log[..HEADER]], chunks].concat().concat();
    let turned = with(&[&chunks[2..], &chunks[..2]].concat());
    assert_eq!(gaps_of_one(&[turned]), Some((0, 0)));
    // What a damaged record costs is said elsewhere; a chunk that is lost is a gap, as are records that were cleared.
    let mut damaged = log.clone();
    damaged[HEADER + CHUNK + 20_000..HEADER + CHUNK + 21_000].fill(0xA5);
    let folder = Folder::new();
    folder.write("a.evtx", damaged);
    let told = folder
        .run(&["scan", "--by", "host", "--format", "json", "a.evtx"])
        .exits(3)
        .json();
    assert_eq!(told["hosts"][0]["gaps"], 0);
    let lost = |chunk: &[u8]| {
        let number = |at: usize| u64::from_le_bytes(chunk[at..at + 8].try_into().unwrap());
        number(32) - number(24) + 1
    };
    assert_eq!(
        gaps_of_one(&[with(&[chunks[0], chunks[2]])]),
        Some((1, lost(chunks[1])))
    );
    assert_eq!(
        gaps_of_one(&[live("WS01", 1..=100), live("WS01", 151..=300)]),
        Some((1, 50))
    );
    // Sysmon was installed again: its records are numbered from 1, later.
    let anew = (1..=200).fold(Log::new("WS01"), |log, number| {
        let mut event = event(90_000 + number);
        event.record_id = Some(number);
        log.event(event)
    });
    assert_eq!(
        gaps_of_one(&[live("WS01", 5_000..=5_100), anew.into_bytes()]),
        Some((0, 0))
    );
}

#[test]
fn machines_of_one_short_name_are_told_apart_and_one_of_two_domains_is_not() {
    // Two customers have a DC01 each.
    assert_eq!(
        gaps_of_one(&[live("DC01.a.example", 1..=100), live("DC01.b.example", 5_000..=5_100)]),
        Some((0, 0))
    );
    // It joined a domain, and a log tells of before and after.
    let joined = |numbers: RangeInclusive<u64>| {
        let log = numbers.fold(Log::new("WS01"), |log, number| {
            let mut event = event(number);
            event.computer = (number > 100).then(|| "WS01.corp.example".into());
            log.event(event)
        });
        log.into_bytes()
    };
    assert_eq!(
        gaps_of_one(&[joined(1..=200), live("WS01.corp.example", 251..=300)]),
        Some((1, 50))
    );
    assert_eq!(gaps_of_one(&[joined(1..=40), joined(91..=200)]), Some((1, 50)));
    // It left its domain, and came back.
    assert_eq!(
        gaps_of_one(&[
            live("WS01.a.example", 1..=100),
            live("WS01", 101..=200),
            live("ws01.a.example", 201..=300),
        ]),
        Some((0, 0))
    );
}
