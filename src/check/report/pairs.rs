//! What a check tells of the events: pairs logged or dropped, and suspects among the latter, each a section of its report.

use super::super::Check;
use super::super::tally::Row;
use super::sections::{NEVER, WIDE, line, rule_of, section, sentence, text, verdict};
use crate::output::{Column, Section, Value};

pub(super) fn pairs(check: &Check, logged: bool, limit: usize) -> Section {
    let rows = check
        .tally
        .iter()
        .flat_map(|tally| &tally.rows)
        .filter(|row| row.logged == logged);
    let rows: Vec<&Row> = rows.collect();
    let title = if logged {
        "Still logged, by frequency:"
    } else {
        "Dropped, by frequency:"
    };
    let columns = vec![
        Column::new("pipe_name", "PIPE", 0),
        Column::new("image", "IMAGE", 0),
        Column::new("count", "EVENTS", 0),
        Column::new("created", "CREATED", WIDE),
        Column::new("connected", "CONNECTED", WIDE),
        Column::new("verdict", "VERDICT", NEVER),
        Column::new("line", "LINE", if logged { NEVER } else { 0 }),
        Column::new("rule", "RULE", if logged { NEVER } else { WIDE }),
        Column::new("rule_name", "NAME", NEVER),
    ];
    let row = |row: &&Row| {
        let [created, connected] = row.events;
        let rule = rule_of(check, row.rule);
        vec![
            row.pipe_name.as_str().into(),
            row.image.as_str().into(),
            row.count().into(),
            created.into(),
            connected.into(),
            verdict(row.logged),
            line(rule),
            text(rule),
            rule.and_then(|rule| rule.name.as_deref())
                .map_or(Value::None, Into::into),
        ]
    };
    section("pairs", title, columns, rows.iter().map(row), limit)
}

pub(super) fn suspects(check: &Check, limit: usize) -> Section {
    let columns = vec![
        Column::new("pipe_name", "PIPE", 0),
        Column::new("image", "IMAGE", 0),
        Column::new("count", "EVENTS", 0),
        Column::new("line", "LINE", 0),
        Column::new("rule", "RULE", WIDE),
        Column::new("what", "", 0),
        Column::new("source", "", NEVER),
    ];
    let rows = check.suspects.iter().filter_map(|suspect| {
        let row = check.tally.as_ref()?.rows.get(suspect.row)?;
        let rule = rule_of(check, row.rule);
        Some(vec![
            row.pipe_name.as_str().into(),
            row.image.as_str().into(),
            row.count().into(),
            line(rule),
            text(rule),
            Value::Prose(sentence(&suspect.what)),
            suspect.source.as_str().into(),
        ])
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    section(
        "suspects",
        "Dropped from these logs, and such as attackers do:",
        columns,
        rows.into_iter(),
        limit,
    )
}
