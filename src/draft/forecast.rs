//! How a draft will do on a host that it never saw.
//!
//! One host after the other is left out; the draft of the rest is scored on it. Where there is one host only, its last
//! days are left out instead.

use std::collections::BTreeMap;

use super::{Core, Options, core};
use crate::baseline::{Baseline, Part};
use crate::event::Kind;
use crate::knowledge::Knowledge;
use crate::normalize::EMPTY;
use crate::normalize::day::Day;

/// What was found by leaving parts out.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Whether hosts were left out, or days.
    pub left_out: LeftOut,
    /// Events in the parts left out.
    pub events: u64,
    /// Events among them that the draft of the rest dropped.
    pub dropped: u64,
    /// The least and the most share of events that were dropped of one of the parts left out, from 0 to 1. Hosts that
    /// are alike lie close together; where they do not, the next host may be anywhere between.
    pub range: (f64, f64),
    /// What came through most: names of families with their events.
    pub came_through: Vec<(String, u64)>,
}

/// What was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// Each host once, or each of so many groups of hosts.
    Hosts(usize),
    /// The last so many days of the only host.
    Days(usize),
}

/// With more hosts than this, several are left out together: each fold costs a draft.
const FOLDS: usize = 8;
/// Where there are more pairs than this, fewer folds.
const MANY_PAIRS: usize = 200_000;
const FOLDS_OF_MANY: usize = 3;
/// How many families that came through are named.
const NAMED: usize = 10;

impl Forecast {
    /// The share of events that were dropped, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        share(self.dropped, self.events)
    }

    /// In words.
    #[must_use]
    pub fn line(&self) -> String {
        let how = match self.left_out {
            LeftOut::Hosts(folds) => {
                format!(
                    "On a host it never saw it is expected to drop {:.1}% (measured by leaving hosts out, {folds} times: \
                     from {:.1}% to {:.1}%)",
                    self.share() * 100.0,
                    self.range.0 * 100.0,
                    self.range.1 * 100.0,
                )
            }
            LeftOut::Days(days) => format!(
                "On days it never saw it is expected to drop {:.1}% (measured by leaving out the last {days} of the only host)",
                self.share() * 100.0
            ),
        };
        let names: Vec<&str> = self
            .came_through
            .iter()
            .take(3)
            .map(|(name, _)| name.as_str())
            .collect();
        if names.is_empty() {
            format!("{how}.")
        } else {
            format!("{how}; most of what came through: {}.", names.join(", "))
        }
    }
}

/// Leaves parts out and scores; `None` where there is nothing to leave out.
#[must_use]
pub fn forecast(baseline: &Baseline, knowledge: &Knowledge, options: &Options) -> Option<Forecast> {
    let hosts: Vec<u32> = baseline
        .host_numbers()
        .filter(|host| baseline.host(*host) != EMPTY)
        .collect();
    if hosts.len() >= 2 {
        let most = if baseline.names() > MANY_PAIRS {
            FOLDS_OF_MANY
        } else {
            FOLDS
        };
        let folds = hosts.len().min(most);
        let fold_of: BTreeMap<u32, usize> = hosts.iter().enumerate().map(|(i, host)| (*host, i % folds)).collect();
        let mut forecast = Forecast::new(LeftOut::Hosts(folds));
        for fold in 0..folds {
            let is_out = |host: u32, _: Day| fold_of.get(&host) == Some(&fold);
            let is_in = |host: u32, day: Day| !is_out(host, day);
            forecast.score(baseline, Part::of(&is_in), Part::of(&is_out), knowledge, options);
        }
        return Some(forecast.finish());
    }
    let days: Vec<Day> = baseline.days().collect();
    let out = days.len() / 4;
    let border = *days.get(days.len().checked_sub(out)?).filter(|_| out > 0)?;
    let mut forecast = Forecast::new(LeftOut::Days(out));
    let (is_in, is_out) = (|_: u32, day: Day| day < border, |_: u32, day: Day| day >= border);
    forecast.score(baseline, Part::of(&is_in), Part::of(&is_out), knowledge, options);
    Some(forecast.finish())
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let share = part as f64 / whole as f64;
    share
}

impl Forecast {
    fn new(left_out: LeftOut) -> Self {
        Self {
            left_out,
            events: 0,
            dropped: 0,
            range: (1.0, 0.0),
            came_through: Vec::new(),
        }
    }

    fn score(&mut self, baseline: &Baseline, rest: Part<'_>, out: Part<'_>, knowledge: &Knowledge, options: &Options) {
        let Core { verified, .. } = core(baseline, rest, knowledge, options);
        let images = baseline.images();
        let mut through: BTreeMap<String, u64> = BTreeMap::new();
        let before = (self.dropped, self.events);
        for group in baseline.groups(out) {
            let image = images.get(group.image() as usize).copied().unwrap_or_default();
            for kind in [Kind::Created, Kind::Connected] {
                for (name, evidence) in group.names(kind) {
                    let events = evidence.events();
                    self.events += events;
                    if verified.drops(kind, name, image) {
                        self.dropped += events;
                    } else {
                        let file = crate::normalize::image::file_name(image);
                        *through.entry(format!("{} of {file}", group.template())).or_default() += events;
                    }
                }
            }
        }
        self.came_through.extend(through);
        if self.events > before.1 {
            let of_part = share(self.dropped - before.0, self.events - before.1);
            self.range = (self.range.0.min(of_part), self.range.1.max(of_part));
        }
    }

    fn finish(mut self) -> Self {
        let mut all: BTreeMap<String, u64> = BTreeMap::new();
        for (name, events) in self.came_through.drain(..) {
            *all.entry(name).or_default() += events;
        }
        self.came_through = all.into_iter().collect();
        self.came_through
            .sort_by_key(|(name, events)| (std::cmp::Reverse(*events), name.clone()));
        self.came_through.truncate(NAMED);
        self
    }
}
