//! The loop, ten times around: collect what the config logs, add it to the baseline, draft into the config, deploy.
//!
//! Every week a fleet of four machines works, and attackers work in it. A week's events are replayed through the config in
//! force; what it logs is all that the loop gets to see. An analyst decides what the draft leaves to a person: he excludes
//! it, unless an attacker was seen to use its image. The eleventh round brings a new week, and nothing to add. Measured is the *droppable noise*: events that no attacker made, and that
//! one draft made of all weeks' complete logs at once, with the same decisions, drops. (What guards keep from everybody, and
//! what was seen too rarely even so, is none: it is meant to be logged.)

use std::collections::BTreeSet;

use pipemine::event::Kind;
use pipemine::sysmon::{Config, Engine, Event};
use pipemine_testdata::fleet::Scenario;
use pipemine_testdata::{Fleet, Row};
use serde_json::json;

use crate::harness::{Folder, Run, few_or_many};

/// So many rounds, where slow tests are asked for.
const ROUNDS: u64 = 10;
/// So many else: what was seen in four weeks is enough evidence, and the fifth shows that it holds.
const FEW_ROUNDS: u64 = 5;

/// What happens in a week, attackers included.
fn week(number: u64) -> Vec<Row> {
    let mut fleet = Fleet {
        activity: 40,
        noise: 0,
        ..Fleet::of(4, 5, 100 + number)
    };
    fleet.start = fleet.start.plus_millis(i64::try_from(number).unwrap() * 7 * 86_400_000);
    for (host, day) in ["WS-0000", "WS-0001", "WS-0002", "SRV-0003"].into_iter().zip(0..) {
        fleet = fleet.attacked(Scenario::Widespread, host, day, 15, 30);
    }
    fleet.logs().unwrap().truth.distinct().cloned().collect()
}

fn kind(row: &Row) -> Kind {
    Kind::from_event_id(row.event_id.into()).unwrap()
}

fn is_logged(engine: &Engine, row: &Row) -> bool {
    let event = Event {
        event_type: kind(row).event_type(),
        pipe_name: &row.pipe_name,
        image: &row.image,
        user: row.user.as_deref().unwrap_or_default(),
    };
    engine.verdict(&event).logged
}

fn engine(folder: &Folder, config: &str) -> Engine {
    Config::load(folder.read(config).as_bytes())
        .expect("Sysmon loads it")
        .engine()
}

fn as_json_lines<'r>(rows: impl Iterator<Item = &'r Row>) -> String {
    let line = |row: &Row| {
        json!({"Event": {
            "System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": row.event_id,
                "EventRecordID": row.record_id, "Computer": row.host},
            "EventData": {"UtcTime": row.utc_time, "ProcessGuid": row.process_guid, "ProcessId": row.process_id,
                "PipeName": row.pipe_name, "Image": row.image, "User": row.user},
        }})
        .to_string()
            + "\n"
    };
    rows.map(line).collect()
}

/// What the analyst makes of candidates that are for a person to decide.
fn decide(why: &str, planted: &BTreeSet<String>, decisions: &mut BTreeSet<String>) {
    let why: serde_json::Value = serde_json::from_str(why).unwrap();
    for candidate in why["candidates"].as_array().unwrap() {
        let text = |member: &str| candidate[member].as_str().unwrap();
        let is_attackers = planted.contains(&text("image").to_lowercase());
        if text("verdict") == "review" && !is_attackers {
            let (kind, pipe, image) = (text("kind"), text("pipe_name"), text("image"));
            decisions.insert(format!("exclude\t{kind}\t{pipe}\t{image}\tours\n"));
        }
    }
}

const DRAFT: [&str; 9] = [
    "draft",
    "seen.base",
    "--config",
    "config.xml",
    "-o",
    "config.xml",
    "--decisions",
    "decisions.txt",
    "--prune=apply",
];

fn draft(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&DRAFT[..], more].concat()).exits(0)
}

#[test]
fn rounds_bring_the_noise_down_and_hide_no_attacker() {
    let folder = Folder::new();
    let collect = folder.run(&["collect"]).exits(0);
    // What people write around it stays.
    let ours = "<!-- ours -->\n".to_owned()
        + &collect
            .stdout()
            .replace("    <PipeEvent", "    <!-- by hand -->\n    <PipeEvent");
    folder
        .write("config.xml", ours.replace('\n', "\r\n"))
        .write("decisions.txt", "");
    let last = few_or_many(FEW_ROUNDS, ROUNDS);
    let weeks: Vec<Vec<Row>> = (0..=last + 1).map(week).collect();
    let (mut planted, mut decisions) = (BTreeSet::new(), BTreeSet::new());
    let mut configs = Vec::new();
    for (round, rows) in weeks.iter().enumerate().take(usize::try_from(last).unwrap() + 1) {
        let engine = engine(&folder, "config.xml");
        for row in rows.iter().filter(|row| row.planted.is_some()) {
            assert!(is_logged(&engine, row), "round {round} hides {row:?}");
            planted.insert(row.image.to_lowercase());
        }
        configs.push(folder.read("config.xml"));
        folder.write(
            "week.jsonl",
            as_json_lines(rows.iter().filter(|row| is_logged(&engine, row))),
        );
        let sources = if round == 0 {
            &["week.jsonl"][..]
        } else {
            &["seen.base", "week.jsonl"]
        };
        folder
            .run(&[&["baseline", "--quiet", "-o", "next.base"], sources].concat())
            .exits(0);
        std::fs::rename(folder.path("next.base"), folder.path("seen.base")).unwrap();
        // He looks at what is left to him, decides, and drafts again.
        draft(&folder, &["--explain", "why.json"]);
        decide(&folder.read("why.json"), &planted, &mut decisions);
        folder.write(
            "decisions.txt",
            decisions.iter().map(String::as_str).collect::<String>(),
        );
        draft(&folder, &[]);
    }
    configs.push(folder.read("config.xml"));

    // The oracle: what one draft of everything drops.
    folder.write("all.jsonl", as_json_lines(weeks.iter().flatten()));
    folder
        .run(&[
            "draft",
            "all.jsonl",
            "--quiet",
            "--decisions",
            "decisions.txt",
            "-o",
            "oracle.xml",
        ])
        .exits(0);
    let oracle = engine(&folder, "oracle.xml");
    let mut shares = Vec::new();
    for (rows, config) in weeks.iter().zip(&configs) {
        let engine = Config::load(config.as_bytes()).unwrap().engine();
        let noise: Vec<&Row> = rows
            .iter()
            .filter(|row| row.planted.is_none() && !is_logged(&oracle, row))
            .collect();
        let left = noise.iter().filter(|row| is_logged(&engine, row)).count();
        shares.push(left * 1000 / noise.len());
    }
    assert_eq!(shares[0], 1000);
    assert!(
        shares[3..].iter().all(|share| *share < 30),
        "in thousandths: {shares:?}"
    );
    assert!(configs.last().unwrap().contains("<!-- by hand -->\r\n"));
    assert!(
        !configs.last().unwrap().replace("\r\n", "").contains('\n'),
        "no line end is another's"
    );
    // The eleventh round, with a week of its own.
    assert!(
        configs[configs.len() - 2] == configs[configs.len() - 1],
        "the last round changes nothing"
    );
}

#[test]
fn a_fresh_draft_lacks_none_of_its_own_rules() {
    for number in 1..=2 {
        let folder = Folder::new();
        folder.write("week.jsonl", as_json_lines(week(number).iter()));
        folder.run(&["draft", "week.jsonl", "-o", "draft.xml"]).exits(0);
        let draft = folder.read("draft.xml");
        assert!(draft.contains("<Rule "));
        let again = folder.run(&["draft", "week.jsonl", "--config", "draft.xml"]).exits(0);
        assert_eq!(again.stdout(), draft);
    }
}

/// One name of a shape that may be dropped when it is created, and must stay when it is opened: the shape's rule carves it
/// out, and it has one of its own, in a fresh draft as in one that is merged.
#[test]
fn a_name_that_the_rule_of_its_shape_carves_out_has_its_own() {
    let events = |name: &'static str, event_id: u16, days: i64| {
        (0..days).map(move |day| {
            json!({"Event": {
                "System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": event_id,
                    "EventRecordID": 1000 * i64::from(event_id) + day, "Computer": "WS01"},
                "EventData": {"UtcTime": format!("2025-03-{:02} 08:00:00.000", day + 3), "ProcessId": 4200,
                    "PipeName": format!("\\VBoxTrayIPC-{name}"), "Image": "C:\\Windows\\System32\\VBoxTray.exe",
                    "User": "CORP\\x"},
            }})
            .to_string()
                + "\n"
        })
    };
    let mut log = String::new();
    for name in ["alice", "bob", "carol"] {
        log.extend(events(name, 17, 8).chain(events(name, 18, 8)));
    }
    log.extend(events("chlo\u{e9}", 17, 6).chain(events("chlo\u{e9}", 18, 2)));
    let folder = Folder::new();
    folder.write("week.jsonl", log);
    folder.run(&["draft", "week.jsonl", "-o", "draft.xml"]).exits(0);
    let draft = folder.read("draft.xml");
    let engine = engine(&folder, "draft.xml");
    let is_logged = |kind: Kind| {
        let event = Event {
            event_type: kind.event_type(),
            pipe_name: "\\VBoxTrayIPC-chlo\u{e9}",
            image: r"C:\Windows\System32\VBoxTray.exe",
            user: r"CORP\x",
        };
        engine.verdict(&event).logged
    };
    assert!(is_logged(Kind::Connected) && !is_logged(Kind::Created), "{draft}");
    let again = folder.run(&["draft", "week.jsonl", "--config", "draft.xml"]).exits(0);
    assert_eq!(again.stdout(), draft);
}
