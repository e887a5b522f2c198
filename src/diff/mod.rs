//! Two baselines in, what is new in the second, gone from it, or changed by more than chance out.

mod items;
pub mod rate;
mod report;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::baseline::{Baseline, Evidence};
use crate::event::{Kind, Millis};
use crate::knowledge::Knowledge;
use crate::sysmon::Config;
use rate::{Sample, THRESHOLD, growth};
pub use report::report;

/// What one change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// A family of names, created or connected to, by a family of images.
    #[default]
    Family,
    /// A pipe name with an image.
    Pair,
}

/// What has changed; in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It is in the second period alone.
    New,
    /// In the second period it is on a host that told of others in the first one, and not of it; and it is on more of the
    /// hosts that both periods know.
    Spread,
    /// There is more of it, by more than chance: see [`rate`].
    Grown,
    /// It is in the first period alone, by more than chance.
    Gone,
    /// There is less of it, by more than chance.
    Shrunk,
}

impl Change {
    /// All, in their order.
    pub const ALL: [Self; 5] = [Self::New, Self::Spread, Self::Grown, Self::Gone, Self::Shrunk];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Spread => "spread",
            Self::Grown => "grown",
            Self::Gone => "gone",
            Self::Shrunk => "shrunk",
        }
    }
}

/// One thing that occurs in either period.
#[derive(Debug, Clone)]
struct Item {
    kind: Option<Kind>,
    pipe_name: String,
    image: String,
    known_bad: Option<String>,
    old: Evidence,
    new: Evidence,
    /// How many events of the second period the config drops.
    dropped: u64,
}

/// One thing that has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// How.
    pub change: Change,
    /// Created or connected; `None` for a pair, which is both together.
    pub kind: Option<Kind>,
    /// The name, or the shape of the family's names.
    pub pipe_name: String,
    /// The image, or the shape of the family's images.
    pub image: String,
    /// What attackers' tool uses such a name.
    pub known_bad: Option<String>,
    /// In the first period.
    pub old: Side,
    /// In the second one.
    pub new: Side,
    /// Hosts of the second period on which it is that did not have it in the first one.
    pub newly_on: Vec<String>,
    /// What a config does with its events of the second period; `None` without a config, and where there are none.
    pub fate: Option<Fate>,
    /// Its first and last event in the period where it is.
    pub seen: Option<(Millis, Millis)>,
}

/// What a config does with events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It logs all of them.
    Logged,
    /// It drops some.
    InPart,
    /// It drops all of them.
    Dropped,
}

impl Fate {
    fn of(events: u64, dropped: u64) -> Option<Self> {
        Some(match dropped {
            _ if events == 0 => return None,
            0 => Self::Logged,
            dropped if dropped < events => Self::InPart,
            _ => Self::Dropped,
        })
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Logged => "logged",
            Self::InPart => "in part",
            Self::Dropped => "dropped",
        }
    }
}

/// One thing in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// Its events.
    pub events: u64,
    /// Its hosts, known by name.
    pub hosts: usize,
    /// Its events per host and day that were watched.
    pub rate: Option<f64>,
}

/// What one period was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Pipe events.
    pub events: u64,
    /// Hosts, known by name.
    pub hosts: usize,
    /// Days of hosts on which the host told anything.
    pub host_days: u64,
    /// The first and the last event.
    pub seen: Option<(Millis, Millis)>,
}

/// What has changed between two periods.
#[derive(Debug)]
pub struct Diff {
    /// The first period.
    pub old: Period,
    /// The second one.
    pub new: Period,
    /// Events that are in both.
    pub shared: u64,
    /// What has changed: known-bad names first, then in the order of [`Change`], most frequent first.
    pub changes: Vec<Changed>,
    /// How many are in the first period alone, but so rare that this may be chance, or without a rate to compare.
    pub unseen: u64,
    /// How many have not changed.
    pub same: u64,
}

impl Diff {
    /// Whether rates can be compared: each period has days of hosts that are known by name.
    #[must_use]
    pub fn has_rates(&self) -> bool {
        self.old.host_days > 0 && self.new.host_days > 0
    }
}

/// Compares `new` with `old`. With a config, it is said what that does with what has changed.
#[must_use]
pub fn diff(old: &Baseline, new: &Baseline, by: By, knowledge: &Knowledge, config: Option<&Config>) -> Diff {
    let both = old.clone().merge(new.clone());
    let engine = config.map(Config::engine);
    let items = match by {
        By::Family => items::by_family(old, new, &both, knowledge, engine.as_ref()),
        By::Pair => items::by_pair(old, new, &both, knowledge, engine.as_ref()),
    };
    let (old_watch, new_watch) = (Watched::of(old), Watched::of(new));
    let mut diff = Diff {
        old: old_watch.period(old),
        new: new_watch.period(new),
        shared: (old.events() + new.events()).saturating_sub(both.events()),
        changes: Vec::new(),
        unseen: 0,
        same: 0,
    };
    for item in items {
        let sample = |evidence: &Evidence, watched: &Watched| {
            let plausible = evidence.by_host_day.iter().filter(|((_, day), _)| day.is_plausible());
            Sample::of(watched.host_days, plausible.map(|(_, events)| events))
        };
        let (old_sample, new_sample) = (sample(&item.old, &old_watch), sample(&item.new, &new_watch));
        let names = |hosts: BTreeSet<u32>| -> Vec<String> {
            hosts.into_iter().map(|host| both.host(host).to_owned()).collect()
        };
        let (old_hosts, new_hosts) = (names(item.old.hosts()), names(item.new.hosts()));
        let change = match growth(&old_sample, &new_sample) {
            _ if item.old.events() == 0 => Some(Change::New),
            Some(growth) if item.new.events() == 0 => (growth <= -THRESHOLD).then_some(Change::Gone),
            _ if item.new.events() == 0 => None,
            _ if has_spread(&old_hosts, &new_hosts, &old_watch, &new_watch) => Some(Change::Spread),
            Some(growth) if growth >= THRESHOLD => Some(Change::Grown),
            Some(growth) if growth <= -THRESHOLD => Some(Change::Shrunk),
            _ => None,
        };
        let Some(change) = change else {
            *if item.new.events() == 0 {
                &mut diff.unseen
            } else {
                &mut diff.same
            } += 1;
            continue;
        };
        let told_of = if item.new.events() > 0 { &item.new } else { &item.old };
        diff.changes.push(Changed {
            change,
            kind: item.kind,
            pipe_name: item.pipe_name,
            image: item.image,
            known_bad: item.known_bad,
            old: Side {
                events: item.old.events(),
                hosts: old_hosts.len(),
                rate: old_sample.rate(),
            },
            new: Side {
                events: item.new.events(),
                hosts: new_hosts.len(),
                rate: new_sample.rate(),
            },
            fate: engine.as_ref().and_then(|_| Fate::of(item.new.events(), item.dropped)),
            newly_on: new_hosts.into_iter().filter(|host| !old_hosts.contains(host)).collect(),
            seen: told_of.first_seen.zip(told_of.last_seen),
        });
    }
    diff.changes.sort_by_cached_key(|changed| {
        let events = Reverse(changed.new.events.max(changed.old.events));
        let names = (changed.pipe_name.clone(), changed.image.clone(), changed.kind);
        (changed.known_bad.is_none(), changed.change, events, names)
    });
    diff
}

fn has_spread(old_hosts: &[String], new_hosts: &[String], old: &Watched, new: &Watched) -> bool {
    let in_both = |hosts: &[String]| hosts.iter().filter(|host| old.knows(host) && new.knows(host)).count();
    in_both(new_hosts) > in_both(old_hosts)
}

/// Which hosts told anything in a period, and on how many days.
struct Watched {
    hosts: BTreeSet<String>,
    host_days: u64,
}

impl Watched {
    fn of(baseline: &Baseline) -> Self {
        let mut watched = Self {
            hosts: BTreeSet::new(),
            host_days: 0,
        };
        let numbers: Vec<u32> = baseline.host_numbers().collect();
        for (number, host) in numbers.into_iter().zip(baseline.told_by_host()) {
            let days = host.evidence.days().len() as u64;
            let name = baseline.host(number);
            if name != crate::normalize::EMPTY {
                watched.host_days += days;
                watched.hosts.insert(name.to_ascii_lowercase());
            }
        }
        watched
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.contains(&host.to_ascii_lowercase())
    }

    fn period(&self, baseline: &Baseline) -> Period {
        Period {
            events: baseline.events(),
            hosts: self.hosts.len(),
            host_days: self.host_days,
            seen: baseline.seen(),
        }
    }
}
