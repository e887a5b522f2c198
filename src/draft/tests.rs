use super::*;
use crate::event::Kind;
use crate::family::families;
use crate::sysmon::{Config, Event};
use crate::test_support::{APP, CHROME, Events, SVCHOST, baseline};

fn drafted(events: &[Events]) -> (Draft, String) {
    drafted_with(events, &Options::default())
}

fn drafted_with(events: &[Events], options: &Options) -> (Draft, String) {
    let draft = draft(&baseline(events), Knowledge::builtin(), options);
    let mut text = Vec::new();
    write::write(&draft, options, "tests", &mut text).unwrap();
    (draft, String::from_utf8(text).unwrap())
}

fn logs(config: &str, kind: Kind, name: &str, image: &str) -> bool {
    let config = Config::load(config.as_bytes()).unwrap();
    config.engine().verdict(&Event::of(kind, name, image)).logged
}

#[test]
fn a_pair_is_pinned_and_nothing_else_is_dropped() {
    let (draft, text) = drafted(&[Events::connected(r"\wkssvc", SVCHOST)]);
    assert_eq!((draft.rules.len(), draft.dropped), (1, draft.events));
    assert!(!logs(&text, Kind::Connected, r"\WKSSVC", SVCHOST));
    assert!(logs(&text, Kind::Created, r"\wkssvc", SVCHOST));
    assert!(logs(&text, Kind::Connected, r"\wkssvc", APP));
    assert!(logs(&text, Kind::Connected, r"\wkssvc2", SVCHOST));
}

#[test]
fn the_names_of_one_image_are_one_rule_and_images_with_the_same_names_share_one() {
    let explorer = r"C:\Windows\explorer.exe";
    let (draft, text) = drafted(&[
        Events::connected(r"\wkssvc", SVCHOST),
        Events::connected(r"\srvsvc", SVCHOST),
        Events::connected(r"\wkssvc", explorer),
        Events::connected(r"\srvsvc", explorer),
    ]);
    assert_eq!(draft.rules.len(), 1, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn images_of_one_product_with_different_names_do_not_share_a_rule() {
    let explorer = r"C:\Windows\explorer.exe";
    let (draft, text) = drafted(&[
        Events::connected(r"\wkssvc", SVCHOST),
        Events::connected(r"\srvsvc", explorer),
    ]);
    assert_eq!(draft.rules.len(), 2);
    assert!(logs(&text, Kind::Connected, r"\srvsvc", SVCHOST));
}

#[test]
fn a_family_carves_out_the_known_bad_names_that_begin_like_it() {
    let (draft, text) = drafted(&[Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid()]);
    assert_eq!(draft.rules.len(), 1);
    assert!(!logs(&text, Kind::Created, r"\mojo.9.9.9", CHROME));
    assert!(logs(
        &text,
        Kind::Created,
        r"\mojo.5688.8052.183894939787088877a1",
        CHROME
    ));
    assert!(logs(&text, Kind::Created, r"\mojo.9.9.9\pipe\srvsvc", CHROME));
    insta::assert_snapshot!(text);
}

#[test]
fn no_condition_is_newer_than_the_schema_asked_for() {
    let events = [
        Events::connected(r"\wkssvc", SVCHOST),
        Events::connected(r"\lsass", SVCHOST),
        Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid(),
    ];
    let baseline = baseline(&events);
    for (major, minor) in [(4, 22), (4, 23), (4, 31), (4, 70), (4, 90)] {
        let schema = SchemaVersion { major, minor };
        let options = Options {
            schema,
            ..Options::default()
        };
        let draft = draft(&baseline, Knowledge::builtin(), &options);
        assert_eq!(draft.dropped, draft.events, "{schema}");
        for filter in draft.rules.iter().flat_map(|rule| &rule.filters) {
            assert!(filter.condition.since() <= schema, "{filter:?} in {schema}");
        }
    }
}

#[test]
fn a_rule_that_would_drop_what_is_kept_is_refused_with_the_reason() {
    // The planted rule matches by name alone.
    let baseline = baseline(&[
        Events::connected(r"\wkssvc", SVCHOST),
        Events::connected(r"\wkssvc", r"C:\Users\a\Downloads\payload.exe"),
    ]);
    let options = Options::default();
    let mut candidates = candidate::judge(
        families(&baseline, Part::ALL),
        Knowledge::builtin(),
        Threshold::default(),
    );
    let mut rules = written(&mut candidates, &options);
    assert_eq!(rules.len(), 1);
    rules[0]
        .filters
        .retain(|filter| filter.field != crate::sysmon::Field::Image);
    let verified = verify::verify(
        rules,
        &mut candidates,
        &baseline,
        Part::ALL,
        Knowledge::builtin(),
        &options,
    );
    assert!(verified.rules.is_empty());
    assert!(
        verified.refused[0].why.contains("payload.exe"),
        "{}",
        verified.refused[0].why
    );
    assert!(candidates.iter().all(|candidate| candidate.verdict != Verdict::Exclude));
}

#[test]
fn a_rule_that_would_hide_an_attacker_is_refused_even_where_none_was_seen() {
    let baseline = baseline(&[Events::connected(r"\lsass", SVCHOST)]);
    let options = Options::default();
    let mut candidates = candidate::judge(
        families(&baseline, Part::ALL),
        Knowledge::builtin(),
        Threshold::default(),
    );
    let mut rules = written(&mut candidates, &options);
    rules[0]
        .filters
        .retain(|filter| filter.field != crate::sysmon::Field::Image);
    let verified = verify::verify(
        rules,
        &mut candidates,
        &baseline,
        Part::ALL,
        Knowledge::builtin(),
        &options,
    );
    assert!(verified.rules.is_empty());
    assert!(
        verified.refused[0].why.contains("as attackers use it"),
        "{}",
        verified.refused[0].why
    );
}

#[test]
fn a_decision_is_about_its_very_pair_and_no_other_that_attackers_use() {
    let baseline = baseline(&[Events::connected(r"\srvsvc", "System")]);
    let decided = "exclude\tconnected\t\\srvsvc\tSystem\tours";
    let options = Options {
        decisions: Decisions::parse(decided).unwrap(),
        ..Options::default()
    };
    let knowledge = Knowledge::builtin();
    let mut candidates = candidate::judge(families(&baseline, Part::ALL), knowledge, Threshold::default());
    options.decisions.apply(&mut candidates, Knowledge::builtin());
    let rules = written(&mut candidates, &options);
    let verify = |rules| {
        verify::verify(
            rules,
            &mut candidates.clone(),
            &baseline,
            Part::ALL,
            knowledge,
            &options,
        )
    };
    assert_eq!(verify(rules.clone()).rules.len(), 1);
    // Any program that opens the pipe; any pipe that others open from elsewhere.
    for field in [crate::sysmon::Field::Image, crate::sysmon::Field::PipeName] {
        let mut wider = rules.clone();
        wider[0].filters.retain(|filter| filter.field != field);
        let verified = verify(wider);
        assert!(verified.rules.is_empty(), "{field}");
        assert!(verified.refused[0].why.contains("as attackers use it"), "{field}");
    }
}

/// What is decided against a guard is seen in the file that is deployed; and where its rule is refused, nothing goes with it.
#[test]
fn what_is_decided_against_guards_is_told_and_takes_nothing_with_it() {
    let decided = format!(
        "exclude-anyway\tcreated\t\\PSEXESVC\t{SVCHOST}\tours\nexclude-anyway\tcreated\t\\PSEXESVC\t{APP}\tours\n\
         exclude\tconnected\t\\srvsvc\tSystem\tours\n"
    );
    let options = Options {
        decisions: Decisions::parse(&decided).unwrap(),
        ..Options::default()
    };
    let events = [
        Events::created(r"\PSEXESVC", SVCHOST),
        Events::created(r"\wkssvc", SVCHOST),
        Events::created(r"\PSEXESVC", APP),
        Events::created(r"\AppPipe", APP),
        Events::connected(r"\srvsvc", "System"),
    ];
    let (draft, text) = drafted_with(&events, &options);
    // A pair that is known from attacks: its rule is refused, and only its own.
    assert!(logs(&text, Kind::Created, r"\PSEXESVC", SVCHOST));
    assert!(!logs(&text, Kind::Created, r"\wkssvc", SVCHOST));
    assert!(!logs(&text, Kind::Created, r"\PSEXESVC", APP));
    assert!(!logs(&text, Kind::Created, r"\AppPipe", APP));
    let told =
        "but for what was decided: 1 candidate that guards leave to a person and 1 candidate that guards keep. -->";
    assert!(text.contains(told), "{text}");
    assert_eq!(text.matches(", as decided -->").count(), 2, "{text}");

    let mut names = Vec::new();
    style_name::write(&draft.candidates, options.schema, &mut names).unwrap();
    let names = String::from_utf8(names).unwrap();
    assert!(
        names.contains("wkssvc") && !names.contains(">\\PSEXESVC<") && !names.contains(">\\srvsvc<"),
        "{names}"
    );
}

/// Who copies every candidate into the decisions, without a look, hides nothing that a guard keeps.
#[test]
fn exclude_for_everything_hides_nothing_that_guards_keep() {
    let payload = r"C:\Users\Public\payload.exe";
    let attacks = [
        (Kind::Created, r"\PSEXESVC", SVCHOST),
        (Kind::Connected, r"\wkssvc", payload),
        (Kind::Created, r"\mojo.5600.8052.1838949397870888770", CHROME),
        (Kind::Created, r"\lsass_3f", APP),
    ];
    let mut events = vec![
        Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid(),
        Events::created(r"\AppPipe", APP),
        Events::connected(r"\srvsvc", "System"),
    ];
    events.extend(attacks.map(|(kind, name, image)| match kind {
        Kind::Created => Events::created(name, image),
        Kind::Connected => Events::connected(name, image),
    }));
    let (blank, _) = drafted(&events);
    let line = |candidate: &Candidate| {
        let family = &candidate.family;
        format!("exclude\tany\t{}\t{}\tours\n", family.name, family.image)
    };
    let all: String = blank.candidates.iter().map(line).collect();
    let options = Options {
        decisions: Decisions::parse(&all).unwrap(),
        ..Options::default()
    };
    let (_, text) = drafted_with(&events, &options);
    assert!(!logs(&text, Kind::Created, r"\AppPipe", APP));
    assert!(!logs(&text, Kind::Connected, r"\srvsvc", "System"));
    for (kind, name, image) in attacks {
        assert!(logs(&text, kind, name, image), "{name} of {image}");
    }
}

#[test]
fn a_rules_evidence_is_of_what_it_drops_itself() {
    let teams = |user: &str| format!(r"C:\Users\{user}\AppData\Local\Microsoft\Teams\current\Teams.exe");
    let image = teams("<user>");
    let decided = format!("exclude\tconnected\t\\AppPipe\t{image}\tours");
    let options = Options {
        schema: SchemaVersion { major: 4, minor: 22 },
        decisions: Decisions::parse(&decided).unwrap(),
        ..Options::default()
    };
    let events = ["alice", "bob", "carol"].map(|user| Events::connected(r"\AppPipe", &teams(user)));
    let [alice, bob, carol] = events;
    let all = [alice.times(3), bob.on(3).times(2), carol.on(6)];
    let draft = draft(&baseline(&all), Knowledge::builtin(), &options);
    // An older schema has no lists: each image has its rule.
    let of_rules: Vec<(u64, usize)> = draft
        .rules
        .iter()
        .map(|rule| (rule.evidence.events(), rule.evidence.hosts().len()))
        .collect();
    assert_eq!(of_rules, [(54, 3), (36, 3), (18, 3)], "{:?}", draft.candidates);
}

#[test]
fn the_rules_that_drop_most_are_left_when_few_are_asked_for() {
    let baseline = baseline(&[
        Events::connected(r"\wkssvc", SVCHOST).times(3),
        Events::connected(r"\AppPipe", APP),
    ]);
    let options = Options {
        max_rules: Some(1),
        ..Options::default()
    };
    let draft = draft(&baseline, Knowledge::builtin(), &options);
    assert_eq!((draft.rules.len(), draft.refused.len()), (1, 1));
    assert_eq!(draft.dropped, 3 * 18);
    assert_eq!(draft.with(Verdict::Exclude).count(), 1);
}

#[test]
fn nothing_to_exclude_is_a_valid_config_that_drops_nothing() {
    let (draft, text) = drafted(&[Events::connected(r"\wkssvc", APP).one_host()]);
    assert!(draft.rules.is_empty());
    assert!(logs(&text, Kind::Connected, r"\wkssvc", APP));
}

#[test]
fn a_host_left_out_tells_how_the_draft_will_do() {
    let (draft, _) = drafted(&[
        Events::connected(r"\wkssvc", SVCHOST),
        Events::connected(r"\x-pipe", APP).one_host(),
    ]);
    let forecast = draft.forecast.unwrap();
    assert_eq!(
        (forecast.left_out, forecast.events, forecast.dropped),
        (forecast::LeftOut::Hosts(3), 19, 18)
    );
    assert_eq!(forecast.came_through, [(r"\x-pipe of app.exe".to_owned(), 1)]);
}

/// The rules of a draft before they are verified.
fn written(candidates: &mut [Candidate], options: &Options) -> Vec<Rule> {
    let overlaps = Overlaps::find(candidates, Knowledge::builtin(), options.schema);
    overlaps.retract(candidates);
    rule::rules(candidates, &overlaps, Knowledge::builtin(), options.schema)
}
