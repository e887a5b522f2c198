//! What is counted of rules, and what is said of them.

use super::rules::State;
use super::*;
use crate::test_support::{OwnedEvent, folded};

const APP: &str = r"C:\Program Files\App\app.exe";
const OTHER: &str = r"C:\Program Files\Other\other.exe";

/// Each pair as often as is said, created.
fn baseline(pairs: &[(&str, &str, u64)]) -> Baseline {
    let each = pairs
        .iter()
        .flat_map(|(name, image, times)| (0..*times).map(move |_| (name, image)));
    let event = |(id, (name, image)): (u64, (&&str, &&str))| {
        let event = OwnedEvent::created(name).image(image).host("ws01");
        event.time(1_741_000_000_000).record_id(id)
    };
    folded(&(1..).zip(each).map(event).collect::<Vec<_>>())
}

fn config(nodes: &str) -> Config {
    let text = format!("<Sysmon schemaversion=\"4.50\">\n<EventFiltering>\n{nodes}\n</EventFiltering>\n</Sysmon>");
    Config::load(text.as_bytes()).unwrap()
}

fn excluding(rules: &str) -> Config {
    config(&format!(
        "<RuleGroup groupRelation=\"or\">\n<PipeEvent onmatch=\"exclude\">\n{rules}\n</PipeEvent></RuleGroup>"
    ))
}

fn checked(config: &Config, pairs: &[(&str, &str, u64)]) -> Check {
    check(
        config,
        Some(&baseline(pairs)),
        Knowledge::builtin(),
        &Options::default(),
    )
}

fn counts(check: &Check) -> Vec<(u64, u64)> {
    check.rules.iter().map(|rule| (rule.hits, rule.unique)).collect()
}

fn death(rules: &str, pairs: &[(&str, &str, u64)]) -> String {
    let check = checked(&excluding(rules), pairs);
    match &check.rules[0].state {
        State::Dead { why, .. } => why.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn hits_are_events_and_unique_hits_no_other_rule_has() {
    let config = excluding(
        "<PipeName>\\a</PipeName>\n<PipeName condition=\"begin with\">\\a</PipeName>\n<PipeName>\\b</PipeName>",
    );
    let check = checked(
        &config,
        &[(r"\a", APP, 3), (r"\ab", APP, 2), (r"\b", APP, 1), (r"\c", APP, 5)],
    );
    assert_eq!(counts(&check), [(3, 0), (5, 2), (1, 1)]);
    let tally = check.tally.unwrap();
    assert_eq!((tally.logged, tally.dropped), ([5, 0], [6, 0]));
    assert_eq!(check.rules[0].state, State::Shadowed(1));
    assert_eq!(check.rules[1].state, State::Used);
    let decided: Vec<_> = tally
        .rows
        .iter()
        .map(|row| (row.pipe_name.as_str(), row.count(), row.rule))
        .collect();
    assert_eq!(
        decided,
        [
            (r"\c", 5, None),
            (r"\a", 3, Some(0)),
            (r"\ab", 2, Some(1)),
            (r"\b", 1, Some(2))
        ]
    );
}

#[test]
fn of_two_rules_that_match_the_same_only_the_later_is_not_needed() {
    let config = excluding("<PipeName>\\a</PipeName>\n<PipeName condition=\"end with\">a</PipeName>");
    let check = checked(&config, &[(r"\a", APP, 1)]);
    assert_eq!(check.rules[0].state, State::Used);
    assert_eq!(check.rules[1].state, State::Shadowed(0));
}

#[test]
fn a_rule_that_two_others_cover_only_together_is_not_shadowed() {
    let config = excluding(
        "<Image condition=\"is any\">C:\\a.exe;C:\\b.exe</Image>\n<Image>C:\\a.exe</Image>\n<Image>C:\\b.exe</Image>",
    );
    let check = checked(&config, &[(r"\x", r"C:\a.exe", 1), (r"\x", r"C:\b.exe", 1)]);
    assert_eq!(check.rules[0].state, State::Used);
    assert_eq!(counts(&check), [(2, 0), (1, 0), (1, 0)]);
}

#[test]
fn filters_of_a_rule_by_or_count_each_for_itself() {
    let config = excluding(&format!(
        "<Rule groupRelation=\"or\">\n<PipeName>\\a</PipeName>\n<Image>{APP}</Image></Rule>"
    ));
    let check = checked(&config, &[(r"\a", OTHER, 1), (r"\a", APP, 2), (r"\b", APP, 4)]);
    assert_eq!(counts(&check), [(3, 1), (6, 4)]);
    let lines: Vec<_> = check.rules.iter().map(|rule| rule.place.line).collect();
    assert_eq!(lines, [6, 7]);
}

#[test]
fn a_node_by_and_has_a_rule_of_its_own_and_its_members_decide_nothing() {
    let rules = format!("<PipeEvent onmatch=\"exclude\"><PipeName>\\a</PipeName><Image>{APP}</Image></PipeEvent>");
    let check = checked(&config(&rules), &[(r"\a", OTHER, 1), (r"\a", APP, 2)]);
    assert_eq!(counts(&check), [(2, 2), (3, 0), (2, 0)]);
    assert!(check.rules.iter().all(|rule| rule.state == State::Used));
    assert_eq!(check.tally.unwrap().dropped, [2, 0]);
    let check = checked(&config(&rules), &[(r"\a", OTHER, 1)]);
    assert!(matches!(&check.rules[0].state, State::Dead { why, .. } if why.contains("at once")));
}

#[test]
fn a_node_by_and_matches_whichever_node_decides() {
    let nodes = format!(
        "<RuleGroup groupRelation=\"and\"><PipeEvent onmatch=\"exclude\"><PipeName>\\a</PipeName><PipeName>\\b</PipeName>\
         <Rule><Image>{APP}</Image><Image>{OTHER}</Image></Rule></PipeEvent></RuleGroup>\
         <RuleGroup groupRelation=\"or\"><PipeEvent onmatch=\"exclude\"><PipeName>\\a</PipeName></PipeEvent></RuleGroup>"
    );
    let check = checked(
        &config(&nodes),
        &[(r"\a", APP, 1), (r"\b", OTHER, 2), (r"\b", "System", 4)],
    );
    let hits: Vec<u64> = check.rules.iter().map(|rule| rule.hits).collect();
    assert_eq!(hits, [3, 1, 6, 1, 2, 1]);
    assert_eq!(check.rules[5].state, State::Shadowed(0));
}

#[test]
fn rules_of_include_and_exclude_nodes_are_no_rivals() {
    let nodes = "<RuleGroup groupRelation=\"or\"><PipeEvent onmatch=\"include\"><PipeName>\\a</PipeName></PipeEvent>\
                 <PipeEvent onmatch=\"exclude\"><PipeName>\\a</PipeName></PipeEvent></RuleGroup>";
    let check = checked(&config(nodes), &[(r"\a", APP, 1), (r"\b", APP, 1)]);
    assert_eq!(counts(&check), [(1, 1), (1, 1)]);
    let tally = check.tally.unwrap();
    assert_eq!((tally.logged, tally.dropped), ([0, 0], [2, 0]));
    assert_eq!(
        tally.rows.iter().map(|row| row.rule).collect::<Vec<_>>(),
        [Some(1), None]
    );
    assert!(check.unmatched.contains("several PipeEvent"));
}

#[test]
fn what_sysmon_passes_over_is_said_of_its_rules() {
    let nodes = "<RuleGroup groupRelation=\"or\"><PipeEvent><PipeName>\\a</PipeName></PipeEvent></RuleGroup>";
    let check = checked(&config(nodes), &[(r"\a", APP, 1)]);
    assert!(matches!(&check.rules[0].state, State::Ignored(why) if why.contains("onmatch")));
    assert_eq!(
        check.tally.unwrap().dropped,
        [1, 0],
        "without a PipeEvent nothing is logged"
    );
}

#[test]
fn why_a_rule_is_dead() {
    let seen = [(r"\a", APP, 2), (r"\a", r"C:\z.exe", 1), (r"\b_12", OTHER, 3)];
    for (rule, why) in [
        (
            r"<PipeName>\q</PipeName>",
            r"These logs have no event whose PipeName is `\q`.",
        ),
        (
            r"<PipeName>a</PipeName>",
            r"But 3 events have `\a`: the value lacks the backslash",
        ),
        (
            r"<PipeName>\b_</PipeName>",
            r"But 3 events have `\b_12`, which begins so",
        ),
        (
            r"<Image>D:\App\APP.exe</Image>",
            r"But 2 events have `C:\Program Files\App\app.exe`.",
        ),
        (
            r#"<Image>"C:\z.exe"</Image>"#,
            "But 1 event has `C:\\z.exe`: the value has quotation marks",
        ),
        (
            r#"<Rule groupRelation="and"><PipeName>\a</PipeName><Image>C:\y.exe</Image></Rule>"#,
            r"3 events meet the rest of it, but none whose Image is `C:\y.exe`: most often Image is `C:\Program Files\App\app.exe` (2 events).",
        ),
        (
            r#"<Rule groupRelation="and"><PipeName>\a</PipeName><Image>z.exe</Image></Rule>"#,
            "the value is the end of the path only",
        ),
        (
            r#"<Rule groupRelation="and"><PipeName>\a</PipeName><PipeName>\b_12</PipeName><User>x</User></Rule>"#,
            "no event whose User is `x`",
        ),
        (
            r#"<Rule groupRelation="and"><PipeName>\a</PipeName><PipeName condition="end with">2</PipeName></Rule>"#,
            "Finding contradiction",
        ),
        (
            r#"<PipeName condition="excludes any">\a;</PipeName>"#,
            "Finding empty-list-item",
        ),
    ] {
        let told = death(rule, &seen);
        assert!(told.contains(why), "{rule}: {told}");
    }
}

#[test]
fn a_table_that_is_cut_shows_mistakes_and_what_is_hit_before_what_did_not_happen() {
    let config = excluding(
        "<PipeName>\\q</PipeName>\n<PipeName>\\a</PipeName>\n<PipeName>\\b</PipeName>\n<PipeName>c</PipeName>",
    );
    let check = checked(&config, &[(r"\a", APP, 1), (r"\b", APP, 2)]);
    let contents = Contents {
        show: Show::Rules,
        limit: Some(2),
        for_people: true,
    };
    let report = report(&check, &config, None, None, contents);
    let lines: Vec<_> = report.sections[0].rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(lines, [7, 8].map(crate::output::Value::Ordinal));
    assert_eq!(report.sections[0].cut, 2);
}

#[test]
fn what_is_dropped_although_attackers_do_the_like_is_a_suspect() {
    let config = excluding("<PipeName condition=\"begin with\">\\</PipeName>");
    let check = checked(
        &config,
        &[
            (r"\PSEXESVC", APP, 4),
            (r"\x", r"C:\Users\bob\Downloads\x.exe", 3),
            (r"\x", APP, 2),
        ],
    );
    let told: Vec<&str> = check.suspects.iter().map(|suspect| suspect.what.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("Attackers' tools use it") && told[1].starts_with("Any user can put a program there"));
}

#[test]
fn an_exclude_node_that_drops_all_hides_all_examples_and_an_empty_one_none() {
    let hides = |rules: &str| check(&excluding(rules), None, Knowledge::builtin(), &Options::default()).hidden;
    let all = hides("<PipeName condition=\"is not\">\\nothing</PipeName>");
    assert!(all.hidden == all.tried && all.by_rule.len() == 1);
    let groups: usize = all.by_rule[0].groups.iter().map(|group| group.examples).sum();
    assert_eq!(groups, all.hidden);
    assert_eq!(hides("").hidden, 0);
}
