//! Files of recorded verdicts in, what differs and a count out.
//!
//! ```text
//! cargo run --release --example conformance -- VERDICTS.jsonl...
//! ```
//!
//! A line is `{"config", "events": [[EventType, PipeName, Image, User]], "logged": [0 or 1], "rule_name": [...]}`, with
//! `"load": "loaded" | "rejected" | "crash"` where that was recorded; `testdata/sysmon-conformance` has some.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::ExitCode;

use pipemine::sysmon::{Config, Event, Failure};
use pipemine::utf16;
use serde_json::Value;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let (mut configs, mut verdicts, mut wrong) = (0, 0, 0);
    for path in std::env::args().skip(1) {
        for (number, line) in BufReader::new(std::fs::File::open(&path)?).lines().enumerate() {
            let case: Value = serde_json::from_str(&line?)?;
            configs += 1;
            verdicts += case["events"].as_array().map_or(0, Vec::len);
            for difference in differences(&case) {
                wrong += 1;
                writeln!(out, "{path}:{}: {difference}", number + 1)?;
            }
        }
    }
    writeln!(out, "{configs} configs, {verdicts} events, {wrong} mismatches")?;
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn differences(case: &Value) -> Vec<String> {
    let expected = case["load"].as_str().unwrap_or("loaded");
    let config = match Config::load(case["config"].as_str().unwrap_or_default().as_bytes()) {
        Ok(_) if expected != "loaded" => return vec![format!("loaded, but was {expected}")],
        Ok(config) => config,
        Err(error) if outcome(error.failure) == expected => return Vec::new(),
        Err(error) => return vec![format!("{error}, but was {expected}")],
    };
    let engine = config.engine();
    let mut found = Vec::new();
    for (i, event) in case["events"].as_array().into_iter().flatten().enumerate() {
        let field = |at: usize| as_name(event[at].as_str().unwrap_or_default());
        let (event_type, pipe_name, image, user) = (field(0), field(1), field(2), field(3));
        let event = Event {
            event_type: &event_type,
            pipe_name: &pipe_name,
            image: &image,
            user: &user,
        };
        let verdict = engine.verdict(&event);
        if let Some(logged) = case["logged"][i].as_u64()
            && (logged == 1) != verdict.logged
        {
            found.push(format!("{event:?}: logged is {}, but was {logged}", verdict.logged));
        }
        if let Some(name) = case["rule_name"][i].as_str()
            && name != verdict.rule_name.unwrap_or_default()
        {
            found.push(format!(
                "{event:?}: RuleName is {:?}, but was {name:?}",
                verdict.rule_name
            ));
        }
    }
    found
}

fn outcome(failure: Failure) -> &'static str {
    match failure {
        Failure::Rejected => "rejected",
        Failure::Crash => "crash",
        Failure::TooLarge => "too large",
    }
}

/// Names hold lone surrogates in a form of their own, which real text must not be taken for.
fn as_name(text: &str) -> String {
    let mut name = String::new();
    text.chars().for_each(|c| utf16::push_char(c, &mut name));
    name
}
