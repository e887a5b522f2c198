use super::*;
use crate::draft::Options;
use crate::draft::decisions::Decisions;
use crate::event::Kind;
use crate::knowledge::Knowledge;
use crate::merge::merge;
use crate::merge::tests::{added, grouped, logs, text};
use crate::test_support::{APP, CHROME, Events, POWERSHELL, SVCHOST, baseline};

#[test]
fn what_an_earlier_draft_wrote_is_known_and_what_is_no_longer_borne_out_is_taken_out() {
    let (all, _) = text(&grouped("or", "      <PipeEvent onmatch=\"exclude\"/>\n"));
    // Chrome is gone, the app is for a person to decide, svchost is as it was.
    let kept = "keep\tany\t\\AppPipe\t".to_owned() + APP + "\tno longer";
    let options = Options {
        decisions: Decisions::parse(&kept).unwrap(),
        ..Options::default()
    };
    let later = baseline(&[
        Events::connected(r"\wkssvc", SVCHOST),
        Events::connected(r"\AppPipe", APP),
    ]);
    let again = |file: &str, prune| merge(file.as_bytes(), &later, Knowledge::builtin(), &options, prune).unwrap();

    let told = again(&all, Prune::Report);
    assert_eq!((told.bytes.as_slice(), told.own.rules), (all.as_bytes(), 3));
    assert_eq!(told.dropped.undue, 18);
    let name = 1 + all.lines().position(|line| line.contains("AppPipe")).unwrap();
    // Before it stand the image and the event type.
    let line = name - 2;
    let undue = &told.undue[..];
    assert!(
        matches!(undue, [one] if one.events == 18 && one.lines.iter().all(|rule| *rule == line - 1)),
        "{undue:?} is not by the rule around line {line}:\n{all}"
    );
    let mut explained = Vec::new();
    told.write_markdown(&mut explained).unwrap();
    let explained = String::from_utf8(explained).unwrap();
    let item = format!(
        "- `\\AppPipe opened by {APP}` (keep): 18 of 18 events, by line {}\n",
        line - 1
    );
    assert!(explained.contains(&item), "{item}\n{explained}");
    let why: Vec<&str> = told.own.stale.iter().map(|stale| stale.why.as_str()).collect();
    assert!(
        why.iter().any(|why| why.contains("which is keep: Decided: no longer")),
        "{why:?}"
    );
    assert!(why.contains(&"nothing that it drops was seen"), "{why:?}");
    assert!(
        told.own
            .stale
            .iter()
            .any(|stale| stale.was.starts_with("Google Chrome: 18 events"))
    );

    let applied = again(&all, Prune::Apply);
    assert!(applied.own.is_applied);
    let left = String::from_utf8(applied.bytes).unwrap();
    assert!(
        left.contains("wkssvc") && !left.contains("mojo") && !left.contains("AppPipe"),
        "{left}"
    );
    added(&left, &all);
    assert!(logs(left.as_bytes(), Kind::Connected, r"\AppPipe", APP));

    // A rule that somebody edited is his; so is one without its mark.
    let edited = all
        .replace(r"\AppPipe<", r"\apppipe<")
        .replace(r"\mojo.</PipeName>", r"\mojo.</PipeName><!-- mine -->");
    let applied = again(&edited, Prune::Apply);
    assert_eq!(applied.bytes, edited.as_bytes());
    assert_eq!((applied.own.stale.len(), applied.own.edited.len()), (0, 2));
}

#[test]
fn logs_of_fewer_hosts_or_days_than_a_rule_was_written_from_say_nothing_of_it() {
    let (all, _) = text(&grouped("or", "      <PipeEvent onmatch=\"exclude\"/>\n"));
    let again = |events: &[Events]| {
        let (baseline, options) = (baseline(events), Options::default());
        merge(all.as_bytes(), &baseline, Knowledge::builtin(), &options, Prune::Apply).unwrap()
    };
    // One host: too little of svchost, nothing of the others.
    let of_one = again(&[Events::connected(r"\wkssvc", SVCHOST).hosts(1).days(1)]);
    assert_eq!(String::from_utf8(of_one.bytes).unwrap(), all);
    assert_eq!(
        (of_one.own.stale.len(), of_one.own.narrower, of_one.own.unjudged),
        (0, 3, 0)
    );
    // But a name that a shape happens to hold, seen once: the shape's rule must let it through from now on.
    let odd = r"\mojo.4204.8052.7";
    let of_one = again(&[
        Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME)
            .own_pid()
            .hosts(1)
            .days(1),
        Events::created(odd, CHROME).hosts(1).days(1),
    ]);
    let left = String::from_utf8(of_one.bytes).unwrap();
    assert_eq!((of_one.own.stale.len(), of_one.own.narrower), (1, 2), "{left}");
    assert!(!logs(all.as_bytes(), Kind::Created, odd, CHROME) && logs(left.as_bytes(), Kind::Created, odd, CHROME));
    // As many hosts and days: now it says something.
    let of_all = again(&[Events::connected(r"\wkssvc", SVCHOST)]);
    assert_eq!((of_all.own.stale.len(), of_all.own.narrower), (2, 0));
    // What is bad is bad on one host too.
    let options = Options {
        decisions: Decisions::parse(&format!("keep\tany\t\\wkssvc\t{SVCHOST}\tno")).unwrap(),
        ..Options::default()
    };
    let few = baseline(&[Events::connected(r"\wkssvc", SVCHOST).hosts(1).days(1)]);
    let told = merge(all.as_bytes(), &few, Knowledge::builtin(), &options, Prune::Report).unwrap();
    assert_eq!((told.own.stale.len(), told.own.narrower), (1, 2));
}

#[test]
fn logs_that_were_collected_through_the_config_say_nothing_of_its_rules() {
    let (all, _) = text(&grouped("or", "      <PipeEvent onmatch=\"exclude\"/>\n"));
    let rest = baseline(&[Events::connected(r"\wkssvc", POWERSHELL)]);
    let merged = merge(
        all.as_bytes(),
        &rest,
        Knowledge::builtin(),
        &Options::default(),
        Prune::Apply,
    )
    .unwrap();
    assert_eq!((merged.bytes.as_slice(), merged.own.unjudged), (all.as_bytes(), 3));
}

#[test]
fn what_nobody_decides_any_more_is_told_from_what_is_stale_for_other_reasons() {
    let week = baseline(&[
        Events::connected(r"\wkssvc", POWERSHELL),
        Events::connected(r"\AppPipe", APP),
    ]);
    let with = |decisions: &str| Options {
        decisions: Decisions::parse(decisions).unwrap(),
        ..Options::default()
    };
    let decided = with(&format!("exclude\tany\t\\wkssvc\t{POWERSHELL}\tours"));
    let empty = grouped("or", "      <PipeEvent onmatch=\"exclude\"/>\n");
    let knowledge = Knowledge::builtin();
    let first = merge(empty.as_bytes(), &week, knowledge, &decided, Prune::Leave).unwrap();
    let causes = |options: &Options| -> Vec<(bool, u64)> {
        let merged = merge(&first.bytes, &week, knowledge, options, Prune::Report).unwrap();
        let stale = merged.own.stale.iter();
        stale.map(|stale| (stale.is_undecided, stale.events)).collect()
    };
    assert_eq!(causes(&decided), []);
    assert_eq!(causes(&Options::default()), [(true, 18)]);
    let kept = with(&format!("keep\tany\t\\AppPipe\t{APP}\tno"));
    let mut both = causes(&kept);
    both.sort_unstable();
    assert_eq!(both, [(false, 18), (true, 18)]);
}
