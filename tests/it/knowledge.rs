//! What is known is listed with its sources, and a file of one's own adds to it.

use crate::harness::Folder;

#[test]
fn every_entry_names_its_source() {
    let json = Folder::new()
        .run(&["knowledge", "--format", "json"])
        .exits(0)
        .quietly()
        .json();
    let entries = json["entries"].as_array().unwrap();
    assert!(entries.len() > 500, "{}", entries.len());
    for entry in entries {
        for member in ["list", "pattern", "what", "source"] {
            assert!(!entry[member].as_str().unwrap().is_empty(), "{entry}");
        }
    }
}

#[test]
fn one_list_and_a_file_of_ones_own() {
    let folder = Folder::new();
    folder.write(
        "ours.tsv",
        "# Ours.\nhost\tD:\\tools\\ps.exe\tour PowerShell\tours\tof=powershell\n",
    );
    let args = ["knowledge", "--list", "host", "--knowledge", "ours.tsv"];
    let text = folder.run(&args).exits(0).quietly().stdout();
    let last = text.lines().last().unwrap();
    assert_eq!(last, r"host,D:\tools\ps.exe,our PowerShell,ours,of=powershell");
    assert!(text.lines().skip(1).all(|line| line.starts_with("host,")), "{text}");
}

#[test]
fn a_line_that_cannot_be_used_is_named() {
    let folder = Folder::new();
    folder.write("ours.tsv", "# Ours.\n\nbait\t<*>\tall\tours\n");
    folder
        .run(&["knowledge", "--knowledge", "ours.tsv"])
        .exits(1)
        .prints_nothing()
        .says_in_one_line(&["ours.tsv: line 3: "]);
    folder.run(&["knowledge", "--list", "good"]).exits(2).prints_nothing();
}

/// The examples in the documentation are read as they stand there.
#[test]
fn what_the_documentation_shows_can_be_used() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/knowledge.md")).unwrap();
    let block = text.split("```tsv\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = Folder::new();
    folder.write("shown.tsv", block);
    let before = folder.run(&["knowledge", "--format", "csv"]).stdout().lines().count();
    let run = folder
        .run(&["knowledge", "--format", "csv", "--knowledge", "shown.tsv"])
        .exits(0)
        .quietly();
    let entries = block
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .count();
    assert!(entries > 3);
    assert_eq!(run.stdout().lines().count(), before + entries);
    for list in pipemine::knowledge::List::ALL {
        assert!(
            text.contains(&format!("| `{list}` |")),
            "docs/knowledge.md has no line for {list}"
        );
    }
}
