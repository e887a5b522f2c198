//! What cannot be read or written is said in one clear line, with the right exit code. No file is left half written, and
//! the other files' results are kept.

use pipemine_testdata::{Event, Log, PipeEvent, Provider, Time};

use crate::harness::{Folder, Run};

/// A folder with one good log of one pair, `good.evtx`.
fn folder() -> Folder {
    Folder::with("good.evtx", good())
}

fn good() -> Log {
    Log::new("WS01").event(PipeEvent::created(r"\good"))
}

/// Asserts that the good log's one pair was printed.
#[track_caller]
fn keeps_the_good(run: &Run) {
    let lines: Vec<String> = run.stdout().lines().map(str::to_owned).collect();
    assert!(lines.len() == 2 && lines[1].starts_with(r"\good,"), "{run}");
}

#[test]
fn a_missing_path() {
    let folder = folder();
    folder.run(&["scan", "missing.evtx"]).exits(1).prints_nothing();
    let run = folder
        .run(&["scan", "missing.evtx", "good.evtx"])
        .exits(3)
        .says_in_one_line(&["missing.evtx: "]);
    keeps_the_good(&run);
}

#[test]
fn an_empty_folder() {
    let folder = folder();
    std::fs::create_dir(folder.path("empty")).unwrap();
    folder
        .run(&["scan", "empty"])
        .exits(1)
        .prints_nothing()
        .says("pipemine: no logs found in empty: 0 files looked at");
    keeps_the_good(&folder.run(&["scan", "empty", "good.evtx"]).exits(0).quietly());
}

#[test]
fn a_folder_without_logs() {
    let folder = folder();
    folder
        .write("docs/notes.txt", "No log.")
        .write("docs/fake.evtx", "No log either, whatever its name says.");
    let run = folder.run(&["scan", "docs"]).exits(1).prints_nothing();
    let last = run.stderr().lines().last();
    assert_eq!(
        last,
        Some("pipemine: no logs found in docs: 2 files looked at"),
        "{run}"
    );
    // What a folder holds besides logs is passed over, and nobody's mistake.
    let run = folder.run(&["scan", "."]).exits(0);
    keeps_the_good(&run);
    assert!(run.stderr().lines().all(|line| line.contains("passed over")), "{run}");
    assert_eq!(
        folder.run(&["scan", ".", "--format", "json"]).json()["summary"]["passed_over"],
        2
    );
}

#[test]
fn a_log_without_pipe_events_says_what_is_to_be_done() {
    let at = Time::utc(2025, 3, 3, 9, 0, 0);
    let other = Event::new(Provider::sysmon(), "Microsoft-Windows-Sysmon/Operational", 1, at);
    let folder = Folder::with("other.evtx", Log::new("WS01").event(other));
    folder.run(&["scan", "other.evtx"]).exits(0).says(
        "pipemine: other.evtx: no pipe events: no EventID 17 or 18 in 1 event, Sysmon's among them: its config may log no \
         pipes; `pipemine collect` prints one that does",
    );
    let nameless = r#"{"EventID":17,"SourceName":"Microsoft-Windows-Sysmon","Image":"C:\\x.exe"}"#;
    folder.write("nameless.json", nameless);
    let run = folder.run(&["scan", "nameless.json"]).exits(3);
    let last = run.stderr().lines().last();
    let said = "pipemine: nameless.json: no pipe events: none of 1 event with EventID 17 or 18 could be read; export the log \
                itself: `wevtutil epl Microsoft-Windows-Sysmon/Operational sysmon.evtx`";
    assert_eq!(last, Some(said), "{run}");
}

#[test]
fn events_of_no_host_are_no_evidence_and_that_is_said() {
    let row = |day: u8| format!("17,Microsoft-Windows-Sysmon,2025-03-{day:02} 09:00:00.000,\\wkssvc,C:\\x.exe\n");
    let rows: String = (3..9).map(row).collect();
    let folder = Folder::new();
    folder.write("viewer.csv", format!("EventID,Source,UtcTime,PipeName,Image\n{rows}"));
    let run = folder.run(&["draft", "viewer.csv", "-o", "x.xml"]).exits(0);
    let said = "pipemine: 6 of 6 pipe events name no host and cannot be evidence for a draft, in viewer.csv for example: use \
                an export that includes the computer's name";
    assert_eq!(
        run.stderr()
            .lines()
            .filter(|line| line.contains("host"))
            .collect::<Vec<_>>(),
        [said],
        "{run}"
    );
}

/// A spreadsheet that was saved again has lost the hours, and a date with slashes may be of two days.
#[test]
fn times_that_are_not_certain_are_told() {
    for time in ["49:35.4", "5/3/2025 9:00:00 AM"] {
        let folder = Folder::new();
        let rows = format!(
            "EventID,Source,Computer,UtcTime,PipeName,Image\n17,Microsoft-Windows-Sysmon,WS01,{time},\\x,C:\\x.exe\n"
        );
        folder.write("again.csv", rows);
        for command in [&["scan", "again.csv"][..], &["draft", "again.csv", "-o", "x.xml"]] {
            let run = folder.run(command).exits(0);
            let said = format!(
                "pipemine: 1 of 1 pipe event have no time that is certain and cannot be evidence for a draft: again.csv for \
                 example has `{time}`; use an export that includes UtcTime, or times such as 2026-01-05T10:00:00Z"
            );
            assert_eq!(
                run.stderr()
                    .lines()
                    .filter(|line| line.contains("time that"))
                    .collect::<Vec<_>>(),
                [said],
                "{run}"
            );
        }
    }
}

/// What makes no sense is no event, and is told with its place.
#[test]
fn values_in_the_wrong_columns_are_no_event() {
    let folder = Folder::new();
    let good = "17,WS01,2025-03-03 09:00:00.000,\\x,C:\\x.exe\n";
    let bad = "17,WS01,2025-03-03 09:00:00.000,C:\\x.exe,%6\n17,WS01,2025-03-03 09:00:00.000,\\y,x.exe\n17,WS01,,-,-\n";
    folder.write("a.csv", format!("EventID,Computer,UtcTime,PipeName,Image\n{good}{bad}"));
    let run = folder.run(&["scan", "a.csv", "--format", "json"]).exits(3);
    assert_eq!(run.pairs().len(), 1, "{run}");
    let said: Vec<&str> = run.stderr().lines().collect();
    assert_eq!(
        said,
        [
            "pipemine: a.csv at byte 84: a pipe event whose PipeName is the value of another field",
            "pipemine: a.csv at byte 128: a pipe event whose Image is no path of a program",
            "pipemine: a.csv at byte 169: a pipe event without its PipeName",
        ],
        "{run}"
    );
}

/// An empty log in a folder is no file of another kind.
#[test]
fn an_empty_log_in_a_folder_is_told() {
    let folder = folder();
    folder.write("logs/empty.evtx", "");
    folder.write(
        "logs/pointer.evtx",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    );
    folder.write("logs/empty.txt", "");
    folder.write("logs/good.evtx", good().into_bytes());
    let run = folder.run(&["scan", "logs"]).exits(3);
    let logs = run
        .stderr()
        .lines()
        .filter(|line| line.contains("this is no log, but"))
        .count();
    assert_eq!(logs, 2, "{run}");
    assert!(run.stderr().contains("git lfs pull"), "{run}");
}

#[test]
fn a_text_file_named_as_a_log() {
    let folder = folder();
    folder.write("fake.evtx", "This is no log.");
    let run = folder
        .run(&["scan", "fake.evtx", "good.evtx"])
        .exits(3)
        .says_in_one_line(&["fake.evtx: this is "]);
    keeps_the_good(&run);
    let run = folder.run(&["scan", "fake.evtx"]).exits(1).prints_nothing();
    assert!(run.stderr().contains("fake.evtx: this is "), "{run}");
}

#[test]
fn a_log_named_as_a_text_file() {
    let folder = Folder::with("notes.txt", good());
    keeps_the_good(&folder.run(&["scan", "notes.txt"]).exits(0).quietly());
}

#[test]
fn an_empty_file() {
    let folder = folder();
    folder.write("empty.evtx", "");
    let run = folder
        .run(&["scan", "empty.evtx", "good.evtx"])
        .exits(3)
        .says_in_one_line(&["empty.evtx: this is ", "empty"]);
    keeps_the_good(&run);
}

#[test]
fn a_folder_named_as_a_log_is_a_folder() {
    let folder = Folder::with("x.evtx/good", good());
    keeps_the_good(&folder.run(&["scan", "x.evtx"]).exits(0).quietly());
}

#[test]
fn a_log_that_ends_too_early() {
    let folder = folder();
    let log = good().into_bytes();
    folder.write("cut.evtx", &log[..100]);
    let run = folder.run(&["scan", "cut.evtx", "good.evtx"]).exits(3);
    keeps_the_good(&run);
    let mut lines = run.stderr().lines();
    assert!(
        lines
            .next()
            .is_some_and(|line| line.starts_with("pipemine: cut.evtx at byte 0: ")),
        "{run}"
    );
    assert!(lines.all(|line| line.starts_with("pipemine: cut.evtx: ")), "{run}");
}

#[test]
fn an_output_folder_that_is_not_there() {
    let folder = folder();
    folder
        .run(&["scan", "good.evtx", "-o", "no/such/out.csv"])
        .exits(1)
        .prints_nothing()
        .says_in_one_line(&["no/such/out.csv: ", "there is no folder"]);
    assert_eq!(folder.names(), ["good.evtx"]);
}

#[test]
fn an_output_that_is_a_folder() {
    let folder = folder();
    std::fs::create_dir(folder.path("out")).unwrap();
    folder
        .run(&["scan", "good.evtx", "-o", "out"])
        .exits(1)
        .says_in_one_line(&["out: this is a folder"]);
}

#[test]
fn an_output_that_is_an_input() {
    let folder = folder();
    let before = std::fs::read(folder.path("good.evtx")).unwrap();
    folder
        .run(&["scan", "good.evtx", "-o", "./good.evtx"])
        .exits(1)
        .prints_nothing()
        .says_in_one_line(&["good.evtx: this is also an input"]);
    assert_eq!(std::fs::read(folder.path("good.evtx")).unwrap(), before);
}

#[test]
fn two_outputs_of_one_name() {
    let folder = folder();
    folder
        .run(&["draft", "good.evtx", "-o", "out.xml", "--explain", "out.xml"])
        .exits(1)
        .says_in_one_line(&["out.xml: the draft goes there already"]);
    assert!(!folder.path("out.xml").exists());
}

/// A folder is searched for inputs: what is written into it must not replace one of them.
#[test]
fn an_output_that_is_an_input_in_a_folder() {
    let folder = folder();
    let before = std::fs::read(folder.path("good.evtx")).unwrap();
    folder
        .run(&["scan", ".", "-o", "good.evtx"])
        .exits(1)
        .says_in_one_line(&["good.evtx: this is also an input"]);
    assert_eq!(std::fs::read(folder.path("good.evtx")).unwrap(), before);
}

#[test]
fn a_failed_run_leaves_the_old_output_as_it_was() {
    let folder = folder();
    folder.write("pairs.csv", "old");
    folder.run(&["scan", "missing.evtx", "-o", "pairs.csv"]).exits(1);
    assert_eq!(folder.read("pairs.csv"), "old");
    assert_eq!(folder.names(), ["good.evtx", "pairs.csv"]);
    folder.run(&["scan", "good.evtx", "-o", "pairs.csv"]).exits(0);
    assert!(folder.read("pairs.csv").contains(r"\good"));
}

#[cfg(unix)]
mod unix {
    //! What only Unix has: permissions that can be taken away, devices, named pipes in folders.

    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::Path;
    use std::process::Command;

    use super::{folder, keeps_the_good};

    #[test]
    fn an_unreadable_file() {
        let folder = folder();
        folder.write("secret.evtx", super::good().into_bytes());
        let secret = folder.path("secret.evtx");
        if fs::metadata(&secret).unwrap().uid() == 0 {
            eprintln!("skipped: root can read everything");
            return;
        }
        fs::set_permissions(&secret, Permissions::from_mode(0o000)).unwrap();
        let run = folder
            .run(&["scan", "."])
            .exits(3)
            .says_in_one_line(&["secret.evtx: Permission denied"]);
        keeps_the_good(&run);
    }

    #[test]
    fn a_full_disk() {
        if !Path::new("/dev/full").exists() {
            eprintln!("skipped: there is no /dev/full");
            return;
        }
        let folder = folder();
        for format in crate::harness::FORMATS {
            folder
                .run(&["scan", "good.evtx", "--format", format, "-o", "/dev/full"])
                .exits(1)
                .prints_nothing()
                .says_in_one_line(&["/dev/full: ", "No space left"]);
            let full = fs::File::options().write(true).open("/dev/full").unwrap();
            let mut command = crate::harness::pipemine();
            command
                .args(["scan", "good.evtx", "--format", format])
                .current_dir(folder.path("."));
            let output = command.stdout(full).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "--format {format}: {said}");
            assert!(said.starts_with("pipemine: standard output: No space left"), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }

    #[test]
    fn a_file_with_its_own_permissions_keeps_them() {
        let folder = folder();
        folder.write("pairs.csv", "old");
        fs::set_permissions(folder.path("pairs.csv"), Permissions::from_mode(0o640)).unwrap();
        folder.run(&["scan", "good.evtx", "-o", "pairs.csv"]).exits(0);
        let mode = fs::metadata(folder.path("pairs.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    /// Nobody may ever write into it: to open it would be to wait for ever.
    #[test]
    fn a_named_pipe_in_a_folder() {
        let folder = folder();
        let made = Command::new("mkfifo").arg(folder.path("fifo.evtx")).status();
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("skipped: there is no mkfifo");
            return;
        }
        keeps_the_good(&folder.run(&["scan", "."]).exits(0).quietly());
    }

    /// Named by hand, it is read as a stream: `pipemine scan <(zcat log.evtx.gz)`.
    #[test]
    fn a_named_pipe_that_is_named_by_hand() {
        let folder = folder();
        let fifo = folder.path("fifo");
        let made = Command::new("mkfifo").arg(&fifo).status();
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("skipped: there is no mkfifo");
            return;
        }
        let log = super::good().into_bytes();
        let writer = std::thread::spawn(move || fs::write(fifo, log));
        let run = folder.run(&["scan", "fifo"]);
        writer.join().unwrap().unwrap();
        keeps_the_good(&run.exits(0).quietly());
    }
}

/// What is in no text may be in a name, which its owner chose, and in a page that was lost: the rest is read.
#[test]
fn a_control_character_hides_no_log() {
    let row = |nth: u32, name: &str| {
        format!(
            "17,WS01,{nth},2025-03-03 08:00:00.{nth:03},{{g}},42,{name},C:\\a.exe,CORP\\a,Microsoft-Windows-Sysmon\r\n"
        )
    };
    let header = "EventID,Computer,EventRecordID,UtcTime,ProcessGuid,ProcessId,PipeName,Image,User,ProviderName\r\n";
    let mut csv = header.to_owned();
    csv += &row(1, "\\evil\u{1}pipe");
    csv += &row(2, "\\pipe");
    let json = r#"{"EventID":17,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS01","RecordNumber":3,"UtcTime":"2025-03-03 08:00:00.003","PipeName":"\\json","Image":"C:\\a.exe"}"#;
    let folder = Folder::new();
    folder.write("logs/a.csv", csv);
    folder.write("logs/b.jsonl", format!("{}\n{json}\n", "\0".repeat(40)));
    let run = folder.run(&["scan", "logs", "--format", "json"]);
    let found = run.pairs();
    let names: Vec<&str> = found.keys().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["\\evil\u{1}pipe", "\\json", "\\pipe"]);
}
