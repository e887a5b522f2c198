//! The engine gives the verdicts that Sysmon's own engine gave, and loads what it loads.
//!
//! The files hold recorded answers of Microsoft's rule engine (SysmonCommon, built for Linux): one config a line, with
//! events as `[EventType, PipeName, Image, User]`.

use std::fs;
use std::path::{Path, PathBuf};

use pipemine::sysmon::{Config, Event, Failure};
use pipemine::utf16;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    case: String,
    config: String,
    #[serde(default)]
    load: Option<String>,
    events: Vec<[String; 4]>,
    logged: Option<Vec<u8>>,
    #[serde(default)]
    rule_name: Option<Vec<String>>,
}

fn as_name(text: &str) -> String {
    let mut name = String::new();
    text.chars().for_each(|c| utf16::push_char(c, &mut name));
    name
}

/// What differs from the record.
fn mismatches(case: &Case) -> Vec<String> {
    let config = match Config::load(case.config.as_bytes()) {
        Ok(config) => config,
        Err(error) => {
            let got = match error.failure {
                Failure::Rejected => "rejected",
                Failure::Crash => "crash",
                Failure::TooLarge => "too large",
            };
            let expected = case.load.as_deref().unwrap_or("loaded");
            return (got != expected)
                .then(|| format!("{got} ({error}), but was {expected}"))
                .into_iter()
                .collect();
        }
    };
    if case.load.as_deref().is_some_and(|load| load != "loaded") {
        return vec![format!("loaded, but was {:?}", case.load)];
    }
    let engine = config.engine();
    let mut wrong = Vec::new();
    for (i, event) in case.events.iter().enumerate() {
        let [event_type, pipe_name, image, user] = event.each_ref().map(|field| as_name(field));
        let event = Event {
            event_type: &event_type,
            pipe_name: &pipe_name,
            image: &image,
            user: &user,
        };
        let verdict = engine.verdict(&event);
        let logged = case.logged.as_ref().map(|all| all[i] == 1);
        if logged.is_some_and(|logged| logged != verdict.logged) {
            wrong.push(format!("{event:?}: logged {}, but was {logged:?}", verdict.logged));
        }
        let name = case.rule_name.as_ref().map(|all| all[i].as_str());
        if name.is_some_and(|name| name != verdict.rule_name.unwrap_or_default()) {
            wrong.push(format!("{event:?}: RuleName {:?}, but was {name:?}", verdict.rule_name));
        }
    }
    wrong
}

/// Checks every case of a file and returns how many it has.
fn check(path: &Path) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    for (line, json) in text.lines().enumerate() {
        let case: Case = serde_json::from_str(json).unwrap();
        let found = mismatches(&case);
        wrong.extend(
            found
                .into_iter()
                .map(|m| format!("line {} {}: {m}\n{}", line + 1, case.case, case.config)),
        );
    }
    assert!(
        wrong.is_empty(),
        "{}: {} mismatches:\n{}",
        path.display(),
        wrong.len(),
        wrong.join("\n")
    );
    text.lines().count()
}

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/sysmon-conformance")
        .join(name)
}

#[test]
fn every_recorded_verdict_and_rule_name_is_given() {
    assert_eq!(check(&testdata("verdicts.jsonl")), 600);
}

#[test]
fn every_quirk_loads_or_fails_as_recorded() {
    assert_eq!(check(&testdata("cases.jsonl")), 73);
}
