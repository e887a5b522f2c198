//! A run that is killed at any moment leaves the old file or the new one, never a torn one.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pipemine_testdata::{Fleet, Log, PipeEvent, Random, Time};

use crate::harness::{Folder, few_or_many, pipemine};

/// So often at least, and until it has come too early and too late.
const FEW: u32 = 20;
/// As often where slow tests are asked for.
const MANY: u32 = 200;
/// Nobody waits longer for that.
const AT_MOST: u32 = 10 * MANY;

/// Runs the program so often, each time on the file `old`, and kills it at a random moment. Every other time that is in the
/// last quarter of a run, where files are written.
fn kill(folder: &Folder, args: &[&str], file: &str, old: &[u8]) {
    let command = || {
        let mut command = pipemine();
        command.args(args).current_dir(folder.path(".")).stderr(Stdio::null());
        command
    };
    let run = |command: &mut Command| {
        folder.write(file, old);
        let start = Instant::now();
        assert!(command.status().unwrap().success());
        start.elapsed()
    };
    let whole = run(&mut command()).min(run(&mut command()));
    let new = std::fs::read(folder.path(file)).unwrap();
    assert_ne!(old, new);
    let mut whole = u64::try_from(whole.as_micros()).unwrap();
    let mut random = Random::new(11);
    let enough = few_or_many(FEW, MANY);
    let (mut kills, mut were_old, mut were_new) = (0, 0, 0);
    while kills < enough || (kills < AT_MOST && (were_old == 0 || were_new == 0)) {
        folder.write(file, old);
        let mut child = command().spawn().unwrap();
        let from = if kills % 2 == 0 { 0 } else { whole * 3 / 4 };
        let moment = random.range(from, whole * 6 / 5);
        std::thread::sleep(Duration::from_micros(moment));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = std::fs::read(folder.path(file)).unwrap();
        kills += 1;
        were_old += u32::from(found == old);
        were_new += u32::from(found == new);
        // The machine has more to do now than when the time was taken.
        if found == old && moment > whole {
            whole = moment;
        }
    }
    let told = format!("{kills} kills: {were_old} times the old file, {were_new} times the new one");
    assert_eq!(were_old + were_new, kills, "{told}");
    assert!(were_old > 0 && were_new > 0, "{told}");
}

#[test]
fn a_baseline() {
    let folder = Folder::new();
    for (n, file) in Fleet::of(2, 1, 3).logs().unwrap().files.iter().enumerate() {
        folder.write(&format!("logs/{n}.evtx"), &file.bytes);
    }
    folder.run(&["baseline", "-o", "kept.base", "logs/0.evtx"]).exits(0);
    let old = std::fs::read(folder.path("kept.base")).unwrap();
    kill(
        &folder,
        &["baseline", "--quiet", "-o", "kept.base", "logs"],
        "kept.base",
        &old,
    );
    // What a killed run leaves behind is no source.
    folder.run(&["baseline", "-o", "kept.base", "logs"]).exits(0);
    let pipe_events =
        |source| folder.run(&["scan", source, "--format", "json"]).exits(0).json()["summary"]["pipe_events"].clone();
    assert_eq!(pipe_events("."), pipe_events("kept.base"));
}

#[test]
fn a_config_that_is_merged_into_in_its_place() {
    let folder = Folder::new();
    let event = PipeEvent::connected(r"\wkssvc").image(r"C:\Windows\System32\svchost.exe");
    folder.write(
        "a.evtx",
        Log::new("WS01")
            .event(event.at(Time::utc(2025, 3, 3, 9, 0, 0)))
            .into_bytes(),
    );
    let config = folder.run(&["collect"]).exits(0);
    let args = [
        "draft",
        "a.evtx",
        "--quiet",
        "--min-hosts",
        "1",
        "--config",
        "config.xml",
        "-o",
        "config.xml",
    ];
    kill(&folder, &args, "config.xml", config.bytes());
}
