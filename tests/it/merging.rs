//! Rules are merged into a config, in its place too, and all else of it stays byte for byte.

use pipemine_testdata::{Log, PipeEvent, Time};

use crate::harness::Folder;

const SVCHOST: &str = r"C:\Windows\System32\svchost.exe";

/// Two hosts that open a pipe which services open, and a config of the make of published ones: an include and an exclude
/// node, comments, tabs, both kinds of line ends, a mark, no line end at the end.
fn folder() -> Folder {
    let folder = Folder::new();
    for host in ["WS01", "WS02"] {
        let event = PipeEvent::connected(r"\wkssvc")
            .image(SVCHOST)
            .at(Time::utc(2025, 3, 3, 9, 0, 0));
        folder.write(&format!("logs/{host}.evtx"), Log::new(host).event(event).into_bytes());
    }
    folder.write("config.xml", CONFIG);
    folder
}

const CONFIG: &str = "\u{FEFF}<!-- NOTICE: ours. -->\r\n<Sysmon schemaversion=\"4.60\">\r\n\t<!--SYSMON META CONFIG-->\r\n\
\t<HashAlgorithms>md5,sha256,IMPHASH</HashAlgorithms> <!-- Both -->\r\n\t<CheckRevocation/>\n\t<EventFiltering>\r\n\
\t<RuleGroup name=\"\" groupRelation=\"or\">\r\n\t\t<ProcessCreate onmatch=\"exclude\">\r\n\
\t\t\t<Image condition=\"begin with\">C:\\Program Files &amp; more\\</Image>\r\n\t\t</ProcessCreate>\r\n\t</RuleGroup>\r\n\
\t<RuleGroup name=\"\" groupRelation=\"or\">\r\n\t\t<PipeEvent onmatch=\"include\">\r\n\
\t\t\t<PipeName condition=\"contains\">\\</PipeName>\r\n\t\t</PipeEvent>\r\n\
\t\t<PipeEvent onmatch=\"exclude\">\r\n\t\t\t<EventId condition=\"is\">1</EventId>\r\n\t\t</PipeEvent>\r\n\
\t</RuleGroup>\r\n\t</EventFiltering>\r\n</Sysmon>";

fn config() -> String {
    CONFIG.replace(
        "\t\t\t<EventId condition=\"is\">1</EventId>\r\n",
        "\t\t\t<!-- by hand -->\r\n\t\t\t<PipeName>\\ours</PipeName>\r\n",
    )
}

#[test]
fn the_result_may_take_the_configs_place_and_a_second_time_changes_no_byte() {
    let folder = folder();
    folder.write("config.xml", config());
    let merge = ["draft", "logs", "--config", "config.xml", "-o", "config.xml"];
    let run = folder.run(&merge).exits(0).prints_nothing();
    let said = "pipemine: config.xml: 1 rule added; of 2 events it drops 2 (before: 0); 0 candidates it dropped already; \
                0 candidates for a person to decide\n";
    assert!(run.stderr().starts_with(said), "{run}");
    let merged = folder.read("config.xml");
    let before = config();
    let (head, tail) = before.split_at(before.rfind("\t\t</PipeEvent>").unwrap());
    let added = merged.strip_prefix(head).unwrap().strip_suffix(tail).unwrap();
    assert!(added.starts_with("\t\t\t<!-- pipemine:"), "{added}");
    assert!(
        added.ends_with("\t\t\t\t<PipeName condition=\"is\">\\wkssvc</PipeName>\r\n\t\t\t</Rule>\r\n"),
        "{added}"
    );
    assert_eq!(added.matches('\n').count(), added.matches("\r\n").count());
    folder.run(&merge).exits(0);
    assert_eq!(folder.read("config.xml"), merged);
    // Without -o it goes to standard output.
    assert_eq!(folder.run(&merge[..4]).exits(0).stdout(), merged);
}

#[test]
fn what_cannot_be_merged_into_is_left_as_it_is_with_the_reason() {
    let folder = folder();
    for (config, parts) in [
        (CONFIG.to_owned(), ["config.xml: line 17", "EventId"]),
        (
            "<Sysmon schemaversion=\"4.50\">\n<EventFiltering></Sysmon>".to_owned(),
            ["config.xml: line 2", "well-formed"],
        ),
        (
            config().replace("<PipeEvent onmatch=\"exclude\">", "<PipeEvent>"),
            ["config.xml: line 16", "neither, so Sysmon passes over it"],
        ),
        (
            config().replace("\"include\">", "\"exclude\">"),
            [
                "2 exclude nodes for pipe events (lines 13, 16)",
                "drops every pipe event",
            ],
        ),
    ] {
        folder.write("config.xml", &config);
        let run = folder
            .run(&["draft", "logs", "--config", "config.xml", "-o", "config.xml"])
            .exits(1);
        run.prints_nothing().says_in_one_line(&parts);
        assert_eq!(folder.read("config.xml"), config);
    }
}

#[test]
fn an_explanation_does_not_take_the_configs_place() {
    let folder = folder();
    folder.write("config.xml", config());
    let args = [
        "draft",
        "logs",
        "--config",
        "config.xml",
        "-o",
        "new.xml",
        "--explain",
        "config.xml",
    ];
    let run = folder.run(&args).exits(1);
    assert!(run.stderr().contains("would be overwritten"), "{run}");
    assert_eq!(folder.read("config.xml"), config());
}

#[test]
fn a_stale_rule_is_told_in_the_explanation_and_taken_out_when_asked() {
    let folder = folder();
    folder.write("config.xml", config());
    folder
        .run(&["draft", "logs", "--config", "config.xml", "-o", "config.xml"])
        .exits(0);
    folder.write("decisions.txt", format!("keep\tany\t\\wkssvc\t{SVCHOST}\tlook again\n"));
    let prune = |how| {
        let args = [
            "draft",
            "logs",
            "--config",
            "config.xml",
            "--decisions",
            "decisions.txt",
            "--explain",
            "why.md",
        ];
        folder.run(&[&args[..], &[how, "-o", "config.xml"]].concat()).exits(0)
    };
    let merged = folder.read("config.xml");
    let told = prune("--prune");
    assert!(
        told.stderr()
            .contains("line 20: no longer borne out (Windows: 2 events, 2 hosts"),
        "{told}"
    );
    assert!(folder.read("why.md").contains("line 20: no longer borne out"));
    assert_eq!(folder.read("config.xml"), merged);
    assert!(prune("--prune=apply").stderr().contains("line 20: taken out"));
    assert_eq!(folder.read("config.xml"), config());
    folder.run(&["draft", "logs", "--prune"]).exits(2);
    folder
        .run(&["draft", "logs", "--config", "config.xml", "--schema", "4.90"])
        .exits(2);
}

/// The rule for one shape of a browser's names drops what another candidate, whose own rule is beyond the limit, is made of.
#[test]
fn of_few_rules_each_drops_its_own_names_and_none_of_those_that_were_not_written() {
    let folder = Folder::new();
    for (host, nth) in [("WS01", 1u32), ("WS02", 2), ("WS03", 3)] {
        let mut log = Log::new(host);
        for i in 0..6 {
            let pid = 4200 + 4 * (10 * nth + i);
            let at = Time::utc(2025, 3, 3, 9, i64::from(i), 0);
            let edge = r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe";
            let own = PipeEvent::created(format!(
                r"\LOCAL\mojo.{pid}.{}.{}",
                1000 + i,
                987_654_321 + u64::from(pid)
            ));
            let manager = format!(
                r"\LOCAL\mojo.external_task_manager_{}",
                10_053_603_347_891 + u64::from(pid)
            );
            log = log.event(own.pid(pid).image(edge).at(at));
            if i == 0 {
                log = log.event(PipeEvent::created(manager).pid(pid).image(edge).at(at.plus_millis(5)));
            }
        }
        folder.write(&format!("logs/{host}.evtx"), log.into_bytes());
    }
    folder.write("config.xml", config());
    let merge = |limit: &str| {
        let run = folder.run(&[
            "draft",
            "logs",
            "--config",
            "config.xml",
            "-o",
            "new.xml",
            "--max-rules",
            limit,
        ]);
        run.exits(0).stderr().to_owned()
    };
    let (one, all) = (merge("1"), merge("9"));
    assert!(
        one.contains("config.xml: 1 rule added; of 21 events it drops 18"),
        "{one}"
    );
    assert!(all.contains("of 21 events it drops 21"), "{all}");
}
