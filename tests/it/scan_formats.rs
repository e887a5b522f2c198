//! What `scan` prints, to the byte, in every format: on a small log with names that mean harm in one format or another.

use insta::assert_snapshot;
use pipemine_testdata::sysmon::Schema;
use pipemine_testdata::{Event, Log, PipeEvent, Provider, Time, Value};

use crate::harness::Folder;

const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";

fn monday(hour: i64) -> Time {
    Time::utc(2025, 3, 3, hour, 12, 44).plus_millis(103)
}

/// Two hosts on three days: pairs that differ in case only, an anonymous pipe, and what would be a formula, an escape
/// sequence and no Unicode where it is printed as it is.
fn logs() -> Folder {
    let tuesday = monday(24 + 7);
    let mut ws01 = Log::new("WS01.corp.example");
    for i in 0..3 {
        let mojo = PipeEvent::created(r"\mojo.4711.8052.183894939787088877").image(CHROME);
        ws01 = ws01.event(mojo.pid(4711).user(r"CORP\alice").at(monday(8 + i)));
    }
    let mut surrogate: Vec<u16> = r"\half-".encode_utf16().collect();
    surrogate.push(0xD800);
    let ws01 = ws01
        .event(PipeEvent::connected(r"\LSASS").at(monday(9)))
        .event(PipeEvent::connected(r"\lsass").at(monday(10)))
        .event(PipeEvent::connected(r"\lsass").at(tuesday))
        .event(
            PipeEvent::created("<Anonymous Pipe>")
                .image("System")
                .pid(4)
                .user("-")
                .at(monday(11)),
        )
        .event(
            PipeEvent::created("=cmd|'/c calc'!A1")
                .image(r"C:\Temp\a,b.exe")
                .at(tuesday),
        )
        .event(
            PipeEvent::created("\\red\u{1b}[31m\u{202e}")
                .image(r"C:\Temp\a,b.exe")
                .at(tuesday),
        )
        .event(PipeEvent::created(surrogate).image(r"C:\Temp\größer.exe").at(tuesday));
    let mut other = Event::new(Provider::classic("Disk watcher"), "System", 17, monday(9));
    other = other.data("PipeName", Value::text(r"\no-pipe-event"));
    let ws02 = Log::new("ws02")
        .event(PipeEvent::connected(r"\lsass").schema(Schema::V4_10).at(monday(48)))
        .event(other);
    let folder = Folder::new();
    folder
        .write("logs/ws01.evtx", ws01.into_bytes())
        .write("logs/ws02.evtx", ws02.into_bytes());
    folder
}

fn scan(args: &[&str]) -> String {
    let args = [&["scan", "logs"], args].concat();
    logs().run(&args).exits(0).quietly().stdout()
}

#[test]
fn table() {
    assert_snapshot!(scan(&["--format", "table"]), @r#"
    11 pipe events from 2 hosts and 2 sources: 6 unique pairs, from 2025-03-03 to 2025-03-05
    Is the baseline enough? 63.6% of coming events are expected to be of families already seen; 0 new on the last day (2025-03-05), 3 on the day before.

    PIPE                                IMAGE                                        EVENTS  CREATED  CONNECTED  HOSTS  DAYS
    \lsass                              C:\Windows\System32\svchost.exe                   4        0          4      2     3
    \mojo.4711.8052.183894939787088877  C:\Program Files\Goog…pplication\chrome.exe       3        3          0      1     1
    <Anonymous Pipe>                    System                                            1        1          0      1     1
    =cmd|'/c calc'!A1                   C:\Temp\a,b.exe                                   1        1          0      1     1
    \half-\u{d800}                      C:\Temp\größer.exe                                1        1          0      1     1
    \red\u{1b}[31m\u{202e}              C:\Temp\a,b.exe                                   1        1          0      1     1

    Next: `pipemine draft` with the same sources writes exclusion rules from what is seen widely.
    "#);
}

#[test]
fn csv() {
    assert_snapshot!(scan(&["--format", "csv"]), @r#"
    pipe_name,image,count,created,connected,hosts,days,users,first_seen,last_seen,family
    \lsass,C:\Windows\System32\svchost.exe,4,0,4,2,3,NT AUTHORITY\SYSTEM,2025-03-03T09:12:44.103Z,2025-03-05T00:12:44.103Z,\LSASS
    \mojo.4711.8052.183894939787088877,C:\Program Files\Google\Chrome\Application\chrome.exe,3,3,0,1,1,CORP\alice,2025-03-03T08:12:44.103Z,2025-03-03T10:12:44.103Z,\mojo.<pid>.<n>.<n>
    <Anonymous Pipe>,System,1,1,0,1,1,,2025-03-03T11:12:44.103Z,2025-03-03T11:12:44.103Z,<Anonymous Pipe>
    '=cmd|'/c calc'!A1,"C:\Temp\a,b.exe",1,1,0,1,1,NT AUTHORITY\SYSTEM,2025-03-04T07:12:44.103Z,2025-03-04T07:12:44.103Z,'=cmd|'/c calc'!A1
    \half-\u{d800},C:\Temp\größer.exe,1,1,0,1,1,NT AUTHORITY\SYSTEM,2025-03-04T07:12:44.103Z,2025-03-04T07:12:44.103Z,\half-\u{d800}
    \red\u{1b}[31m\u{202e},"C:\Temp\a,b.exe",1,1,0,1,1,NT AUTHORITY\SYSTEM,2025-03-04T07:12:44.103Z,2025-03-04T07:12:44.103Z,\red\u{1b}[31m\u{202e}
    "#);
}

#[test]
fn csv_is_what_a_program_gets_by_default() {
    assert_eq!(scan(&[]), scan(&["--format", "csv"]));
}

#[test]
fn json() {
    assert_snapshot!(scan(&["--format", "json", "--limit", "2"]), @r#"
    {
      "schema": 1,
      "summary": {
        "sources": 2,
        "events": 12,
        "pipe_events": 11,
        "duplicates": 0,
        "counted": null,
        "pairs": 6,
        "hosts": 2,
        "first_seen": "2025-03-03T08:12:44.103Z",
        "last_seen": "2025-03-05T00:12:44.103Z",
        "passed_over": 0,
        "skipped": [],
        "skipped_more": 0
      },
      "pairs": [
        {
          "pipe_name": "\\lsass",
          "image": "C:\\Windows\\System32\\svchost.exe",
          "count": 4,
          "created": 0,
          "connected": 4,
          "hosts": 2,
          "days": 3,
          "users": [
            "NT AUTHORITY\\SYSTEM"
          ],
          "first_seen": "2025-03-03T09:12:44.103Z",
          "last_seen": "2025-03-05T00:12:44.103Z",
          "family": "\\LSASS"
        },
        {
          "pipe_name": "\\mojo.4711.8052.183894939787088877",
          "image": "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
          "count": 3,
          "created": 3,
          "connected": 0,
          "hosts": 1,
          "days": 1,
          "users": [
            "CORP\\alice"
          ],
          "first_seen": "2025-03-03T08:12:44.103Z",
          "last_seen": "2025-03-03T10:12:44.103Z",
          "family": "\\mojo.<pid>.<n>.<n>"
        }
      ]
    }
    "#);
}

#[test]
fn jsonl() {
    assert_snapshot!(scan(&["--format", "jsonl"]), @r#"
    {"pipe_name":"\\lsass","image":"C:\\Windows\\System32\\svchost.exe","count":4,"created":0,"connected":4,"hosts":2,"days":3,"users":["NT AUTHORITY\\SYSTEM"],"first_seen":"2025-03-03T09:12:44.103Z","last_seen":"2025-03-05T00:12:44.103Z","family":"\\LSASS"}
    {"pipe_name":"\\mojo.4711.8052.183894939787088877","image":"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe","count":3,"created":3,"connected":0,"hosts":1,"days":1,"users":["CORP\\alice"],"first_seen":"2025-03-03T08:12:44.103Z","last_seen":"2025-03-03T10:12:44.103Z","family":"\\mojo.<pid>.<n>.<n>"}
    {"pipe_name":"<Anonymous Pipe>","image":"System","count":1,"created":1,"connected":0,"hosts":1,"days":1,"users":[],"first_seen":"2025-03-03T11:12:44.103Z","last_seen":"2025-03-03T11:12:44.103Z","family":"<Anonymous Pipe>"}
    {"pipe_name":"=cmd|'/c calc'!A1","image":"C:\\Temp\\a,b.exe","count":1,"created":1,"connected":0,"hosts":1,"days":1,"users":["NT AUTHORITY\\SYSTEM"],"first_seen":"2025-03-04T07:12:44.103Z","last_seen":"2025-03-04T07:12:44.103Z","family":"=cmd|'/c calc'!A1"}
    {"pipe_name":"\\half-\ud800","image":"C:\\Temp\\größer.exe","count":1,"created":1,"connected":0,"hosts":1,"days":1,"users":["NT AUTHORITY\\SYSTEM"],"first_seen":"2025-03-04T07:12:44.103Z","last_seen":"2025-03-04T07:12:44.103Z","family":"\\half-\ud800"}
    {"pipe_name":"\\red\u001b[31m\u202e","image":"C:\\Temp\\a,b.exe","count":1,"created":1,"connected":0,"hosts":1,"days":1,"users":["NT AUTHORITY\\SYSTEM"],"first_seen":"2025-03-04T07:12:44.103Z","last_seen":"2025-03-04T07:12:44.103Z","family":"\\red\u001b[31m\u202e"}
    "#);
}

#[test]
fn pipes() {
    assert_snapshot!(scan(&["--by", "pipe", "--format", "csv", "--limit", "2"]), @r#"
    pipe_name,images,count,created,connected,hosts,days,users,first_seen,last_seen
    \lsass,1,4,0,4,2,3,NT AUTHORITY\SYSTEM,2025-03-03T09:12:44.103Z,2025-03-05T00:12:44.103Z
    \mojo.4711.8052.183894939787088877,1,3,3,0,1,1,CORP\alice,2025-03-03T08:12:44.103Z,2025-03-03T10:12:44.103Z
    "#);
}

#[test]
fn images() {
    assert_snapshot!(scan(&["--by", "image", "--format", "csv", "--limit", "2"]), @r#"
    image,pipes,count,created,connected,hosts,days,users,first_seen,last_seen
    C:\Windows\System32\svchost.exe,1,4,0,4,2,3,NT AUTHORITY\SYSTEM,2025-03-03T09:12:44.103Z,2025-03-05T00:12:44.103Z
    C:\Program Files\Google\Chrome\Application\chrome.exe,1,3,3,0,1,1,CORP\alice,2025-03-03T08:12:44.103Z,2025-03-03T10:12:44.103Z
    "#);
}

#[test]
fn a_limit_says_what_it_cuts() {
    assert_snapshot!(scan(&["--format", "table", "--limit", "1"]), @r#"
    11 pipe events from 2 hosts and 2 sources: 6 unique pairs, from 2025-03-03 to 2025-03-05
    Is the baseline enough? 63.6% of coming events are expected to be of families already seen; 0 new on the last day (2025-03-05), 3 on the day before.

    PIPE    IMAGE                            EVENTS  CREATED  CONNECTED  HOSTS  DAYS
    \lsass  C:\Windows\System32\svchost.exe       4        0          4      2     3
    … and 5 more

    Next: `pipemine draft` with the same sources writes exclusion rules from what is seen widely.
    "#);
}

#[test]
fn filters_say_which_events_and_which_rows() {
    let filters = [
        "--host",
        "WS01",
        "--since",
        "2025-03-03",
        "--until",
        "2025-03-03",
        "--min-count",
        "2",
        "--format",
        "jsonl",
    ];
    assert_snapshot!(scan(&filters), @r#"
    {"pipe_name":"\\mojo.4711.8052.183894939787088877","image":"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe","count":3,"created":3,"connected":0,"hosts":1,"days":1,"users":["CORP\\alice"],"first_seen":"2025-03-03T08:12:44.103Z","last_seen":"2025-03-03T10:12:44.103Z","family":"\\mojo.<pid>.<n>.<n>"}
    {"pipe_name":"\\LSASS","image":"C:\\Windows\\System32\\svchost.exe","count":2,"created":0,"connected":2,"hosts":1,"days":1,"users":["NT AUTHORITY\\SYSTEM"],"first_seen":"2025-03-03T09:12:44.103Z","last_seen":"2025-03-03T10:12:44.103Z","family":"\\LSASS"}
    "#);
    assert_snapshot!(scan(&["--min-hosts", "2", "--min-days", "3", "--format", "jsonl"]), @r#"
    {"pipe_name":"\\lsass","image":"C:\\Windows\\System32\\svchost.exe","count":4,"created":0,"connected":4,"hosts":2,"days":3,"users":["NT AUTHORITY\\SYSTEM"],"first_seen":"2025-03-03T09:12:44.103Z","last_seen":"2025-03-05T00:12:44.103Z","family":"\\LSASS"}
    "#);
    assert_snapshot!(scan(&["--min-hosts", "3", "--format", "table"]), @r#"
    11 pipe events from 2 hosts and 2 sources: 6 unique pairs, from 2025-03-03 to 2025-03-05
    Is the baseline enough? 63.6% of coming events are expected to be of families already seen; 0 new on the last day (2025-03-05), 3 on the day before.

    No row passes the filters.
    "#);
}

#[test]
fn a_table_fits_80_and_200_columns() {
    let folder = logs();
    for columns in [80, 200] {
        let mut command = crate::harness::pipemine();
        command.env("COLUMNS", columns.to_string());
        let run = folder
            .run_by(&["scan", "logs", "--format", "table"], &mut command)
            .exits(0);
        let table = run.stdout();
        let rows = table.split("\n\n").nth(1).unwrap();
        let widest = rows.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns, "{widest} columns instead of {columns}\n{table}");
    }
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let folder = logs();
    for format in crate::harness::FORMATS {
        folder
            .run(&["scan", "logs", "--format", format, "-o", "pairs"])
            .exits(0)
            .quietly()
            .prints_nothing();
        assert_eq!(folder.read("pairs"), scan(&["--format", format]), "{format}");
    }
    assert_eq!(folder.names(), ["logs", "pairs"], "nothing else is left");
    // A file that is being written in a folder that is searched is no part of it.
    folder
        .run(&["scan", "logs", "--format", "json", "-o", "logs/pairs"])
        .exits(0)
        .quietly();
    assert_eq!(folder.read("logs/pairs"), scan(&["--format", "json"]));
}

#[test]
fn a_log_from_standard_input() {
    let folder = logs();
    let log = std::fs::File::open(folder.path("logs/ws01.evtx")).unwrap();
    let mut command = crate::harness::pipemine();
    command.stdin(log);
    let piped = folder
        .run_by(&["scan", "-", "--format", "json"], &mut command)
        .exits(0)
        .quietly();
    let named = folder
        .run(&["scan", "logs/ws01.evtx", "--format", "json"])
        .exits(0)
        .quietly();
    assert_eq!(piped.stdout(), named.stdout());
}

#[test]
fn a_log_without_pipe_events_says_what_to_do() {
    let folder = Folder::with("empty.evtx", Log::new("WS01"));
    let run = folder.run(&["scan", "empty.evtx", "--format", "table"]).exits(0);
    assert_snapshot!(run.stdout(), @r#"
    0 pipe events from 0 hosts and 1 source: 0 unique pairs

    No pipe events among 0 events: Sysmon logs them (EventID 17 and 18) only where its config asks for it.
    `pipemine collect` prints a config that does.
    "#);
}
