//! What a check tells of the config: rules, findings, what it hides and what was expected, each a section of its report.

use super::super::Check;
use super::super::expectations::Failed;
use super::super::hidden::{Example, Group};
use super::super::rules::{Rule, State};
use crate::knowledge::WitnessKind;
use crate::output::{Column, Section, Value, counted};
use crate::sysmon::lint::Fix;
use crate::sysmon::{Config, Edit, OnMatch};

/// Wide tables have more columns.
pub(super) const WIDE: u16 = 110;
/// Only in the other formats.
pub(super) const NEVER: u16 = u16::MAX;

/// A section of the first rows.
pub(super) fn section(
    key: &'static str,
    title: impl Into<String>,
    columns: Vec<Column>,
    rows: impl ExactSizeIterator<Item = Vec<Value>>,
    limit: usize,
) -> Section {
    let cut = rows.len().saturating_sub(limit);
    Section {
        key,
        title: title.into(),
        columns,
        rows: rows.take(limit).collect(),
        cut,
    }
}

pub(super) fn line(rule: Option<&Rule>) -> Value {
    rule.map_or(Value::None, |rule| ordinal(rule.place.line))
}

fn ordinal(number: usize) -> Value {
    Value::Ordinal(number as u64)
}

pub(super) fn text(rule: Option<&Rule>) -> Value {
    rule.map_or(Value::None, |rule| rule.text.as_str().into())
}

pub(super) fn verdict(logged: bool) -> Value {
    if logged { "logged" } else { "dropped" }.into()
}

pub(super) fn rule_of(check: &Check, rule: Option<usize>) -> Option<&Rule> {
    rule.and_then(|rule| check.rules.get(rule))
}

pub(super) fn rules(check: &Check, limit: usize, for_people: bool) -> Section {
    let counted_any = check.tally.is_some();
    let mut shown: Vec<usize> = (0..check.rules.len()).collect();
    if for_people && !counted_any {
        shown.clear();
    }
    let cut = shown.len().saturating_sub(limit);
    let mut title = "Rules, in the order of the file:".to_owned();
    if for_people && cut > 0 {
        // First what is mistaken, then what is hit most, then what just did not happen.
        let rank = |at: &usize| {
            let rule = check.rules.get(*at);
            let rank = match rule.map(|rule| &rule.state) {
                Some(State::Ignored(_) | State::Dead { is_mistaken: true, .. }) => 0,
                Some(State::Used | State::Shadowed(_)) => 1,
                _ => 2,
            };
            (rank, std::cmp::Reverse(rule.map_or(0, |rule| rule.hits)), *at)
        };
        shown.sort_by_key(rank);
        shown.truncate(limit);
        shown.sort_unstable();
        title = format!(
            "Rules, in the order of the file ({} of {}):",
            shown.len(),
            check.rules.len()
        );
    }
    shown.truncate(limit);
    let columns = vec![
        Column::new("line", "LINE", 0),
        Column::new("column", "COLUMN", NEVER),
        Column::new("on_match", "ON MATCH", WIDE),
        Column::new("rule", "RULE", 0),
        Column::new("name", "NAME", NEVER),
        Column::new("hits", "HITS", 0),
        Column::new("unique", "ONLY THIS", 0),
        Column::new("state", "STATE", NEVER),
        Column::new("note", "", 0),
    ];
    let row = |rule: &Rule| {
        let count = |events: u64| if counted_any { events.into() } else { Value::None };
        let state = if counted_any || matches!(rule.state, State::Ignored(_)) {
            word(&rule.state).into()
        } else {
            Value::None
        };
        vec![
            ordinal(rule.place.line),
            ordinal(rule.place.column),
            on_match(rule),
            rule.text.as_str().into(),
            rule.name.as_deref().map_or(Value::None, Into::into),
            count(rule.hits),
            if rule.alone { count(rule.unique) } else { Value::None },
            state,
            note(check, rule).map_or(Value::None, Value::Prose),
        ]
    };
    let rows = shown.iter().filter_map(|at| check.rules.get(*at)).map(row).collect();
    Section {
        key: "rules",
        title,
        columns,
        rows,
        cut,
    }
}

fn word(state: &State) -> &'static str {
    match state {
        State::Used => "used",
        State::Ignored(_) => "ignored",
        State::Dead { .. } => "dead",
        State::Shadowed(_) => "shadowed",
    }
}

fn note(check: &Check, rule: &Rule) -> Option<String> {
    match &rule.state {
        State::Used => None,
        State::Ignored(why) => Some(format!("Not in force. {why}")),
        State::Dead { why, .. } => Some(format!("Never hit. {why}")),
        State::Shadowed(other) => {
            let other = check.rules.get(*other)?;
            Some(format!(
                "Not needed here: line {} matches all of its events too ({}).",
                other.place.line, other.text
            ))
        }
    }
}

pub(super) fn findings(check: &Check, config: &Config, limit: usize) -> Section {
    let columns = vec![
        Column::new("line", "LINE", 0),
        Column::new("column", "COLUMN", 0),
        Column::new("severity", "SEVERITY", 0),
        Column::new("code", "FINDING", 0),
        Column::new("what", "", 0),
        Column::new("mend", "Mend", 0),
        Column::new("how", "Fix", 0),
        Column::new("fix", "", NEVER),
    ];
    let rows = check.findings.iter().map(|finding| {
        vec![
            ordinal(finding.place.line),
            ordinal(finding.place.column),
            finding.severity.to_string().into(),
            finding.code.into(),
            Value::Prose(sentence(&finding.what)),
            Value::Prose(sentence(&finding.mend)),
            Value::Prose(how(finding.fix.as_ref())),
            finding.fix.as_ref().map_or(Value::None, |fix| edits(fix, config)),
        ]
    });
    section("findings", "Findings:", columns, rows, limit)
}

/// What applies a fix, and what that does.
fn how(fix: Option<&Fix>) -> String {
    match fix {
        None => "by hand: what it does to what is logged depends on what is meant.".to_owned(),
        Some(fix) if fix.is_safe() => format!("--fix, which {}.", fix.effect),
        Some(fix) => format!("--fix --unsafe, which {}.", fix.effect),
    }
}

fn edits(fix: &Fix, config: &Config) -> Value {
    let edit = |edit: &Edit| {
        Value::Object(vec![
            ("start", config.byte_in_file(edit.at.start).into()),
            ("end", config.byte_in_file(edit.at.end).into()),
            ("text", edit.text.as_str().into()),
        ])
    };
    Value::Object(vec![
        ("effect", fix.effect.word().into()),
        ("safe", Value::Flag(fix.is_safe())),
        ("edits", Value::Array(fix.edits.iter().map(edit).collect())),
    ])
}

pub(super) fn accepted(check: &Check, limit: usize) -> Section {
    let columns = vec![
        Column::new("line", "LINE", 0),
        Column::new("severity", "SEVERITY", 0),
        Column::new("code", "FINDING", 0),
        Column::new("what", "", 0),
        Column::new("reason", "Accepted", 0),
        Column::new("accepted_in", "", NEVER),
    ];
    let rows = check.accepted.iter().map(|accepted| {
        vec![
            ordinal(accepted.finding.place.line),
            accepted.finding.severity.to_string().into(),
            accepted.finding.code.into(),
            Value::Prose(sentence(&accepted.finding.what)),
            Value::Prose(match accepted.reason.is_empty() {
                true => format!("in line {}, without a reason.", accepted.place.line),
                false => format!("in line {}: {}", accepted.place.line, sentence(&accepted.reason)),
            }),
            ordinal(accepted.place.line),
        ]
    });
    section("accepted", "Accepted findings:", columns, rows, limit)
}

/// A clause with a full stop.
pub(in crate::check) fn sentence(clause: &str) -> String {
    format!("{}.", clause.trim_end_matches('.'))
}

pub(super) fn hidden(check: &Check, limit: usize) -> Section {
    let columns = vec![
        Column::new("line", "LINE", 0),
        Column::new("rule", "RULE", 0),
        Column::new("count", "HIDDEN", 0),
        Column::new("what", "Hides", 0),
        Column::new("groups", "", NEVER),
    ];
    let rows = check.hidden.by_rule.iter().map(|by| {
        let rule = rule_of(check, by.rule);
        vec![
            line(rule),
            rule.map_or_else(|| check.unmatched.into(), |rule| rule.text.as_str().into()),
            by.examples.into(),
            Value::Prose(by.sentence()),
            Value::Array(by.groups.iter().map(group).collect()),
        ]
    });
    let title = format!(
        "What it hides, of {} of what attackers do:",
        counted(check.hidden.tried as u64, "example")
    );
    section("hidden", title, columns, rows, limit)
}

fn group(group: &Group) -> Value {
    let kind = match group.kind {
        WitnessKind::KnownBad => "known-bad",
        WitnessKind::Payload => "payload",
        WitnessKind::ForeignCode => "foreign-code",
        WitnessKind::Remote => "remote",
    };
    Value::Object(vec![
        ("kind", kind.into()),
        ("count", group.examples.into()),
        ("pipe_names", group.names.into()),
        ("images", group.images.into()),
        ("examples", Value::Array(group.telling.iter().map(example).collect())),
    ])
}

fn example(example: &Example) -> Value {
    Value::Object(vec![
        ("event_type", example.event.event_type().into()),
        ("pipe_name", example.pipe_name.as_str().into()),
        ("image", example.image.as_str().into()),
        ("what", example.what.as_str().into()),
        ("source", example.source.as_str().into()),
    ])
}

pub(super) fn asleep(check: &Check, limit: usize) -> Section {
    let columns = vec![
        Column::new("detection", "SIGMA RULE", 0),
        Column::new("line", "LINE", 0),
        Column::new("rule", "RULE", 0),
        Column::new("event_type", "EVENT", WIDE),
        Column::new("pipe_name", "PIPE", NEVER),
        Column::new("image", "IMAGE", NEVER),
        Column::new("what", "", 0),
    ];
    let rows = check.asleep.iter().map(|asleep| {
        let rule = rule_of(check, asleep.rule);
        let event = &asleep.example;
        vec![
            asleep.detection.as_str().into(),
            line(rule),
            rule.map_or_else(|| check.unmatched.into(), |rule| rule.text.as_str().into()),
            event.kind.event_type().into(),
            event.pipe_name.as_str().into(),
            event.image.as_str().into(),
            Value::Prose(format!("It would not see {} of {}.", event.pipe_name, event.image)),
        ]
    });
    section("asleep", "Sigma rules that it puts to sleep:", columns, rows, limit)
}

pub(super) fn expectations(failed: &[Failed<'_>], limit: usize) -> Section {
    let columns = vec![
        Column::new("line", "LINE", 0),
        Column::new("expected", "EXPECTED", 0),
        Column::new("event_type", "EVENT", WIDE),
        Column::new("pipe_name", "PIPE", 0),
        Column::new("image", "IMAGE", 0),
        Column::new("verdict", "VERDICT", NEVER),
        Column::new("why", "Expected since", 0),
        Column::new("reason", "But", 0),
    ];
    let rows = failed.iter().map(|failed| {
        let expectation = failed.expectation;
        let kind = failed.kind.word();
        let is = if failed.trial.logged { "logged" } else { "dropped" };
        vec![
            ordinal(expectation.line),
            verdict(expectation.logged),
            failed.kind.event_type().into(),
            expectation.pipe_name.as_str().into(),
            expectation.image.as_str().into(),
            verdict(failed.trial.logged),
            Value::Prose(sentence(&expectation.why)),
            Value::Prose(format!("{kind}, it is {is}: {}.", failed.reason)),
        ]
    });
    section("expectations", "Expectations that do not hold:", columns, rows, limit)
}

/// What a match of a rule means.
pub(super) fn on_match(rule: &Rule) -> Value {
    match rule.on_match {
        Some(OnMatch::Include) => "include".into(),
        Some(OnMatch::Exclude) => "exclude".into(),
        None => Value::None,
    }
}
