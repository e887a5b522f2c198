//! What only Windows does to a path, a file that is open elsewhere, or a star that no shell expands. All of it runs under
//! Wine too (`ci/windows.sh`), and says where that cannot.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

use pipemine_testdata::{Log, PipeEvent};

use crate::harness::{Folder, Run, pipemine};

fn log(name: &str) -> Vec<u8> {
    Log::new("WS01").event(PipeEvent::created(name)).into_bytes()
}

/// A folder with one good log of one pair, `good.evtx`.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("good.evtx", log(r"\good"));
    folder
}

/// The pipe names that were printed, in their order.
fn names(run: &Run) -> Vec<String> {
    let lines = run.stdout();
    let names = lines
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().to_owned());
    names.collect()
}

#[track_caller]
fn scans(folder: &Folder, source: &str, expected: &[&str]) {
    let run = folder.run(&["scan", source]).exits(0).quietly();
    assert_eq!(names(&run), expected, "{source}");
}

/// The folder's own path, as Windows sees it whole: `C:\…`.
fn absolute(folder: &Folder, name: &str) -> String {
    let path = folder.path(name).to_str().unwrap().replace('/', r"\");
    assert_eq!(&path[1..3], r":\", "{path}");
    path
}

#[test]
fn a_path_in_every_way_that_windows_writes_it() {
    let folder = folder();
    folder.write("sub/a.evtx", log(r"\a"));
    scans(&folder, r".\good.evtx", &[r"\good"]);
    scans(&folder, r"sub\..\GOOD.EVTX", &[r"\good"]);
    scans(&folder, r"sub/../good.evtx", &[r"\good"]);
    scans(&folder, r"sub\", &[r"\a"]);
    let path = absolute(&folder, "good.evtx");
    scans(&folder, &path, &[r"\good"]);
    scans(&folder, &path.replace('\\', "/"), &[r"\good"]);
    scans(&folder, &format!(r"\\?\{path}"), &[r"\good"]);
    scans(&folder, &format!(r"\\.\{path}"), &[r"\good"]);
    // In the folder that this drive is at; from the root of the drive that is in use.
    let (drive, rooted) = path.split_at(2);
    scans(&folder, &format!("{drive}good.evtx"), &[r"\good"]);
    scans(&folder, &format!(r"{drive}sub\a.evtx"), &[r"\a"]);
    scans(&folder, &format!("{drive}*.evtx"), &[r"\good"]);
    scans(&folder, drive, &[r"\a", r"\good"]);
    scans(&folder, rooted, &[r"\good"]);
    // One file, in whatever ways it is named.
    let run = folder.run(&["scan", &path, &format!(r"\\?\{path}"), "GOOD.evtx", "--format", "json"]);
    assert_eq!(run.exits(0).json()["summary"]["sources"], 1);
    let out = format!("{drive}pairs.csv");
    folder.run(&["scan", "good.evtx", "-o", &out]).exits(0).quietly();
    assert!(folder.read("pairs.csv").contains(r"\good"));
}

#[test]
fn a_path_on_a_share() {
    let folder = folder();
    let path = absolute(&folder, "good.evtx").replacen(':', "$", 1);
    let share = format!(r"\\localhost\{path}");
    if !fs::exists(&share).unwrap_or_default() {
        eprintln!("skipped: there is no share {}", &share[..14]);
        return;
    }
    scans(&folder, &share, &[r"\good"]);
    scans(&folder, &format!(r"\\?\UNC\localhost\{path}"), &[r"\good"]);
    scans(&folder, &share.replace("good", "*"), &[r"\good"]);
    folder
        .run(&["scan", "good.evtx", "-o", &share.replace("good.evtx", "pairs.csv")])
        .exits(0)
        .quietly();
    assert!(folder.read("pairs.csv").contains(r"\good"));
}

#[test]
fn a_share_that_is_not_there_is_said_in_one_line() {
    folder()
        .run(&["scan", r"\\no-such-host.invalid\logs\a.evtx", "good.evtx"])
        .exits(3)
        .says_in_one_line(&[r"\\no-such-host.invalid\logs\a.evtx: "]);
}

#[test]
fn a_path_longer_than_260_characters_and_names_in_any_script() {
    let folder = Folder::new();
    let deep = ["ein langer Ordnername für Protokolle, 2025"; 9].join(r"\");
    // Only with this prefix does every Windows make such a folder.
    let root = format!(r"\\?\{}", absolute(&folder, "."));
    let root = root.strip_suffix(r"\.").unwrap();
    fs::create_dir_all(format!(r"{root}\{deep}")).unwrap();
    fs::write(format!(r"{root}\{deep}\журнал 日志 😀.evtx"), log(r"\far")).unwrap();
    let named = format!(r"{deep}\журнал 日志 😀.evtx");
    assert!(named.chars().count() > 260);
    scans(&folder, ".", &[r"\far"]);
    scans(&folder, &named, &[r"\far"]);
    scans(&folder, &absolute(&folder, &named), &[r"\far"]);
    scans(&folder, &format!(r"{deep}\*.evtx"), &[r"\far"]);
    let out = format!(r"{deep}\Paare größer.csv");
    folder.run(&["scan", &named, "-o", &out]).exits(0).quietly();
    assert!(fs::read_to_string(format!(r"{root}\{out}")).unwrap().contains(r"\far"));
}

#[test]
fn a_name_that_is_no_valid_utf_16() {
    let folder = folder();
    let odd = OsString::from_wide(&[0x61, 0xd800, 0x62, 0x2e, 0x65, 0x76, 0x74, 0x78]);
    if let Err(error) = fs::write(folder.path(".").join(&odd), log(r"\odd")) {
        eprintln!("skipped: no such name can be made here: {error}");
        return;
    }
    scans(&folder, ".", &[r"\good", r"\odd"]);
    let run = pipemine()
        .arg("scan")
        .arg(&odd)
        .current_dir(folder.path("."))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&run.stdout).contains(r"\odd"), "{run:?}");
    // What is said of it is valid UTF-8, which the harness checks.
    let broken = OsString::from_wide(&[0xdc00, 0x62]);
    fs::write(folder.path(".").join(&broken), "ElfFile\0").unwrap();
    folder.run(&["scan", ".", "--format", "json"]).exits(3).json();
}

#[test]
fn stars_are_expanded_as_no_shell_does_it_there() {
    let folder = folder();
    folder
        .write("BETTER.EVTX", log(r"\better"))
        .write("old/one.evtx", log(r"\one"))
        .write("old/[2].evtx", log(r"\two"))
        .write("notes.txt", "no log");
    scans(&folder, "*.evtx", &[r"\better", r"\good"]);
    scans(&folder, "?o*.evtx", &[r"\good"]);
    scans(&folder, r"o*\*.evtx", &[r"\one", r"\two"]);
    scans(&folder, r"**\*.evtx", &[r"\better", r"\good", r"\one", r"\two"]);
    scans(&folder, r"old\[2].evtx", &[r"\two"]);
    scans(&folder, r"old\[*.evtx", &[r"\two"]);
    scans(&folder, &absolute(&folder, "*.evtx"), &[r"\better", r"\good"]);
    scans(
        &folder,
        &format!(r"\\?\{}", absolute(&folder, "*.evtx")),
        &[r"\better", r"\good"],
    );
    folder
        .run(&["scan", "*.zip", "good.evtx"])
        .exits(3)
        .says("pipemine: *.zip: no file has a name like this");
    // An option's value is no source, and stays as it is.
    folder
        .run(&["scan", "good.evtx", "--host", "W*"])
        .exits(0)
        .says("pipemine: --host W*: no event is of this host; there are WS01");
    // What a star stands for must not be overwritten either.
    folder
        .run(&["scan", "*.evtx", "-o", "good.evtx"])
        .exits(1)
        .says_in_one_line(&["good.evtx: this is also an input"]);
}

/// The event log's service keeps its files open, to read and to write, and lets others read.
#[test]
fn a_live_log_that_another_process_writes() {
    let folder = folder();
    let name = "Microsoft-Windows-Sysmon%4Operational.evtx";
    folder.write(name, log(r"\live"));
    let mut as_service = File::options();
    let as_service = as_service
        .read(true)
        .write(true)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE);
    let _held = as_service.open(folder.path(name)).unwrap();
    scans(&folder, name, &[r"\live"]);
    scans(&folder, ".", &[r"\good", r"\live"]);
}

const FILE_SHARE_READ: u32 = 1;
const FILE_SHARE_WRITE: u32 = 2;

#[test]
fn a_file_that_is_locked_is_said_and_costs_nothing_else() {
    let folder = folder();
    folder.write("locked.evtx", log(r"\locked"));
    let _held = File::options()
        .read(true)
        .share_mode(0)
        .open(folder.path("locked.evtx"))
        .unwrap();
    let run = folder.run(&["scan", "."]).exits(3).says_in_one_line(&["locked.evtx: "]);
    assert_eq!(names(&run), [r"\good"]);
}

#[test]
fn an_existing_file_is_replaced_whole_or_not_at_all() {
    let folder = folder();
    folder.write("pairs.csv", "old");
    folder.run(&["scan", "good.evtx", "-o", "pairs.csv"]).exits(0).quietly();
    assert!(folder.read("pairs.csv").contains(r"\good"));
    // A spreadsheet that has it open lets nobody replace it: then nothing changes, and nothing is left over.
    folder.write("pairs.csv", "old");
    let held = File::options()
        .read(true)
        .share_mode(FILE_SHARE_READ)
        .open(folder.path("pairs.csv"))
        .unwrap();
    folder
        .run(&["scan", "good.evtx", "-o", "pairs.csv"])
        .exits(1)
        .prints_nothing()
        .says_in_one_line(&["pipemine: pairs.csv: "]);
    drop(held);
    assert_eq!(folder.read("pairs.csv"), "old");
    assert_eq!(folder.names(), ["good.evtx", "pairs.csv"]);
}

/// Windows before 11 takes these names for devices in whatever folder and with whatever ending; a share or an archive made
/// elsewhere may hold such files. Reading a console would wait for somebody to type.
#[test]
fn a_file_with_the_name_of_a_device_keeps_nobody_waiting() {
    let folder = folder();
    // (No `aux`: that is another name of `com1`, and what is there under two names is told once.)
    let devices = ["con.evtx", "nul.evtx", "com1.evtx"];
    for name in devices {
        // Only with this prefix is it a file's name.
        let path = format!(r"\\?\{}", absolute(&folder, name));
        fs::write(path, log(&format!(r"\{name}"))).unwrap();
    }
    for source in [".", "*.evtx", "*"] {
        let run = folder.run(&["scan", source, "--format", "json"]);
        let found = run.stdout();
        assert!(found.contains(r#""\\good""#), "{source}: {run}");
        // Where they are not read, it is said of each.
        let unread = |name: &&str| !found.contains(&format!(r#""\\{name}""#)) && !run.stderr().contains(name);
        let silent: Vec<_> = devices.into_iter().filter(unread).collect();
        assert!(silent.is_empty(), "{source}: {silent:?}: {run}");
    }
    for source in ["con", "aux", r"\\.\CON", "com1.evtx"] {
        let run = folder.run(&["scan", source, "good.evtx"]).exits(3);
        assert!(run.stdout().contains(r"\good"), "{source}: {run}");
    }
}

/// What `/dev/null` is elsewhere: a command that is run for what it says, or to time it.
#[test]
fn nothing_is_left_of_what_goes_to_nul() {
    let folder = folder();
    for device in ["NUL", "nul", r"\\.\NUL"] {
        let run = folder.run(&["scan", "good.evtx", "-o", device]);
        run.exits(0).quietly().prints_nothing();
    }
    folder
        .run(&["draft", "good.evtx", "-o", "NUL", "--explain", "nul"])
        .exits(0)
        .prints_nothing();
    folder
        .run(&["baseline", "good.evtx", "-o", "NUL"])
        .exits(0)
        .prints_nothing();
    assert_eq!(folder.names(), ["good.evtx"]);
}

#[test]
fn a_read_only_file_is_not_replaced() {
    let folder = folder();
    folder.write("pairs.csv", "old");
    let path = folder.path("pairs.csv");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions.clone()).unwrap();
    let run = folder.run(&["scan", "good.evtx", "-o", "pairs.csv"]);
    if fs::read_to_string(&path).unwrap() != "old" {
        eprintln!("skipped: this system replaces read-only files");
        return;
    }
    run.exits(1).says_in_one_line(&["pipemine: pairs.csv: "]);
    assert_eq!(folder.names(), ["good.evtx", "pairs.csv"]);
}

/// Sysmon's own log where the system has one that may not be read; else a file made to look like it.
#[test]
fn live_logs_that_are_refused_name_the_way_without_elevation() {
    let folder = folder();
    let name = r"Windows\System32\winevt\Logs\Microsoft-Windows-Sysmon%4Operational.evtx";
    folder.write(&name.replace('\\', "/"), log(r"\live"));
    let live = Path::new(r"C:\").join(name);
    let path = if is_refused(&live) { live } else { folder.path(name) };
    // Takes from everybody the right to read it.
    let denied = Command::new("icacls")
        .arg(folder.path(name))
        .args(["/deny", "*S-1-1-0:R"])
        .output();
    if denied.is_err() || !is_refused(&path) {
        eprintln!("skipped: no file can be made unreadable here");
        return;
    }
    let path = path.to_str().unwrap();
    let run = folder.run(&["scan", path, "good.evtx"]).exits(3).says_in_one_line(&[
        name,
        "Live logs need an elevated prompt",
        "wevtutil epl Microsoft-Windows-Sysmon/Operational",
    ]);
    assert_eq!(names(&run), [r"\good"]);
}

fn is_refused(path: &Path) -> bool {
    File::open(path).is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
}

#[test]
fn no_console_no_colour_and_no_width() {
    let folder = Folder::new();
    let image = format!(r"C:\Program Files\{}\agent.exe", "a long name of a company".repeat(8));
    let event = PipeEvent::created(r"\good").image(&image);
    folder.write("good.evtx", Log::new("WS01").event(event).into_bytes());
    let run = folder.run(&["scan", "good.evtx"]).exits(0).quietly();
    assert!(run.stdout().starts_with("pipe_name,"), "{run}");
    assert!(run.stdout().contains(&image), "{run}");
    let run = folder.run(&["scan", "good.evtx", "--format", "table"]).exits(0);
    assert!(!run.stdout().contains('\u{1b}'), "{run}");
    let widest = run.stdout().lines().map(|line| line.chars().count()).max();
    assert_eq!(widest, Some(120), "as wide as anywhere: {run}");
    assert!(!run.stdout().contains('\r'), "line ends are the same everywhere: {run}");
    let run = folder
        .run(&["scan", "good.evtx", "--format", "table", "--color", "always"])
        .exits(0);
    assert!(run.stdout().contains("\u{1b}["), "{run}");
}
