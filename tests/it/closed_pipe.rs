//! Who reads the output may stop whenever they like: `pipemine scan … | head` is success, and nothing is said.

use std::io::Read;
use std::process::Stdio;

use pipemine_testdata::{Log, PipeEvent};

use crate::harness::{FORMATS, Folder, pipemine};

#[test]
fn head_is_success() {
    // More than fits into a pipe, so that the program is still writing when its reader leaves.
    let mut log = Log::new("WS01");
    for i in 0..4_000 {
        log = log.event(PipeEvent::created(format!(
            r"\a rather long name of a pipe, number {i}, of a rather long log"
        )));
    }
    let folder = Folder::with("log.evtx", log);
    for format in FORMATS {
        let mut child = pipemine()
            .args(["scan", "log.evtx", "--format", format])
            .current_dir(folder.path("."))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut some = [0; 100];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(0), ""),
            "--format {format}"
        );
    }
}

#[test]
fn a_reader_that_left_at_once() {
    let folder = Folder::new();
    for args in [&["collect"][..], &["man"], &["completions", "zsh"]] {
        let mut child = pipemine()
            .args(args)
            .current_dir(folder.path("."))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{args:?}");
    }
}
