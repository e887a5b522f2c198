//! What has changed in, a report of it out.

use super::{Change, Changed, Diff, Fate, Period, Side};
use crate::event::Kind;
use crate::output::{Column, Report, SCHEMA, Section, Value, counted, date, grouped};
use crate::scan::Scan;

/// The report of a diff of two scans, with the first `limit` rows.
#[must_use]
pub fn report(diff: &Diff, scans: [&Scan; 2], limit: Option<usize>) -> Report {
    let shown = limit.unwrap_or(usize::MAX).min(diff.changes.len());
    let by_pair = diff.changes.iter().all(|changed| changed.kind.is_none());
    let with_fate = diff.changes.iter().any(|changed| changed.fate.is_some());
    let columns = columns(by_pair, with_fate);
    let row = |changed: &Changed| columns.iter().map(|column| value(changed, column.key)).collect();
    Report {
        headline: headline(diff),
        members: vec![("schema", Value::Count(SCHEMA)), ("summary", summary(diff, scans))],
        sections: vec![Section {
            key: "changes",
            title: String::new(),
            rows: diff.changes.iter().take(shown).map(row).collect(),
            columns,
            cut: diff.changes.len() - shown,
        }],
        closing: closing(diff),
    }
}

fn columns(by_pair: bool, with_fate: bool) -> Vec<Column> {
    let column = Column::new;
    let mut columns = vec![column("change", "CHANGE", 0)];
    if with_fate {
        columns.push(column("config", "CONFIG", 0));
    }
    if !by_pair {
        columns.push(column("kind", "KIND", 90));
    }
    columns.extend([
        column("pipe_name", "PIPE", 0),
        column("image", "IMAGE", 0),
        column("old_count", "OLD", 0),
        column("new_count", "NEW", 0),
        column("old_rate", "OLD/DAY", 150),
        column("new_rate", "NEW/DAY", 150),
        column("old_hosts", "ON HOSTS", 110),
        column("new_hosts", "NOW ON", 110),
        column("newly_on", "NEWLY ON", u16::MAX),
        column("first_seen", "FIRST", 170),
        column("last_seen", "LAST", 190),
        column("known_bad", "", 0),
    ]);
    columns
}

fn value(changed: &Changed, key: &str) -> Value {
    let rate = |side: &Side| side.rate.map_or(Value::None, Value::Decimal);
    match key {
        "change" => changed.change.word().into(),
        "config" => changed.fate.map_or(Value::None, |fate| fate.word().into()),
        "kind" => changed.kind.map_or(Value::None, |kind| match kind {
            Kind::Created => "created".into(),
            Kind::Connected => "connected".into(),
        }),
        "pipe_name" => changed.pipe_name.as_str().into(),
        "image" => changed.image.as_str().into(),
        "old_count" => changed.old.events.into(),
        "new_count" => changed.new.events.into(),
        "old_rate" => rate(&changed.old),
        "new_rate" => rate(&changed.new),
        "old_hosts" => changed.old.hosts.into(),
        "new_hosts" => changed.new.hosts.into(),
        "newly_on" => Value::List(changed.newly_on.clone()),
        "first_seen" => changed.seen.map(|seen| seen.0).into(),
        "last_seen" => changed.seen.map(|seen| seen.1).into(),
        "known_bad" => changed.known_bad.clone().map_or(Value::None, Value::Prose),
        _ => Value::None,
    }
}

fn summary(diff: &Diff, scans: [&Scan; 2]) -> Value {
    let period = |period: &Period| {
        Value::Object(vec![
            ("pipe_events", period.events.into()),
            ("hosts", period.hosts.into()),
            ("host_days", period.host_days.into()),
            ("first_seen", period.seen.map(|seen| seen.0).into()),
            ("last_seen", period.seen.map(|seen| seen.1).into()),
        ])
    };
    let mut members = vec![
        ("old", period(&diff.old)),
        ("new", period(&diff.new)),
        ("shared_events", diff.shared.into()),
        ("unseen", diff.unseen.into()),
        ("same", diff.same.into()),
    ];
    members.push((
        "skipped",
        Value::Array(
            scans
                .into_iter()
                .flat_map(|scan| scan.skipped.iter().map(skipped))
                .collect(),
        ),
    ));
    members.push((
        "skipped_more",
        scans.iter().map(|scan| scan.skipped.more).sum::<u64>().into(),
    ));
    Value::Object(members)
}

fn skipped(skipped: &crate::error::Skipped) -> Value {
    Value::Object(vec![
        ("source", skipped.source.as_str().into()),
        ("offset", skipped.offset.map_or(Value::None, Value::Count)),
        ("what", (*skipped.what).into()),
    ])
}

fn headline(diff: &Diff) -> Vec<String> {
    let period = |name: &str, period: &Period| {
        let seen = period
            .seen
            .map(|(first, last)| format!(", from {} to {}", date(first), date(last)));
        format!(
            "{name}: {} from {} on {} of hosts{}",
            counted(period.events, "pipe event"),
            counted(period.hosts as u64, "host"),
            counted(period.host_days, "day"),
            seen.unwrap_or_default()
        )
    };
    let mut lines = vec![period("OLD", &diff.old), period("NEW", &diff.new)];
    if diff.shared > 0 {
        lines.push(format!(
            "{} in both: what they say is no change",
            counted(diff.shared, "event")
        ));
    }
    let of = |change: Change| diff.changes.iter().filter(|changed| changed.change == change).count() as u64;
    let told: Vec<String> = Change::ALL
        .into_iter()
        .filter(|change| of(*change) > 0)
        .map(|change| format!("{} {}", grouped(of(change)), change.word()))
        .collect();
    let bad = diff
        .changes
        .iter()
        .filter(|changed| changed.known_bad.is_some())
        .count() as u64;
    lines.push(match (told.is_empty(), bad) {
        (true, _) if !diff.has_rates() => "Nothing is new".to_owned(),
        (true, _) => "Nothing has changed by more than chance".to_owned(),
        (false, 0) => told.join(", "),
        (false, bad) => format!("{}; {} with a name that attackers use", told.join(", "), grouped(bad)),
    });
    lines
}

fn closing(diff: &Diff) -> Vec<String> {
    let mut lines = Vec::new();
    if diff.unseen > 0 {
        // Where no rates are compared, nothing is said of chance.
        let chance = if diff.has_rates() {
            ", so rare that it may be chance"
        } else {
            ""
        };
        lines.push(format!("{} of OLD not seen in NEW{chance}", grouped(diff.unseen)));
    }
    let fresh = diff.changes.iter().filter(|changed| changed.change == Change::New);
    let logged = fresh
        .filter(|changed| matches!(changed.fate, Some(Fate::Logged | Fate::InPart)))
        .count() as u64;
    if logged > 0 {
        lines.push(format!(
            "The config would log {} of what is new: `pipemine draft --config` drafts rules for what may be dropped.",
            grouped(logged)
        ));
    }
    if !diff.has_rates() {
        lines.push("Rates are not compared: a period has no day of a host that is known by name.".to_owned());
    }
    lines
}
