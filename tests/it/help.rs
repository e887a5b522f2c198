//! What `--help` says: a change of it is a change of what users are told, and is looked at as one.
//!
//! The commands are taken from the help itself, so that a new one cannot be forgotten. After a change,
//! `INSTA_UPDATE=always cargo test --test it help` writes the new texts to `snapshots/`: look at the difference.

use crate::harness::Folder;

fn help(args: &[&str]) -> String {
    let run = Folder::new().run(args).exits(0).quietly();
    // Windows names the program by its file.
    run.stdout().replace("pipemine.exe", "pipemine")
}

/// The names in the block `Commands:`.
fn commands(help: &str) -> Vec<&str> {
    let block = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = block
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .map(|line| line.split_whitespace().next().unwrap())
        .filter(|name| *name != "help")
        .collect()
}

#[test]
fn of_the_program_and_of_each_command() {
    let whole = help(&["--help"]);
    insta::assert_snapshot!("help", whole);
    let commands = commands(&whole);
    assert!(
        commands.contains(&"scan") && commands.contains(&"collect"),
        "{commands:?}"
    );
    for command in commands {
        insta::assert_snapshot!(format!("help_{command}"), help(&[command, "--help"]));
    }
}

#[test]
fn every_command_that_reads_sources_shows_examples() {
    for command in commands(&help(&["--help"])) {
        let text = help(&[command, "--help"]);
        if text.contains("SOURCE") {
            assert!(text.contains(&format!("Examples:\n  pipemine {command} ")), "{text}");
        }
    }
}

#[test]
fn no_line_is_wider_than_a_terminal_of_100_columns() {
    let whole = help(&["--help"]);
    for command in commands(&whole) {
        for line in help(&[command, "--help"]).lines().chain(whole.lines()) {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
    }
}
