//! Why one event is logged or dropped: trials in, a report out.

use super::super::event::{Judge, Near, Trial};
use super::super::rules::Rule;
use super::sections::{line, on_match, section, text, verdict};
use crate::event::Kind;
use crate::output::{Column, Report, SCHEMA, Value};
use crate::sysmon::Event;

/// So many near misses do people read.
const NEAREST: usize = 10;

/// The report of `check --pipe`: what becomes of one event, created and connected.
#[must_use]
pub fn report_trial(judge: &Judge<'_>, event: &Event<'_>, kinds: &[Kind], for_people: bool) -> Report {
    let mut trials: Vec<(Vec<Kind>, Trial)> = Vec::new();
    for kind in kinds {
        let trial = judge.trial(&Event {
            event_type: kind.event_type(),
            ..*event
        });
        match trials.iter_mut().find(|(_, other)| *other == trial) {
            Some((kinds, _)) => kinds.push(*kind),
            None => trials.push((vec![*kind], trial)),
        }
    }
    let mut report = Report {
        members: vec![("schema", Value::Count(SCHEMA))],
        ..Report::default()
    };
    let mut closing = Vec::new();
    for (kinds, trial) in &trials {
        let fate = if trial.logged { "log" } else { "drop" };
        let event = words(kinds).join(" or ");
        report.headline.push(format!(
            "Sysmon would {fate} it, {event}: {}.",
            judge.reason(trial.decided_by)
        ));
        if let Some(name) = &trial.rule_name {
            report.headline.push(format!("The log would show RuleName {name}."));
        }
    }
    if !event.pipe_name.starts_with(['\\', '<']) {
        closing.push(format!(
            "Sysmon logs pipes with a backslash in front: did you mean \\{}?",
            event.pipe_name
        ));
    }
    let mut partial = trials
        .iter()
        .flat_map(|(_, trial)| &trial.matches)
        .filter_map(|at| judge.rules().get(*at));
    if partial.any(|rule| !rule.alone) {
        closing.push("A PipeEvent that combines by and needs several of its rules to match at once.".to_owned());
    }
    report.closing = closing;
    let kinds_of = |kinds: &[Kind]| Value::List(kinds.iter().map(|kind| kind.event_type().to_owned()).collect());
    let only = if trials.len() == 1 { u16::MAX } else { 0 };
    let rule = |at: usize| judge.rules().get(at);
    let verdicts = trials.iter().map(|(kinds, trial)| {
        let decides = trial.decided_by.and_then(rule);
        vec![
            kinds_of(kinds),
            event.pipe_name.into(),
            event.image.into(),
            verdict(trial.logged),
            line(decides),
            text(decides),
            trial.rule_name.as_deref().map_or(Value::None, Into::into),
            judge.reason(trial.decided_by).into(),
        ]
    });
    let columns = vec![
        Column::new("event_types", "EVENT", 0),
        Column::new("pipe_name", "PIPE", 0),
        Column::new("image", "IMAGE", 0),
        Column::new("verdict", "VERDICT", 0),
        Column::new("line", "LINE", 0),
        Column::new("rule", "RULE", u16::MAX),
        Column::new("rule_name", "NAME", u16::MAX),
        Column::new("reason", "", u16::MAX),
    ];
    report
        .sections
        .push(section("verdicts", "", columns, verdicts, usize::MAX));
    let matches: Vec<Vec<Value>> = trials
        .iter()
        .flat_map(|(kinds, trial)| {
            trial
                .matches
                .iter()
                .map(move |at| (kinds, *at, trial.decided_by == Some(*at)))
        })
        .filter_map(|(kinds, at, decides)| {
            let rule = rule(at)?;
            Some(vec![
                kinds_of(kinds),
                line(Some(rule)),
                on_match(rule),
                text(Some(rule)),
                Value::Flag(decides),
            ])
        })
        .collect();
    let columns = vec![
        Column::new("event_types", "EVENT", only),
        Column::new("line", "LINE", 0),
        Column::new("on_match", "ON MATCH", 0),
        Column::new("rule", "RULE", 0),
        Column::new("decides", "DECIDES", 0),
    ];
    report.sections.push(section(
        "matches",
        "Rules that match:",
        columns,
        matches.into_iter(),
        usize::MAX,
    ));
    let near: Vec<Vec<Value>> = trials
        .iter()
        .flat_map(|(kinds, trial)| trial.near.iter().map(move |near| (kinds, near)))
        .filter_map(|(kinds, near)| Some(near_row(kinds_of(kinds), rule(near.rule)?, near)))
        .collect();
    let columns = vec![
        Column::new("event_types", "EVENT", only),
        Column::new("line", "LINE", 0),
        Column::new("on_match", "ON MATCH", 0),
        Column::new("rule", "RULE", 0),
        Column::new("fails", "Fails", 0),
        Column::new("filters", "", u16::MAX),
    ];
    let limit = if for_people { NEAREST } else { usize::MAX };
    report.sections.push(section(
        "near_misses",
        "Rules that nearly match:",
        columns,
        near.into_iter(),
        limit,
    ));
    report
}

fn words(kinds: &[Kind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.word()).collect()
}

fn near_row(kinds: Value, rule: &Rule, near: &Near) -> Vec<Value> {
    let told = near.failing.iter().map(|failing| {
        let why = failing.why.map(|why| format!(": {why}")).unwrap_or_default();
        Value::Prose(format!("{}; the event has `{}`{why}.", failing.filter, failing.actual))
    });
    let filters = near.failing.iter().map(|failing| {
        Value::Object(vec![
            ("filter", failing.filter.as_str().into()),
            ("actual", failing.actual.as_str().into()),
            ("why", failing.why.map_or(Value::None, Into::into)),
        ])
    });
    vec![
        kinds,
        line(Some(rule)),
        on_match(rule),
        text(Some(rule)),
        Value::Array(told.collect()),
        Value::Array(filters.collect()),
    ]
}
