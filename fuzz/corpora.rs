//! Writes what the fuzz targets begin with: a folder in, a few small files for each target out, all made by the generator of
//! test data, the same bytes every time.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use pipemine::scan::{Progress, Settings, scan};
use pipemine::source::walk::walk;
use pipemine_testdata::{Event, Export, Fleet, Form, Log, PipeEvent, Random};

fn main() -> io::Result<()> {
    let root = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "fuzz/seeds".into()));
    for target in [
        "evtx", "source", "config", "engine", "draft", "baseline", "merge", "flood", "sinks",
    ] {
        fs::create_dir_all(root.join(target))?;
    }
    let events = events();
    logs(&root, &events)?;
    exports(&root, &events)?;
    baselines(&root)?;
    configs(&root)?;
    for target in ["engine", "draft", "merge", "flood", "sinks"] {
        for seed in 0..8 {
            let mut random = Random::new(seed);
            let bytes: Vec<u8> = (0..64 << (seed % 5)).map(|_| random.bits().to_le_bytes()[0]).collect();
            fs::write(root.join(target).join(format!("random-{seed}")), bytes)?;
        }
    }
    Ok(())
}

/// A few pipe events, hostile names among them, and others between.
fn events() -> Vec<Event> {
    let names = [
        r"\lsass",
        r"\mojo.4204.77.123456789",
        "\\a\u{1b}[31mb\u{202e}c\r\nd",
        r"\=cmd|' /C calc'!A0",
        "\\--><Event>&amp;]]>",
        "<Anonymous Pipe>",
        "",
    ];
    let pairs = names.iter().zip(1..);
    pairs
        .flat_map(|(name, id)| {
            let made = PipeEvent::created(*name).record_id(2 * id).user(r"CORP\alice");
            let met = PipeEvent::connected(*name)
                .record_id(2 * id + 1)
                .host("WS01.corp.example");
            [Event::from(made), met.into()]
        })
        .collect()
}

fn logs(root: &Path, events: &[Event]) -> io::Result<()> {
    for (form, name) in [
        (Form::Live, "live"),
        (Form::Export, "export"),
        (Form::Forwarded, "forwarded"),
        (Form::Literal, "literal"),
    ] {
        let mut log = Log::new("WS01").form(form);
        for event in events {
            log.push(event).map_err(io::Error::other)?;
        }
        let mut bytes = log.into_bytes();
        // The zeros behind the last record teach nothing.
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap_or_default() + 64;
        bytes.truncate(used.min(4096 + 65536));
        fs::write(root.join("evtx").join(format!("{name}.evtx")), bytes)?;
    }
    Ok(())
}

fn exports(root: &Path, events: &[Event]) -> io::Result<()> {
    let folder = root.join("source");
    for export in Export::ALL {
        // The first byte says how the rest is read.
        let mut bytes = vec![0];
        bytes.extend(export.file(events.get(..6).unwrap_or_default()).bytes());
        fs::write(folder.join(format!("{}.{}", export.name(), export.extension())), bytes)?;
    }
    Ok(())
}

fn baselines(root: &Path) -> io::Result<()> {
    let folder = std::env::temp_dir().join("pipemine-corpora");
    let fleet = Fleet {
        activity: 1,
        noise: 0,
        ..Fleet::of(2, 2, 7)
    };
    fleet.logs().map_err(io::Error::other)?.write(&folder)?;
    let found = scan(
        walk(std::slice::from_ref(&folder)),
        &Settings::default(),
        &Progress::default(),
    );
    let mut text = Vec::new();
    found.map_err(io::Error::other)?.baseline.save(&mut text)?;
    fs::remove_dir_all(&folder)?;
    fs::write(root.join("baseline/fleet.jsonl"), &text)?;
    let mut source = fs::File::create(root.join("source/baseline.jsonl"))?;
    source.write_all(&[4])?;
    source.write_all(&text)
}

fn configs(root: &Path) -> io::Result<()> {
    let conformance = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/sysmon-conformance/cases.jsonl");
    let cases = fs::read_to_string(conformance)?;
    for (nth, case) in cases.lines().enumerate().step_by(4) {
        let case: serde_json::Value = serde_json::from_str(case)?;
        if let Some(config) = case["config"].as_str() {
            fs::write(root.join("config").join(format!("case-{nth}.xml")), config)?;
        }
    }
    Ok(())
}
