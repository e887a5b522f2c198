//! Every member of the JSON that commands print is documented, with the version of the schema.

use std::path::Path;

use pipemine_testdata::{Log, PipeEvent};
use serde_json::Value as Json;

use crate::harness::Folder;

fn documented() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json-schema.md")).unwrap()
}

/// The names of all members, however deep.
pub(crate) fn members(json: &Json, names: &mut Vec<String>) {
    match json {
        Json::Object(object) => {
            for (name, value) in object {
                names.push(name.clone());
                members(value, names);
            }
        }
        Json::Array(values) => values.iter().for_each(|value| members(value, names)),
        _ => {}
    }
}

#[test]
fn every_member_has_its_line() {
    let text = documented();
    // With damage, so that `skipped` has members too.
    let log = Log::new("WS01").event(PipeEvent::created(r"\x")).into_bytes();
    let folder = Folder::new();
    folder.write("cut.evtx", &log[..100]).write("whole.evtx", &log);
    for by in ["pair", "pipe", "image", "family", "host"] {
        let json = folder
            .run(&["scan", ".", "--by", by, "--format", "json"])
            .exits(3)
            .json();
        let mut names = Vec::new();
        members(&json, &mut names);
        assert!(names.contains(&"offset".to_owned()), "the damage is there: {json}");
        for name in names {
            assert!(
                text.contains(&format!("| `{name}` |")),
                "docs/json-schema.md has no line for {name}"
            );
        }
    }
}

#[test]
fn every_member_of_an_explanation_and_of_what_is_known_has_its_line() {
    let text = documented();
    let folder = Folder::with("log.evtx", Log::new("WS01").event(PipeEvent::created(r"\x")));
    folder
        .run(&["draft", "log.evtx", "-o", "x.xml", "--explain", "why.json"])
        .exits(0);
    let why: Json = serde_json::from_str(&folder.read("why.json")).unwrap();
    assert_eq!(why["schema"], 1);
    let known = folder.run(&["knowledge", "--format", "json"]).exits(0).json();
    // Merged into a config that holds a rule which was borne out by less evidence than is asked for now.
    folder.write("c.xml", folder.run(&["collect"]).exits(0).bytes());
    let log = Log::new("WS02").event(PipeEvent::connected(r"\wkssvc").image(r"C:\Windows\System32\svchost.exe"));
    folder.write("other.evtx", log.into_bytes());
    let merge = ["draft", "other.evtx", "--config", "c.xml", "-o", "c.xml"];
    folder.run(&[&merge[..], &["--min-hosts", "1"]].concat()).exits(0);
    folder
        .run(&[&merge[..], &["--prune", "--explain", "merged.json"]].concat())
        .exits(0);
    let merged: Json = serde_json::from_str(&folder.read("merged.json")).unwrap();
    let mut names = Vec::new();
    members(&why, &mut names);
    members(&merged, &mut names);
    members(&known, &mut names);
    for name in ["reasons", "expected_share", "pattern", "dropped_unduly", "undue", "was"] {
        assert!(names.iter().any(|member| member == name), "{name} is there: {why}");
    }
    for name in names {
        assert!(
            text.contains(&format!("| `{name}` |")),
            "docs/json-schema.md has no line for {name}"
        );
    }
}

#[test]
fn the_version_is_the_one_that_is_documented() {
    let folder = Folder::with("log.evtx", Log::new("WS01"));
    let json = folder.run(&["scan", "log.evtx", "--format", "json"]).exits(0).json();
    let line = format!("The version described here is **{}**.", json["schema"]);
    assert!(documented().contains(&line), "docs/json-schema.md should say: {line}");
}
