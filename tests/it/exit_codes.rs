//! How a run ended can be told from its exit code.

use pipemine_testdata::{Log, PipeEvent};

use crate::harness::Folder;

fn folder() -> Folder {
    Folder::with("log.evtx", Log::new("WS01").event(PipeEvent::created(r"\x")))
}

#[test]
fn zero_is_done() {
    let folder = folder();
    for args in [
        &["scan", "log.evtx"][..],
        &["scan", "log.evtx", "--min-count", "9"],
        &["collect"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["scan", "--help"],
        &["--version"],
    ] {
        let run = folder.run(args).exits(0).quietly();
        assert!(!run.bytes().is_empty(), "{args:?} prints something");
    }
}

#[test]
fn one_is_failed_with_nothing_written() {
    let folder = folder();
    for args in [
        &["scan", "missing.evtx", "-o", "out"][..],
        &["scan", "log.evtx", "-o", "no/such/folder/out"],
    ] {
        folder.run(args).exits(1).prints_nothing();
        assert_eq!(folder.names(), ["log.evtx"], "{args:?}");
    }
}

#[test]
fn two_is_wrong_usage() {
    let folder = folder();
    for args in [
        &["collect", "--schema", "4.00", "-o", "out"][..],
        &[][..],
        &["scan"],
        &["skan", "log.evtx"],
        &["scan", "log.evtx", "--no-such-option"],
        &["scan", "log.evtx", "--format", "yaml"],
        &["scan", "log.evtx", "--since", "yesterday"],
        &["scan", "log.evtx", "--limit", "-1"],
    ] {
        folder.run(args).exits(2).prints_nothing();
    }
}

#[test]
fn a_time_without_an_inside_is_a_mistake() {
    let folder = folder();
    for until in ["2024-03-01", "2024-03-04T12:00:00Z"] {
        let run = folder.run(&["scan", "log.evtx", "--since", "2024-03-04T12:00:00Z", "--until", until]);
        let said = "pipemine: nothing lies between --since and --until: the first is not before the second\n";
        assert_eq!(run.exits(1).prints_nothing().stderr(), said);
    }
}

#[test]
fn three_is_done_except_for_what_could_not_be_read() {
    let folder = folder();
    folder.write("text.evtx", "no log");
    folder.run(&["scan", "log.evtx", "missing.evtx", "-o", "out"]).exits(3);
    assert!(folder.read("out").contains(r"\x"));
    folder.run(&["scan", "log.evtx", "text.evtx"]).exits(3);
    // What a folder holds besides logs is nobody's mistake.
    folder.run(&["scan", "."]).exits(0);
}
