//! Makes events that were seen widely, or less so, and asks what guards say of them.

use super::OwnedEvent;
use crate::baseline::{Baseline, Fold, Occurrences, Part, Threshold};
use crate::draft::candidate::{Candidate, Verdict, judge};
use crate::event::Kind;
use crate::family::families_knowing;
use crate::knowledge::Knowledge;

pub(crate) const APP: &str = r"C:\Program Files\Contoso\App\app.exe";
pub(crate) const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
pub(crate) const SVCHOST: &str = r"C:\Windows\System32\svchost.exe";
pub(crate) const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

/// Events of one pair; by default seen widely: on 3 hosts and 6 days.
#[derive(Debug, Clone)]
pub(crate) struct Events {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) image: String,
    pub(crate) hosts: u32,
    pub(crate) days: u32,
    times: u32,
    first_host: u32,
    pid: u32,
    year: i64,
}

impl Events {
    fn new(kind: Kind, name: &str, image: &str) -> Self {
        Self {
            kind,
            name: name.into(),
            image: image.into(),
            hosts: 3,
            days: 6,
            times: 1,
            first_host: 0,
            pid: 77,
            year: 2024,
        }
    }

    pub(crate) fn created(name: &str, image: &str) -> Self {
        Self::new(Kind::Created, name, image)
    }

    pub(crate) fn connected(name: &str, image: &str) -> Self {
        Self::new(Kind::Connected, name, image)
    }

    /// By process 4204, whose id the name may hold.
    pub(crate) fn own_pid(self) -> Self {
        Self { pid: 4204, ..self }
    }

    pub(crate) fn hosts(self, hosts: u32) -> Self {
        Self { hosts, days: 1, ..self }
    }

    pub(crate) fn days(self, days: u32) -> Self {
        Self { days, ..self }
    }

    /// On this host and those that follow.
    pub(crate) fn on(self, first_host: u32) -> Self {
        Self { first_host, ..self }
    }

    pub(crate) fn one_host(self) -> Self {
        self.hosts(1)
    }

    pub(crate) fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    pub(crate) fn in_year(self, year: i64) -> Self {
        Self { year, ..self }
    }

    pub(crate) fn fold_into(&self, fold: &mut Fold, occurrences: &Occurrences, next_id: &mut u64) {
        for host in self.first_host..self.first_host + self.hosts {
            for day in 0..self.days {
                for _ in 0..self.times {
                    *next_id += 1;
                    let years = (self.year - 1970) * 365 + (self.year - 1969) / 4;
                    let event = OwnedEvent::new(self.kind, &self.name)
                        .image(&self.image)
                        .user("CORP\\alice")
                        .host(&format!("WS{host}"))
                        .time((years + 100 + i64::from(day)) * 86_400_000)
                        .process_id(self.pid)
                        .record_id(*next_id);
                    fold.add(&event.borrow(), occurrences);
                }
            }
        }
    }
}

pub(crate) fn baseline(all: &[Events]) -> Baseline {
    let (mut fold, occurrences, mut id) = (Fold::default(), Occurrences::default(), 0);
    all.iter()
        .for_each(|events| events.fold_into(&mut fold, &occurrences, &mut id));
    fold.finish()
}

/// The verdict on one pair, and the guard that decided.
pub(crate) fn verdict(events: Events) -> (Verdict, &'static str) {
    let verdicts = verdicts(&[events]);
    assert_eq!(verdicts.len(), 1);
    (verdicts[0].1, verdicts[0].2)
}

/// The verdict on each family, by its name, and the guard that decided.
pub(crate) fn verdicts(events: &[Events]) -> Vec<(String, Verdict, &'static str)> {
    let families = families_knowing(&baseline(events), Part::ALL, Knowledge::builtin());
    let candidates = judge(families, Knowledge::builtin(), Threshold::default());
    let verdict = |candidate: &Candidate| {
        (
            candidate.family.name.to_string(),
            candidate.verdict,
            candidate.reasons[0].code.word(),
        )
    };
    candidates.iter().map(verdict).collect()
}
