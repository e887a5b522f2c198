//! What `check` tells of a config: to the byte on a small log, and in its exit codes.

use insta::assert_snapshot;
use pipemine::sysmon::lint;
use pipemine_testdata::{Log, PipeEvent, Time};

use crate::harness::{Folder, NAMES_ALONE, Run, pipemine, real_logs};

const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
const PAYLOAD: &str = r"C:\Users\alice\Downloads\payload.exe";
const SVCHOST: &str = r"C:\Windows\System32\svchost.exe";

/// A filter list as guides print them, with their mistakes.
const GUIDE: &str = r#"<Sysmon schemaversion="4.50">
  <EventFiltering>
    <RuleGroup name="" groupRelation="or">
      <PipeEvent onmatch="exclude">
        <PipeName condition="is">\lsass</PipeName>
        <PipeName condition="is">wkssvc</PipeName>
        <PipeName condition="begin with">\crashpad_;\mojo.</PipeName>
        <Rule name="spooler" groupRelation="and">
          <PipeName condition="is">\wkssvc</PipeName>
          <Image condition="is">C:\Windows\System32\spoolsv.exe</Image>
        </Rule>
        <Rule groupRelation="or">
          <PipeName condition="contains">lsass</PipeName>
          <Image condition="is">Program Files\Vendor\agent.exe</Image>
        </Rule>
      </PipeEvent>
    </RuleGroup>
  </EventFiltering>
</Sysmon>
"#;

/// Drops Chrome's own pipes and nothing else.
const PAIRS: &str = r#"<Sysmon schemaversion="4.50">
  <EventFiltering>
    <RuleGroup name="" groupRelation="or">
      <PipeEvent onmatch="exclude">
        <Rule groupRelation="and">
          <PipeName condition="begin with">\mojo.4711.</PipeName>
          <Image condition="is">C:\Program Files\Google\Chrome\Application\chrome.exe</Image>
        </Rule>
      </PipeEvent>
    </RuleGroup>
  </EventFiltering>
</Sysmon>
"#;

fn folder() -> Folder {
    let at = |minute| Time::utc(2025, 3, 3, 8, minute, 0);
    let mut log = Log::new("WS01.corp.example");
    for minute in 0..3 {
        log = log.event(
            PipeEvent::created(r"\mojo.4711.8052.1838")
                .image(CHROME)
                .pid(4711)
                .at(at(minute)),
        );
    }
    let log = log
        .event(
            PipeEvent::connected(r"\lsass")
                .image(PAYLOAD)
                .user(r"CORP\alice")
                .at(at(10)),
        )
        .event(
            PipeEvent::connected(r"\lsass")
                .image(PAYLOAD)
                .user(r"CORP\alice")
                .at(at(11)),
        )
        .event(
            PipeEvent::created(r"\lsass")
                .image(r"C:\Windows\System32\lsass.exe")
                .at(at(12)),
        )
        .event(PipeEvent::connected(r"\wkssvc").image(SVCHOST).at(at(13)))
        .event(PipeEvent::connected(r"\wkssvc").image(SVCHOST).at(at(14)))
        .event(
            PipeEvent::connected(r"\wkssvc")
                .image(r"C:\Windows\System32\mmc.exe")
                .at(at(15)),
        );
    let folder = Folder::with("log.evtx", log);
    folder.write("guide.xml", GUIDE).write("pairs.xml", PAIRS);
    folder
}

fn check(config: &str, args: &[&str]) -> Run {
    let args = [&["check", "--config", config], args].concat();
    folder().run_by(&args, pipemine().env("COLUMNS", "80"))
}

fn printed(config: &str, args: &[&str]) -> String {
    check(config, args).exits(0).quietly().stdout()
}

/// A table without what depends on how much is known of attackers, of which there is more in every version.
fn lasting(table: &str) -> String {
    let parts = table.split("\n\n").filter(|part| !part.starts_with("What it hides"));
    let lines = |part: &str| {
        let lines = part.lines().filter(|line| !line.starts_with("It hides "));
        lines.collect::<Vec<_>>().join("\n")
    };
    parts.map(lines).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn table() {
    assert_snapshot!(lasting(&printed("guide.xml", &["log.evtx", "--format", "table"])), @r##"
    Of 9 pipe events, Sysmon would log 6 (66.7%) and drop 3.
    6 rules, 4 never hit, 1 shadowed by others; 3 errors, 2 warnings, 1 note.
    It drops 2 events of these logs that are such as attackers do.

    Still logged, by frequency:
    PIPE                  IMAGE                                               EVENTS
    \mojo.4711.8052.1838  C:\Program Files\Google\C…e\Application\chrome.exe       3
    \wkssvc               C:\Windows\System32\svchost.exe                          2
    \wkssvc               C:\Windows\System32\mmc.exe                              1

    Rules, in the order of the file:
    LINE  RULE                                                       HITS  ONLY THIS
       5  PipeName is \lsass                                            3          0
       6  PipeName is wkssvc                                            0          0
          Never hit. These logs have no event whose PipeName is `wkssvc`. But 3
          events have `\wkssvc`: the value lacks the backslash that the names of
          pipes begin with.
       7  PipeName begins with \crashpad_;\mojo.                        0          0
          Never hit. These logs have no event whose PipeName begins with
          `\crashpad_;\mojo.`. But 3 events have `\mojo.4711.8052.1838`: this
          condition takes no list: the semicolon is part of the value.
       8  PipeName is \wkssvc and Imag…Windows\System32\spoolsv.exe     0          0
          Never hit. 3 events meet the rest of it, but none whose Image is
          `C:\Windows\System32\spoolsv.exe`: most often Image is
          `C:\Windows\System32\svchost.exe` (2 events).
      13  PipeName contains lsass                                       3          0
          Not needed here: line 5 matches all of its events too (PipeName is
          \lsass).
      14  Image is Program Files\Vendor\agent.exe                       0          0
          Never hit. These logs have no event whose Image is `Program
          Files\Vendor\agent.exe`. Finding image-without-drive: `Program
          Files\Vendor\agent.exe` never matches: images are logged with their drive.

    Findings:
    LINE  COLUMN  SEVERITY  FINDING
       6       9  error     no-backslash
          `wkssvc` never matches: names of pipes are logged with a backslash in
          front.
          Mend: write `\wkssvc`.
          Fix: --fix --unsafe, which drops more.
       7       9  error     list-in-plain-condition
          begin with takes no list: the semicolons in `\crashpad_;\mojo.` are part
          of the text.
          Mend: write a filter for each.
          Fix: --fix --unsafe, which drops more.
      14      11  error     image-without-drive
          `Program Files\Vendor\agent.exe` never matches: images are logged with
          their drive.
          Mend: begin with C:\, or use end with.
          Fix: by hand: what it does to what is logged depends on what is meant.
       5       9  warning   name-only
          3 exclusions look (lines 5, 7, 13) at the name alone, which any process
          may use or connect to.
          Mend: combine each name with the program's path in <Rule
          groupRelation="and">.
          Fix: by hand: what it does to what is logged depends on what is meant.
      12       9  warning   or-rule
          this rule combines by or: PipeName or Image alone decides, and it drops
          every event that meets one of them.
          Mend: write groupRelation="and" for fields that belong together; list the
          others as loose filters.
          Fix: by hand: what it does to what is logged depends on what is meant.
       5       9  note      covered
          line 12 already drops all that this does.
          Mend: remove it, or the wider one.
          Fix: --fix, which keeps every verdict.

    Dropped from these logs, and such as attackers do:
    PIPE    IMAGE                                 EVENTS  LINE
    \lsass  C:\Users\alice\Downloads\payload.exe       2     5
          Any user can put a program there: a user's profile.

    A log holds only what its own config let through: a rule that is never hit may
    have been at work there already.
    Next: `--show dropped` lists what is dropped, and by which rule.
    Next: `pipemine check --explain no-backslash` tells more of a finding.
    "##);
}

#[test]
fn table_of_what_is_dropped() {
    let table = printed("guide.xml", &["log.evtx", "--format", "table", "--show", "dropped"]);
    assert_snapshot!(table.split("\n\n").nth(1).unwrap(), @r##"
    Dropped, by frequency:
    PIPE    IMAGE                                 EVENTS  LINE
    \lsass  C:\Users\alice\Downloads\payload.exe       2     5
    \lsass  C:\Windows\System32\lsass.exe              1     5
    "##);
}

#[test]
fn table_without_sources() {
    let table = printed("pairs.xml", &["--format", "table"]);
    assert!(table.contains("\nIt hides none of "), "{table}");
    assert_snapshot!(lasting(&table), @r##"1 rule; no findings."##);
}

#[test]
fn what_a_config_hides_is_told_of_each_rule() {
    let table = printed("guide.xml", &["--format", "table"]);
    let hides = table
        .split("\n\n")
        .find(|part| part.starts_with("What it hides"))
        .unwrap();
    for said in [
        "  13  PipeName contains lsass ",
        "      Hides: 3 pipes (\\lsassw,",
        "   5  PipeName is \\lsass ",
        "      Hides: \\lsass, used by any of ",
        " programs where an attacker could put one",
        "C:\\Users\\alice\\Downloads\\payload.exe (a download)",
        "opened from",
    ] {
        assert!(hides.contains(said), "{said}\n{hides}");
    }
    let json = check("guide.xml", &["--format", "json"]).exits(0).json();
    let of = |line: u64| {
        json["hidden"]
            .as_array()
            .unwrap()
            .iter()
            .find(|by| by["line"] == line)
            .unwrap()
    };
    let groups = of(5)["groups"].as_array().unwrap();
    let kinds: Vec<&str> = groups.iter().map(|group| group["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["payload", "remote", "foreign-code"]);
    assert_eq!(groups[0]["examples"][0]["event_type"], "ConnectPipe");
    let sum: u64 = json["hidden"]
        .as_array()
        .unwrap()
        .iter()
        .map(|by| by["count"].as_u64().unwrap())
        .sum();
    assert_eq!(json["examples_hidden"], sum);
}

#[test]
fn no_line_of_a_table_is_wider_than_80_columns() {
    for config in ["guide.xml", "pairs.xml"] {
        for line in printed(config, &["log.evtx", "--format", "table"]).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn csv_holds_the_list_that_is_asked_for() {
    assert_snapshot!(printed("guide.xml", &["log.evtx"]), @r##"
    pipe_name,image,count,created,connected,verdict,line,rule,rule_name
    \mojo.4711.8052.1838,C:\Program Files\Google\Chrome\Application\chrome.exe,3,3,0,logged,,,
    \wkssvc,C:\Windows\System32\svchost.exe,2,0,2,logged,,,
    \wkssvc,C:\Windows\System32\mmc.exe,1,0,1,logged,,,
    "##);
    assert_snapshot!(printed("guide.xml", &["log.evtx", "--show", "dropped"]), @r##"
    pipe_name,image,count,created,connected,verdict,line,rule,rule_name
    \lsass,C:\Users\alice\Downloads\payload.exe,2,0,2,dropped,5,PipeName is \lsass,
    \lsass,C:\Windows\System32\lsass.exe,1,1,0,dropped,5,PipeName is \lsass,
    "##);
    assert_snapshot!(printed("guide.xml", &["log.evtx", "--show", "rules"]), @r##"
    line,column,on_match,rule,name,hits,unique,state,note
    5,9,exclude,PipeName is \lsass,,3,0,used,
    6,9,exclude,PipeName is wkssvc,,0,0,dead,Never hit. These logs have no event whose PipeName is `wkssvc`. But 3 events have `\wkssvc`: the value lacks the backslash that the names of pipes begin with.
    7,9,exclude,PipeName begins with \crashpad_;\mojo.,,0,0,dead,Never hit. These logs have no event whose PipeName begins with `\crashpad_;\mojo.`. But 3 events have `\mojo.4711.8052.1838`: this condition takes no list: the semicolon is part of the value.
    8,9,exclude,PipeName is \wkssvc and Image is C:\Windows\System32\spoolsv.exe,spooler,0,0,dead,"Never hit. 3 events meet the rest of it, but none whose Image is `C:\Windows\System32\spoolsv.exe`: most often Image is `C:\Windows\System32\svchost.exe` (2 events)."
    13,11,exclude,PipeName contains lsass,,3,0,shadowed,Not needed here: line 5 matches all of its events too (PipeName is \lsass).
    14,11,exclude,Image is Program Files\Vendor\agent.exe,,0,0,dead,Never hit. These logs have no event whose Image is `Program Files\Vendor\agent.exe`. Finding image-without-drive: `Program Files\Vendor\agent.exe` never matches: images are logged with their drive.
    "##);
    assert_snapshot!(printed("pairs.xml", &[]), @r##"line,column,severity,code,what,mend,how,fix"##);
}

#[test]
fn jsonl_has_one_object_a_row() {
    assert_snapshot!(printed("guide.xml", &["log.evtx", "--format", "jsonl", "--show", "suspects"]), @r##"{"pipe_name":"\\lsass","image":"C:\\Users\\alice\\Downloads\\payload.exe","count":2,"line":5,"rule":"PipeName is \\lsass","what":"Any user can put a program there: a user's profile.","source":"Microsoft: user profiles are full control for their users"}"##);
}

#[test]
fn json() {
    let json = printed("pairs.xml", &["log.evtx", "--format", "json"]);
    let lasting: Vec<&str> = json
        .lines()
        .filter(|line| !line.contains("\"examples_tried\""))
        .collect();
    assert_snapshot!(lasting.join("\n"), @r#"
    {
      "schema": 1,
      "summary": {
        "sources": 1,
        "events": 9,
        "pipe_events": 9,
        "duplicates": 0,
        "counted": null,
        "pairs": 5,
        "hosts": 1,
        "first_seen": "2025-03-03T08:00:00.000Z",
        "last_seen": "2025-03-03T08:15:00.000Z",
        "passed_over": 0,
        "skipped": [],
        "skipped_more": 0
      },
      "logged": 6,
      "dropped": 3,
      "unknown": 0,
      "logged_by_kind": {
        "created": 1,
        "connected": 5
      },
      "dropped_by_kind": {
        "created": 3,
        "connected": 0
      },
      "examples_hidden": 0,
      "detections": 0,
      "pairs": [
        {
          "pipe_name": "\\lsass",
          "image": "C:\\Users\\alice\\Downloads\\payload.exe",
          "count": 2,
          "created": 0,
          "connected": 2,
          "verdict": "logged",
          "line": null,
          "rule": null,
          "rule_name": null
        },
        {
          "pipe_name": "\\wkssvc",
          "image": "C:\\Windows\\System32\\svchost.exe",
          "count": 2,
          "created": 0,
          "connected": 2,
          "verdict": "logged",
          "line": null,
          "rule": null,
          "rule_name": null
        },
        {
          "pipe_name": "\\lsass",
          "image": "C:\\Windows\\System32\\lsass.exe",
          "count": 1,
          "created": 1,
          "connected": 0,
          "verdict": "logged",
          "line": null,
          "rule": null,
          "rule_name": null
        },
        {
          "pipe_name": "\\wkssvc",
          "image": "C:\\Windows\\System32\\mmc.exe",
          "count": 1,
          "created": 0,
          "connected": 1,
          "verdict": "logged",
          "line": null,
          "rule": null,
          "rule_name": null
        }
      ],
      "rules": [
        {
          "line": 5,
          "column": 9,
          "on_match": "exclude",
          "rule": "PipeName begins with \\mojo.4711. and Image is C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
          "name": null,
          "hits": 3,
          "unique": 3,
          "state": "used",
          "note": null
        }
      ],
      "findings": [],
      "accepted": [],
      "suspects": [],
      "hidden": []
    }
    "#);
}

#[test]
fn every_member_of_the_json_is_documented() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json-schema.md")).unwrap();
    let folder = folder();
    folder.write("expect.tsv", "logged\tany\t\\lsass\tC:\\x.exe\tbecause");
    let event = ["--pipe", r"\wkssvc", "--image", PAYLOAD];
    for args in [&["log.evtx", "--expect", "expect.tsv"][..], &event] {
        let args = [&["check", "--config", "guide.xml", "--format", "json"], args].concat();
        let json = folder.run(&args).json();
        let mut names = Vec::new();
        crate::json_schema::members(&json, &mut names);
        for name in names {
            assert!(
                text.contains(&format!("| `{name}` |")),
                "docs/json-schema.md has no line for {name}"
            );
        }
    }
}

#[test]
fn one_event_is_explained() {
    let event = ["--pipe", r"\\.\pipe\wkssvc", "--image", PAYLOAD];
    let args = [&event, &["--format", "table"][..]].concat();
    assert_snapshot!(printed("guide.xml", &args), @r##"
    Sysmon would log it, created or connected: no rule excludes the event.

    EVENT                    PIPE     IMAGE                            VERDICT  LINE
    CreatePipe, ConnectPipe  \wkssvc  C:\Users\alice\…ads\payload.exe  logged

    Rules that nearly match:
    LINE  ON MATCH  RULE
       6  exclude   PipeName is wkssvc
          Fails: PipeName is `wkssvc`; the event has `\wkssvc`: the value lacks the
          backslash that the names of pipes begin with.
       8  exclude   PipeName is \wkssvc and Image is C:\Windows\System32\spoolsv.exe
          Fails: Image is `C:\Windows\System32\spoolsv.exe`; the event has
          `C:\Users\alice\Downloads\payload.exe`.
    "##);
    let event = [
        "--pipe",
        r"\LSASS",
        "--image",
        PAYLOAD,
        "--event-type",
        "18",
        "--user",
        r"CORP\alice",
    ];
    let args = [&event, &["--format", "table"][..]].concat();
    assert_snapshot!(printed("guide.xml", &args), @r##"
    Sysmon would drop it, connected: line 5 matches it: PipeName is \lsass.

    EVENT        PIPE    IMAGE                                 VERDICT  LINE
    ConnectPipe  \LSASS  C:\Users\alice\Downloads\payload.exe  dropped     5

    Rules that match:
    LINE  ON MATCH  RULE                     DECIDES
       5  exclude   PipeName is \lsass       yes
      13  exclude   PipeName contains lsass  no
    "##);
}

#[test]
fn an_event_without_a_backslash_is_doubted() {
    let table = printed(
        "guide.xml",
        &["--pipe", "wkssvc", "--image", PAYLOAD, "--format", "table"],
    );
    assert!(table.contains(r"did you mean \wkssvc?"), "{table}");
}

#[test]
fn rules_may_depend_on_the_kind_and_the_user() {
    let folder = folder();
    let by = |filter: &str| PAIRS.replace(r#"<PipeName condition="begin with">\mojo.4711.</PipeName>"#, filter);
    let dropped = |filter: &str, image: &str| {
        folder.write("by.xml", by(filter).replace(CHROME, image));
        let json = folder
            .run(&["check", "--config", "by.xml", "log.evtx", "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(json["logged"].as_u64().unwrap() + json["dropped"].as_u64().unwrap(), 9);
        json["dropped"].as_u64().unwrap()
    };
    assert_eq!(dropped("<EventType>CreatePipe</EventType>", CHROME), 3);
    assert_eq!(dropped("<EventType>ConnectPipe</EventType>", CHROME), 0);
    assert_eq!(
        dropped(r"<PipeName>\lsass</PipeName><User>corp\ALICE</User>", PAYLOAD),
        2
    );
    assert_eq!(dropped(r"<PipeName>\lsass</PipeName><User>CORP\bob</User>", PAYLOAD), 0);
}

#[test]
fn a_config_that_sysmon_rejects_says_where_why_and_how_to_mend_it() {
    let folder = folder();
    folder.write(
        "bad.xml",
        GUIDE.replace("</EventFiltering>", "<Pipes/></EventFiltering>"),
    );
    let run = folder
        .run(&["check", "--config", "bad.xml", "log.evtx", "-o", "out"])
        .exits(1)
        .prints_nothing();
    run.says_in_one_line(&[
        "bad.xml: Sysmon rejects this config: line 18, column 3",
        "`Pipes`",
        "; ",
    ]);
    assert!(!folder.path("out").exists());
    folder
        .run(&["check", "--config", "none.xml"])
        .exits(1)
        .says_in_one_line(&["none.xml"]);
}

#[test]
fn the_config_is_never_overwritten() {
    let folder = folder();
    folder.write("expect.tsv", "");
    for file in ["guide.xml", "expect.tsv"] {
        let run = folder
            .run(&["check", "--config", "guide.xml", "--expect", "expect.tsv", "-o", file])
            .exits(1);
        run.says_in_one_line(&[file, "would be overwritten"]);
    }
    assert_eq!(folder.read("guide.xml"), GUIDE);
}

#[test]
fn findings_decide_the_exit_code_where_they_are_asked_to() {
    for (config, args, code) in [
        ("guide.xml", &[][..], 0),
        ("guide.xml", &["--exit-code"], 4),
        ("guide.xml", &["--fail-on", "error"], 4),
        ("pairs.xml", &["--exit-code", "--fail-on", "note"], 0),
        ("pairs.xml", &["log.evtx", "--exit-code"], 0),
    ] {
        check(config, args).exits(code);
    }
    let folder = folder();
    folder.write(
        "named.xml",
        PAIRS.replace("<Rule g", "<PipeName>\\lsass</PipeName><Rule g"),
    );
    folder.run(&["check", "--config", "named.xml", "--exit-code"]).exits(4);
    folder
        .run(&["check", "--config", "named.xml", "--fail-on", "error"])
        .exits(0);
    folder.write("text.evtx", "no log");
    folder
        .run(&["check", "--config", "pairs.xml", "log.evtx", "text.evtx"])
        .exits(3);
}

#[test]
fn what_cannot_be_asked_is_wrong_usage() {
    for args in [
        &["check"][..],
        &["check", "--explain", "no-such-finding"],
        &["check", "--config", "pairs.xml", "--pipe", r"\x"],
        &[
            "check",
            "--config",
            "pairs.xml",
            "--pipe",
            r"\x",
            "--image",
            "y",
            "log.evtx",
        ],
        &[
            "check",
            "--config",
            "pairs.xml",
            "--pipe",
            r"\x",
            "--image",
            "y",
            "--event-type",
            "19",
        ],
        &["check", "--config", "pairs.xml", "--sysmon-version", "5.0"],
        &[
            "check",
            "--config",
            "pairs.xml",
            "--schema",
            "4.50",
            "--sysmon-version",
            "13.30",
        ],
        &["check", "--config", "pairs.xml", "--fail-on", "anything"],
    ] {
        folder().run(args).exits(2).prints_nothing();
    }
}

#[test]
fn expectations_that_do_not_hold_are_named_with_the_rule_that_decided() {
    let folder = folder();
    let kept = format!("# verdict\tkind\tpipe\timage\twhy\nlogged\tany\t\\lsass\t{PAYLOAD}\tpayloads open it\n");
    folder.write(
        "expect.tsv",
        format!("{kept}dropped\tcreated\t\\mojo.4711.1.2\t{CHROME}\tnoise\n"),
    );
    let args = |config| ["check", "--config", config, "--expect", "expect.tsv", "--format", "csv"];
    let run = folder
        .run(&args("guide.xml"))
        .exits(4)
        .says("pipemine: 2 of 2 expectations do not hold");
    assert_snapshot!(run.stdout(), @r##"
    line,expected,event_type,pipe_name,image,verdict,why,reason
    2,logged,CreatePipe,\lsass,C:\Users\alice\Downloads\payload.exe,dropped,payloads open it.,"created, it is dropped: line 5 matches it: PipeName is \lsass."
    2,logged,ConnectPipe,\lsass,C:\Users\alice\Downloads\payload.exe,dropped,payloads open it.,"connected, it is dropped: line 5 matches it: PipeName is \lsass."
    3,dropped,CreatePipe,\mojo.4711.1.2,C:\Program Files\Google\Chrome\Application\chrome.exe,logged,noise.,"created, it is logged: no rule excludes the event; nearest is line 7, of which this fails: PipeName begins with `\crashpad_;\mojo.` (this condition takes no list: the semicolon is part of the value)."
    "##);
    let run = folder
        .run(&args("pairs.xml"))
        .exits(0)
        .says("pipemine: All 2 expectations hold");
    assert_eq!(run.stdout().lines().count(), 1, "{run}");
    // One line for both kinds of events is one expectation.
    folder.write("expect.tsv", &kept);
    folder
        .run(&args("guide.xml"))
        .exits(4)
        .says("pipemine: The one expectation does not hold");
    folder.write("expect.tsv", "# none yet\n");
    folder.run(&args("pairs.xml")).exits(1).says_in_one_line(&[
        "expect.tsv: there is no expectation in it",
        "five fields with tabs between",
    ]);
    folder.write("expect.tsv", "logged\tsometimes\t\\x\ty\tz");
    folder
        .run(&args("pairs.xml"))
        .exits(1)
        .says_in_one_line(&["expect.tsv: line 1", "created, connected or any"]);
}

#[test]
fn the_worst_finding_comes_first_and_is_the_one_to_ask_about() {
    let node = "<PipeEvent onmatch=\"exclude\"><PipeName>\\a</PipeName></PipeEvent>";
    let folder = Folder::new();
    let config = format!("<Sysmon schemaversion=\"4.50\"><EventFiltering>\n{node}\n{node}\n</EventFiltering></Sysmon>");
    folder.write("two.xml", config);
    let args = ["check", "--config", "two.xml", "--format", "table"];
    let table = folder.run(&args).exits(0).stdout();
    let first = table
        .lines()
        .skip_while(|line| !line.starts_with("LINE"))
        .nth(1)
        .unwrap();
    assert!(first.ends_with("several-excludes"), "{table}");
    let next = "Next: `pipemine check --explain several-excludes` tells more of a finding.";
    assert_eq!(table.lines().last(), Some(next), "{table}");
}

#[test]
fn an_older_sysmon_may_reject_what_a_newer_one_loads() {
    let folder = folder();
    folder.write("new.xml", PAIRS.replace("begin with", "not begin with"));
    let refused = |version: &[&str]| {
        let args = [&["check", "--config", "new.xml", "--format", "csv"], version].concat();
        folder.run(&args).exits(0).stdout().contains("refused-by-version")
    };
    assert!(refused(&["--sysmon-version", "13.00"]) && refused(&["--schema", "4.50"]));
    assert!(!refused(&["--sysmon-version", "13.30"]) && !refused(&["--schema", "4.90"]) && !refused(&[]));
}

#[test]
fn every_finding_is_explained_and_the_page_is_the_same_text() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lint.md")).unwrap();
    assert_eq!(
        page,
        lint::page(),
        "docs/lint.md is a copy of src/sysmon/lint/findings.md"
    );
    for code in lint::codes() {
        let text = Folder::new()
            .run(&["check", "--explain", code])
            .exits(0)
            .quietly()
            .stdout();
        let (title, text) = text.split_once("\n\n").unwrap();
        assert_eq!(title, code);
        assert!(page.contains(&format!("### {code}\n{}", text.trim_end())), "{code}");
    }
}

#[test]
fn what_the_list_of_names_hides_in_real_attacks_is_said_in_so_many_words() {
    let Some(logs) = real_logs("evtx") else { return };
    let folder = Folder::new();
    folder.write("names.xml", NAMES_ALONE);
    let args = [
        "check",
        "--config",
        "names.xml",
        logs.to_str().unwrap(),
        "--format",
        "table",
    ];
    let table = folder
        .run_by(&args, pipemine().env("COLUMNS", "80"))
        .exits(0)
        .quietly()
        .stdout();
    let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "Of 62 pipe events, Sysmon would log 38 (61.3%) and drop 24.",
        "Dropped from these logs, and such as attackers do:",
        "It drops 11 events of these logs that are such as attackers do.",
        r"<Anonymous Pipe> c:\Users\IEUser\Tools\Pr…tworkServiceExploit.exe 4 13 Any user can put a program there: a user's profile.",
        r"\lsass System 5 10 System opens it for somebody on another computer",
        "Hides: \\lsass, used by any of 32 programs where an attacker could put one, such as",
        "opened from another computer (image System)",
        "<Anonymous Pipe>, used by any of 32 programs",
    ] {
        assert!(table.contains(said), "{said}\n{table}");
    }
}
