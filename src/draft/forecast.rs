//! How a draft will do on a host that it never saw.
//!
//! One host after the other is left out; the draft of the rest is scored on it. What is expected of a host that nobody saw
//! is the mean of the hosts: one that is louder than all others says no more of it than they do. Where there is one host
//! only, its last days are left out instead.

use std::collections::BTreeMap;

use super::{Drafted, Options, draft_rules};
use crate::baseline::{Baseline, Evidence, GroupView, Part};
use crate::knowledge::Knowledge;
use crate::normalize::EMPTY;
use crate::normalize::day::Day;
use crate::normalize::image::file_name;
use crate::output::{counted, percent};
use crate::threads::{by_groups, by_threads, each_by_threads};

/// What was found by leaving parts out.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Whether hosts were left out, or days.
    pub left_out: LeftOut,
    /// Events in the parts left out.
    pub events: u64,
    /// Events among them that the draft of the rest dropped.
    pub dropped: u64,
    /// The share of its events, from 0 to 1, that was dropped of a host left out: the mean of all of them. Where days
    /// were left out, that of their events.
    pub share: f64,
    /// The least and the most share of events that were dropped of one of the hosts left out, from 0 to 1. Hosts that
    /// are alike lie close together; where they do not, the next host may be anywhere between.
    pub range: (f64, f64),
    /// What came through most: names of families with their events.
    pub came_through: Vec<(String, u64)>,
}

/// What was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// So many hosts: each by itself or, where there are many, some at a time.
    Hosts(usize),
    /// The last so many days, where there are no two hosts that are known.
    Days(usize),
}

/// With more hosts than this, several are left out together.
const PARTS: usize = 16;
/// With at least so many hosts, those of one part say enough.
const MANY_HOSTS: usize = 4 * PARTS;
/// Each part that is left out costs a draft of the rest. All these drafts are of about so many pairs: where a baseline has
/// many, only some of the parts are left out, what they say of so many differs little.
const PAIRS: usize = 800_000;
/// Where there are more pairs than this, there is one draft at a time, and the threads work inside it: each takes memory.
const MANY_PAIRS: usize = 200_000;
/// How many families that came through are named.
const NAMED: usize = 10;

impl Forecast {
    /// In words.
    #[must_use]
    pub fn line(&self) -> String {
        let how = match self.left_out {
            LeftOut::Hosts(hosts) => {
                format!(
                    "On a host it never saw it is expected to drop {} (measured on {hosts} hosts that were left out: \
                     from {} to {})",
                    percent(self.share),
                    percent(self.range.0),
                    percent(self.range.1),
                )
            }
            LeftOut::Days(days) => format!(
                "On days it never saw it is expected to drop {} (measured by leaving out the last {})",
                percent(self.share),
                counted(days as u64, "day"),
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
        let fewest = if hosts.len() < MANY_HOSTS { 2 } else { 1 };
        let times = (PAIRS / names).clamp(fewest, parts);
        let scores = if names > MANY_PAIRS {
            (0..times).map(of_part).collect()
        } else {
            by_threads(times, of_part)
        };
        return Some(Score::sum(scores).by_host());
    }
    let days: Vec<Day> = baseline.days().collect();
    let out = days.len() / 4;
    let border = *days.get(days.len().checked_sub(out)?).filter(|_| out > 0)?;
    Some(score(&|_, day| day >= border).by_days(out))
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let share = part as f64 / whole as f64;
    share
}

fn events_by_host(evidence: &Evidence) -> BTreeMap<u32, u64> {
    let mut hosts = BTreeMap::new();
    for ((host, _), events) in evidence.by_host_day.iter() {
        *hosts.entry(host).or_default() += events;
    }
    hosts
}

/// What became of what was left out.
#[derive(Default)]
struct Score {
    seen: Evidence,
    dropped: Evidence,
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
        let Drafted {
            candidates, verified, ..
        } = draft_rules(baseline, Part::of(&is_in), knowledge, options);
        // There may be as many as take a while to free.
        each_by_threads(candidates, drop);
        let of_group = |group: GroupView<'_>, image| {
            let mut score = Self::default();
            for sighting in group.sightings(image) {
                score.seen.add(&sighting.evidence);
                if verified.drops(sighting.kind, sighting.name, sighting.image) {
                    score.dropped.add(&sighting.evidence);
                }
            }
            let through = score.seen.events() - score.dropped.events();
            if through > 0 {
                let name = format!("{} of {}", group.template(), file_name(image));
                score.through.insert(name, through);
            }
            score
        };
        Self::sum(by_groups(baseline, Part::of(&is_out), of_group))
    }

    fn sum(scores: Vec<Self>) -> Self {
        let mut sum = Self::default();
        for score in scores {
            sum.seen.add(&score.seen);
            sum.dropped.add(&score.dropped);
            for (name, events) in score.through {
                *sum.through.entry(name).or_default() += events;
            }
        }
        sum
    }

    fn by_host(self) -> Forecast {
        let dropped = events_by_host(&self.dropped);
        let of_host = |(host, events)| share(dropped.get(&host).copied().unwrap_or(0), events);
        let shares: Vec<f64> = events_by_host(&self.seen).into_iter().map(of_host).collect();
        self.forecast(LeftOut::Hosts(shares.len()), &shares)
    }

    fn by_days(self, days: usize) -> Forecast {
        let shares = [share(self.dropped.events(), self.seen.events())];
        self.forecast(LeftOut::Days(days), &shares)
    }

    fn forecast(self, left_out: LeftOut, shares: &[f64]) -> Forecast {
        let mut came_through: Vec<(String, u64)> = self.through.into_iter().collect();
        came_through.sort_by_key(|(name, events)| (std::cmp::Reverse(*events), name.clone()));
        came_through.truncate(NAMED);
        #[expect(clippy::cast_precision_loss, reason = "a number of hosts")]
        let number = shares.len().max(1) as f64;
        Forecast {
            left_out,
            events: self.seen.events(),
            dropped: self.dropped.events(),
            share: shares.iter().sum::<f64>() / number,
            range: (
                shares.iter().copied().fold(1.0, f64::min),
                shares.iter().copied().fold(0.0, f64::max),
            ),
            came_through,
        }
    }
}
