//! A part of a baseline: the events of some hosts, or of some time.

use super::Baseline;
use super::cells::Cells;
use crate::event::Millis;
use crate::normalize::fold::{Folded, FoldedRef};
use crate::normalize::host::short_name;
use indexmap::IndexSet;

/// Which events to keep. The default keeps all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    hosts: IndexSet<Folded>,
    /// From this time on. Events without a time are not kept where a time is asked for.
    pub since: Option<Millis>,
    /// Before this time.
    pub until: Option<Millis>,
}

impl Selection {
    /// Keeps the events of this host too, in whatever way it is spelled. Without any, those of all hosts are kept.
    pub fn add_host(&mut self, host: &str) {
        self.hosts.insert(Folded::new(&short_name(host)));
    }

    /// Whether it keeps everything.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.hosts.is_empty() && self.since.is_none() && self.until.is_none()
    }
}

impl Baseline {
    /// What the selected events alone would have made.
    #[must_use]
    pub fn select(mut self, selection: &Selection) -> Self {
        if selection.is_everything() {
            return self;
        }
        let wanted_host = |host: &str| selection.hosts.is_empty() || selection.hosts.contains(&FoldedRef(host));
        let hosts: Vec<bool> = self.hosts.keys().map(wanted_host).collect();
        let (since, until) = (selection.since, selection.until);
        let timed = since.is_some() || until.is_some();
        let select = |cells: &mut Cells| {
            cells.retain(|key, time| {
                let in_time = match time {
                    Some(time) => since.is_none_or(|since| time >= since) && until.is_none_or(|until| time < until),
                    None => !timed,
                };
                in_time && hosts.get(key.host as usize).copied().unwrap_or_default()
            });
        };
        self.groups.retain(|_, group| {
            group.cells_mut().for_each(select);
            group.drop_empty();
            group.cells().any(|cells| !cells.is_empty())
        });
        select(&mut self.others);
        // A log was handed over as a whole, whatever of it is selected.
        self.logs.retain(|host| wanted_host(&short_name(host)));
        self.compact();
        self
    }
}
