//! Events by host and day in two periods in, whether one has more than the other by more than chance out.
//!
//! Periods differ in length, and fleets in size, so what is compared is events per host and day: of each host and each day
//! on which it told anything at all. The test is that of two Poisson rates, with the events of a day as unruly as they are:
//!
//! ```text
//! z = (x2/n2 - x1/n1) / sqrt(d * r * (1/n1 + 1/n2)),    r = (x1 + x2) / (n1 + n2)
//! ```
//!
//! where x are the events of n days of hosts, and d (at least 1) is how many times larger than its mean the variance from
//! day to day is, in that period where it is more. For events that come by themselves d is 1, and the test is Poisson's. A
//! program that opens a pipe a thousand times at each start makes it large: then a few more starts are no news.

/// A change is more than chance from this on, up or down: of a thousand things that did not change, one seems to.
pub const THRESHOLD: f64 = 3.29;

/// The events of one thing in one period.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// Days of hosts on which the host told anything.
    pub host_days: u64,
    /// Events of the thing on these.
    pub events: u64,
    /// The squares of the events of each of these days, added up.
    pub squares: f64,
}

impl Sample {
    /// Events of each day that has some, of so many that were watched.
    pub fn of(host_days: u64, events: impl Iterator<Item = u64>) -> Self {
        let mut sample = Self {
            host_days,
            ..Self::default()
        };
        for events in events {
            sample.events += events;
            sample.squares += float(events) * float(events);
        }
        sample
    }

    /// Events per host and day; `None` where no day was watched.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.host_days > 0).then(|| float(self.events) / float(self.host_days))
    }

    /// How many times larger than its mean the variance is.
    fn dispersion(&self) -> f64 {
        let (days, events) = (float(self.host_days), float(self.events));
        if self.host_days < 2 || self.events == 0 {
            return 1.0;
        }
        let mean = events / days;
        ((self.squares - events * mean) / (days - 1.0) / mean).max(1.0)
    }
}

/// How many standard deviations the rate grew; `None` where there is nothing to compare.
#[must_use]
pub fn growth(old: &Sample, new: &Sample) -> Option<f64> {
    let difference = new.rate()? - old.rate()?;
    let (old_days, new_days) = (float(old.host_days), float(new.host_days));
    let pooled = float(old.events + new.events) / (old_days + new_days);
    let variance = old.dispersion().max(new.dispersion()) * pooled * (1.0 / old_days + 1.0 / new_days);
    (variance > 0.0).then(|| difference / variance.sqrt())
}

#[allow(clippy::cast_precision_loss, reason = "counts of events are far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_more(old: (u64, &[u64]), new: (u64, &[u64])) -> bool {
        let sample = |(days, events): (u64, &[u64])| Sample::of(days, events.iter().copied());
        growth(&sample(old), &sample(new)).is_some_and(|z| z >= THRESHOLD)
    }

    #[test]
    fn a_longer_period_is_no_growth() {
        assert!(!is_more((5, &[10; 5]), (50, &[10; 50])));
        assert!(is_more((5, &[10; 5]), (5, &[30; 5])));
    }

    #[test]
    fn few_events_may_be_chance() {
        assert!(!is_more((10, &[1]), (10, &[2, 2])));
        assert!(!is_more((1, &[]), (1, &[3])));
        assert!(is_more((10, &[1]), (10, &[2, 3, 2, 3, 2, 3, 2, 3, 2, 3])));
    }

    #[test]
    fn what_comes_in_bursts_must_grow_more() {
        assert!(
            !is_more((10, &[300]), (10, &[300, 300])),
            "it was started twice, not once"
        );
        assert!(is_more((10, &[30; 10]), (10, &[60; 10])));
    }

    #[test]
    fn nothing_watched_is_nothing_known() {
        assert_eq!(
            growth(&Sample::of(0, [].into_iter()), &Sample::of(3, [5].into_iter())),
            None
        );
        assert_eq!(
            growth(&Sample::of(3, [].into_iter()), &Sample::of(3, [].into_iter())),
            None
        );
    }
}
