//! A scan in, a report of what occurs and how often out: by pair, by pipe name, by image, or by family.

mod entries;
mod families;
mod hosts;

pub use entries::entries;
pub use hosts::hosts;

use std::cmp::Ordering;

use crate::baseline::{Baseline, Evidence, Pair, Part, most_frequent_first, sort_large};
use crate::draft::saturation::Saturation;
use crate::family::families;
use crate::normalize::fold::Folded;
use crate::output::{Column, Report, SCHEMA, Section, Value, counted, date, grouped};
use crate::scan::Scan;
use crate::template::Template;
use indexmap::IndexMap;

/// What one row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// A pipe name with an image.
    #[default]
    Pair,
    /// A pipe name, whatever the image.
    Pipe,
    /// An image, whatever the pipe name.
    Image,
    /// A family: names of one shape with images of one shape, as a draft sees them, and what it would do with it.
    Family,
}

/// Which rows to show.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Rows with fewer events are left out.
    pub min_count: u64,
    /// Rows seen on fewer hosts are left out.
    pub min_hosts: usize,
    /// Rows seen on fewer days are left out.
    pub min_days: usize,
    /// At most so many rows.
    pub limit: Option<usize>,
    /// Whether lines above them say what all comes to. Only a table shows these, and they take as long as finding the
    /// families does.
    pub headline: bool,
}

impl Filter {
    fn passes(&self, evidence: &Evidence) -> bool {
        evidence.events() >= self.min_count
            && evidence.host_count() >= self.min_hosts
            && evidence.day_count() >= self.min_days
    }
}

/// One row, before it is cut into columns.
struct Row {
    pipe_name: Option<String>,
    image: Option<String>,
    family: Option<Template>,
    /// How many images a pipe name has, or pipe names an image.
    others: u64,
    evidence: Evidence,
}

/// The report of `scan`.
#[must_use]
pub fn list(scan: &Scan, by: By, filter: Filter) -> Report {
    let pairs = scan.baseline.each_pair();
    let summary = summary(scan, pairs.len());
    let headline = headline(scan, pairs.len(), &filter);
    let section = match by {
        By::Family => families::section(&scan.baseline, &filter),
        By::Pair => section(&scan.baseline, pairs.filter_map(|pair| row(pair, &filter)), by, &filter),
        By::Pipe | By::Image => {
            let rows = rows(most_frequent_first(pairs), by, &filter);
            section(&scan.baseline, rows, by, &filter)
        }
    };
    Report {
        headline,
        members: vec![("schema", Value::Count(SCHEMA)), ("summary", summary)],
        closing: closing(scan, section.rows.is_empty()),
        sections: vec![section],
    }
}

fn section(baseline: &Baseline, rows: impl Iterator<Item = Row>, by: By, filter: &Filter) -> Section {
    let (rows, cut) = first(rows, filter.limit.unwrap_or(usize::MAX));
    let columns = columns(by);
    let cells = |mut row: Row| {
        let cell = |column: &Column| value(&mut row, column.key, baseline);
        columns.iter().map(cell).collect()
    };
    let rows = rows.into_iter().map(cells).collect();
    let key = match by {
        By::Pair | By::Family => "pairs",
        By::Pipe => "pipes",
        By::Image => "images",
    };
    Section {
        key,
        title: String::new(),
        columns,
        rows,
        cut,
    }
}

/// The first rows, most frequent first, and how many more there are. No more than twice as many as are shown are kept.
fn first(rows: impl Iterator<Item = Row>, limit: usize) -> (Vec<Row>, usize) {
    let order = |a: &Row, b: &Row| -> Ordering {
        let events = b.evidence.events().cmp(&a.evidence.events());
        events.then_with(|| (&a.pipe_name, &a.image).cmp(&(&b.pipe_name, &b.image)))
    };
    let most = limit.saturating_mul(2).max(1 << 6);
    let (mut first, mut cut) = (Vec::new(), 0);
    for row in rows {
        first.push(row);
        if first.len() > most {
            first.select_nth_unstable_by(limit, order);
            cut += first.len() - limit;
            first.truncate(limit);
        }
    }
    sort_large(&mut first, order);
    cut += first.len().saturating_sub(limit);
    first.truncate(limit);
    (first, cut)
}

/// The row of a pair, if it passes.
fn row(pair: Pair, filter: &Filter) -> Option<Row> {
    filter.passes(&pair.evidence).then(|| Row {
        family: Some(pair.template),
        pipe_name: Some(pair.pipe_name),
        image: Some(pair.image),
        others: 0,
        evidence: pair.evidence,
    })
}

/// The rows that pairs come to which share a pipe name or an image, of which one is shown.
fn rows(pairs: Vec<Pair>, by: By, filter: &Filter) -> impl Iterator<Item = Row> {
    // Pairs come by frequency: the first spelling of each key is that of its most frequent pair.
    let mut rows: IndexMap<Folded, Row> = IndexMap::new();
    for pair in pairs {
        let (key, pipe_name, image) = match by {
            By::Image => (Folded::new(&pair.image), None, Some(pair.image)),
            By::Pipe | By::Pair | By::Family => (Folded::new(&pair.pipe_name), Some(pair.pipe_name), None),
        };
        let new = Row {
            pipe_name,
            image,
            family: None,
            others: 0,
            evidence: Evidence::default(),
        };
        let row = rows.entry(key).or_insert(new);
        row.others += 1;
        row.evidence.add(&pair.evidence);
    }
    rows.into_values().filter(|row| filter.passes(&row.evidence))
}

fn columns(by: By) -> Vec<Column> {
    let column = Column::new;
    let mut columns = match by {
        By::Pair | By::Family => vec![column("pipe_name", "PIPE", 0), column("image", "IMAGE", 0)],
        By::Pipe => vec![column("pipe_name", "PIPE", 0), column("images", "IMAGES", 0)],
        By::Image => vec![column("image", "IMAGE", 0), column("pipes", "PIPES", 0)],
    };
    columns.extend([
        column("count", "EVENTS", 0),
        column("created", "CREATED", 110),
        column("connected", "CONNECTED", 110),
        column("hosts", "HOSTS", 0),
        column("days", "DAYS", 0),
        column("users", "USERS", 190),
        column("first_seen", "FIRST", 150),
        column("last_seen", "LAST", 130),
    ]);
    if by == By::Pair {
        columns.push(column("family", "FAMILY", u16::MAX));
    }
    columns
}

/// The value of a column; texts are moved out of the row.
fn value(row: &mut Row, key: &str, baseline: &Baseline) -> Value {
    let evidence = &row.evidence;
    let text = |text: &mut Option<String>| text.take().map_or(Value::None, Value::Text);
    match key {
        "pipe_name" => text(&mut row.pipe_name),
        "image" => text(&mut row.image),
        "family" => row
            .family
            .take()
            .map_or(Value::None, |family| family.to_string().into()),
        "images" | "pipes" => Value::Count(row.others),
        "count" => Value::Count(evidence.events()),
        "created" => Value::Count(evidence.created),
        "connected" => Value::Count(evidence.connected),
        "hosts" => evidence.host_count().into(),
        "days" => evidence.day_count().into(),
        "users" => Value::List(
            evidence
                .users
                .keys()
                .map(|user| baseline.user(user).to_owned())
                .collect(),
        ),
        "first_seen" => evidence.first_seen.into(),
        "last_seen" => evidence.last_seen.into(),
        _ => Value::None,
    }
}

/// What was read, and what it comes to.
pub(crate) fn summary(scan: &Scan, pairs: usize) -> Value {
    let seen = scan.baseline.seen();
    let skipped = scan.skipped.iter().map(|skipped| {
        Value::Object(vec![
            ("source", skipped.source.as_str().into()),
            ("offset", skipped.offset.map_or(Value::None, Value::Count)),
            ("what", (*skipped.what).into()),
        ])
    });
    Value::Object(vec![
        ("sources", scan.sources.into()),
        ("events", scan.records.into()),
        ("pipe_events", scan.baseline.events().into()),
        ("duplicates", scan.duplicates.into()),
        ("counted", counted_rows(&scan.baseline)),
        ("pairs", pairs.into()),
        ("hosts", scan.baseline.hosts().into()),
        ("first_seen", seen.map(|seen| seen.0).into()),
        ("last_seen", seen.map(|seen| seen.1).into()),
        ("passed_over", scan.passed_over.count().into()),
        ("skipped", Value::Array(skipped.collect())),
        ("skipped_more", scan.skipped.more.into()),
    ])
}

/// What comes of rows that were counted elsewhere, and what these lack.
fn counted_rows(baseline: &Baseline) -> Value {
    let rows = baseline.counted();
    if rows.events == 0 {
        return Value::None;
    }
    Value::Object(vec![
        ("events", rows.events.into()),
        ("without_host", rows.without_host.into()),
        ("without_day", rows.without_day.into()),
    ])
}

fn headline(scan: &Scan, pairs: usize, filter: &Filter) -> Vec<String> {
    if !filter.headline {
        return Vec::new();
    }
    let events = scan.baseline.events();
    let mut line = format!(
        "{} from {} and {}: {}",
        counted(events, "pipe event"),
        counted(scan.baseline.hosts(), "host"),
        counted(scan.sources, "source"),
        counted(pairs as u64, "unique pair"),
    );
    if let Some((first, last)) = scan.baseline.seen() {
        line += &match (date(first), date(last)) {
            (first, last) if first == last => format!(", on {first}"),
            (first, last) => format!(", from {first} to {last}"),
        };
    }
    let mut lines = vec![line];
    if scan.duplicates > 0 {
        lines.push(format!(
            "{} read more than once, counted once",
            counted(scan.duplicates, "event")
        ));
    }
    let rows = scan.baseline.counted();
    if rows.events > 0 {
        lines.push(format!(
            "{} counted elsewhere: {} without a host, {} without a day, which is no evidence; none can be told from events of \
             the logs",
            counted(rows.events, "event"),
            grouped(rows.without_host),
            grouped(rows.without_day)
        ));
    }
    let folded = scan.baseline.events_without_name();
    if folded > 0 {
        lines.push(format!(
            "{} have names that are not listed, since their template, image or folder has too many: their counts are in no row",
            counted(folded, "event")
        ));
    }
    for (sampled, what) in [
        (
            scan.baseline.hosts_are_sampled(),
            "More hosts than are kept: a sample of them is counted, the events of all others are those of none",
        ),
        (
            scan.baseline.users_are_sampled(),
            "More users of a host than are kept: a sample of them is told, the events of all others are those of none",
        ),
        (
            scan.baseline.days_are_sampled(),
            "More days of a host's wrong clock than are kept: the events of all others are without a day",
        ),
    ] {
        if sampled {
            lines.push(what.to_owned());
        }
    }
    let families = families(&scan.baseline, Part::ALL);
    lines.extend(Saturation::of_families(&scan.baseline, &families).lines());
    lines
}

fn closing(scan: &Scan, empty: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if scan.pipe_events == 0 {
        lines.push(format!(
            "No pipe events among {}: Sysmon logs them (EventID 17 and 18) only where its config asks for it.",
            counted(scan.records, "event")
        ));
        lines.push("`pipemine collect` prints a config that does.".to_owned());
    } else if empty {
        lines.push("No row passes the filters.".to_owned());
    } else {
        let lost = scan.skipped.count();
        if lost > 0 {
            lines.push(format!(
                "{} could not be read: standard error names the first of them.",
                counted(lost, "place")
            ));
        }
        lines.push(
            "Next: `pipemine draft` with the same sources writes exclusion rules from what is seen widely.".into(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::{Fold, Occurrences};
    use crate::test_support::OwnedEvent;

    #[test]
    fn a_limit_shows_the_first_of_all_rows_and_counts_the_rest() {
        let mut fold = Fold::default();
        for nth in 0..5000_u64 {
            let name = format!(r"\pipe{}", nth * 7919 % 201);
            let event = OwnedEvent::created(&name)
                .host("a")
                .time(1_700_000_000_000)
                .record_id(nth);
            fold.add(&event.borrow(), &Occurrences::default());
        }
        let scan = Scan {
            baseline: fold.finish(),
            ..Scan::default()
        };
        for by in [By::Pair, By::Pipe, By::Image] {
            let of = |limit| {
                list(
                    &scan,
                    by,
                    Filter {
                        limit,
                        ..Filter::default()
                    },
                )
                .sections
                .remove(0)
            };
            let all = of(None);
            assert_eq!((all.rows.len(), all.cut), (if by == By::Image { 1 } else { 201 }, 0));
            for limit in [0, 1, 10, 100, 200, 400] {
                let some = of(Some(limit));
                assert_eq!(some.rows, all.rows[..limit.min(all.rows.len())]);
                assert_eq!(some.cut, all.rows.len() - some.rows.len());
            }
        }
    }
}
