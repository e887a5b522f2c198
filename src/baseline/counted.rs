//! Rows that were counted elsewhere in, added to a baseline without saying more than they do.
//!
//! A row is an identity like an event's, which stands for many: the same row twice counts once, so a baseline stays a pure
//! function of what was seen. Rows of different weeks that are alike to the last letter count once too: too little rather than
//! too much, and what was left out is told as read more than once. A row and the events that it counts cannot be told to be
//! the same: they add up.
//!
//! What a row is evidence of: a host that it names saw at least one of its events; the first and the last happened when it
//! says. So a row is laid down in parts: what is known of when and where, and the rest of the count without a time. Of
//! several hosts each saw one on the last day at the latest. A row that does not tell created from connected is evidence
//! of neither: it is shown as connected, by no host.

use super::cells::Cells;
use super::fold::Found;
use super::{Baseline, Fold, Label, identity};
use crate::event::{CountedRow, Kind, Millis};
use crate::normalize::EMPTY;
use crate::normalize::day::Day;
use crate::normalize::pipe_name::pipe_name;

/// No row counts more.
pub(super) const MOST_COUNTED: u64 = 1 << 36;

/// Where, when and how many.
type Part<'a> = (&'a str, Option<Millis>, u64);

impl Label {
    /// How many events identities of this label stand for.
    pub(super) fn events(&self, ids: &[u64]) -> u64 {
        (ids.len() as u64).saturating_mul(self.counted.max(1))
    }
}

impl Fold {
    /// Adds a row that was counted elsewhere. One that counts nothing, or more than can be, adds nothing.
    pub fn count(&mut self, row: &CountedRow<'_>) {
        if !(1..=MOST_COUNTED).contains(&row.count) {
            return;
        }
        let name = pipe_name(row.pipe_name);
        for (nth, (host, time, counted)) in parts(row).into_iter().enumerate() {
            let found = Found {
                kind: row.kind.unwrap_or(Kind::Connected),
                name,
                image: row.image,
                host,
                user: row.user,
                time,
                process_id: None,
                counted,
            };
            self.lay(&found, |millis| identity::of_row(row, nth, millis));
        }
    }
}

/// What a row tells, taken apart: see the module's text.
fn parts<'a>(row: &CountedRow<'a>) -> Vec<Part<'a>> {
    let hosts = if row.kind.is_none() { &[] } else { row.hosts };
    let mut left = row.count;
    let mut parts = Vec::new();
    let mut lay = |host: &'a str, time: Option<Millis>, events: u64| {
        let events = events.min(left);
        left -= events;
        if events > 0 {
            parts.push((host, time, events));
        }
    };
    let rest = match hosts {
        // More hosts than events: it does not say who saw them.
        [_, _, ..] if hosts.len() as u64 > row.count => EMPTY,
        [_, _, ..] => {
            hosts.iter().for_each(|host| lay(host, row.last, 1));
            EMPTY
        }
        [host] => host,
        [] => EMPTY,
    };
    let day = |time: Option<Millis>| time.map(|time| Day::split(time).0);
    if row.first.is_some() && day(row.first) == day(row.last) {
        lay(rest, row.last, 1);
        lay(rest, row.first, u64::MAX);
    } else {
        [row.last, row.first]
            .into_iter()
            .filter(Option::is_some)
            .for_each(|time| lay(rest, time, 1));
        lay(rest, None, u64::MAX);
    }
    parts
}

/// What of a baseline is rows that were counted elsewhere, and what these lack. All numbers are of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// What they count.
    pub events: u64,
    /// Of these, without a host.
    pub without_host: u64,
    /// Of these, without a day.
    pub without_day: u64,
}

impl Baseline {
    /// What of it is rows that were counted elsewhere.
    #[must_use]
    pub fn counted(&self) -> Counted {
        let mut counted = Counted::default();
        for cell in self.all_cells().flat_map(Cells::iter) {
            let Some(label) = self
                .labels
                .get(cell.key.label as usize)
                .filter(|label| label.counted > 0)
            else {
                continue;
            };
            let events = label.events(cell.ids);
            let lacks = |is_lacking: bool| if is_lacking { events } else { 0 };
            counted.events += events;
            counted.without_host += lacks(self.hosts.key(cell.key.host) == EMPTY);
            counted.without_day += lacks(cell.key.day == Day::NONE);
        }
        counted
    }

    pub(super) fn holds_counted(&self) -> bool {
        self.labels.iter().any(|label| label.counted > 0)
    }

    /// How many events the identities in these cells stand for.
    pub(super) fn events_of(&self, cells: &Cells) -> u64 {
        let label = |number: u32| self.labels.get(number as usize);
        cells
            .iter()
            .map(|cell| label(cell.key.label).map_or(0, |label| label.events(cell.ids)))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;
    const START: i64 = 20_000 * DAY;

    fn row<'a>(hosts: &'a [&'a str], first: i64, last: i64, count: u64) -> CountedRow<'a> {
        CountedRow {
            kind: Some(Kind::Created),
            pipe_name: r"\x",
            image: r"C:\a.exe",
            user: "",
            hosts,
            first: Some(Millis(START + first)),
            last: Some(Millis(START + last)),
            count,
        }
    }

    fn counted(rows: &[CountedRow<'_>]) -> Baseline {
        let mut fold = Fold::default();
        rows.iter().for_each(|row| fold.count(row));
        fold.finish()
    }

    #[test]
    fn the_count_is_kept_and_evidence_is_no_more_than_what_is_told() {
        for (row, spread, events) in [
            (row(&["a"], 5, 9, 100), (1, 1), 100),
            (row(&["a"], 5, 9 * DAY, 100), (1, 2), 100),
            (row(&["a", "b", "c"], 5, 9 * DAY, 100), (3, 1), 100),
            (row(&["a", "b", "c"], 5, 9 * DAY, 2), (0, 0), 2),
            (row(&[], 5, 9 * DAY, 100), (0, 0), 100),
            (
                CountedRow {
                    kind: None,
                    ..row(&["a", "b"], 5, 9, 100)
                },
                (0, 0),
                100,
            ),
            (
                CountedRow {
                    first: None,
                    last: None,
                    ..row(&["a", "b"], 5, 9, 100)
                },
                (0, 0),
                100,
            ),
            (row(&["a"], 5, 9 * DAY, 1), (1, 1), 1),
            (row(&["a"], 5, 9, MOST_COUNTED + 1), (0, 0), 0),
        ] {
            let baseline = counted(&[row]);
            assert_eq!(
                (baseline.events(), baseline.counted().events),
                (events, events),
                "{row:?}"
            );
            let found = baseline.pairs().first().map(|pair| pair.evidence.spread());
            assert_eq!(
                found.map_or((0, 0), |found| (found.hosts, found.days)),
                spread,
                "{row:?}"
            );
        }
    }

    #[test]
    fn the_same_row_counts_once_in_any_order_and_comes_back_from_a_file() {
        let rows = [
            row(&["a"], 0, DAY, 7),
            row(&["a"], 0, DAY, 8),
            row(&["b", "c"], 0, 3, 1000),
            row(&[], 0, 3, 4),
        ];
        let all = counted(&rows);
        assert_eq!(all.events(), 1019);
        assert_eq!(counted(&[&rows[..], &rows[..2]].concat()), all);
        let [first, second] = [counted(&rows[1..]), counted(&rows[..3])];
        assert_eq!(second.clone().merge(first.clone()), all);
        assert_eq!(first.merge(second), all);
        let mut file = Vec::new();
        all.save(&mut file).unwrap();
        assert!(file.starts_with(br#"{"pipemine":"baseline","version":2,"#));
        let text = String::from_utf8(file.clone()).unwrap();
        assert!(text.contains(r#""events":1019"#), "{text}");
        let mut file = &file[..];
        let mut lines = crate::source::saved::Lines::of(&mut file).unwrap();
        let mut back = None;
        crate::baseline::saved::read(&mut lines, |saved| back = Some(saved.unwrap())).unwrap();
        let back = back.unwrap();
        assert_eq!((back.events, back.fold.finish()), (1019, all));
    }

    use proptest::prelude::*;

    /// A row that owns its text.
    #[derive(Debug, Clone)]
    struct Owned {
        kind: Option<Kind>,
        name: &'static str,
        hosts: Vec<&'static str>,
        first: Option<Millis>,
        last: Option<Millis>,
        count: u64,
    }

    impl Owned {
        fn row(&self) -> CountedRow<'_> {
            CountedRow {
                kind: self.kind,
                pipe_name: self.name,
                hosts: &self.hosts,
                first: self.first,
                last: self.last,
                ..row(&[], 0, 0, self.count)
            }
        }
    }

    fn any_row() -> impl Strategy<Value = Owned> {
        let kind = prop_oneof![Just(None), Just(Some(Kind::Created)), Just(Some(Kind::Connected))];
        let name = prop_oneof![Just(r"\x"), Just(r"\X"), Just(r"\mojo.1.2.3"), Just(r"\mojo.4.5.6")];
        let host = prop_oneof![Just("WS01"), Just("ws01.corp.example"), Just("WS02"), Just("")];
        let time = || proptest::option::of((0i64..9 * DAY).prop_map(|at| Millis(START + at)));
        let count = prop_oneof![0u64..5, 1u64..1_000_000, Just(MOST_COUNTED), Just(u64::MAX)];
        (kind, name, proptest::collection::vec(host, 0..4), time(), time(), count).prop_map(
            |(kind, name, hosts, first, last, count)| Owned {
                kind,
                name,
                hosts,
                first,
                last,
                count,
            },
        )
    }

    fn all(rows: &[Owned]) -> Baseline {
        counted(&rows.iter().map(Owned::row).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn rows_merge_in_any_order_and_partition(
            rows in proptest::collection::vec(any_row(), 0..40), cut in 0usize..40, turn in 0usize..40) {
            let whole = all(&rows);
            let (a, b) = rows.split_at(cut.min(rows.len()));
            prop_assert_eq!(&all(a).merge(all(b)), &whole);
            prop_assert_eq!(&all(b).merge(all(a)), &whole);
            prop_assert_eq!(&whole.clone().merge(whole.clone()), &whole);
            let mut turned = rows.clone();
            turned.rotate_left(turn.min(rows.len()));
            turned.reverse();
            prop_assert_eq!(&all(&turned), &whole);
            let mut saved = Vec::new();
            whole.save(&mut saved).unwrap();
            let mut again = Vec::new();
            all(&turned).save(&mut again).unwrap();
            prop_assert_eq!(saved, again);
        }
    }
}
