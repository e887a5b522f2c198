//! A draft puts no Sigma rule to sleep, and says what it cannot look after.

use std::path::Path;

use pipemine::sigma::{blinded, load};
use pipemine::sysmon::Config;
use pipemine_testdata::Fleet;

use crate::harness::Folder;

/// The example logs, and rules for them: see `testdata/sigma`.
fn folder() -> Folder {
    let folder = Folder::new();
    let logs = Fleet::example().logs().unwrap();
    logs.write(&folder.path("fleet")).unwrap();
    folder
}

fn rules() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/sigma")
        .display()
        .to_string()
}

#[test]
fn no_rule_is_blinded_and_what_was_kept_for_one_says_so() {
    let (detections, problems) = load(Path::new(&rules()));
    assert_eq!(problems, []);
    let titles: Vec<&str> = detections.iter().map(|rule| &*rule.title).collect();
    let expected = [
        "Browser Pipe Of Another Shape",
        "Names Of Our Own Tools",
        "PowerShell Outside Its Hosts",
        "Services Controlled From Elsewhere",
    ];
    assert_eq!(titles, expected);
    let folder = folder();
    let args = [
        "draft",
        "fleet",
        "-q",
        "-o",
        "with.xml",
        "--explain",
        "why.json",
        "--sigma",
    ];
    folder.run(&[&args[..], &[&rules()]].concat()).exits(0).quietly();
    let blind = |name: &str| {
        let config = Config::load(folder.read(name).as_bytes()).unwrap();
        let found = blinded(&config, &config.engine(), &detections);
        let mut titles: Vec<String> = found.into_iter().map(|blinded| blinded.title).collect();
        titles.dedup();
        titles
    };
    assert_eq!(blind("with.xml"), [""; 0]);
    let why: serde_json::Value = serde_json::from_str(&folder.read("why.json")).unwrap();
    let kept = why["candidates"].as_array().unwrap().iter().filter(|candidate| {
        let reasons = candidate["reasons"].as_array().unwrap();
        reasons.iter().any(|reason| reason["guard"] == "sigma")
    });
    let kept: Vec<_> = kept.collect();
    assert!(
        kept.len() > 1 && kept.iter().all(|candidate| candidate["verdict"] == "keep"),
        "{kept:?}"
    );
}

#[test]
fn a_check_tells_which_rules_a_config_puts_to_sleep_and_by_what() {
    let folder = folder();
    folder.write(
        "names.xml",
        "<Sysmon schemaversion=\"4.50\"><EventFiltering><RuleGroup groupRelation=\"or\"><PipeEvent onmatch=\"exclude\">\n\
         <PipeName condition=\"is\">\\svcctl</PipeName>\n\
         <Image condition=\"is\">C:\\Windows\\explorer.exe</Image>\n\
         </PipeEvent></RuleGroup></EventFiltering></Sysmon>",
    );
    let check = |args: &[&str]| folder.run(&[&["check", "--config", "names.xml", "--sigma", &rules()], args].concat());
    let json = check(&["--format", "json"]).exits(0).json();
    assert_eq!(json["detections"], 4);
    let asleep: Vec<(String, u64, String)> = json["asleep"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            (text("detection"), row["line"].as_u64().unwrap(), text("pipe_name"))
        })
        .collect();
    let remote = ("Services Controlled From Elsewhere (8f7d8f6e)", 2, r"\svcctl");
    assert!(
        asleep.contains(&(remote.0.to_owned(), remote.1, remote.2.to_owned())),
        "{asleep:?}"
    );
    // A program whose every pipe is dropped hides whatever a rule waits for by name alone.
    assert!(
        asleep
            .iter()
            .any(|(rule, line, _)| rule.starts_with("Names Of Our Own Tools") && *line == 3)
    );
    let table = check(&["--format", "table"]).exits(0).stdout();
    assert!(table.contains("of 4 Sigma rules to sleep."), "{table}");
    check(&["--exit-code"]).exits(4);
    folder
        .run(&["draft", "fleet", "-q", "-o", "draft.xml", "--sigma", &rules()])
        .exits(0);
    let args = [
        "check",
        "--config",
        "draft.xml",
        "--sigma",
        &rules(),
        "--format",
        "table",
    ];
    let table = folder.run(&args).exits(0).stdout();
    assert!(table.contains("It puts none of 4 Sigma rules to sleep."), "{table}");
}

#[test]
fn what_cannot_be_read_ends_the_run_unless_it_is_skipped_by_name() {
    let folder = folder();
    let good =
        "title: Good\nlogsource:\n  category: pipe_created\ndetection:\n  s:\n    PipeName: '\\x'\n  condition: s\n";
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    folder.write("rules/good.yml", good).write(
        "rules/team/broken.yml",
        good.replace("condition: s", "condition: t").as_str(),
    );
    std::fs::write(folder.path("rules/team/wide.yml"), [&[0xFF, 0xFE][..], &utf16].concat()).unwrap();
    let draft = ["draft", "fleet", "-q", "-o", "x.xml", "--sigma", "rules"];
    let run = folder.run(&draft).exits(1).prints_nothing();
    for said in [
        "team/broken.yml:7: ",
        "team/wide.yml: this is no UTF-8",
        "--sigma-skip team/broken.yml",
    ] {
        assert!(run.stderr().contains(said), "{said}: {run}");
    }
    assert!(!folder.path("x.xml").exists());
    let one = [&draft[..], &["--sigma-skip", "team/broken.yml"]].concat();
    folder.run(&one).exits(1).prints_nothing();
    let both = [&one[..], &["--sigma-skip", "team/wide.yml"]].concat();
    folder.run(&both).exits(0);
    assert!(folder.read("x.xml").contains("</Sysmon>"));
    let misspelt = [&draft[..], &["--sigma-skip", "broken.yaml"]].concat();
    folder
        .run(&misspelt)
        .exits(1)
        .says("pipemine: broken.yaml: no file to skip below rules");
    // A check says as little of what it cannot read.
    folder
        .run(&["check", "--config", "x.xml", "--sigma", "rules"])
        .exits(1)
        .prints_nothing();
}

#[test]
fn a_rule_that_empties_the_draft_is_named() {
    let folder = folder();
    let rule = |asks: &str| {
        format!(
            "title: Hub\nid: 11111111-1111-4111-8111-111111111111\nlogsource:\n  category: pipe_created\ndetection:\n  s:\n    {asks}\n  condition: s\n"
        )
    };
    folder
        .write("rules/hub.yml", rule("PipeName|expand: '%hub%'").as_str())
        .write(
            "rules/other.yml",
            rule("PipeName: '\\never-seen'").replace("Hub", "Other").as_str(),
        );
    let draft = ["draft", "fleet", "-q", "-o", "x.xml", "--sigma", "rules"];
    let run = folder.run(&draft).exits(4);
    assert!(
        run.stderr()
            .contains("the Sigma rule Hub (11111111) (hub.yml:1) fires on "),
        "{run}"
    );
    assert!(!run.stderr().contains("Other"), "{run}");
    let skipped = [&draft[..], &["--sigma-skip", "hub.yml"]].concat();
    folder.run(&skipped).exits(0);
}

#[test]
fn a_folder_without_rules_for_pipes_is_a_mistake() {
    let folder = folder();
    folder.write("rules/readme.txt", "category: pipe_created");
    for (rules, why) in [
        ("rules", "no Sigma rule of category pipe_created"),
        ("missing", "missing: "),
    ] {
        let run = folder.run(&["draft", "fleet", "-q", "-o", "x.xml", "--sigma", rules]);
        run.exits(1).prints_nothing().says_in_one_line(&[why]);
    }
}

#[test]
fn a_rule_that_ends_before_it_says_what_it_is_for_is_told() {
    let folder = Folder::new();
    folder
        .write("rules/cut.yml", "title: [unclosed")
        .write("rules/half.yml", "title: x\nlogsource:\n  category: pipe_created\n")
        .write(
            "rules/other.yml",
            "title: [unclosed\nlogsource:\n  category: process_creation\n",
        )
        .write(
            "rules/filter.yml",
            "title: x\nlogsource:\n  category: pipe_created\nfilter:\n  rules: any\n",
        );
    let (rules, problems) = load(&folder.path("rules"));
    assert!(rules.is_empty());
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("cut.yml:2: this is no YAML"), "{told:?}");
    assert_eq!(told[1], "half.yml:1: it has no detection");
}
