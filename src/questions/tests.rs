//! What questions hold, and what an attacker gains from their answers.

use super::lines::Answer;
use super::*;
use crate::baseline::Baseline;
use crate::draft::decisions::{Decisions, NoteKind};
use crate::draft::{Options, draft_without_forecast, write};
use crate::event::Kind;
use crate::sysmon::{Config, Event};
use crate::test_support::{APP, CHROME, Events, POWERSHELL, SVCHOST, baseline};

const TEAMS: &str = r"C:\Users\alice\AppData\Local\Microsoft\Teams\current\Teams.exe";
const SLACK: &str = r"C:\Users\alice\AppData\Local\slack\app-4.36.140\slack.exe";
const CODE: &str = r"C:\Users\alice\AppData\Local\Programs\Microsoft VS Code\Code.exe";
const CMD: &str = r"C:\Windows\System32\cmd.exe";
const MMC: &str = r"C:\Windows\System32\mmc.exe";
const EXPLORER: &str = r"C:\Windows\explorer.exe";
const ANONYMOUS: &str = "<Anonymous Pipe>";

/// A week of a fleet that leaves something to a person in every way.
fn week_one() -> Vec<Events> {
    vec![
        Events::created(ANONYMOUS, POWERSHELL).times(9),
        Events::connected(ANONYMOUS, POWERSHELL).times(8),
        Events::created(ANONYMOUS, CMD).times(7),
        Events::connected(r"\wkssvc", POWERSHELL),
        Events::created(r"\build-status", POWERSHELL),
        Events::created(r"\openme", TEAMS),
        Events::created(r"\openme-0a", TEAMS),
        Events::created(r"\slack-ipc", SLACK),
        Events::created(r"\code-main", CODE),
        Events::created(ANONYMOUS, CODE),
        Events::created(r"\SvcThing", SVCHOST),
        Events::connected(r"\SvcThing", EXPLORER),
        Events::connected(r"\svcctl", MMC),
        Events::connected(r"\wkssvc", MMC),
        Events::connected(r"\openme", APP),
        Events::connected(r"\wkssvc", "System"),
        Events::created(ANONYMOUS, CHROME),
    ]
}

fn asked(baseline: &Baseline, options: &Options) -> (Draft, Vec<Question>) {
    let draft = draft_without_forecast(baseline, Knowledge::builtin(), options);
    let questions = questions(&draft, baseline, Knowledge::builtin(), options);
    (draft, questions)
}

/// The lines that exclude all that hides nothing.
fn all_excluded(baseline: &Baseline, answer: Answer) -> String {
    let (draft, questions) = asked(baseline, &Options::default());
    let open = questions.iter().filter(|question| !question.hides());
    open.map(|question| question.lines(&draft.candidates, answer, "ours"))
        .collect()
}

fn with(decisions: &str) -> Options {
    Options {
        decisions: Decisions::parse(decisions).unwrap(),
        ..Options::default()
    }
}

#[test]
fn twins_are_one_question_and_the_answer_one_line() {
    let (draft, questions) = asked(&baseline(&week_one()), &Options::default());
    let first = &questions[0];
    assert_eq!(first.subject.owner.to_string(), "shells and script hosts");
    assert_eq!(first.candidates.len(), 3, "PowerShell's twins and the command shell's");
    let lines = first.lines(&draft.candidates, Answer::Exclude, " ours\tand \n more ");
    assert_eq!(
        lines,
        format!(
            "exclude\tany\t{ANONYMOUS}\t{POWERSHELL}\tours and more\nexclude\tcreated\t{ANONYMOUS}\t{CMD}\tours and more\n"
        )
    );
}

#[test]
fn questions_are_sorted_by_events_and_what_hides_attackers_comes_last_by_itself() {
    let (_, questions) = asked(&baseline(&week_one()), &Options::default());
    let open: Vec<u64> = questions.iter().filter(|q| !q.hides()).map(|q| q.events).collect();
    assert!(open.is_sorted_by(|a, b| a >= b), "{open:?}");
    let hiding = questions.iter().skip_while(|question| !question.hides());
    let hiding: Vec<&Question> = hiding.collect();
    assert!(!hiding.is_empty() && hiding.iter().all(|q| q.hides() && q.candidates.len() == 1));
}

#[test]
fn a_question_is_split_by_program_and_then_by_candidate() {
    let (draft, questions) = asked(&baseline(&week_one()), &Options::default());
    let by_program = questions[0].split(&draft.candidates);
    let events: Vec<u64> = by_program.iter().map(|part| part.events).collect();
    assert_eq!((by_program.len(), events.iter().sum()), (2, questions[0].events));
    let by_candidate = by_program[0].split(&draft.candidates);
    assert_eq!(by_candidate.len(), 2);
    assert!(by_candidate[0].split(&draft.candidates).is_empty());
}

#[test]
fn what_is_answered_is_not_asked_again_and_goes() {
    let week = baseline(&week_one());
    for answer in [Answer::Exclude, Answer::ExcludeAnyUser, Answer::Keep] {
        let lines = all_excluded(&week, answer);
        let (draft, left) = asked(&week, &with(&lines));
        assert!(left.iter().all(Question::hides), "{answer:?}: {:?}", left[0]);
        assert!(draft.notes.is_empty(), "{answer:?}: {:?}", draft.notes);
        let (before, open) = asked(&week, &Options::default());
        let asked: u64 = open
            .iter()
            .filter(|question| !question.hides())
            .map(|question| question.events)
            .sum();
        let expected = before.dropped + if answer == Answer::Keep { 0 } else { asked };
        assert_eq!(draft.dropped, expected, "{answer:?}");
    }
}

/// All questions of week one are answered `exclude`, classes and all. What attackers do in week two, inside of what was
/// decided, is logged.
#[test]
fn an_attacker_inside_of_what_was_decided_is_logged() {
    let lines = all_excluded(&baseline(&week_one()), Answer::Exclude);
    let created = |name: &str, image: &str| vec![Events::created(name, image)];
    let connected = |name: &str, image: &str| vec![Events::connected(name, image)];
    let joining =
        |names: &[&str]| -> Vec<Events> { names.iter().map(|name| Events::created(name, TEAMS).hosts(2)).collect() };
    let scenarios: Vec<(&str, Vec<Events>)> = vec![
        ("a script's pipe in a shell", created(r"\c2-relay", POWERSHELL)),
        (
            "the same on one host",
            vec![Events::created(r"\c2-relay", POWERSHELL).one_host().days(1)],
        ),
        ("a shell that takes over services", connected(r"\svcctl", CMD)),
        ("another shell", created(ANONYMOUS, r"C:\Windows\System32\wscript.exe")),
        (
            "a shell of another folder",
            created(ANONYMOUS, r"C:\Program Files\Git\usr\bin\sh.exe"),
        ),
        (
            "a shell where anybody can write",
            created(ANONYMOUS, r"C:\Temp\powershell.exe"),
        ),
        ("a shell that makes a pipe of Windows", created(r"\wkssvc", POWERSHELL)),
        ("a shell with a tool's name", created(r"\PSEXESVC", POWERSHELL)),
        (
            "a new program in a product's folder",
            created(
                r"\openme",
                r"C:\Users\alice\AppData\Local\Microsoft\Teams\current\evil.exe",
            ),
        ),
        (
            "a new program in a new version's folder",
            created(r"\slack-ipc", r"C:\Users\alice\AppData\Local\slack\app-9.9.9\evil.exe"),
        ),
        (
            "the program beside its folder",
            created(r"\openme", r"C:\Users\alice\Downloads\Teams.exe"),
        ),
        (
            "the program in everybody's profile",
            created(r"\openme", r"C:\Users\Public\Teams.exe"),
        ),
        ("an implant in a profile product", created(r"\status_7f", TEAMS)),
        ("an implant with a tool's name", created(r"\msagent_1a", TEAMS)),
        ("an implant that opens services", connected(r"\svcctl", SLACK)),
        (
            "PowerShell in a profile product",
            created(r"\PSHost.132362371046452983.77.DefaultAppDomain.Teams", TEAMS),
        ),
        (
            "a constant of a profile",
            created(r"\mojo.5688.8052.1838949397870888777", TEAMS),
        ),
        (
            "names that join a decided name",
            joining(&[r"\openme-evil", r"\openme-c2", r"\openme-x1", r"\openme-y2"]),
        ),
        ("names that look like a decided name", created("\\openm\u{435}", TEAMS)),
        ("a decided name with more behind it", created(r"\openme.exe", TEAMS)),
        ("a decided name below a folder", created(r"\LOCAL\openme", TEAMS)),
        ("an implant in a service", created(r"\relay", SVCHOST)),
        (
            "another service with a decided name",
            created(r"\SvcThing", r"C:\Windows\System32\taskhostw.exe"),
        ),
        (
            "the service of another folder",
            created(r"\SvcThing", r"C:\Windows\SysWOW64\svchost.exe"),
        ),
        ("who opens what was only made", connected(r"\SvcThing", SVCHOST)),
        ("an administrator's tool with another pipe", connected(r"\atsvc", MMC)),
        ("somebody on another computer", connected(r"\svcctl", "System")),
        (
            "a program that opens a decided name",
            connected(r"\openme", r"C:\Program Files\Contoso\App\other.exe"),
        ),
    ];
    for (what, attack) in scenarios {
        let mut events = week_one();
        events.extend(attack.clone());
        let baseline = baseline(&events);
        let options = with(&lines);
        let draft = draft_without_forecast(&baseline, Knowledge::builtin(), &options);
        let config = Config::load(write::config(&draft.rules, options.schema).unwrap().as_bytes()).unwrap();
        let engine = config.engine();
        for event in &attack {
            let verdict = engine.verdict(&Event::of(event.kind, &event.name, &event.image));
            assert!(verdict.logged, "{what}: {} of {} is dropped", event.name, event.image);
        }
        let decided = Event::of(Kind::Created, r"\openme-0a", TEAMS);
        assert!(!engine.verdict(&decided).logged, "{what}: what was decided is logged");
        assert!(
            draft.notes.iter().all(|note| note.kind != NoteKind::Unused),
            "{what}: {:?}",
            draft.notes
        );
    }
}

/// A class covers more than what was there on its day, and says what.
#[test]
fn what_a_class_covers_newly_is_said() {
    let class = "exclude\tany\t@reason:foreign-code @kind:own\t@role:shells and script hosts\tours\ton 2024-12-31\n";
    let mut events = week_one();
    events.push(Events::created(r"\c2-relay", POWERSHELL).in_year(2025));
    let draft = draft_without_forecast(&baseline(&events), Knowledge::builtin(), &with(class));
    let said = draft.notes.iter().find(|note| note.kind == NoteKind::Class).unwrap();
    assert!(said.text.contains(r"\c2-relay created by"), "{said:?}");
    events.push(Events::created(r"\c2-relay", r"C:\Windows\System32\wscript.exe").in_year(2025));
    let draft = draft_without_forecast(&baseline(&events), Knowledge::builtin(), &with(class));
    let kept = draft
        .candidates
        .iter()
        .find(|candidate| candidate.title().ends_with("wscript.exe"));
    assert_ne!(kept.unwrap().verdict, Verdict::Exclude);
}
