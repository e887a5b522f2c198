//! A sighting in, on which hosts and in which hours of the day its events happened out.
//!
//! Nothing is kept for this: an event's identity tells the millisecond of its day.

use super::identity;
use super::{Sighting, Tally};

const HOUR_MILLIS: u32 = 3_600_000;

impl Sighting<'_> {
    /// Events by host and hour of the day: UTC, 0 to 23. Those without a time are in none, nor are those of a clock that was
    /// wrong, nor rows that were counted elsewhere, which tell when their first and their last event happened and no other.
    #[must_use]
    pub fn hours(&self) -> Tally<(u32, u8)> {
        let mut hours = Tally::default();
        for (cell, label) in self.group.cells_of(self.name) {
            if label.kind != self.kind || label.counted > 0 || !cell.key.day.is_plausible() {
                continue;
            }
            // Where identities are in order the hours are too, and each is added once.
            let hour = |id: &u64| u8::try_from(identity::millis(*id) / HOUR_MILLIS).unwrap_or_default();
            for ids in cell.ids.chunk_by(|a, b| hour(a) == hour(b)) {
                hours.add((cell.key.host, ids.first().map_or(0, hour)), ids.len() as u64);
            }
        }
        hours
    }
}

#[cfg(test)]
mod tests {
    use crate::baseline::{Baseline, Fold, Occurrences, Part};
    use crate::event::{CountedRow, Kind, Millis};
    use crate::test_support::OwnedEvent;

    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;
    const START: i64 = 20_000 * DAY;

    fn event(host: &str, time: Option<i64>, record_id: Option<u64>) -> OwnedEvent {
        OwnedEvent::created(r"\x").host(host).time(time).record_id(record_id)
    }

    fn hours(baseline: &Baseline, kind: Kind) -> Vec<(String, u8, u64)> {
        let sightings = baseline.sightings(Part::ALL).filter(|sighting| sighting.kind == kind);
        let all = sightings.flat_map(|sighting| sighting.hours().iter().collect::<Vec<_>>());
        all.map(|((host, hour), events)| (baseline.host(host).to_owned(), hour, events))
            .collect()
    }

    #[test]
    fn they_are_of_the_day_whatever_the_day_and_whatever_made_the_identity() {
        let mut fold = Fold::default();
        for (host, time, record_id) in [
            ("a", START + 8 * HOUR, Some(1)),
            ("a", START + 9 * HOUR - 1, Some(2)),
            ("a", START + 9 * HOUR, Some(3)),
            ("a", START + 3 * DAY + 8 * HOUR, None),
            ("a", START + 3 * DAY + 23 * HOUR, Some(4)),
            ("b", START, None),
        ] {
            fold.add(&event(host, Some(time), record_id).borrow(), &Occurrences::default());
        }
        let baseline = fold.finish();
        let row = |host: &str, hour, events| (host.to_owned(), hour, events);
        let expected = [row("a", 8, 3), row("a", 9, 1), row("a", 23, 1), row("b", 0, 1)];
        assert_eq!(hours(&baseline, Kind::Created), expected);
        assert!(hours(&baseline, Kind::Connected).is_empty());
    }

    #[test]
    fn a_time_that_is_not_known_is_no_hour() {
        let mut fold = Fold::default();
        fold.add(&event("a", None, Some(1)).borrow(), &Occurrences::default());
        fold.add(&event("a", Some(0), Some(2)).borrow(), &Occurrences::default());
        fold.count(&CountedRow {
            kind: Some(Kind::Created),
            pipe_name: r"\x",
            image: r"C:\a.exe",
            user: "",
            hosts: &["a"],
            first: Some(Millis(START)),
            last: Some(Millis(START + HOUR)),
            count: 9,
        });
        let baseline = fold.finish();
        assert_eq!(baseline.events(), 11);
        assert!(hours(&baseline, Kind::Created).is_empty());
    }
}
