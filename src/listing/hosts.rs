//! A scan in, a report of what its baseline is made of out: the hosts, how long each was watched, and which fell silent.
//!
//! Whether a host's logs lost events (one was full, or cleared) shows in gaps of its EventRecordIDs. Pipe events alone do not
//! tell: the numbers between theirs are those of all other events. What whole logs hold does, where some were read.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Filter, headline, summary};
use crate::baseline::{Host, Pair};
use crate::normalize::EMPTY;
use crate::normalize::day::Day;
use crate::output::{Column, Report, SCHEMA, Section, Value, counted, grouped, rfc3339};
use crate::records::Gap;
use crate::scan::Scan;

/// So many gaps are told in words.
const GAPS_TOLD: usize = 3;

/// The report of `scan --by host`: those that were silent for longest at the end stand first.
#[must_use]
pub fn hosts(scan: &Scan, filter: Filter) -> Report {
    let pairs = scan.baseline.pairs();
    let pairs_of = pairs_by_host(&pairs, scan.baseline.host_numbers().count());
    let last = scan.baseline.days().filter(|day| day.is_plausible()).max();
    let told = scan.baseline.told_by_host();
    let gaps_of = scan.baseline.gaps(&told);
    let mut rows: Vec<Row> = told
        .into_iter()
        .zip(pairs_of)
        .zip(gaps_of)
        .map(|((host, pairs), gaps)| Row::of(host, pairs, gaps, last))
        .collect();
    rows.retain(|row| row.host.evidence.events() >= filter.min_count && row.days >= filter.min_days);
    rows.sort_by(|a, b| {
        b.days_silent
            .cmp(&a.days_silent)
            .then_with(|| a.host.name.cmp(&b.host.name))
    });
    let shown = filter.limit.unwrap_or(usize::MAX).min(rows.len());
    let cut = rows.len() - shown;
    rows.truncate(shown);

    let column = Column::new;
    let columns = vec![
        column("host", "HOST", 0),
        column("count", "EVENTS", 0),
        column("created", "CREATED", 110),
        column("connected", "CONNECTED", 110),
        column("pairs", "PAIRS", 0),
        column("days", "DAYS", 0),
        column("days_missing", "MISSING", 0),
        column("days_silent", "SILENT", 0),
        column("gaps", "GAPS", 0),
        column("records_lost", "LOST", 0),
        column("first_seen", "FIRST", 130),
        column("last_seen", "LAST", 100),
    ];
    let mut closing = Vec::new();
    if rows.iter().any(|row| row.days_missing > 0 || row.days_silent > Some(0)) {
        closing.push(
            "MISSING days lie between others, SILENT ones after a host's last: was it off, or its log full?".into(),
        );
    }
    let gaps = gaps(&rows);
    closing.extend(in_words(&gaps));
    if rows.iter().any(|row| row.gaps.is_none()) {
        closing.push(
            "GAPS are told where whole .evtx logs were read: exports of selected events do not show what was lost."
                .into(),
        );
    }
    Report {
        headline: headline(scan, pairs.len(), &filter),
        members: vec![
            ("schema", Value::Count(SCHEMA)),
            ("summary", summary(scan, pairs.len())),
            ("gaps", Value::Array(gaps.iter().map(value).collect())),
        ],
        sections: vec![Section {
            key: "hosts",
            title: String::new(),
            columns,
            rows: rows.into_iter().map(Row::values).collect(),
            cut,
        }],
        closing,
    }
}

struct Row {
    host: Host,
    pairs: u64,
    /// `None` where no whole log of it was read.
    gaps: Option<Vec<Gap>>,
    days: usize,
    /// Days between its first and its last one without an event.
    days_missing: u64,
    /// Days after its last one, up to the last one of any host; `None` where it has no day.
    days_silent: Option<u64>,
}

impl Row {
    fn of(host: Host, pairs: u64, gaps: Option<Vec<Gap>>, last: Option<Day>) -> Self {
        let days: BTreeSet<Day> = host.evidence.days();
        let between = |from: Day, to: Day| u64::from(to.number().abs_diff(from.number()));
        let (first_day, last_day) = (days.first().copied(), days.last().copied());
        let span = first_day
            .zip(last_day)
            .map_or(0, |(first, last)| between(first, last) + 1);
        Self {
            host,
            pairs,
            gaps,
            days: days.len(),
            days_missing: span.saturating_sub(days.len() as u64),
            days_silent: last_day.zip(last).map(|(own, last)| between(own, last)),
        }
    }

    fn values(self) -> Vec<Value> {
        let evidence = &self.host.evidence;
        let of_gaps = |count: fn(&[Gap]) -> u64| self.gaps.as_deref().map_or(Value::None, |gaps| count(gaps).into());
        vec![
            self.host.name.as_str().into(),
            evidence.events().into(),
            evidence.created.into(),
            evidence.connected.into(),
            if self.host.name == EMPTY {
                Value::None
            } else {
                self.pairs.into()
            },
            self.days.into(),
            self.days_missing.into(),
            self.days_silent.map_or(Value::None, Value::Count),
            of_gaps(|gaps| gaps.len() as u64),
            of_gaps(|gaps| gaps.iter().map(Gap::records).fold(0, u64::saturating_add)),
            evidence.first_seen.into(),
            evidence.last_seen.into(),
        ]
    }
}

/// The gaps of these hosts, with the host's name, the largest first.
fn gaps(rows: &[Row]) -> Vec<(&str, Gap)> {
    let mut gaps = Vec::new();
    for Row {
        host, gaps: of_host, ..
    } in rows
    {
        gaps.extend(of_host.iter().flatten().map(|gap| (host.name.as_str(), *gap)));
    }
    gaps.sort_by_key(|(host, gap)| (Reverse(gap.records()), *host, gap.first));
    gaps
}

/// The first gaps in words, and what gaps mean.
fn in_words(gaps: &[(&str, Gap)]) -> Vec<String> {
    if gaps.is_empty() {
        return Vec::new();
    }
    let line = |(host, gap): &(&str, Gap)| {
        let (records, after, before) = (gap.records(), rfc3339(gap.after), rfc3339(gap.before));
        let numbers = match (gap.first, gap.last) {
            (only, last) if only == last => only.to_string(),
            (first, last) => format!("{first} to {last}"),
        };
        format!(
            "{host}: {} ({numbers}) missing between {after} and {before}",
            counted(records, "record")
        )
    };
    let mut lines: Vec<String> = gaps.iter().take(GAPS_TOLD).map(line).collect();
    if let more @ 1.. = gaps.len().saturating_sub(GAPS_TOLD) {
        lines.push(format!("… and {} more", grouped(more as u64)));
    }
    lines.push(
        "No log of these was handed over, or they were overwritten or cleared before it was copied, or lie where it is damaged."
            .into(),
    );
    lines
}

/// A gap for other programs.
fn value((host, gap): &(&str, Gap)) -> Value {
    Value::Object(vec![
        ("host", (*host).into()),
        ("first_record", gap.first.into()),
        ("last_record", gap.last.into()),
        ("after", Value::Time(gap.after)),
        ("before", Value::Time(gap.before)),
    ])
}

/// How many pairs each host has.
fn pairs_by_host(pairs: &[Pair], hosts: usize) -> Vec<u64> {
    let mut counts = vec![0; hosts];
    for host in pairs.iter().flat_map(|pair| pair.evidence.hosts()) {
        if let Some(count) = counts.get_mut(host as usize) {
            *count += 1;
        }
    }
    counts
}
