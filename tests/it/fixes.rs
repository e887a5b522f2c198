//! `check --fix`: what is found in small configs, and what is left after the fixes.

use std::path::Path;

use crate::harness::Folder;

/// Each config with the codes that `check` must give, and those that are left after `--fix --unsafe`.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("and-node-of-two-fields", &[], &[]),
    ("catch-all-before-names", &["masked-name"], &[]),
    ("contains-pipe", &["pipe-word"], &["pipe-word"]),
    (
        "empty-include-beside-exclude",
        &["empty-include", "exclude-and-include"],
        &[],
    ),
    ("excludes-by-or-in-an-include", &["only-negations"], &[]),
    ("list-in-and-rule", &["list-in-plain-condition"], &[]),
    ("list-in-and-rule.mended", &["contradiction"], &[]),
    ("never-contains-and-excludes", &["contradiction"], &["contradiction"]),
    ("never-list-and-prefix", &["contradiction"], &["contradiction"]),
    (
        "never-prefix-and-not-prefix",
        &["contradiction", "condition-after-schema"],
        &["contradiction"],
    ),
    ("never-two-endings", &["contradiction"], &["image-only"]),
    ("quotes-in-a-pipe-name", &[], &[]),
    (
        "two-negations-cancel",
        &["cancelled-negation", "cancelled-negation"],
        &[],
    ),
];

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/lint")
        .join(format!("{name}.xml"));
    std::fs::read_to_string(path).unwrap()
}

/// The codes that are found in `config.xml`.
fn codes(folder: &Folder) -> Vec<String> {
    let json = folder
        .run(&["check", "--config", "config.xml", "--format", "json"])
        .exits(0)
        .json();
    let codes = json["findings"].as_array().unwrap().iter();
    codes
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_found_is_gone_after_the_fix_and_what_has_none_is_left() {
    for (name, found, left) in CASES {
        let folder = Folder::new();
        folder.write("config.xml", text(name));
        assert_eq!(codes(&folder), *found, "{name}");
        folder
            .run(&["check", "--config", "config.xml", "--fix", "--unsafe"])
            .exits(0);
        let after = codes(&folder);
        let is_expected = |code: &String| left.contains(&code.as_str());
        assert!(
            after.iter().all(|code| is_expected(code) || code == "image-by-name"),
            "{name}: {after:?}"
        );
    }
}

#[test]
fn without_unsafe_nothing_that_drops_more_is_written_and_a_diff_writes_nothing() {
    let folder = Folder::new();
    let before = text("list-in-and-rule");
    folder.write("config.xml", &before);
    folder.run(&["check", "--config", "config.xml", "--fix"]).exits(0);
    assert_eq!(folder.read("config.xml"), before);
    let diff = folder
        .run(&["check", "--config", "config.xml", "--diff", "--unsafe"])
        .exits(0)
        .quietly()
        .stdout();
    assert!(
        diff.contains(
            "\n-          <PipeName condition=\"begin with\">\\acme.ipc.;\\acme_crash_;\\acmeuv\\</PipeName>"
        ),
        "{diff}"
    );
    assert_eq!(
        diff.matches("\n+          <PipeName condition=\"begin with\">").count(),
        3,
        "{diff}"
    );
    assert_eq!(folder.read("config.xml"), before);
}

#[test]
fn an_accepted_finding_is_listed_and_fails_no_run_and_an_unused_acceptance_is_told() {
    let folder = Folder::new();
    let accepted = text("contains-pipe").replace(
        "<PipeName",
        "<!-- pipemine: accept pipe-word ours are called so --><PipeName",
    );
    folder.write("config.xml", &accepted);
    let args = ["check", "--config", "config.xml", "--format", "json", "--exit-code"];
    let json = folder.run(&args).exits(0).json();
    assert_eq!(json["findings"].as_array().unwrap().len(), 0, "{json}");
    assert_eq!(json["accepted"][0]["code"], "pipe-word");
    folder.write("config.xml", accepted.replace("accept pipe-word", "accept wildcard"));
    let json = folder.run(&args).exits(4).json();
    let codes: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["unused-acceptance", "pipe-word"], "{json}");
    let only = [&args[..], &["--only", "pipe-word"]].concat();
    assert_eq!(
        folder.run(&only).exits(4).json()["findings"].as_array().unwrap().len(),
        1
    );
    let ignored = [&args[..], &["--ignore", "pipe-word", "--ignore", "unused-acceptance"]].concat();
    folder.run(&ignored).exits(0);
}

#[test]
fn a_release_that_takes_and_for_or_is_named() {
    let folder = Folder::new();
    folder.write("config.xml", text("two-negations-cancel"));
    let found = |version: &str| {
        let args = [
            "check",
            "--config",
            "config.xml",
            "--format",
            "csv",
            "--sysmon-version",
            version,
        ];
        folder.run(&args).exits(0).stdout().contains("flawed-release")
    };
    assert!(found("13.10") && found("13.20") && !found("13.22") && !found("13.02"));
}
