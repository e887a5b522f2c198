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
    let kept = r"firefox.exe is kept: It was decided to exclude it (ours), but a guard keeps it";
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
