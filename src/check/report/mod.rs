//! A check in, a report of it out.

mod pairs;
mod sections;
mod trial;

pub(in crate::check) use sections::sentence;
pub use trial::report_trial;

use super::Check;
use super::expectations::{Failed, what_holds};
use super::rules::State;
use crate::listing::summary;
use crate::output::{Report, SCHEMA, Section, Value, counted, grouped, percent_of};
use crate::scan::Scan;
use crate::sysmon::{Config, Severity};

/// A list of a check: which one CSV and JSON lines hold, and a table begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Pairs that would be logged.
    Logged,
    /// Pairs that would be dropped, with the rule that drops them.
    Dropped,
    /// The rules.
    Rules,
    /// What is wrong.
    Findings,
    /// What attackers do that would not be logged.
    Hidden,
    /// Pairs of the logs that would be dropped, although attackers do the like.
    Suspects,
    /// Sigma rules that would be put to sleep.
    Asleep,
    /// Expectations that do not hold.
    Expectations,
}

/// What a report of a check holds.
#[derive(Debug, Clone, Copy)]
pub struct Contents {
    /// The list that comes first. Of the pairs, the logged ones are shown unless the dropped ones are asked for.
    pub show: Show,
    /// At most so many rows of each list.
    pub limit: Option<usize>,
    /// Whether people read it: lists are then cut to what one can take in, and what is empty is left out.
    pub for_people: bool,
}

/// So many rows of a list do people read, unless they ask for more.
const FOR_PEOPLE: usize = 20;
/// And so many of the rules that hide most, each of which takes a paragraph.
const MOST_HIDING: usize = 10;

/// The report of `check`. `expected` are an expectations file's failures and how many expectations there are.
#[must_use]
pub fn report(
    check: &Check,
    config: &Config,
    scan: Option<&Scan>,
    expected: Option<(&[Failed<'_>], usize)>,
    contents: Contents,
) -> Report {
    let limit = contents
        .limit
        .unwrap_or(if contents.for_people { FOR_PEOPLE } else { usize::MAX });
    let dropped = contents.show == Show::Dropped;
    let mut sections = vec![
        (
            if dropped { Show::Dropped } else { Show::Logged },
            pairs::pairs(check, !dropped, limit),
        ),
        (Show::Rules, sections::rules(check, limit, contents.for_people)),
        (Show::Findings, sections::findings(check, config, limit)),
        (Show::Findings, sections::accepted(check, limit)),
        (Show::Suspects, pairs::suspects(check, limit)),
        (
            Show::Hidden,
            sections::hidden(
                check,
                if contents.for_people {
                    limit.min(MOST_HIDING)
                } else {
                    limit
                },
            ),
        ),
    ];
    if let Some((failed, _)) = expected {
        sections.push((Show::Expectations, sections::expectations(failed, limit)));
    }
    if check.detections > 0 {
        sections.push((Show::Asleep, sections::asleep(check, limit)));
    }
    sections.sort_by_key(|(show, _)| *show != contents.show);
    let mut members = vec![("schema", Value::Count(SCHEMA))];
    if let (Some(scan), Some(tally)) = (scan, &check.tally) {
        members.push(("summary", summary(scan, tally.pairs)));
    }
    members.extend(counts(check));
    Report {
        headline: headline(check, expected),
        members,
        sections: sections
            .into_iter()
            .map(|(_, section)| section)
            .collect::<Vec<Section>>(),
        closing: closing(check, contents),
    }
}

fn counts(check: &Check) -> Vec<(&'static str, Value)> {
    let of_kinds = |[created, connected]: [u64; 2]| {
        Value::Object(vec![("created", created.into()), ("connected", connected.into())])
    };
    let tally = check.tally.as_ref();
    let counted = |of: fn(&super::Tally) -> Value| tally.map_or(Value::None, of);
    vec![
        ("logged", counted(|tally| tally.logged.iter().sum::<u64>().into())),
        ("dropped", counted(|tally| tally.dropped.iter().sum::<u64>().into())),
        ("unknown", counted(|tally| tally.unknown.into())),
        (
            "logged_by_kind",
            tally.map_or(Value::None, |tally| of_kinds(tally.logged)),
        ),
        (
            "dropped_by_kind",
            tally.map_or(Value::None, |tally| of_kinds(tally.dropped)),
        ),
        ("examples_tried", check.hidden.tried.into()),
        ("examples_hidden", check.hidden.hidden.into()),
        ("detections", check.detections.into()),
    ]
}

fn headline(check: &Check, expected: Option<(&[Failed<'_>], usize)>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(tally) = &check.tally {
        let (logged, dropped): (u64, u64) = (tally.logged.iter().sum(), tally.dropped.iter().sum());
        lines.push(format!(
            "Of {}, Sysmon would log {} ({}) and drop {}.",
            counted(logged + dropped, "pipe event"),
            grouped(logged),
            percent_of(logged, logged + dropped),
            grouped(dropped),
        ));
        let unmatched = tally.rows.iter().filter(|row| !row.logged && row.rule.is_none());
        let unmatched: u64 = unmatched.map(super::Row::count).sum();
        if unmatched > 0 {
            lines.push(format!(
                "{} dropped since {}.",
                counted(unmatched, "event"),
                check.unmatched
            ));
        }
        if tally.unknown > 0 {
            lines.push(format!(
                "{} have names that are too many to keep: what becomes of them is not known.",
                counted(tally.unknown, "more event")
            ));
        }
    }
    lines.push(format!("{}; {}.", rules_line(check), findings_line(check)));
    let hidden = &check.hidden;
    lines.push(match hidden.hidden {
        0 => format!(
            "It hides none of {} of what attackers do.",
            counted(hidden.tried as u64, "example")
        ),
        n => format!(
            "It hides {} of {} of what attackers do.",
            grouped(n as u64),
            counted(hidden.tried as u64, "example")
        ),
    });
    let suspects = check
        .suspects
        .iter()
        .filter_map(|suspect| check.tally.as_ref()?.rows.get(suspect.row));
    let suspects: u64 = suspects.map(super::Row::count).sum();
    if suspects > 0 {
        lines.push(format!(
            "It drops {} of these logs that are such as attackers do.",
            counted(suspects, "event")
        ));
    }
    if check.detections > 0 {
        let mut asleep: Vec<&str> = check.asleep.iter().map(|asleep| asleep.detection.as_str()).collect();
        asleep.dedup();
        lines.push(match asleep.len() {
            0 => format!(
                "It puts none of {} to sleep.",
                counted(check.detections as u64, "Sigma rule")
            ),
            n => format!(
                "It puts {} of {} to sleep.",
                grouped(n as u64),
                counted(check.detections as u64, "Sigma rule")
            ),
        });
    }
    lines.extend(expected.map(|(failed, all)| format!("{}.", what_holds(failed, all))));
    lines
}

fn rules_line(check: &Check) -> String {
    let mut line = counted(check.rules.len() as u64, "rule");
    if check.tally.is_some() {
        let count = |is: fn(&State) -> bool| check.rules.iter().filter(|rule| is(&rule.state)).count();
        for (count, what) in [
            (count(|state| matches!(state, State::Dead { .. })), "never hit"),
            (count(|state| matches!(state, State::Shadowed(_))), "shadowed by others"),
            (count(|state| matches!(state, State::Ignored(_))), "ignored by Sysmon"),
        ] {
            if count > 0 {
                line += &format!(", {} {what}", grouped(count as u64));
            }
        }
    }
    line
}

fn findings_line(check: &Check) -> String {
    let of = |severity| {
        check
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count() as u64
    };
    let counts = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ];
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(severity, _)| of(*severity) > 0)
        .map(|(severity, noun)| counted(of(severity), noun))
        .collect();
    let line = if told.is_empty() {
        "no findings".to_owned()
    } else {
        told.join(", ")
    };
    match check.accepted.len() {
        0 => line,
        n => format!("{line}, {n} accepted"),
    }
}

fn closing(check: &Check, contents: Contents) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(tally) = &check.tally {
        if tally.rows.is_empty() {
            lines.push("No pipe events: `pipemine collect` prints a config that logs them all.".to_owned());
        } else {
            lines.push("A log holds only what its own config let through: a rule that is never hit may".to_owned());
            lines.push("have been at work there already.".to_owned());
        }
        if contents.show != Show::Dropped && tally.dropped.iter().sum::<u64>() > 0 {
            lines.push("Next: `--show dropped` lists what is dropped, and by which rule.".to_owned());
        }
    }
    if let Some(finding) = check.findings.first() {
        lines.push(format!(
            "Next: `pipemine check --explain {}` tells more of a finding.",
            finding.code
        ));
    }
    lines
}
