//! Why one event is logged or dropped: trials in, a report out.

use super::super::event::{Judge, Near, Trial};
use super::super::rules::Rule;
use super::sections::{line, on_match, section, text, verdict};
use crate::event::Kind;
use crate::output::{Column, Report, SCHEMA, Section, Value};
use crate::sysmon::Event;

/// So many near misses do people read.
const NEAREST: usize = 10;

/// An event of some kinds, which fare alike, and how they fare.
type Fate = (Vec<Kind>, Trial);

/// The report of `check --pipe`: what becomes of one event, created and connected.
#[must_use]
pub fn report_trial(judge: &Judge<'_>, event: &Event<'_>, kinds: &[Kind], for_people: bool) -> Report {
    let mut fates: Vec<Fate> = Vec::new();
    for kind in kinds {
        let trial = judge.trial(&Event {
            event_type: kind.event_type(),
            ..*event
        });
        match fates.iter_mut().find(|(_, other)| *other == trial) {
            Some((kinds, _)) => kinds.push(*kind),
            None => fates.push((vec![*kind], trial)),
        }
    }
    let nearest = if for_people { NEAREST } else { usize::MAX };
    Report {
        headline: headline(judge, &fates),
        members: vec![("schema", Value::Count(SCHEMA))],
        sections: vec![
            verdicts(judge, event, &fates),
            matches(judge, &fates),
            near_misses(judge, &fates, nearest),
        ],
        closing: closing(judge, event, &fates),
    }
}

fn headline(judge: &Judge<'_>, fates: &[Fate]) -> Vec<String> {
    let mut lines = Vec::new();
    for (kinds, trial) in fates {
        let fate = if trial.logged { "log" } else { "drop" };
        let event = words(kinds).join(" or ");
        let reason = judge.reason(trial.decided_by);
        lines.push(format!("Sysmon would {fate} it, {event}: {reason}."));
        if let Some(name) = &trial.rule_name {
            lines.push(format!("The log would show RuleName {name}."));
        }
    }
    lines
}

fn closing(judge: &Judge<'_>, event: &Event<'_>, fates: &[Fate]) -> Vec<String> {
    let mut lines = Vec::new();
    if !event.pipe_name.starts_with(['\\', '<']) {
        lines.push(format!(
            "Sysmon logs pipes with a backslash in front: did you mean \\{}?",
            event.pipe_name
        ));
    }
    let mut matching = fates
        .iter()
        .flat_map(|(_, trial)| &trial.matches)
        .filter_map(|at| judge.rules().get(*at));
    if matching.any(|rule| !rule.alone) {
        lines.push("A PipeEvent that combines by and needs several of its rules to match at once.".to_owned());
    }
    lines
}

fn verdicts(judge: &Judge<'_>, event: &Event<'_>, fates: &[Fate]) -> Section {
    let row = |(kinds, trial): &Fate| {
        let decides = trial.decided_by.and_then(|at| judge.rules().get(at));
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
    };
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
    section("verdicts", "", columns, fates.iter().map(row), usize::MAX)
}

fn matches(judge: &Judge<'_>, fates: &[Fate]) -> Section {
    let mut rows = Vec::new();
    for (kinds, trial) in fates {
        for at in &trial.matches {
            let Some(rule) = judge.rules().get(*at) else {
                continue;
            };
            rows.push(vec![
                kinds_of(kinds),
                line(Some(rule)),
                on_match(rule),
                text(Some(rule)),
                Value::Flag(trial.decided_by == Some(*at)),
            ]);
        }
    }
    let columns = vec![
        Column::new("event_types", "EVENT", kinds_from(fates)),
        Column::new("line", "LINE", 0),
        Column::new("on_match", "ON MATCH", 0),
        Column::new("rule", "RULE", 0),
        Column::new("decides", "DECIDES", 0),
    ];
    section("matches", "Rules that match:", columns, rows.into_iter(), usize::MAX)
}

fn near_misses(judge: &Judge<'_>, fates: &[Fate], limit: usize) -> Section {
    let rows = fates
        .iter()
        .flat_map(|(kinds, trial)| trial.near.iter().map(move |near| (kinds, near)))
        .filter_map(|(kinds, near)| Some(near_row(kinds_of(kinds), judge.rules().get(near.rule)?, near)));
    let columns = vec![
        Column::new("event_types", "EVENT", kinds_from(fates)),
        Column::new("line", "LINE", 0),
        Column::new("on_match", "ON MATCH", 0),
        Column::new("rule", "RULE", 0),
        Column::new("fails", "Fails", 0),
        Column::new("filters", "", u16::MAX),
    ];
    let rows: Vec<Vec<Value>> = rows.collect();
    section(
        "near_misses",
        "Rules that nearly match:",
        columns,
        rows.into_iter(),
        limit,
    )
}

fn kinds_of(kinds: &[Kind]) -> Value {
    Value::List(kinds.iter().map(|kind| kind.event_type().to_owned()).collect())
}

/// From which width on a table tells kinds apart: never where they fare alike.
fn kinds_from(fates: &[Fate]) -> u16 {
    if fates.len() == 1 { u16::MAX } else { 0 }
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
