//! Whether a baseline is large enough: how much of what comes next will be of families that it knows.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use crate::baseline::Baseline;
use crate::event::Millis;
use crate::family::Family;
use crate::normalize::day::Day;
use crate::output::{grouped, percent};

/// How complete a baseline is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Saturation {
    /// All events.
    pub events: u64,
    /// Families with a single event. Good and Turing: the share of these among all events estimates the share of
    /// coming events that are of families not seen yet.
    pub singletons: u64,
    /// How many families were seen first on each plausible day.
    pub new_by_day: BTreeMap<Day, u64>,
}

impl Saturation {
    /// Counts the families of a baseline, as candidates.
    #[must_use]
    pub fn of(baseline: &Baseline, candidates: &[Candidate]) -> Self {
        Self::of_families(baseline, candidates.iter().map(|candidate| &candidate.family))
    }

    /// Counts the families of a baseline.
    #[must_use]
    pub fn of_families<'a>(baseline: &Baseline, families: impl IntoIterator<Item = &'a Family>) -> Self {
        let mut saturation = Self {
            events: baseline.events(),
            ..Self::default()
        };
        if let Some((first, last)) = baseline.seen() {
            let days = [first, last]
                .map(|time: Millis| Day::split(time).0)
                .map(|day| day.number());
            // Days without anything new count too; a clock that is wrong must not make millions of them.
            for day in (days[0]..=days[1])
                .map(Day::from_number)
                .filter(|day| day.is_plausible())
                .take(MOST_DAYS)
            {
                saturation.new_by_day.insert(day, 0);
            }
        }
        for family in families {
            let evidence = &family.evidence;
            saturation.singletons += u64::from(evidence.events() == 1);
            if let Some(first) = evidence.first_seen
                && let Some(new) = saturation.new_by_day.get_mut(&Day::split(first).0)
            {
                *new += 1;
            }
        }
        saturation
    }

    /// The estimated share of coming events that are of families already seen, from 0 to 1.
    #[must_use]
    pub fn seen_already(&self) -> f64 {
        if self.events == 0 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        let unseen = self.singletons as f64 / self.events as f64;
        1.0 - unseen
    }

    /// In words.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        if self.events == 0 {
            return Vec::new();
        }
        let mut line = format!(
            "Is the baseline enough? {} of coming events are expected to be of families already seen",
            percent(self.seen_already())
        );
        let mut last = self.new_by_day.iter().rev();
        if let (Some((day, new)), Some((_, before))) = (last.next(), last.next()) {
            line += &format!(
                "; {} new on the last day ({day}), {} on the day before",
                grouped(*new),
                grouped(*before)
            );
        }
        line.push('.');
        vec![line]
    }
}

/// Some ten years.
const MOST_DAYS: usize = 4000;
