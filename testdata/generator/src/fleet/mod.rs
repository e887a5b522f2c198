//! A fleet of machines over some days: a seed in, its logs and what is true of them out.

mod day;
mod example;
mod habit;
mod life;
mod machine;
mod name;
mod noise;
mod planted;
mod process;
mod program;
mod summary;
mod writing;

pub use machine::{Delivery, Machine};
pub use planted::Scenario;
pub use summary::{Line, Summary};
pub use writing::{File, Files};

use crate::random::Random;
use crate::time::Time;

const DAY: i64 = 86_400_000;

/// A fleet. [`Fleet::example`] and [`Fleet::of`] fill it in; every part may be set.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// What everything made up follows from.
    pub seed: u64,
    /// Midnight (UTC) of the first day, a Monday.
    pub start: Time,
    /// How many days.
    pub days: u64,
    /// The machines' domain, like `corp.example`.
    pub domain: String,
    /// The machines.
    pub machines: Vec<Machine>,
    /// What attackers do.
    pub attacks: Vec<Attack>,
    /// How many pipe events, in percent of an ordinary day's.
    pub activity: u64,
    /// How many other events: about half as many on each machine and day, and so many percent of the process starts.
    pub noise: u64,
}

/// An attacker at work.
#[derive(Debug, Clone)]
pub struct Attack {
    /// What happens.
    pub scenario: Scenario,
    /// Short name of the machine.
    pub machine: String,
    /// From when on, in milliseconds of the fleet's first day.
    pub at: i64,
}

impl Fleet {
    /// Midnight of a day, counted from 0.
    pub(crate) fn day(&self, day: u64) -> Time {
        self.start.plus_millis(i64::try_from(day).unwrap_or(0) * DAY)
    }

    /// The domain as accounts have it, like `CORP`.
    fn netbios(&self) -> String {
        self.domain.split('.').next().unwrap_or_default().to_uppercase()
    }

    /// So many times on an ordinary day, with this fleet's activity; a rest is decided by lot.
    fn scaled(&self, times: u64, random: &mut Random) -> u64 {
        let hundredths = times * self.activity;
        hundredths / 100 + u64::from(random.percent(hundredths % 100))
    }

    /// With an attack at `hour`:`minute` of a day, counted from 0.
    #[must_use]
    pub fn attacked(mut self, scenario: Scenario, machine: &str, day: u64, hour: i64, minute: i64) -> Self {
        let at = i64::try_from(day).unwrap_or(0) * DAY + (hour * 60 + minute) * 60_000;
        self.attacks.push(Attack {
            scenario,
            machine: machine.to_owned(),
            at,
        });
        self
    }
}
