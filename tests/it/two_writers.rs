//! Of two runs that add to one file at the same time, the one that would undo what the other wrote writes nothing.

use std::process::Stdio;
use std::time::{Duration, Instant};

use pipemine_testdata::{Log, PipeEvent};

use crate::harness::{Folder, pipemine};

fn log(name: &str) -> Vec<u8> {
    Log::new("WS01").event(PipeEvent::created(name)).into_bytes()
}

/// Starts a run that reads `-` to its end, lets `other` happen when it has begun, and gives what it came to: its exit code,
/// and what it said.
fn meanwhile(folder: &Folder, args: &[&str], other: impl FnOnce()) -> (Option<i32>, String) {
    let mut command = pipemine();
    command.args(args).current_dir(folder.path("."));
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The file that it is going to write into is opened once it has looked at the one that it replaces.
    let is_unfinished = || {
        let mut entries = std::fs::read_dir(folder.path(".")).unwrap();
        entries.any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with(".pipemine-"))
    };
    let start = Instant::now();
    while !is_unfinished() {
        assert!(start.elapsed() < Duration::from_secs(60), "it does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    other();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &log(r"\late")).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_another_run_added_to_a_baseline_is_not_lost() {
    let folder = Folder::new();
    folder.write("a.evtx", log(r"\a")).write("b.evtx", log(r"\b"));
    folder.run(&["baseline", "-q", "-o", "all.base", "a.evtx"]).exits(0);
    let adds = ["baseline", "-q", "-o", "all.base", "all.base"];
    let (code, said) = meanwhile(&folder, &[&adds[..], &["-"]].concat(), || {
        folder.run(&[&adds[..], &["b.evtx"]].concat()).exits(0);
    });
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("all.base: it has changed while"), "{said}");
    assert!(folder.read("all.base").contains(r#""events":2"#));
}

#[test]
fn what_somebody_saved_in_a_config_is_not_lost() {
    let folder = Folder::new();
    let config = folder.run(&["collect"]).exits(0).stdout();
    folder.write("config.xml", &config);
    let args = ["draft", "-q", "-", "--config", "config.xml", "-o", "config.xml"];
    let edited = config.replace("<EventFiltering>", "<EventFiltering><!-- ours -->");
    let (code, said) = meanwhile(&folder, &args, || {
        folder.write("config.xml", &edited);
    });
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("config.xml: it has changed while"), "{said}");
    assert_eq!(folder.read("config.xml"), edited);
}

#[test]
fn neither_its_size_nor_its_time_hides_that_a_baseline_has_changed() {
    let folder = Folder::new();
    folder.write("a.evtx", log(r"\a")).write("b.evtx", log(r"\b"));
    for name in ["a", "b"] {
        folder
            .run(&["baseline", "-q", "-o", &format!("{name}.base"), &format!("{name}.evtx")])
            .exits(0);
    }
    let [a, b] = ["a.base", "b.base"].map(|name| folder.read(name));
    assert_eq!(a.len(), b.len());
    let (code, said) = meanwhile(&folder, &["baseline", "-q", "-o", "a.base", "a.base", "-"], || {
        // As a whole, since the run may be reading it.
        let written = std::fs::metadata(folder.path("a.base")).unwrap().modified().unwrap();
        folder.write("other.base", &b);
        let other = std::fs::File::options().write(true).open(folder.path("other.base"));
        other.unwrap().set_modified(written).unwrap();
        std::fs::rename(folder.path("other.base"), folder.path("a.base")).unwrap();
    });
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("a.base: it has changed while"), "{said}");
    assert_eq!(folder.read("a.base"), b);
}

/// What another program gives cannot be read again, and has not changed for that.
#[cfg(unix)]
#[test]
fn a_config_may_come_through_a_pipe() {
    let folder = Folder::new();
    folder.write("a.evtx", log(r"\a"));
    let config = folder.run(&["collect"]).exits(0).stdout();
    let mut command = pipemine();
    command
        .args(["draft", "-q", "a.evtx", "--config", "/dev/stdin", "-o", "new.xml"])
        .current_dir(folder.path("."));
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), config.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    assert!(folder.read("new.xml").contains("<EventFiltering>"));
}
