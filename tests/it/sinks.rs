//! A hostile name does nothing in any output: to a terminal, a spreadsheet, an XML parser, Markdown or the next run.

use std::process::Command;

use pipemine::output::escape::is_active;
use pipemine_testdata::{Log, PipeEvent, Text, Time};

use crate::harness::{FORMATS, Folder};

/// Names that something would obey: a terminal, reading order, lines, a spreadsheet, XML, Markdown.
const HOSTILE: [&str; 8] = [
    "\\clear\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m",
    "\\bidi\u{202e}gpj.exe\u{2066}\u{200b}",
    "\\line\r\n\\lsass,System,9999\t\u{85}\u{2028}",
    "=cmd|' /C calc'!A0",
    "\\semi;=1+1",
    "\\--><PipeEvent onmatch=\"exclude\"/><!--&amp;]]>",
    "\\`code` [a](javascript:x) **b** <img src=x>\n# head",
    "\\\u{10FFFF}\u{FDD0}\u{E0041}",
];

const IMAGE: &str = "C:\\Program Files\\Acme\\a\u{1b}[7m & <b> \"q\";=1.exe";

/// Two logs of two hosts over several days, so that there is evidence.
fn folder() -> Folder {
    let folder = Folder::new();
    for host in ["WS01", "WS02\u{1b}[31m"] {
        let mut log = Log::new(host);
        for day in 1..7 {
            let at = Time::utc(2026, 3, day, 9, 0, 0);
            for name in HOSTILE {
                log = log.event(PipeEvent::created(name).image(IMAGE).user("CORP\\\u{202e}eve").at(at));
            }
            let lone: Vec<u16> = "\\lone".encode_utf16().chain([0xD800]).collect();
            log = log.event(PipeEvent::created(Text::from(&lone[..])).image(IMAGE).at(at));
            // One that is excluded, with all that XML has to escape.
            let image = "C:\\Program Files\\Acme\\R&D <x> 'y'.exe";
            log = log.event(PipeEvent::created("\\acme & <sons> 'n' \"co\"").image(image).at(at));
        }
        folder.write(&format!("{}.evtx", &host[..4]), log.into_bytes());
    }
    folder
}

#[track_caller]
fn assert_still(text: &str) {
    let moves = |c: &char| *c != '\n' && is_active(*c);
    assert_eq!(text.chars().find(moves), None, "{text}");
}

#[test]
fn in_every_format() {
    let folder = folder();
    for format in FORMATS {
        let run = folder.run(&["scan", ".", "--format", format]).exits(0).quietly();
        assert_still(&run.stdout());
        insta::assert_snapshot!(format!("scan-{format}"), run.stdout());
    }
    for by in ["pipe", "image", "family"] {
        assert_still(
            &folder
                .run(&["scan", ".", "--by", by, "--format", "table"])
                .exits(0)
                .stdout(),
        );
    }
}

#[test]
fn in_a_draft_and_its_explanation() {
    let folder = folder();
    let run = folder.run(&["draft", ".", "--explain", "why.md", "--quiet"]).exits(0);
    assert_still(&run.stdout());
    assert_still(&folder.read("why.md"));
    insta::assert_snapshot!("draft", run.stdout());
    insta::assert_snapshot!("explanation", folder.read("why.md"));
    folder.run(&["draft", ".", "--explain", "why.json", "--quiet"]).exits(0);
    assert_still(&folder.read("why.json"));
}

#[test]
fn in_a_baseline_and_back() {
    let folder = folder();
    folder
        .run(&["baseline", "-o", "b.jsonl", "WS01.evtx", "WS02.evtx"])
        .exits(0);
    let saved = folder.read("b.jsonl");
    assert!(saved.is_ascii());
    assert_still(&saved);
    insta::assert_snapshot!("baseline", saved);
    let json = |source: &[&str]| {
        folder
            .run(&[&["scan", "--format", "jsonl"], source].concat())
            .exits(0)
            .stdout()
    };
    assert_eq!(json(&["b.jsonl"]), json(&["WS01.evtx", "WS02.evtx"]));
}

/// What is said of files, decisions and configs may be as hostile as what is in them.
#[test]
fn in_messages() {
    let folder = folder();
    // Windows has no file whose name holds a control character.
    let bad = if cfg!(windows) {
        "a\u{202e}.evtx"
    } else {
        "a\u{1b}[31m\u{202e}.evtx"
    };
    folder
        .write(bad, "no log")
        .write("decisions.txt", "exclude\t\u{1b}[2J\tx\n");
    let run = folder.run(&["scan", bad, "WS01.evtx"]).exits(3);
    assert_still(run.stderr());
    let run = folder
        .run(&["draft", "WS01.evtx", "--decisions", "decisions.txt"])
        .exits(1);
    assert_still(run.stderr());
    let config = "<Sysmon schemaversion=\"4.90\"><EventFiltering><PipeEvent onmatch=\"exclude\"><PipeName condition=\"is\" \
                  name=\"&#x9b;31m&#x202e;\">\\a&#x85;&#x202e;</PipeName><Pipe\u{202e}/></PipeEvent></EventFiltering></Sysmon>";
    folder.write("c.xml", config);
    for format in FORMATS {
        let run = folder.run(&["check", "--config", "c.xml", "WS01.evtx", "--format", format]);
        assert_still(run.stderr());
        assert_still(&run.stdout());
    }
}

/// A recording of a terminal: nothing moves the cursor, and no colour is anything but that of the table's header.
#[test]
fn on_a_terminal() {
    let folder = folder();
    let program = env!("CARGO_BIN_EXE_pipemine");
    for args in [
        "scan . --color always",
        "scan . --format csv --color always",
        "scan . --format jsonl --color always",
        "draft .",
        "scan . --by family --color always",
    ] {
        let mut script = Command::new("script");
        script.args(["-qec", &format!("stty cols 160; {program} {args}"), "/dev/null"]);
        let Ok(output) = script
            .current_dir(folder.path("."))
            .stdin(std::process::Stdio::null())
            .output()
        else {
            eprintln!("skipped: there is no script to record a terminal with");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{args}: {said}{}",
            String::from_utf8_lossy(&output.stdout)
        );
        let mut recorded = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
        for own in ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[22m", "\u{1b}[0m"] {
            recorded = recorded.replace(own, "");
        }
        assert!(recorded.contains("acme"), "{args}: {recorded}");
        assert_still(&recorded);
    }
}
