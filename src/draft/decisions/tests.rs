//! What a line decides, and what is said of it.

use super::*;
use crate::baseline::{Part, Threshold};
use crate::draft::candidate::judge;
use crate::draft::{Draft, Options, draft_without_forecast};
use crate::family::families;
use crate::test_support::{APP, CHROME, Events, POWERSHELL, baseline};

fn candidates() -> Vec<Candidate> {
    let baseline = baseline(&[
        Events::connected(r"\wkssvc", POWERSHELL),
        Events::connected(r"\AppPipe", APP),
        Events::created(r"\PSEXESVC", APP),
    ]);
    judge(
        families(&baseline, Part::ALL),
        Knowledge::builtin(),
        Threshold::default(),
    )
}

fn decided(text: &str) -> Vec<(String, Verdict)> {
    let mut all = candidates();
    Decisions::parse(text).unwrap().apply(&mut all, Knowledge::builtin());
    all.iter()
        .map(|candidate| (candidate.family.name.to_string(), candidate.verdict))
        .collect()
}

fn drafted(events: &[Events], decisions: &str) -> Draft {
    let today = Day::parse("2026-12-01").unwrap();
    let options = Options {
        decisions: Decisions::parse(decisions).unwrap().on(today),
        ..Options::default()
    };
    draft_without_forecast(&baseline(events), Knowledge::builtin(), &options)
}

fn verdict(draft: &Draft, title: &str) -> Option<Verdict> {
    let mut all = draft.candidates.iter();
    all.find(|candidate| candidate.title() == title)
        .map(|candidate| candidate.verdict)
}

fn notes(draft: &Draft) -> Vec<(usize, NoteKind)> {
    draft.notes.iter().map(|note| (note.line, note.kind)).collect()
}

const TEAMS: &str = r"C:\Users\alice\AppData\Local\Microsoft\Teams\current\Teams.exe";
const TEAMS_OF_BOB: &str = r"C:\Users\bob\AppData\Local\Microsoft\Teams\current\Teams.exe";

#[test]
fn a_decision_overrides_review_and_a_guard_only_expressly() {
    let text = format!("exclude\tany\t\\WKSSVC\t\t{POWERSHELL}\tour scripts\nexclude\tany\t\\PSEXESVC\t{APP}\tours\n");
    let verdicts = decided(&text);
    assert!(verdicts.contains(&(r"\wkssvc".into(), Verdict::Exclude)));
    assert!(verdicts.contains(&(r"\PSEXESVC".into(), Verdict::Keep)));
    let text = format!("exclude-anyway\tcreated\t\\PSEXESVC\t{APP}\tours\nkeep\tany\t\\AppPipe\t{APP}\tno\n");
    let verdicts = decided(&text);
    assert!(verdicts.contains(&(r"\PSEXESVC".into(), Verdict::Exclude)));
    assert!(verdicts.contains(&(r"\AppPipe".into(), Verdict::Keep)));
}

#[test]
fn keep_outranks_exclude_in_any_order_and_the_conflict_is_told() {
    let keep = format!("keep\tany\t\\wkssvc\t{POWERSHELL}\tnot yet\n");
    let exclude = format!("exclude\tconnected\t\\wkssvc\t{POWERSHELL}\tour scripts\n");
    let events = [Events::connected(r"\wkssvc", POWERSHELL)];
    let title = format!(r"\wkssvc opened by {POWERSHELL}");
    for (text, line, is_changed) in [
        (format!("{keep}{exclude}"), 2, true),
        (format!("{exclude}{keep}"), 1, false),
    ] {
        let draft = drafted(&events, &text);
        assert_eq!(verdict(&draft, &title), Some(Verdict::Keep));
        assert_eq!(notes(&draft), [(line, NoteKind::Conflict)]);
        assert_eq!(draft.notes[0].text.contains("0.1.0"), is_changed, "{:?}", draft.notes);
    }
}

#[test]
fn what_fits_nothing_is_told_with_what_is_nearest() {
    let events = [Events::connected(r"\wkssvc", POWERSHELL)];
    let draft = drafted(&events, "\u{FEFF}# c\n\nkeep\tany\t\\gone\tD:\\powershell.exe\twhy\r\n");
    assert_eq!(notes(&draft), [(3, NoteKind::Unused)]);
    assert!(
        draft.notes[0]
            .text
            .contains(&format!(r"\wkssvc opened by {POWERSHELL}"))
    );
}

#[test]
fn a_wildcard_is_refused_with_what_is_nearest() {
    let events = [Events::connected(r"\wkssvc", POWERSHELL)];
    for line in [
        "exclude\tany\t\\wkssvc\t*\\powershell.exe\twhy",
        "exclude\tany\t\\wks*\tC:\\powershell.exe\twhy",
    ] {
        let draft = drafted(&events, line);
        assert_eq!(notes(&draft), [(1, NoteKind::Refused)]);
        assert!(draft.notes[0].text.contains(POWERSHELL), "{:?}", draft.notes);
        assert_eq!(draft.dropped, 0);
    }
}

#[test]
fn every_bad_line_says_how_to_mend_it() {
    let lines = [
        ("exclude\tany\t\\x", "five fields"),
        ("drop\tany\ta\tb\tc", "no verdict"),
        ("keep\tboth\ta\tb\tc", "no kind"),
        ("keep\tany\ta\tb\tc\td", "not understood"),
        ("keep\tany\ta\tb\tc\tany user", "leave it out"),
        ("exclude\tany\ta\tb\tc\ton Monday", "on 2026-12-01"),
        (
            "exclude-anyway\tany\t@any\t@product:Slack\tc",
            "one candidate at a time",
        ),
        ("exclude\tany\t@reason:doubtful\t@any\tc", "needs its day"),
        (
            "exclude\tany\t@reason:writable\t@any\tc\ton 2026-12-01",
            "a product or a role",
        ),
    ];
    let text: Vec<&str> = lines.iter().map(|(line, _)| *line).collect();
    let errors = Decisions::parse(&format!("#\n{}", text.join("\n"))).unwrap_err().0;
    assert_eq!(errors.len(), lines.len());
    for (index, (error, (_, mend))) in errors.iter().zip(lines).enumerate() {
        assert!(error.line == index + 2 && error.what.contains(mend), "{error}");
    }
}

#[test]
fn a_line_counts_until_its_day_and_a_malformed_day_is_past() {
    let events = [Events::connected(r"\wkssvc", POWERSHELL)];
    let title = format!(r"\wkssvc opened by {POWERSHELL}");
    for (until, counts) in [
        ("2026-12-01", true),
        ("2026-11-30", false),
        ("2026-12-32", false),
        ("next year", false),
    ] {
        let line = format!("exclude\tany\t\\wkssvc\t{POWERSHELL}\tours\tby Ada\tuntil {until}");
        let draft = drafted(&events, &line);
        let expected = if counts { Verdict::Exclude } else { Verdict::Review };
        assert_eq!(verdict(&draft, &title), Some(expected), "{until}");
        let expired = if counts { vec![] } else { vec![(1, NoteKind::Expired)] };
        assert_eq!(notes(&draft), expired, "{until}");
    }
}

#[test]
fn a_new_user_and_a_new_version_are_the_same_program() {
    let line = format!("exclude\tany\t\\openme\t{TEAMS}\tours");
    let one = drafted(&[Events::created(r"\openme", TEAMS)], &line);
    assert_eq!(one.dropped, 18);
    let two = drafted(
        &[
            Events::created(r"\openme", TEAMS),
            Events::created(r"\openme", TEAMS_OF_BOB),
        ],
        &line,
    );
    assert_eq!((two.dropped, two.notes.len()), (36, 0));
    let text = two.rules[0]
        .filters
        .iter()
        .map(|f| f.value.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains(TEAMS) && text.contains(TEAMS_OF_BOB),
        "users that were seen: {text}"
    );
}

#[test]
fn any_user_opens_a_rule_to_profiles_that_were_not_seen() {
    let events = [Events::created(r"\openme", TEAMS)];
    let closed = drafted(&events, &format!("exclude\tany\t\\openme\t{TEAMS}\tours"));
    let open = drafted(&events, &format!("exclude\tany\t\\openme\t{TEAMS}\tours\tany user"));
    assert_eq!((closed.dropped, open.dropped), (18, 18));
    let drops = |draft: &Draft, image: &str| {
        let text = crate::draft::write::config(&draft.rules, Options::default().schema).unwrap();
        let config = crate::sysmon::Config::load(text.as_bytes()).unwrap();
        let event = crate::sysmon::Event::of(crate::event::Kind::Created, r"\openme", image);
        !config.engine().verdict(&event).logged
    };
    assert!(!drops(&closed, TEAMS_OF_BOB) && drops(&open, TEAMS_OF_BOB));
    for image in [
        r"C:\Users\bob\AppData\Local\Microsoft\Teams\current\Teams2.exe",
        r"D:\Users\bob\AppData\Local\Microsoft\Teams\current\Teams.exe",
        r"C:\Users\..\Temp\AppData\Local\Microsoft\Teams\current\Teams.exe",
        r"C:\Users\bob\Downloads\Teams.exe",
    ] {
        assert!(!drops(&open, image), "{image}");
    }
}

#[test]
fn names_that_join_a_decided_name_are_asked_about() {
    let line = format!("exclude\tany\t\\openme-0a\t{TEAMS}\tours");
    let own = Events::created(r"\openme-0a", TEAMS);
    assert_eq!(drafted(std::slice::from_ref(&own), &line).dropped, 18);
    let mut events = vec![own];
    events.extend(
        [r"\openme-evil", r"\openme-c2", r"\openme-x", r"\openme-y"].map(|name| Events::created(name, TEAMS).hosts(2)),
    );
    let grown = drafted(&events, &line);
    assert_eq!(
        verdict(&grown, &format!(r"\openme-0a created by {TEAMS}")),
        Some(Verdict::Exclude)
    );
    assert_eq!((grown.dropped, grown.notes.len()), (18, 0), "{:?}", grown.notes);
    assert!(grown.with(Verdict::Review).count() > 0, "the others are asked about");
}

#[test]
fn a_decided_family_covers_what_was_seen_widely_by_itself() {
    let wide = [r"\openme-0a", r"\openme-1a", r"\openme-2a"].map(|name| Events::created(name, TEAMS));
    let line = format!("exclude\tany\t\\openme-<*>\t{TEAMS}\tours");
    let mut events = wide.to_vec();
    assert_eq!(drafted(&events, &line).dropped, 54);
    events.push(Events::created(r"\openme-evil", TEAMS).hosts(1));
    let draft = drafted(&events, &line);
    assert_eq!(
        draft.dropped,
        54,
        "{:?}",
        draft.candidates.iter().map(Candidate::title).collect::<Vec<_>>()
    );
}

#[test]
fn a_line_on_one_candidate_outranks_a_class() {
    let events = [
        Events::connected(r"\wkssvc", POWERSHELL),
        Events::connected(r"\srvsvc", POWERSHELL),
    ];
    let class =
        "exclude\tany\t@reason:foreign-code @kind:well-known\t@role:shells and script hosts\tours\ton 2024-12-31\n";
    let keep = format!("keep\tany\t\\wkssvc\t{POWERSHELL}\tno\n");
    for text in [format!("{class}{keep}"), format!("{keep}{class}")] {
        let draft = drafted(&events, &text);
        assert_eq!(
            verdict(&draft, &format!(r"\wkssvc opened by {POWERSHELL}")),
            Some(Verdict::Keep)
        );
        assert_eq!(
            verdict(&draft, &format!(r"\srvsvc opened by {POWERSHELL}")),
            Some(Verdict::Exclude)
        );
    }
}

#[test]
fn a_class_covers_no_program_that_came_after_its_day_and_nothing_that_a_guard_keeps() {
    const CMD: &str = r"C:\Windows\System32\cmd.exe";
    let class =
        "exclude\tany\t@reason:foreign-code @kind:well-known\t@role:shells and script hosts\tours\ton 2024-12-31\n";
    let events = [
        Events::connected(r"\wkssvc", POWERSHELL),
        Events::connected(r"\wkssvc", CMD).in_year(2025),
        Events::connected(r"\srvsvc", POWERSHELL).in_year(2025),
        Events::connected(r"\browser", POWERSHELL).one_host().days(1),
    ];
    let draft = drafted(&events, class);
    for (title, expected) in [
        (format!(r"\wkssvc opened by {POWERSHELL}"), Verdict::Exclude),
        (format!(r"\srvsvc opened by {POWERSHELL}"), Verdict::Exclude),
        (format!(r"\wkssvc opened by {CMD}"), Verdict::Review),
        (format!(r"\browser opened by {POWERSHELL}"), Verdict::Keep),
    ] {
        assert_eq!(verdict(&draft, &title), Some(expected), "{title}");
    }
    let text = &draft.notes[0].text;
    for said in ["covers 2 candidates", r"\srvsvc opened by", "first seen later", CMD] {
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn what_has_no_effect_says_why() {
    let events = [Events::created(r"\PSEXESVC", APP)];
    let draft = drafted(&events, &format!("exclude\tany\t\\PSEXESVC\t{APP}\tours"));
    assert_eq!(notes(&draft), [(1, NoteKind::Ineffective)]);
    assert!(draft.notes[0].text.contains("stays logged"), "{:?}", draft.notes);
}

#[test]
fn any_speaks_of_the_kinds_that_exist() {
    let events = [
        Events::connected(r"\wkssvc", POWERSHELL),
        Events::created(r"\wkssvc", POWERSHELL),
    ];
    let draft = drafted(&events, &format!("exclude\tany\t\\wkssvc\t{POWERSHELL}\tours"));
    assert!(draft.notes.is_empty(), "who opens it is dropped: {:?}", draft.notes);
    assert!(draft.dropped > 0);
}

#[test]
fn a_name_that_is_the_same_everywhere_is_none_of_a_decided_family() {
    let own = Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid();
    let constant = Events::connected(r"\mojo.7777.8052.1838949397870888777", CHROME).hosts(3);
    let line = format!("exclude\tany\t\\mojo.<n>.<n>.<n>\t{CHROME}\tours");
    let draft = drafted(&[own, constant], &line);
    let titles = draft.candidates.iter().filter(|c| c.title().contains("7777"));
    assert!(titles.clone().count() == 1 && titles.clone().all(|c| c.verdict != Verdict::Exclude));
}
