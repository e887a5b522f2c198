//! What the README shows is what the program prints: every block marked `console` is run on the example logs.

use std::path::Path;

use pipemine_testdata::Fleet;

use crate::harness::{Folder, pipemine};

/// The width at which the README's tables are shown.
const COLUMNS: &str = "100";

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The commands in blocks marked `console`, each with what it is said to print.
fn shown(readme: &str) -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for run in block.split("$ pipemine ").skip(1) {
            let (command, output) = run.split_once('\n').unwrap();
            shown.push((command.to_owned(), output.to_owned()));
        }
    }
    shown
}

#[test]
fn what_is_shown_is_printed() {
    let folder = Folder::new();
    let logs = Fleet::example().logs().unwrap();
    logs.write(&folder.path("testdata/fleet")).unwrap();
    let shown = shown(&read("README.md"));
    assert!(!shown.is_empty(), "the README shows something");
    for (command, expected) in shown {
        let mut args: Vec<&str> = command.split(' ').collect();
        if args[0] == "scan" && !args.contains(&"--format") {
            // As on a terminal.
            args.extend(["--format", "table"]);
        }
        let mut program = pipemine();
        let run = folder.run_by(&args, program.env("COLUMNS", COLUMNS)).exits(0).quietly();
        assert_eq!(run.stdout().trim_end(), expected.trim_end(), "\npipemine {command}");
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
