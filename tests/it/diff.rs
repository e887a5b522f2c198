//! `diff` tells what is new, gone or changed between two periods, and nothing that is chance or length alone.

use pipemine_testdata::{Log, PipeEvent, Time};
use serde_json::Value as Json;

use crate::harness::{FORMATS, Folder};

const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";

/// Events of a name on some days (from 3 March) of a host, so many a day.
struct Habit {
    name: &'static str,
    per_day: i64,
}

fn log(host: &str, days: std::ops::Range<i64>, habits: &[Habit]) -> Vec<u8> {
    let mut log = Log::new(host);
    let mut record = u64::try_from(days.start).unwrap() * 1_000;
    for day in days {
        for (nth, habit) in (0..).zip(habits) {
            for i in 0..habit.per_day {
                let at = Time::utc(2025, 3, 3, 8, 0, 0).plus_millis(day * 86_400_000 + i * 60_000 + nth * 977);
                let pid = u32::try_from(4_000 + 4 * i).unwrap();
                let name = habit.name.replace("PID", &pid.to_string());
                record += 1;
                log = log.event(PipeEvent::created(name).image(CHROME).pid(pid).record_id(record).at(at));
            }
        }
    }
    log.into_bytes()
}

const fn habit(name: &'static str, per_day: i64) -> Habit {
    Habit { name, per_day }
}

/// Five days, and ten days of two hosts: a longer period with some changes.
fn periods() -> Folder {
    let folder = Folder::new();
    let common = || vec![habit(r"\mojo.PID.7.8", 9), habit(r"\steady", 20)];
    let with = |more: Vec<Habit>| [common(), more].into_iter().flatten().collect::<Vec<_>>();
    folder.write(
        "old/a.evtx",
        log(
            "WS01",
            0..5,
            &with(vec![
                habit(r"\less", 30),
                habit(r"\dropped", 12),
                habit(r"\only-ws01", 2),
            ]),
        ),
    );
    folder.write("old/b.evtx", log("WS02", 0..5, &with(vec![habit(r"\less", 30)])));
    let new = || vec![habit(r"\less", 8), habit(r"\only-ws01", 2), habit(r"\brand-new", 1)];
    folder.write("new/a.evtx", log("ws01.corp.example", 7..17, &with(new())));
    folder.write(
        "new/b.evtx",
        log(
            "WS02",
            7..17,
            &with(
                [new(), vec![habit(r"\MSSE-1234-server", 1)]]
                    .into_iter()
                    .flatten()
                    .collect(),
            ),
        ),
    );
    folder
}

fn changes(json: &Json) -> Vec<(String, String)> {
    let text = |row: &Json, member: &str| row[member].as_str().unwrap().to_owned();
    json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (text(row, "change"), text(row, "pipe_name")))
        .collect()
}

#[test]
fn what_has_changed_is_told_and_length_alone_is_no_change() {
    let folder = periods();
    let json = folder
        .run(&["diff", "old", "new", "--format", "json"])
        .exits(0)
        .quietly()
        .json();
    let expected = [
        ("new", r"\MSSE-<n>-server"),
        ("new", r"\brand-new"),
        ("spread", r"\only-ws01"),
        ("gone", r"\dropped"),
        ("shrunk", r"\less"),
    ];
    let found = changes(&json);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(change, name)| (change.as_str(), name.as_str()))
        .collect();
    // A single name that looks like a template is shown as it is.
    assert_eq!(found.len(), expected.len(), "{found:?}");
    assert!(found[0].1.starts_with(r"\MSSE-"), "{found:?}");
    assert_eq!(found[1..], expected[1..]);
    assert!(
        json["changes"][0]["known_bad"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
    assert_eq!(json["changes"][2]["newly_on"], serde_json::json!(["WS02"]));
    assert_eq!(json["summary"]["old"]["host_days"], 10);
    assert_eq!(json["summary"]["new"]["host_days"], 20);
    assert_eq!(json["summary"]["same"], 2);

    let back = folder.run(&["diff", "new", "old", "--format", "json"]).exits(0).json();
    assert!(
        changes(&back).contains(&("grown".to_owned(), r"\less".to_owned())),
        "{:?}",
        changes(&back)
    );
}

#[test]
fn pairs_are_told_apart() {
    let folder = periods();
    let run = folder
        .run(&["diff", "old", "new", "--by", "pair", "--format", "csv"])
        .exits(0)
        .quietly();
    let lines = run.stdout();
    let new: Vec<&str> = lines.lines().filter(|line| line.starts_with("new,")).collect();
    assert_eq!(new.len(), 2, "{lines}");
    assert!(
        new[0].contains(r"\MSSE-1234-server") && new[1].contains(r"\brand-new"),
        "{lines}"
    );
}

#[test]
fn a_config_tells_what_of_it_would_be_logged() {
    let folder = periods();
    let filter = r#"<Sysmon schemaversion="4.50"><EventFiltering><RuleGroup groupRelation="or"><PipeEvent onmatch="exclude">
        <PipeName>\brand-new</PipeName><Rule groupRelation="and"><PipeName>\only-ws01</PipeName><EventType>ConnectPipe</EventType>
        </Rule></PipeEvent></RuleGroup></EventFiltering></Sysmon>"#;
    folder.write("config.xml", filter);
    for by in ["family", "pair"] {
        let diff = ["diff", "old", "new", "--config", "config.xml", "--by", by];
        let json = folder
            .run(&[&diff[..], &["--format", "json"]].concat())
            .exits(0)
            .quietly()
            .json();
        let fates: Vec<&Json> = json["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| &row["config"])
            .collect();
        // A name that attackers use, the new one, the one that has spread, the one that is gone, and less of another.
        assert_eq!(
            fates,
            ["logged", "dropped", "logged", "", "logged"]
                .map(|fate| match fate {
                    "" => Json::Null,
                    fate => fate.into(),
                })
                .iter()
                .collect::<Vec<_>>(),
            "{by}"
        );
        let table = folder
            .run(&[&diff[..], &["--format", "table"]].concat())
            .exits(0)
            .stdout();
        assert!(table.contains("The config would log 1 of what is new"), "{table}");
    }
    folder.write("config.xml", "<Sysmon schemaversion=\"4.50\">\n<EventFiltering>");
    let run = folder
        .run(&["diff", "old", "new", "--config", "config.xml"])
        .exits(1)
        .prints_nothing();
    run.says_in_one_line(&["config.xml", "line 1", "the root node was opened but never closed"]);
}

#[test]
fn the_exit_code_tells_whether_something_is_new() {
    let folder = periods();
    folder.run(&["diff", "old", "new", "--exit-code"]).exits(4);
    folder.run(&["diff", "old", "old", "--exit-code"]).exits(0);
    folder.run(&["diff", "new", "new/a.evtx", "--exit-code"]).exits(0);
    folder.run(&["diff", "old"]).exits(2);
    folder.run(&["diff", "old", "nowhere"]).exits(1).prints_nothing();
}

#[test]
fn saved_baselines_give_what_their_logs_give() {
    let folder = periods();
    for name in ["old", "new"] {
        folder
            .run(&["baseline", "-q", "-o", &format!("{name}.base"), name])
            .exits(0);
    }
    for format in FORMATS {
        let diff = |old, new| folder.run(&["diff", old, new, "--format", format]).exits(0);
        assert!(
            diff("old", "new").bytes() == diff("old.base", "new.base").bytes(),
            "{format}"
        );
    }
}

#[test]
fn nothing_is_new_in_itself() {
    let folder = periods();
    let run = folder
        .run(&["diff", "new", "new", "--format", "table"])
        .exits(0)
        .quietly();
    assert!(
        run.stdout().contains("Nothing has changed by more than chance"),
        "{run}"
    );
    assert!(run.stdout().contains("events in both"), "{run}");
}

/// A collector that died looks like this: it is no quiet week.
#[test]
fn of_a_period_that_was_not_watched_nothing_is_told_but_that() {
    let folder = periods();
    folder
        .run(&["baseline", "-q", "-o", "none.base", "old", "--since", "2030-01-01"])
        .exits(0);
    let told = |old, new| folder.run(&["diff", old, new, "--format", "table"]).exits(0).stdout();
    let gone = told("old", "none.base");
    assert!(gone.contains("NEW: 0 pipe events from 0 hosts"), "{gone}");
    assert!(gone.contains("5 of OLD not seen in NEW\n"), "{gone}");
    assert!(gone.contains("Rates are not compared"), "{gone}");
    for text in [gone, told("none.base", "none.base")] {
        assert!(text.contains("Nothing is new") && !text.contains("chance"), "{text}");
    }
}

/// `scan --by host`: what a period is made of.
#[test]
fn hosts_that_fell_silent_are_told() {
    let folder = Folder::new();
    folder.write("a.evtx", log("WS01", 0..10, &[habit(r"\x", 3)]));
    folder.write(
        "b1.evtx",
        log("WS02.corp.example", 0..2, &[habit(r"\x", 3), habit(r"\y", 1)]),
    );
    folder.write("b2.evtx", log("WS02.corp.example", 4..6, &[habit(r"\x", 3)]));
    let json = folder
        .run(&["scan", ".", "--by", "host", "--format", "json"])
        .exits(0)
        .quietly()
        .json();
    let rows = json["hosts"].as_array().unwrap();
    let told = |row: &Json| {
        let count = |member: &str| row[member].as_u64().unwrap();
        (
            row["host"].as_str().unwrap().to_owned(),
            ["count", "pairs", "days", "days_missing", "days_silent"].map(count),
        )
    };
    assert_eq!(told(&rows[0]), ("WS02.corp.example".to_owned(), [14, 2, 4, 2, 4]));
    assert_eq!(told(&rows[1]), ("WS01".to_owned(), [30, 1, 10, 0, 0]));
}
