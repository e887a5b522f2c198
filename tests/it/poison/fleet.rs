//! A fleet without attackers, the same with one, and what a draft of either drops.

use std::sync::LazyLock;

use pipemine::baseline::{Baseline, Fold, Occurrences};
use pipemine::draft::{Draft, Options, draft_without_forecast, write};
use pipemine::event::{Kind, Millis};
use pipemine::knowledge::Knowledge;
use pipemine::normalize::time::parse_utc_time;
use pipemine::sysmon::{Config, Engine, Event, Folding};
use pipemine_testdata::Fleet;

use super::attack::{Deed, Trace};

const DAY: i64 = 86_400_000;

/// The fleet without attackers: its events, the baseline of them, and how many of them its draft drops.
pub(super) struct Clean {
    pub(super) events: Vec<Trace>,
    hosts: Vec<String>,
    midnights: Vec<Millis>,
    baseline: Baseline,
    dropped: u64,
}

pub(super) static CLEAN: LazyLock<Clean> = LazyLock::new(|| {
    let fleet = Fleet {
        attacks: Vec::new(),
        noise: 0,
        activity: 60,
        ..Fleet::of(4, 6, 17)
    };
    let logs = fleet.logs().unwrap();
    let trace = |row: &pipemine_testdata::Row| Trace {
        kind: Kind::from_event_id(row.event_id.into()).unwrap(),
        name: row.pipe_name.clone(),
        image: row.image.clone(),
        host: row.host.split('.').next().unwrap().to_owned(),
        time: parse_utc_time(&row.utc_time).unwrap(),
        pid: row.process_id,
    };
    let events: Vec<Trace> = logs.truth.distinct().map(trace).collect();
    let baseline = fold(Fold::default(), &events, 1);
    let made = Made::of(&baseline, &Options::default());
    let mut hosts: Vec<String> = events.iter().map(|event| event.host.clone()).collect();
    hosts.sort();
    hosts.dedup();
    let mut midnights: Vec<Millis> = events
        .iter()
        .map(|event| Millis(event.time.0 - event.time.0 % DAY))
        .collect();
    midnights.sort();
    midnights.dedup();
    let dropped = made.count(&events);
    Clean {
        events,
        hosts,
        midnights,
        baseline,
        dropped,
    }
});

/// The drafted config, as it is written.
pub(super) struct Made {
    pub(super) draft: Draft,
    pub(super) text: String,
    ascii: Engine,
    unicode: Engine,
}

impl Made {
    pub(super) fn of(baseline: &Baseline, options: &Options) -> Self {
        let draft = draft_without_forecast(baseline, Knowledge::builtin(), options);
        let mut text = Vec::new();
        write::write(&draft, options, "a test", &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let config = Config::load(text.as_bytes()).expect("Sysmon loads the draft");
        let engine = |folding| config.engine_with(folding);
        Self {
            draft,
            ascii: engine(Folding::Ascii),
            unicode: engine(Folding::Unicode),
            text,
        }
    }

    /// Whether Sysmon would drop the event: what it drops if it folds the case of ASCII letters only, which is likely.
    fn drops(&self, event: &Trace) -> bool {
        !self.ascii.verdict(&as_filters_see(event)).logged
    }

    /// Whether Sysmon might drop the event, whichever letters it folds.
    fn may_drop(&self, event: &Trace) -> bool {
        self.drops(event) || !self.unicode.verdict(&as_filters_see(event)).logged
    }

    pub(super) fn count(&self, events: &[Trace]) -> u64 {
        events.iter().filter(|event| self.drops(event)).count() as u64
    }
}

fn as_filters_see(trace: &Trace) -> Event<'_> {
    Event {
        event_type: trace.kind.event_type(),
        pipe_name: &trace.name,
        image: &trace.image,
        user: r"CORP\alice",
    }
}

/// Adds events as one source gives them, numbered from `first` on.
pub(super) fn fold(mut fold: Fold, events: &[Trace], first: u64) -> Baseline {
    let occurrences = Occurrences::default();
    for (record_id, trace) in (first..).zip(events) {
        fold.add(&trace.event(record_id), &occurrences);
    }
    fold.finish()
}

/// All that the attacker does.
pub(super) fn play(deeds: &[Deed]) -> Vec<Trace> {
    let mut traces = Vec::new();
    for host in &CLEAN.hosts {
        for (day, midnight) in (0..).zip(&CLEAN.midnights) {
            deeds
                .iter()
                .for_each(|deed| deed.play(host, day, *midnight, &mut traces));
        }
    }
    traces
}

/// The baseline of the fleet with the attacker in it.
pub(super) fn poisoned(traces: &[Trace]) -> Baseline {
    // Record numbers of the fleet are below a million.
    fold(Fold::from(CLEAN.baseline.clone()), traces, 1_000_000)
}

/// Asserts that nothing of what the attacker does is dropped by the draft of a fleet that he was in all the time, and that
/// the draft is as good as without him.
#[track_caller]
pub(super) fn stays(deeds: impl AsRef<[Deed]>) {
    stays_at_a_price(0, deeds);
}

/// As [`stays`], where he can make some of the noise stay with what he does: no rule can tell it from his. The price is
/// in percent of the noise that would be dropped without him.
#[track_caller]
pub(super) fn stays_at_a_price(price: u64, deeds: impl AsRef<[Deed]>) {
    let traces = play(deeds.as_ref());
    assert!(!traces.is_empty());
    let made = Made::of(&poisoned(&traces), &Options::default());
    assert_stays(price, &traces, &made);
}

#[track_caller]
pub(super) fn assert_stays(price: u64, traces: &[Trace], made: &Made) {
    if let Some(hidden) = traces.iter().find(|trace| made.may_drop(trace)) {
        let hidden = format!("{} {:?} of {:?}", hidden.kind, hidden.name, hidden.image);
        let rules: Vec<&str> = made.text.lines().filter(|line| line.contains("condition=")).collect();
        panic!("the draft hides {hidden}\n{}", rules.join("\n"));
    }
    let dropped = made.count(&CLEAN.events);
    let needed = CLEAN.dropped * (97 - price) / 100;
    assert!(
        dropped >= needed,
        "{dropped} of {} events of noise are dropped, not {needed}",
        CLEAN.dropped
    );
}

#[test]
fn there_is_noise_to_drop() {
    let share = CLEAN.dropped * 100 / CLEAN.events.len() as u64;
    assert!(
        CLEAN.events.len() > 1_500 && share > 60,
        "{share}% of {}",
        CLEAN.events.len()
    );
}
