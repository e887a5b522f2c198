//! What a person decided holds; what that overrules is said, each time.

use pipemine_testdata::Fleet;

use crate::harness::Folder;

const FIREFOX: &str = "created\t\\cubeb-pipe-<pid>-<n>\tC:\\Program Files\\Mozilla Firefox\\firefox.exe\tours";
const ATTACKER: &str =
    "created\t\\PSHost.<ticks>.<pid>.DefaultAppDomain.notepad\tC:\\Windows\\System32\\notepad.exe\tours";

#[test]
fn what_a_guard_keeps_is_excluded_only_expressly_and_never_in_silence() {
    let folder = Folder::new();
    Fleet::example().logs().unwrap().write(&folder.path("fleet")).unwrap();
    let draft = |decisions: &str| {
        folder.write("decisions.txt", decisions);
        let args = ["draft", "fleet", "--decisions", "decisions.txt", "-o", "x.xml"];
        let said = folder.run(&args).exits(0).stderr().to_owned();
        (said, folder.read("x.xml"))
    };
    let overruled = r"\cubeb-pipe-<pid>-<n> created by C:\Program Files\Mozilla Firefox\firefox.exe is excluded as decided, although: Not seen widely enough";
    let (said, xml) = draft(&format!("exclude\t{FIREFOX}\n"));
    assert!(!said.contains("although"), "{said}");
    let kept = r"firefox.exe stays logged: Not seen widely enough";
    assert!(said.contains(kept), "{said}");
    assert!(!xml.contains("cubeb"), "a guard keeps it");
    let (said, xml) = draft(&format!("exclude-anyway\t{FIREFOX}\n"));
    assert!(said.contains(overruled), "{said}");
    assert!(xml.contains("cubeb"));
    // Whatever is decided, no rule hides what attackers do.
    let (said, xml) = draft(&format!("exclude-anyway\t{ATTACKER}\n"));
    assert!(!said.contains("although"), "{said}");
    let refused = "pipemine: not written: 1 rule: it would hide ";
    assert!(said.lines().any(|line| line.starts_with(refused)), "{said}");
    assert!(!xml.contains("notepad"));
}

/// What attackers do too is left to a person where it is daily work: whoever excludes it is taken at his word, for this very
/// pair, in a new config and in one that there is; and `check` goes on to tell it.
#[test]
fn what_is_left_to_a_person_is_excluded_though_attackers_do_it_and_stays_in_sight() {
    let folder = Folder::new();
    Fleet::example().logs().unwrap().write(&folder.path("fleet")).unwrap();
    folder.write(
        "decisions.txt",
        "exclude\tconnected\t\\srvsvc\tSystem\tshares of one office\n",
    );
    folder.write(
        "old.xml",
        "<Sysmon schemaversion=\"4.50\">\n  <EventFiltering>\n    <PipeEvent onmatch=\"exclude\">\n    </PipeEvent>\n  </EventFiltering>\n</Sysmon>\n",
    );
    let by_decision = ["draft", "fleet", "--decisions", "decisions.txt", "-o"];
    let said = folder
        .run(&[&by_decision[..], &["new.xml"]].concat())
        .exits(0)
        .stderr()
        .to_owned();
    assert!(!said.contains("not written"), "{said}");
    let head = "attackers are known to use, but for what was decided: 1 candidate that guards leave to a person.";
    assert!(folder.read("new.xml").contains(head), "{}", folder.read("new.xml"));
    let merged = [&by_decision[..], &["merged.xml", "--config", "old.xml"]].concat();
    folder.run(&merged).exits(0);
    for config in ["new.xml", "merged.xml"] {
        let check = ["check", "--config", config, "--format", "json"];
        let json = folder.run(&[&check[..], &["fleet"]].concat()).exits(0).json();
        assert_eq!(json["examples_hidden"], 1, "{config}");
        let verdict = |name: &str| {
            let of_one = ["--image", "System", "--pipe", name, "--event-type", "ConnectPipe"];
            let json = folder.run(&[&check[..], &of_one].concat()).exits(0).json();
            json["verdicts"][0]["verdict"].clone()
        };
        assert_eq!(
            (verdict(r"\srvsvc"), verdict(r"\svcctl")),
            ("dropped".into(), "logged".into()),
            "{config}"
        );
        assert!(folder.read(config).contains(", as decided -->"), "{config}");
    }
}
