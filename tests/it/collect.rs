//! The config of the first step logs every pipe event and nothing else, in every schema from 4.22 on; that of known-bad
//! names logs these and no benign ones.

use insta::assert_snapshot;
use pipemine::event::Kind;
use pipemine::knowledge::{Knowledge, List, Pattern, WitnessKind};
use pipemine::sysmon::{Config, Engine, Event, Item};
use roxmltree::Document;

use crate::harness::{Folder, real_logs};

#[test]
fn one_pipe_node_that_excludes_nothing() {
    for schema in ["4.22", "4.50", "4.90"] {
        let text = Folder::new()
            .run(&["collect", "--schema", schema])
            .exits(0)
            .quietly()
            .stdout();
        let document = Document::parse(&text).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name("Sysmon"));
        assert_eq!(root.attribute("schemaversion"), Some(schema));
        let filtering: Vec<_> = root.children().filter(|node| node.is_element()).collect();
        assert!(filtering.len() == 1 && filtering[0].has_tag_name("EventFiltering"));
        let events = || filtering[0].children().filter(|node| node.is_element());
        let pipes: Vec<_> = events().filter(|node| node.has_tag_name("PipeEvent")).collect();
        // Two exclude nodes would silence everything.
        assert_eq!(pipes.len(), 1, "{text}");
        assert_eq!(pipes[0].attribute("onmatch"), Some("exclude"));
        // Any other node includes nothing: it switches off what Sysmon logs by default.
        for event in events().filter(|node| !node.has_tag_name("PipeEvent")) {
            assert_eq!(event.attribute("onmatch"), Some("include"), "{text}");
        }
        for event in events() {
            assert!(!event.has_children() && event.attributes().len() == 1, "{text}");
        }
    }
}

#[test]
fn to_the_byte() {
    let run = Folder::new().run(&["collect"]).exits(0).quietly();
    assert_snapshot!(run.stdout(), @r#"
    <!-- Logs every named pipe that is created (EventID 17) or connected to (EventID 18), and nothing else.
         For a few hosts and some days: a busy host writes many thousand of these events a day.
         Install or update, as administrator: sysmon -c collect.xml -->
    <Sysmon schemaversion="4.22">
      <EventFiltering>
        <PipeEvent onmatch="exclude"/>
        <ProcessCreate onmatch="include"/>
        <FileCreateTime onmatch="include"/>
        <ProcessTerminate onmatch="include"/>
        <DriverLoad onmatch="include"/>
      </EventFiltering>
    </Sysmon>
    "#);
}

#[test]
fn into_a_file() {
    let folder = Folder::new();
    folder
        .run(&["collect", "-o", "collect.xml"])
        .exits(0)
        .quietly()
        .prints_nothing();
    assert_eq!(folder.read("collect.xml"), folder.run(&["collect"]).stdout());
}

#[test]
fn a_schema_that_is_none_or_too_old_is_refused() {
    for schema in ["4.21", "4.51", "new"] {
        let run = Folder::new().run(&["collect", "--schema", schema]);
        let run = run.exits(2).prints_nothing();
        assert!(run.stderr().contains("from 4.22 to 4.91"), "{schema}");
    }
}

/// The schemas in which conditions came, and the newest.
const SCHEMAS: [&str; 5] = ["4.22", "4.23", "4.31", "4.70", "4.90"];

fn known_bad(schema: &str) -> Engine {
    let run = Folder::new().run(&["collect", "--known-bad", "--schema", schema]);
    let text = run.exits(0).quietly().stdout();
    let config = Config::load(text.as_bytes()).unwrap();
    assert_eq!(config.schema().to_string(), schema);
    for filter in config
        .nodes()
        .iter()
        .flat_map(|node| &node.items)
        .flat_map(Item::filters)
    {
        assert!(filter.condition.since() <= config.schema(), "{schema}: {filter:?}");
    }
    config.engine()
}

fn logs(engine: &Engine, kind: Kind, pipe_name: &str, image: &str) -> bool {
    let event = Event {
        event_type: kind.event_type(),
        pipe_name,
        image,
        user: "",
    };
    engine.verdict(&event).logged
}

#[test]
fn known_bad_logs_all_that_is_known_to_be_bad() {
    let witnesses = Knowledge::builtin().attack_witnesses();
    for schema in SCHEMAS {
        let engine = known_bad(schema);
        let bad = witnesses.iter().filter(|witness| witness.kind == WitnessKind::KnownBad);
        let mut count = 0;
        for witness in bad {
            let logged = logs(&engine, witness.event, &witness.pipe_name, witness.image);
            assert!(logged, "{schema}: {witness:?}");
            count += 1;
        }
        assert!(count > 1_000, "there is something to log: {count}");
    }
}

#[test]
fn known_bad_names_the_tool() {
    let engine = known_bad("4.90");
    for (name, image, tool) in [
        (r"\PSEXESVC-WS01-1234-stdin", "System", "PsExec"),
        (r"\gruntsvc", r"C:\x.exe", "Covenant's default"),
        (
            r"\wkssvc7f",
            r"C:\Windows\System32\svchost.exe",
            "Cobalt Strike profile",
        ),
        (r"\LOCAL\gruntsvc", r"C:\x.exe", "Covenant's default"),
        (
            r"\LOCAL\postex_ab12",
            r"C:\x.exe",
            "Cobalt Strike's post-exploitation jobs",
        ),
    ] {
        let event = Event {
            event_type: "CreatePipe",
            pipe_name: name,
            image,
            user: "",
        };
        assert_eq!(engine.verdict(&event).rule_name, Some(tool), "{name}");
    }
}

#[test]
fn known_bad_logs_no_pipe_of_windows_and_no_host_of_powershell() {
    let knowledge = Knowledge::builtin();
    for schema in SCHEMAS {
        let engine = known_bad(schema);
        let well_known = knowledge.list().filter(|entry| entry.list == List::WellKnown);
        for (name, entry) in
            well_known.flat_map(|entry| entry.pattern.examples().into_iter().map(move |name| (name, entry)))
        {
            for owner in entry.owners.iter().flat_map(Pattern::examples) {
                assert!(
                    !logs(&engine, Kind::Created, &name, &owner),
                    "{schema}: {name} of {owner}"
                );
                assert!(!logs(&engine, Kind::Connected, &name, "System"), "{schema}: {name}");
            }
        }
        let hosts = knowledge
            .list()
            .filter(|entry| entry.group.as_deref() == Some("powershell"));
        for host in hosts.filter(|host| host.pattern.outlines().iter().all(|outline| outline.is_exact)) {
            let name = r"\PSHost.132398639893402046.6536.DefaultAppDomain.powershell";
            for image in host.pattern.examples() {
                assert!(!logs(&engine, Kind::Created, name, &image), "{schema}: {image}");
            }
        }
    }
}

#[test]
fn known_bad_logs_no_benign_event_of_real_logs() {
    let (Some(events), Some(labels)) = (real_logs("pipe-events.jsonl"), real_logs("pipe-events.labels.tsv")) else {
        return;
    };
    let (events, labels) = (
        std::fs::read_to_string(events).unwrap(),
        std::fs::read_to_string(labels).unwrap(),
    );
    let (oldest, newest) = (known_bad("4.22"), known_bad("4.90"));
    let mut benign = 0;
    for (line, _) in events
        .lines()
        .zip(labels.lines())
        .filter(|(_, label)| label.starts_with("benign"))
    {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |member: &str| event[member].as_str().unwrap_or_default();
        let kind = if event["EventID"] == 17 {
            Kind::Created
        } else {
            Kind::Connected
        };
        for engine in [&oldest, &newest] {
            assert!(!logs(engine, kind, text("PipeName"), text("Image")), "{line}");
        }
        benign += 1;
    }
    assert!(benign > 2_000, "{benign} benign events");
}

#[test]
fn known_bad_takes_a_file_of_ones_own() {
    let folder = Folder::new();
    folder.write(
        "ours.tsv",
        "known-bad\t\\red-team;<digits>\tred team: pipe & co\texercise <1>\nknown-bad\t\\abc<x|y>d\tchoice\tours\n",
    );
    let text = folder
        .run(&["collect", "--known-bad", "--knowledge", "ours.tsv"])
        .exits(0)
        .quietly()
        .stdout();
    let engine = Config::load(text.as_bytes()).unwrap().engine();
    for (name, logged) in [
        (r"\red-team;7", true),
        (r"\red-team;", false),
        (r"\abcxd", true),
        (r"\abcyd", true),
        (r"\abczd", false),
    ] {
        assert_eq!(logs(&engine, Kind::Created, name, r"C:\x.exe"), logged, "{name}");
    }
    folder.write("wrong.tsv", "# ours\nknown-bad\t\\a\n");
    folder
        .run(&["collect", "--known-bad", "--knowledge", "wrong.tsv"])
        .exits(1)
        .prints_nothing()
        .says_in_one_line(&["wrong.tsv: line 2: ", "is missing"]);
    folder
        .run(&["collect", "--knowledge", "ours.tsv"])
        .exits(2)
        .prints_nothing();
}
