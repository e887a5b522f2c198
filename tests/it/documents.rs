//! What the README and `docs/` show is what the program prints: every block marked `console` is run on the example logs, page
//! by page. Links lead somewhere, and what is given as an event is read as one.

use std::path::Path;

use pipemine_testdata::Fleet;

use crate::harness::{Folder, pipemine};

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

/// Where a line says this, any number of lines is left out.
const LEFT_OUT: &str = "[…]";

/// The commands in blocks marked `console`, each with what it is said to print.
fn shown(page: &str) -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for block in page.split("```console\n").skip(1) {
        let block = block.split("\n```").next().unwrap();
        for run in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, output) = run.split_once('\n').unwrap_or((run, ""));
            shown.push((command.to_owned(), output.to_owned()));
        }
    }
    shown
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

/// Asserts that all that is shown is printed, in this order, and nothing else where nothing is left out.
fn compare(command: &str, expected: &str, printed: &str) {
    let pieces: Vec<Vec<&str>> = expected
        .trim_end()
        .lines()
        .collect::<Vec<_>>()
        .split(|line| line.trim() == LEFT_OUT)
        .map(Vec::from)
        .collect();
    let [whole] = pieces.as_slice() else {
        let lines: Vec<&str> = printed.lines().collect();
        let mut rest = lines.as_slice();
        for (number, piece) in pieces.iter().enumerate().filter(|(_, piece)| !piece.is_empty()) {
            let found = rest.windows(piece.len()).position(|window| window == piece);
            let at = found.unwrap_or_else(|| panic!("{command} prints no\n{}\nin\n{printed}", piece.join("\n")));
            assert!(number > 0 || at == 0, "{command} begins in another way:\n{printed}");
            rest = &rest[at + piece.len()..];
        }
        assert!(
            pieces.last().unwrap().is_empty() || rest.is_empty(),
            "{command} goes on:\n{}",
            rest.join("\n")
        );
        return;
    };
    assert_eq!(printed.trim_end(), whole.join("\n"), "\n{command}");
}

#[test]
fn what_is_shown_is_printed() {
    let logs = Fleet::example().logs().unwrap();
    let shown: Vec<_> = pages()
        .iter()
        .map(|page| shown(&read(page)))
        .filter(|shown| !shown.is_empty())
        .collect();
    assert!(shown.len() >= 2, "the README and the loop show something");
    for shown in shown {
        let folder = Folder::new();
        logs.write(&folder.path("testdata/fleet")).unwrap();
        run_all(&folder, shown);
    }
}

/// What one page shows, as its reader would do it: one command after another.
fn run_all(folder: &Folder, shown: Vec<(String, String)>) {
    for (command, expected) in shown {
        let words = words(&command);
        let printed = match words.as_slice() {
            // A file that is shown before any command wrote it is one that the reader writes.
            ["cat", file] if !folder.path(file).exists() => {
                folder.write(file, &expected);
                continue;
            }
            ["cat", file] => folder.read(file),
            ["pipemine", args @ ..] => {
                let mut args = args.to_vec();
                if ["scan", "check", "diff"].contains(&args[0]) {
                    // As on a terminal.
                    args.extend(["--format", "table"]);
                }
                let run = folder.run_by(&args, pipemine().env("COLUMNS", COLUMNS)).exits(0);
                run.stderr().to_owned() + &run.stdout()
            }
            _ => panic!("a reader can only run pipemine and cat: {command}"),
        };
        compare(&command, &expected, &printed);
    }
}

#[test]
fn what_a_page_leaves_out_is_no_licence() {
    let printed = "a\nb\nc\nd";
    compare("x", "a\n[…]\nc\nd", printed);
    compare("x", "[…]\nb\n[…]", printed);
    for wrong in ["b\n[…]", "a\n[…]\nc", "[…]\nc\n[…]\nb\n[…]", "a\nb"] {
        assert!(
            std::panic::catch_unwind(|| compare("x", wrong, printed)).is_err(),
            "{wrong}"
        );
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
    let samples: Vec<&str> = page
        .split("```json\n")
        .skip(1)
        .map(|block| block.split("\n```").next().unwrap())
        .collect();
    assert_eq!(samples.len(), 3);
    for sample in samples {
        let folder = Folder::new();
        folder.write("export", sample);
        let run = folder.run(&["scan", "export", "--format", "json"]).exits(0).quietly();
        let json = run.json();
        assert_eq!(json["summary"]["hosts"], 1, "{sample}");
        let row = &json["pairs"][0];
        assert_eq!(row["pipe_name"], r"\example", "{sample}");
        assert_eq!(row["image"], r"C:\Program Files\Example\agent.exe", "{sample}");
        assert_eq!((&row["count"], &row["days"]), (&1.into(), &1.into()), "{sample}");
    }
}

#[test]
fn what_the_guide_to_the_code_names_is_there() {
    let guide = read("CONTRIBUTING.md");
    let quoted = guide.split('`').skip(1).step_by(2);
    let paths: Vec<&str> = quoted
        .filter(|text| text.starts_with("src/") || text.starts_with("tests/") || text.starts_with("testdata/"))
        .collect();
    assert!(paths.len() > 10, "the guide names places: {paths:?}");
    for path in paths {
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists(),
            "there is no {path}"
        );
    }
}
