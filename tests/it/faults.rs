//! Whatever breaks while the program runs, what is written is whole or not there, what is lost is said, and nothing hangs.

#![cfg(unix)]

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use pipemine_testdata::{Log, PipeEvent};

use crate::harness::{Folder, pipemine};

fn folder() -> Folder {
    Folder::with("good.evtx", good())
}

fn good() -> Log {
    Log::new("WS01").event(PipeEvent::created(r"\good"))
}

/// Makes a FIFO; says so where there is none to be had.
fn fifo(folder: &Folder, name: &str) -> bool {
    let made = Command::new("mkfifo").arg(folder.path(name)).status();
    let made = made.is_ok_and(|status| status.success());
    if !made {
        eprintln!("skipped: there is no mkfifo");
    }
    made
}

/// The exit code of a run that must end by itself within ten seconds.
#[track_caller]
fn ends(mut child: Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 10 }) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    panic!("it hangs");
}

fn spawn(folder: &Folder, args: &[&str]) -> Child {
    let mut command = pipemine();
    command.args(args).current_dir(folder.path("."));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until the run has begun to write its output.
fn wait_for_unfinished(folder: &Folder) {
    let start = Instant::now();
    while !folder.names().iter().any(|name| name.starts_with(".pipemine-")) {
        assert!(start.elapsed() < Duration::from_secs(30), "it never begins");
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_interruption_leaves_nothing_behind() {
    for (signal, old) in [("-INT", None), ("-TERM", Some("old")), ("-HUP", None)] {
        let folder = folder();
        if !fifo(&folder, "fifo") {
            return;
        }
        if let Some(old) = old {
            folder.write("pairs.csv", old);
        }
        let before = folder.names();
        let child = spawn(&folder, &["scan", "fifo", "-o", "pairs.csv"]);
        // It waits for what the FIFO never gives.
        let held = File::options().write(true).open(folder.path("fifo")).unwrap();
        wait_for_unfinished(&folder);
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        assert_eq!(ends(child), Some(130), "{signal}");
        assert_eq!(folder.names(), before, "{signal}");
        if let Some(old) = old {
            assert_eq!(folder.read("pairs.csv"), old);
        }
        drop(held);
    }
}

/// What a killed run leaves is no input of the next one, and no output is torn.
#[test]
fn a_kill_tears_nothing() {
    let folder = folder();
    folder.run(&["scan", "good.evtx", "-o", "pairs.csv"]).exits(0);
    let whole = folder.read("pairs.csv");
    for nth in 0..20 {
        let mut child = spawn(&folder, &["scan", ".", "-o", "pairs.csv"]);
        sleep(Duration::from_micros(nth * 997 % 20_000));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(folder.read("pairs.csv"), whole);
    }
    let run = folder.run(&["scan", "."]).exits(0);
    assert_eq!(run.stdout(), whole);
}

#[test]
fn a_stream_that_stops_in_the_middle() {
    let folder = folder();
    if !fifo(&folder, "fifo") {
        return;
    }
    let mut log = good().into_bytes();
    log.truncate(4096 + 600);
    let child = spawn(&folder, &["scan", "fifo"]);
    File::options()
        .write(true)
        .open(folder.path("fifo"))
        .unwrap()
        .write_all(&log)
        .unwrap();
    assert_eq!(ends(child), Some(3));
}

/// Fails every write after so many bytes, or every read, as a disk that dies does.
const DYING_DISK: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long left = -1;

static int dies(int fd, size_t count) {
    struct stat s;
    if (fd < 3 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return 0;
    if (left < 0) left = atol(getenv("LIVES"));
    left -= (long) count;
    if (left < 0) left = 0;
    return left == 0;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = (ssize_t (*)(int, const void *, size_t)) dlsym(RTLD_NEXT, "write");
    if (getenv("WRITES") && dies(fd, count)) { errno = EIO; return -1; }
    return real(fd, bytes, count);
}

ssize_t read(int fd, void *bytes, size_t count) {
    static ssize_t (*real)(int, void *, size_t);
    if (!real) real = (ssize_t (*)(int, void *, size_t)) dlsym(RTLD_NEXT, "read");
    ssize_t got = real(fd, bytes, count);
    if (getenv("READS") && got > 0 && dies(fd, (size_t) got)) { errno = EIO; return -1; }
    return got;
}
"#;

/// The library to preload, where it can be made.
fn dying_disk(folder: &Folder) -> Option<String> {
    folder.write("disk.c", DYING_DISK);
    let library = folder.path("disk.so");
    let made = cfg!(target_os = "linux").then(|| {
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(folder.path("disk.c"));
        cc.arg("-ldl").status()
    });
    if made.is_some_and(|made| made.is_ok_and(|status| status.success())) {
        return Some(library.to_str().unwrap().to_owned());
    }
    eprintln!("skipped: there is no cc, or nothing can be preloaded");
    None
}

#[test]
fn a_disk_that_dies_while_the_output_is_written() {
    let folder = folder();
    let Some(library) = dying_disk(&folder) else { return };
    folder.write("pairs.csv", "old");
    let before = folder.names();
    let mut command = pipemine();
    command.env("LD_PRELOAD", library).env("WRITES", "1").env("LIVES", "10");
    folder
        .run_by(&["scan", "good.evtx", "-o", "pairs.csv"], &mut command)
        .exits(1)
        .says_in_one_line(&["pairs.csv: Input/output error"]);
    assert_eq!(folder.names(), before);
    assert_eq!(folder.read("pairs.csv"), "old");
}

#[test]
fn a_disk_that_dies_while_a_log_is_read() {
    let folder = folder();
    let Some(library) = dying_disk(&folder) else { return };
    let mut log = Log::new("WS01");
    for i in 0..3000 {
        log = log.event(PipeEvent::created(format!(r"\many-{i}")));
    }
    folder.write("large.evtx", log.into_bytes());
    let mut command = pipemine();
    // What the loader and the system's own files take is little.
    command
        .env("LD_PRELOAD", library)
        .env("READS", "1")
        .env("LIVES", "400000");
    let run = folder
        .run_by(&["scan", "large.evtx", "--threads", "1"], &mut command)
        .exits(3);
    assert!(run.stderr().contains("Input/output error"), "{run}");
    assert!(run.stdout().contains(r"\many-0,"), "{run}");
}

/// Removed, shortened and lengthened again while it is read.
#[test]
fn a_log_that_grows_and_shrinks_while_it_is_read() {
    let folder = Folder::new();
    let mut log = Log::new("WS01");
    for i in 0..2000 {
        log = log.event(PipeEvent::created(format!(r"\many-{i}")));
    }
    let log = log.into_bytes();
    folder.write("live.evtx", &log);
    let file = File::options().write(true).open(folder.path("live.evtx")).unwrap();
    for nth in 0..12_u64 {
        let mut child = spawn(&folder, &["scan", "live.evtx"]);
        while child.try_wait().unwrap().is_none() {
            file.set_len(nth * 40_009 % log.len() as u64).unwrap();
            file.set_len(log.len() as u64 * 2).unwrap();
            sleep(Duration::from_micros(200));
        }
        let code = child.wait().unwrap().code();
        assert!(matches!(code, Some(0 | 1 | 3)), "{code:?}");
        folder.write("live.evtx", &log);
    }
}

#[test]
fn devices_and_links_end() {
    let folder = folder();
    symlink("good.evtx", folder.path("link.evtx")).unwrap();
    symlink("loop.evtx", folder.path("loop.evtx")).unwrap();
    symlink(".", folder.path("again")).unwrap();
    symlink("gone.evtx", folder.path("dangling.evtx")).unwrap();
    // The log is there once, whatever ways lead to it.
    let run = folder.run(&["scan", ".", "link.evtx", "--format", "json"]).exits(3);
    assert_eq!(run.json()["summary"]["sources"], 1, "{run}");
    assert!(run.stderr().contains("loop.evtx: "), "{run}");
    assert!(run.stderr().contains("dangling.evtx: "), "{run}");
    for device in ["/dev/null", "/dev/zero", "/dev/urandom"] {
        assert_eq!(ends(spawn(&folder, &["scan", device])), Some(1), "{device}");
        assert_eq!(
            ends(spawn(&folder, &["scan", device, "good.evtx"])),
            Some(3),
            "{device}"
        );
    }
}

#[test]
fn an_output_that_is_an_input_by_another_name() {
    let folder = folder();
    symlink("good.evtx", folder.path("out.csv")).unwrap();
    fs::hard_link(folder.path("good.evtx"), folder.path("hard.csv")).unwrap();
    let before = fs::read(folder.path("good.evtx")).unwrap();
    folder
        .run(&["scan", "good.evtx", "-o", "out.csv"])
        .exits(1)
        .says_in_one_line(&["this is also an input"]);
    // A hard link is replaced, not written into: the input stays as it was.
    folder.run(&["scan", "good.evtx", "-o", "hard.csv"]).exits(0);
    assert_eq!(fs::read(folder.path("good.evtx")).unwrap(), before);
}

#[test]
fn names_that_are_no_unicode() {
    let folder = Folder::new();
    let name = std::ffi::OsStr::from_bytes(b"log\xFF\x1B[31m.evtx");
    if fs::write(folder.path(".").join(name), good().into_bytes()).is_err() {
        eprintln!("skipped: this system's names are Unicode");
        return;
    }
    let run = folder.run(&["scan", "."]).exits(0).quietly();
    assert!(run.stdout().contains(r"\good,"), "{run}");
    let mut command = pipemine();
    let out = std::ffi::OsStr::from_bytes(b"out\xFF.csv");
    let run = folder
        .run_by(&[], command.arg("scan").arg(name).arg("-o").arg(out))
        .exits(0);
    assert!(run.quietly().bytes().is_empty());
    assert!(folder.path(".").join(out).exists());
    fs::write(folder.path(".").join(name), "no log").unwrap();
    let mut command = pipemine();
    let run = folder.run_by(&[], command.arg("scan").arg(name)).exits(1);
    assert!(
        !run.stderr().contains('\u{1b}') && run.stderr().contains("\\u{1b}[31m.evtx"),
        "{run}"
    );
}

/// The tests may run as root, who can read everything: then somebody else is asked.
#[test]
fn no_permission() {
    let folder = folder();
    folder.write("secret.evtx", good().into_bytes());
    fs::create_dir(folder.path("closed")).unwrap();
    for (name, mode) in [(".", 0o755), ("good.evtx", 0o644), ("secret.evtx", 0), ("closed", 0)] {
        fs::set_permissions(folder.path(name), Permissions::from_mode(mode)).unwrap();
    }
    let program = env!("CARGO_BIN_EXE_pipemine");
    let is_root = fs::metadata(folder.path(".")).unwrap().uid() == 0;
    let command = || {
        if is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
            command.stdin(Stdio::null());
            command
        } else {
            pipemine()
        }
    };
    let works = command()
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !works || !Path::new(program).exists() {
        eprintln!("skipped: nobody else can be asked to run the program");
        return;
    }
    let run = folder.run_by(&["scan", "."], &mut command()).exits(3);
    for name in ["secret.evtx", "closed"] {
        assert!(run.stderr().contains(&format!("{name}: Permission denied")), "{run}");
    }
    assert!(run.stdout().contains(r"\good,"), "{run}");
    folder
        .run_by(&["scan", "secret.evtx"], &mut command())
        .exits(1)
        .prints_nothing();
    if is_root {
        folder
            .run_by(&["scan", "good.evtx", "-o", "out.csv"], &mut command())
            .exits(1)
            .says_in_one_line(&["out.csv: ", "Permission denied"]);
    }
    fs::set_permissions(folder.path("closed"), Permissions::from_mode(0o755)).unwrap();
}
