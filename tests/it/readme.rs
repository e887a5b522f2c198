//! What the README shows is what the program prints: every block marked `console` is run on the example logs.

use std::path::Path;

use pipemine_testdata::Fleet;

use crate::harness::{Folder, pipemine};

/// The width at which the README's tables are shown.
const COLUMNS: &str = "100";

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Where a line says this, any number of lines is left out.
const LEFT_OUT: &str = "[…]";

/// The commands in blocks marked `console`, each with what it is said to print.
fn shown(readme: &str) -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for block in readme.split("```console\n").skip(1) {
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
    let folder = Folder::new();
    let logs = Fleet::example().logs().unwrap();
    logs.write(&folder.path("testdata/fleet")).unwrap();
    let shown = shown(&read("README.md"));
    assert!(!shown.is_empty(), "the README shows something");
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
fn what_the_readme_leaves_out_is_no_licence() {
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

#[test]
fn what_is_linked_is_there() {
    for name in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        for link in read(name).split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.starts_with("https://") {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(target);
                assert!(path.exists(), "{name} links to {target}");
            }
        }
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
