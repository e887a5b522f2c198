//! A saved baseline stands for the logs that it was made from: the same bytes whatever way it was put together, and the
//! same results.

use std::io::Write;
use std::process::Stdio;

use pipemine_testdata::{Fleet, Log, PipeEvent, Random, Time};

use crate::harness::{Folder, Run, few_or_many, pipemine};

/// What one host did on one day, as a log of its own.
struct Part {
    host: usize,
    day: i64,
    log: Vec<u8>,
}

/// So many events of each of three hosts on each of five days.
fn parts(events: u64) -> Vec<Part> {
    let mut random = Random::new(7);
    let mut parts = Vec::new();
    for host in 0..3 {
        for day in 0..5 {
            let mut log = Log::new(["WS01", "ws02.corp.example", "SRV1"][host]);
            for i in 0..events {
                let pid = 4 * u32::try_from(random.range(1, 900)).unwrap();
                let name = match random.range(0, 10) {
                    0..2 => format!(r"\mojo.{pid}.{}.{}", random.range(0, 900), random.bits()),
                    2 => format!(r"\Winsock2\CatalogChangeListener-{pid:x}-0"),
                    3 => r"\SRVSVC".to_owned(),
                    _ => format!(
                        r"\pipe-{}",
                        ["a", "b", "c", "d"][usize::try_from(random.range(0, 4)).unwrap()]
                    ),
                };
                let event = if random.percent(40) {
                    PipeEvent::created(name)
                } else {
                    PipeEvent::connected(name)
                };
                let record = u64::try_from(day).unwrap() * events + i;
                let at =
                    Time::utc(2025, 3, 3, 0, 0, 0).plus_millis(day * 86_400_000 + i64::try_from(i).unwrap() * 20_000);
                let image = format!(r"C:\Program Files\p{}.exe", random.range(0, 6));
                log = log.event(event.pid(pid).image(image).record_id(record).at(at));
            }
            parts.push(Part {
                host,
                day,
                log: log.into_bytes(),
            });
        }
    }
    parts
}

/// The logs, by host: `h0/d3.evtx`.
fn logs(events: u64) -> Folder {
    let folder = Folder::new();
    for part in parts(events) {
        folder.write(&format!("logs/h{}/d{}.evtx", part.host, part.day), &part.log);
    }
    folder
}

fn save(folder: &Folder, out: &str, sources: &[&str]) -> Run {
    folder
        .run(&[&["baseline", "--quiet", "-o", out], sources].concat())
        .exits(0)
        .quietly()
}

#[test]
fn every_way_to_put_it_together_gives_the_same_bytes() {
    let events = few_or_many(700, 4_000);
    let folder = logs(events);
    save(&folder, "whole.base", &["logs"]);
    let whole = folder.read("whole.base");
    assert!(
        whole
            .lines()
            .last()
            .unwrap()
            .contains(&format!(r#""events":{}"#, 15 * events)),
        "{:?}",
        whole.lines().last()
    );
    let same = |name: &str| assert!(folder.read(name) == whole, "{name} differs");

    for threads in ["1", "7"] {
        save(&folder, "threads.base", &["logs", "--threads", threads]);
        same("threads.base");
    }
    let hosts = ["h0", "h1", "h2"];
    for host in hosts {
        save(&folder, &format!("{host}.base"), &[&format!("logs/{host}")]);
    }
    // Pairwise, in every order and shape.
    for [a, b, c] in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let [a, b, c] = [a, b, c].map(|i: usize| format!("{}.base", hosts[i]));
        save(&folder, "two.base", &[&a, &b]);
        save(&folder, "left.base", &["two.base", &c]);
        same("left.base");
        save(&folder, "two.base", &[&b, &c]);
        save(&folder, "right.base", &[&a, "two.base"]);
        same("right.base");
    }
    // By day, each folded on top of what is there.
    let mut days = Vec::new();
    for day in [3, 0, 4, 1, 2] {
        let logs = hosts.map(|host| format!("logs/{host}/d{day}.evtx"));
        let sources: Vec<&str> = days
            .iter()
            .map(|()| "days.base")
            .take(1)
            .chain(logs.iter().map(String::as_str))
            .collect();
        save(&folder, "days.base", &sources);
        days.push(());
    }
    same("days.base");
    // Packed, and one after another through a pipe.
    save(&folder, "h1.base.gz", &["h1.base"]);
    save(&folder, "h2.base.zst", &["logs/h2"]);
    save(&folder, "packed.base", &["h0.base", "h1.base.gz", "h2.base.zst"]);
    same("packed.base");
    assert_ne!(std::fs::read(folder.path("h1.base.gz")).unwrap()[..2], *b"{\"");
    let all = ["h2.base", "h0.base", "h1.base"].map(|name| folder.read(name)).concat();
    assert!(piped(&folder, all.as_bytes()) == whole.as_bytes(), "through a pipe");
}

/// What `baseline -o - -` makes of its input.
fn piped(folder: &Folder, input: &[u8]) -> Vec<u8> {
    let mut command = pipemine();
    command
        .args(["baseline", "--quiet", "-o", "-", "-"])
        .current_dir(folder.path("."));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    output.stdout
}

#[test]
fn results_are_those_of_the_logs() {
    let folder = logs(100);
    folder
        .run(&["baseline", "-o", "all.base", "logs"])
        .exits(0)
        .says("pipemine: 1,500 events of 3 hosts saved");
    for by in ["pair", "pipe", "image", "family", "host"] {
        for format in ["csv", "jsonl"] {
            let scan = |source| {
                folder
                    .run(&["scan", source, "--by", by, "--format", format])
                    .exits(0)
                    .quietly()
            };
            assert!(
                scan("all.base").bytes() == scan("logs").bytes(),
                "--by {by} --format {format}"
            );
        }
    }
    let json = |source| {
        let mut json = folder.run(&["scan", source, "--format", "json"]).exits(0).json();
        // One file, where there were fifteen.
        json["summary"]["sources"].take();
        json
    };
    assert_eq!(json("all.base"), json("logs"));
    for select in [
        &["--host", "ws02"][..],
        &["--since", "2025-03-05", "--until", "2025-03-06T12:00:00Z"],
    ] {
        let scan = |source| folder.run(&[&["scan", source], select].concat()).exits(0);
        assert!(scan("all.base").bytes() == scan("logs").bytes(), "{select:?}");
    }
    let draft = |source| folder.run(&["draft", source, "--explain", "why.md"]).exits(0);
    let (from_logs, why) = (draft("logs"), folder.read("why.md"));
    assert!(draft("all.base").bytes() == from_logs.bytes());
    assert_eq!(folder.read("why.md"), why);

    folder.write("draft.xml", from_logs.bytes());
    folder.run(&["baseline", "-q", "-o", "first.base", "logs/h0"]).exits(0);
    for format in ["csv", "json", "jsonl", "table"] {
        let check = |source| {
            let run = folder.run(&["check", "--config", "draft.xml", source, "--format", format]);
            String::from_utf8(run.exits(0).bytes().to_vec()).unwrap()
        };
        let one_file = |text: String| {
            text.replace("15 sources", "1 source")
                .replace("\"sources\": 15", "\"sources\": 1")
        };
        assert_eq!(check("all.base"), one_file(check("logs")), "check --format {format}");
        let diff = |old, new| folder.run(&["diff", old, new, "--format", format]).exits(0);
        let from_logs = diff("logs/h0", "logs");
        for (old, new) in [
            ("first.base", "all.base"),
            ("first.base", "logs"),
            ("logs/h0", "all.base"),
        ] {
            assert_eq!(
                diff(old, new).stdout(),
                from_logs.stdout(),
                "diff {old} {new} --format {format}"
            );
        }
    }
}

#[test]
fn what_is_there_already_adds_nothing() {
    let folder = Folder::new();
    let file = Fleet::of(1, 3, 5)
        .logs()
        .unwrap()
        .files
        .into_iter()
        .next()
        .unwrap()
        .bytes;
    folder
        .write("a.evtx", &file)
        .write("copy.evtx", &file)
        .write("cut.evtx", &file[..file.len() / 2]);
    save(&folder, "a.base", &["a.evtx"]);
    let whole = folder.read("a.base");
    // Two exports that overlap by half.
    let chunk = 65_536;
    let chunks = (file.len() - 4_096) / chunk;
    let until = |chunks: usize| 4_096 + chunks * chunk;
    folder.write("first.evtx", &file[..until(chunks * 3 / 4)]);
    folder.write("second.evtx", [&file[..4_096], &file[until(chunks / 4)..]].concat());
    folder.run(&["baseline", "-o", "first.base", "first.evtx"]);
    for (name, sources) in [
        ("a log again", &["a.base", "a.evtx"][..]),
        ("a copy", &["a.base", "copy.evtx"]),
        ("a part", &["a.base", "cut.evtx"]),
        ("itself", &["a.base", "a.base"]),
        ("the halves", &["first.base", "second.evtx"]),
    ] {
        let run = folder.run(&[&["baseline", "--quiet", "-o", "both.base"], sources].concat());
        assert!(folder.read("both.base") == whole, "{name}: {run}");
        std::fs::remove_file(folder.path("both.base")).unwrap();
    }
}

#[test]
fn what_is_damaged_incomplete_or_newer_is_refused() {
    let folder = Folder::with(
        "a.evtx",
        Log::new("WS01")
            .event(PipeEvent::created(r"\x"))
            .event(PipeEvent::created(r"\y")),
    );
    save(&folder, "a.base", &["a.evtx"]);
    let good = folder.read("a.base");
    let refused = |bytes: String, why: &str| {
        folder.write("b.base", bytes);
        let alone = folder.run(&["scan", "b.base"]).exits(1).prints_nothing();
        assert!(alone.stderr().contains(why), "{why}\n{alone}");
        let with_other = folder.run(&["scan", "b.base", "a.evtx", "--format", "json"]).exits(3);
        assert_eq!(with_other.json()["summary"]["pipe_events"], 2, "{with_other}");
        assert_eq!(with_other.json()["summary"]["sources"], 1, "{with_other}");
    };
    let lines: Vec<&str> = good.lines().collect();
    refused(lines[..lines.len() - 1].join("\n"), "ends here without its last line");
    refused(
        good.replace(r"\\y", r"\\z"),
        "b.base at byte 322: line 5: a saved baseline is damaged here",
    );
    refused(good.replace(r#""version":4"#, r#""version":5"#), "use a newer pipemine");
    // A process that died wrote an empty file, or nothing that is whole.
    refused(lines[0].to_owned(), "incomplete");

    // What could not be read wholly is never replaced by less.
    folder.write("b.base", good.replace(r"\\y", r"\\z"));
    let before = folder.read("b.base");
    let run = folder.run(&["baseline", "-o", "b.base", "b.base", "a.evtx"]).exits(1);
    assert!(run.stderr().contains("it stays as it is"), "{run}");
    assert_eq!(folder.read("b.base"), before);
}

#[test]
fn a_log_is_never_overwritten() {
    let folder = Folder::with("a.evtx", Log::new("WS01").event(PipeEvent::created(r"\x")));
    let before = std::fs::read(folder.path("a.evtx")).unwrap();
    let run = folder.run(&["baseline", "-o", "a.evtx", "a.evtx"]).exits(1);
    assert!(run.stderr().contains("would be overwritten"), "{run}");
    assert_eq!(std::fs::read(folder.path("a.evtx")).unwrap(), before);
}
