//! What the README and `docs/` show is what the program prints: every block marked `console` is run on the example logs, page
//! by page. Links lead somewhere, and what is given as an event is read as one.

use std::path::Path;

use pipemine_testdata::Fleet;

use self::console::{Shown, compare, renewed, rewrite, shown};
use crate::harness::{Folder, pipemine};

mod console;

/// The width at which tables are shown.
const COLUMNS: &str = "100";

/// The pages, by their paths from the root: those in it and those in `docs/`, and others that have a place of their own.
fn pages() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    for folder in ["", "docs/", "testdata/", "packaging/"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                pages.push(folder.to_owned() + &name);
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The words of a command; what stands between apostrophes is one.
fn words(command: &str) -> Vec<&str> {
    let parts = command.split('\'').enumerate();
    let words = parts.flat_map(|(number, part)| {
        if number % 2 == 0 {
            part.split(' ').collect()
        } else {
            vec![part]
        }
    });
    words.filter(|word| !word.is_empty()).collect()
}

/// Every page is run in a folder of its own. Where `INSTA_UPDATE` is `always`, a page that shows something else is rewritten,
/// as insta rewrites snapshots.
#[test]
fn what_is_shown_is_printed() {
    let update = std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always");
    let logs = Fleet::example().logs().unwrap();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for name in pages() {
        let page = read(&name);
        let shown = shown(&page);
        if shown.is_empty() {
            continue;
        }
        tried += 1;
        let folder = Folder::new();
        logs.write(&folder.path("testdata/fleet")).unwrap();
        let mut outputs = Vec::new();
        for Shown { command, output, .. } in &shown {
            let printed = run(&folder, command, output);
            match compare(output, &printed) {
                Ok(()) => outputs.push(output.clone()),
                Err(difference) => {
                    wrong.push(format!("{name}: {command}\n{difference}"));
                    outputs.push(renewed(output, &printed));
                }
            }
        }
        let rewritten = rewrite(&page, &shown, &outputs);
        if update && rewritten != page {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(&name), rewritten).unwrap();
            eprintln!("{name} was rewritten");
        }
    }
    assert!(tried >= 2, "the README and the loop show something");
    assert!(
        update || wrong.is_empty(),
        "{}\n\nIf that is meant: INSTA_UPDATE=always cargo test --test it documents",
        wrong.join("\n\n")
    );
}

/// What a command of a page prints to its reader, on a terminal.
fn run(folder: &Folder, command: &str, shown: &str) -> String {
    match words(command).as_slice() {
        // A file that is shown before any command wrote it is one that the reader writes.
        ["cat", file] if !folder.path(file).exists() => {
            folder.write(file, format!("{shown}\n"));
            shown.to_owned()
        }
        ["cat", file] => folder.read(file),
        ["pipemine", args @ ..] => {
            let mut args = args.to_vec();
            if ["scan", "check", "diff"].contains(&args[0]) {
                args.extend(["--format", "table"]);
            }
            let run = folder.run_by(&args, pipemine().env("COLUMNS", COLUMNS)).exits(0);
            run.stderr().to_owned() + &run.stdout()
        }
        _ => panic!("a reader can only run pipemine and cat: {command}"),
    }
}

/// The anchors of a page, as GitHub makes them of its headings.
fn anchors(page: &str) -> Vec<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|heading| {
            let kept = heading.trim_start_matches('#').trim().to_lowercase();
            kept.chars()
                .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[test]
fn what_is_linked_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for name in pages() {
        let page = read(&name);
        for link in page.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            if link.starts_with("https://") {
                continue;
            }
            links += 1;
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = match target {
                "" => root.join(&name),
                _ => root.join(&name).parent().unwrap().join(target),
            };
            assert!(path.exists(), "{name} links to {link}");
            if !anchor.is_empty() {
                let there = anchors(&std::fs::read_to_string(path).unwrap());
                assert!(
                    there.iter().any(|heading| heading == anchor),
                    "{name} links to {link}: {there:?}"
                );
            }
        }
    }
    assert!(links > 40, "{links} links");
}

#[test]
fn every_page_is_in_the_index() {
    let index = read("docs/README.md");
    for page in pages() {
        if let Some(name) = page.strip_prefix("docs/").filter(|name| *name != "README.md") {
            assert!(index.contains(&format!("]({name})")), "docs/README.md lists no {name}");
        }
    }
}

/// What the page says that a tool exports holds one pipe event with all that makes evidence.
#[test]
fn an_export_that_is_shown_is_read() {
    let page = read("docs/getting-logs.md");
    let samples = |form: &str| -> Vec<String> {
        let fence = format!("```{form}\n");
        let blocks = page.split(&fence).skip(1);
        blocks
            .map(|block| block.split("\n```").next().unwrap().to_owned() + "\n")
            .collect()
    };
    let samples = [samples("json"), samples("csv"), samples("txt")].concat();
    assert_eq!(samples.len(), 7);
    for sample in samples {
        let folder = Folder::new();
        folder.write("export", &sample);
        let run = folder.run(&["scan", "export", "--format", "json"]).exits(0);
        // What differs from Sysmon's events is said.
        let is_defenders = sample.contains("NamedPipeEvent");
        assert_eq!(run.stderr().lines().count(), usize::from(is_defenders), "{run}");
        let json = run.json();
        assert_eq!(json["summary"]["hosts"], 1, "{sample}");
        let row = &json["pairs"][0];
        assert_eq!(row["pipe_name"], r"\example", "{sample}");
        let image = row["image"].as_str().unwrap();
        let is_image = image.eq_ignore_ascii_case(r"C:\Program Files\Example\agent.exe");
        assert!(is_image && (is_defenders || image.starts_with("C:")), "{sample}");
        assert_eq!((&row["count"], &row["days"]), (&1.into(), &1.into()), "{sample}");
    }
}

#[test]
fn what_the_guides_to_the_code_name_is_there() {
    let below = ["src/", "docs/", "tests/", "testdata/", "ci/", "spark/", "packaging/"];
    let mut paths = 0;
    for guide in ["CONTRIBUTING.md", "docs/architecture.md"] {
        let text = read(guide);
        let prose = text.split("```").step_by(2);
        let quoted = prose.flat_map(|prose| prose.split('`').skip(1).step_by(2));
        let is_path = |text: &&str| below.iter().any(|folder| text.starts_with(folder)) && !text.contains([' ', '\n']);
        for path in quoted.filter(is_path) {
            paths += 1;
            assert!(
                Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists(),
                "{guide}: there is no {path}"
            );
        }
    }
    assert!(paths > 100, "the guides name places: {paths}");
}
