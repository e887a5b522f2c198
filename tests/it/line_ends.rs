//! Files that people write mean the same with the line ends of Windows, and with a byte order mark, as its editors leave them.

use pipemine_testdata::{Log, PipeEvent};

use crate::harness::Folder;

fn as_windows(text: &str) -> String {
    format!("\u{feff}{}", text.replace('\n', "\r\n"))
}

const CONFIG: &str = r#"<Sysmon schemaversion="4.50">
  <EventFiltering>
    <RuleGroup name="" groupRelation="or">
      <PipeEvent onmatch="exclude">
        <PipeName condition="is">\noise</PipeName>
        <Rule groupRelation="and">
          <PipeName condition="begin with">\other</PipeName>
          <Image condition="is">C:\Program Files\Example\agent.exe</Image>
        </Rule>
      </PipeEvent>
    </RuleGroup>
  </EventFiltering>
</Sysmon>
"#;

#[test]
fn a_config() {
    let log = Log::new("WS01")
        .event(PipeEvent::created(r"\noise"))
        .event(PipeEvent::created(r"\kept"));
    let folder = Folder::with("a.evtx", log);
    folder
        .write("unix.xml", CONFIG)
        .write("windows.xml", as_windows(CONFIG));
    for format in crate::harness::FORMATS {
        for show in ["logged", "dropped", "findings", "rules"] {
            let run = |config: &str| {
                let args = [
                    "check", "--config", config, "a.evtx", "--format", format, "--show", show,
                ];
                folder.run(&args).exits(0).quietly()
            };
            let (unix, windows) = (run("unix.xml"), run("windows.xml"));
            assert_eq!(unix.stdout(), windows.stdout(), "--format {format} --show {show}");
        }
    }
    let json = folder
        .run(&["check", "--config", "windows.xml", "a.evtx", "--format", "json"])
        .json();
    assert!(json.to_string().contains(r"\\kept"), "{json}");
}

/// What a rule on the example's pipe has in it.
const RULE: &str = r">\Example-agent<";

#[test]
fn decisions_expectations_and_knowledge() {
    let log = |host: &str| {
        let event = PipeEvent::created(r"\Example-agent").image(r"C:\Program Files\Example\agent.exe");
        Log::new(host).event(event).into_bytes()
    };
    let folder = Folder::new();
    folder
        .write("logs/a.evtx", log("WS01"))
        .write("logs/b.evtx", log("WS02"));
    let decisions = "# ours\nkeep\tcreated\t\\Example-agent\tC:\\Program Files\\Example\\agent.exe\twatched\n";
    let expected = "dropped\tcreated\t\\noise\tC:\\a.exe\tnoise\n";
    let knowledge = "known-bad\t\\Example-<*>\tof no use\tour own observation\n";
    folder.write("config.xml", CONFIG);
    for (name, text) in [
        ("decisions", decisions),
        ("expected", expected),
        ("knowledge", knowledge),
    ] {
        folder
            .write(&format!("unix.{name}"), text)
            .write(&format!("windows.{name}"), as_windows(text));
    }
    let both = |args: &dyn Fn(&str) -> Vec<String>| {
        let [unix, windows] = ["unix", "windows"].map(|side| {
            let args = args(side);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            folder.run(&args).exits(0)
        });
        assert_eq!(unix.stdout(), windows.stdout());
        assert_eq!(unix.stderr(), windows.stderr());
        windows.stdout()
    };
    let words = |text: String| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let undecided = folder.run(&["draft", "logs"]).exits(0).stdout();
    let decided = both(&|side| words(format!("draft logs --decisions {side}.decisions")));
    assert!(
        undecided.contains(RULE) && !decided.contains(RULE),
        "{undecided}\n{decided}"
    );
    let known = both(&|side| words(format!("draft logs --knowledge {side}.knowledge")));
    assert!(!known.contains(RULE), "{known}");
    let held = both(&|side| {
        words(format!(
            "check --config config.xml --expect {side}.expected --format table"
        ))
    });
    assert!(held.contains("The one expectation holds."), "{held}");
}
