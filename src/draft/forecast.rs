//! How a draft will do on a host that it never saw.
//!
//! One host after the other is left out; the draft of the rest is scored on it. What is expected of a host that nobody saw
//! is the mean of the hosts: one that is louder than all others says no more of it than they do. Where there is one host
//! only, its last days are left out instead.

use std::collections::BTreeMap;

use super::{Core, Options, core};
use crate::baseline::{Baseline, GroupView, Part};
use crate::knowledge::Knowledge;
use crate::normalize::EMPTY;
use crate::normalize::day::Day;
use crate::normalize::image::file_name;
use crate::scan::{by_groups, by_threads, each_by_threads};

/// What was found by leaving parts out.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Whether hosts were left out, or days.
    pub left_out: LeftOut,
    /// Events in the parts left out.
    pub events: u64,
    /// Events among them that the draft of the rest dropped.
    pub dropped: u64,
    /// The share of its events, from 0 to 1, that was dropped of a part left out: the mean of all parts.
    pub share: f64,
    /// The least and the most share of events that were dropped of one of the parts left out, from 0 to 1. Hosts that
    /// are alike lie close together; where they do not, the next host may be anywhere between.
    pub range: (f64, f64),
    /// What came through most: names of families with their events.
    pub came_through: Vec<(String, u64)>,
}

/// What was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// So many times: each host once or, of many hosts, a group of them.
    Hosts(usize),
    /// The last so many days of the only host.
    Days(usize),
}

/// With more hosts than this, several are left out together.
const PARTS: usize = 16;
/// Each part that is left out costs a draft of the rest. All these drafts are of about so many pairs: where a baseline has
/// many, only some of the parts are left out, what they say of so many differs little.
const PAIRS: usize = 800_000;
const FEWEST_PARTS: usize = 2;
/// Where there are more pairs than this, there is one draft at a time, and the threads work inside it: each takes memory.
const MANY_PAIRS: usize = 200_000;
/// How many families that came through are named.
const NAMED: usize = 10;

impl Forecast {
    /// In words.
    #[must_use]
    pub fn line(&self) -> String {
        let how = match self.left_out {
            LeftOut::Hosts(times) => {
                format!(
                    "On a host it never saw it is expected to drop {:.1}% (measured by leaving hosts out, {times} times: \
                     from {:.1}% to {:.1}%)",
                    self.share * 100.0,
                    self.range.0 * 100.0,
                    self.range.1 * 100.0,
                )
            }
            LeftOut::Days(days) => format!(
                "On days it never saw it is expected to drop {:.1}% (measured by leaving out the last {days} of the only host)",
                self.share * 100.0
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
    let score = |is_out: &(dyn Fn(u32, Day) -> bool + Sync)| Score::of(baseline, is_out, knowledge, options);
    if hosts.len() >= 2 {
        let names = baseline.names().max(1);
        let parts = hosts.len().min(PARTS);
        let part_of: BTreeMap<u32, usize> = hosts.iter().enumerate().map(|(i, host)| (*host, i % parts)).collect();
        let of_part = |part| score(&|host, _| part_of.get(&host) == Some(&part));
        let times = (PAIRS / names).clamp(FEWEST_PARTS, parts);
        let scores = if names > MANY_PAIRS {
            (0..times).map(of_part).collect()
        } else {
            by_threads(times, of_part)
        };
        return Some(Forecast::of(LeftOut::Hosts(times), scores));
    }
    let days: Vec<Day> = baseline.days().collect();
    let out = days.len() / 4;
    let border = *days.get(days.len().checked_sub(out)?).filter(|_| out > 0)?;
    Some(Forecast::of(LeftOut::Days(out), vec![score(&|_, day| day >= border)]))
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let share = part as f64 / whole as f64;
    share
}

/// What became of one part that was left out.
struct Score {
    events: u64,
    dropped: u64,
    /// What came through: names of families with their events.
    through: BTreeMap<String, u64>,
}

impl Score {
    /// Drafts from what is in, and scores what is out.
    fn of(
        baseline: &Baseline,
        is_out: &(dyn Fn(u32, Day) -> bool + Sync),
        knowledge: &Knowledge,
        options: &Options,
    ) -> Self {
        let is_in = |host: u32, day: Day| !is_out(host, day);
        let Core { candidates, verified } = core(baseline, Part::of(&is_in), knowledge, options);
        // There may be as many as take a while to free.
        each_by_threads(candidates, drop);
        let mut score = Self {
            events: 0,
            dropped: 0,
            through: BTreeMap::new(),
        };
        let of_group = |group: GroupView<'_>, image| {
            let (mut dropped, mut through) = (0, 0);
            for sighting in group.sightings(image) {
                if verified.drops(sighting.kind, sighting.name, sighting.image) {
                    dropped += sighting.evidence.events();
                } else {
                    through += sighting.evidence.events();
                }
            }
            let name = (through > 0).then(|| format!("{} of {}", group.template(), file_name(image)));
            (dropped, through, name)
        };
        for (dropped, through, name) in by_groups(baseline, Part::of(&is_out), of_group) {
            score.events += dropped + through;
            score.dropped += dropped;
            if let Some(name) = name {
                *score.through.entry(name).or_default() += through;
            }
        }
        score
    }
}

impl Forecast {
    fn of(left_out: LeftOut, scores: Vec<Score>) -> Self {
        let mut forecast = Self {
            left_out,
            events: 0,
            dropped: 0,
            share: 0.0,
            range: (1.0, 0.0),
            came_through: Vec::new(),
        };
        let mut through: BTreeMap<String, u64> = BTreeMap::new();
        let mut shares = Vec::new();
        for part in scores.into_iter().filter(|part| part.events > 0) {
            forecast.events += part.events;
            forecast.dropped += part.dropped;
            let of_part = share(part.dropped, part.events);
            shares.push(of_part);
            forecast.range = (forecast.range.0.min(of_part), forecast.range.1.max(of_part));
            for (name, events) in part.through {
                *through.entry(name).or_default() += events;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of parts")]
        let parts = shares.len().max(1) as f64;
        forecast.share = shares.iter().sum::<f64>() / parts;
        forecast.came_through = through.into_iter().collect();
        forecast
            .came_through
            .sort_by_key(|(name, events)| (std::cmp::Reverse(*events), name.clone()));
        forecast.came_through.truncate(NAMED);
        forecast
    }
}
