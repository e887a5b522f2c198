//! A config and a baseline in, how many events of each candidate it drops out.

use indexmap::IndexMap;

use crate::baseline::{Baseline, Evidence, Part};
use crate::draft::candidate::Candidate;
use crate::event::Kind;
use crate::family::{Member, member};
use crate::sysmon::{Engine, Event, Field};

/// Which candidate each event of a baseline belongs to.
#[derive(Debug)]
pub(super) struct Owners<'a> {
    baseline: &'a Baseline,
    candidates: usize,
    of_member: IndexMap<(Kind, &'a Member), usize>,
}

impl<'a> Owners<'a> {
    pub(super) fn of(candidates: &'a [Candidate], baseline: &'a Baseline) -> Self {
        let mut of_member = IndexMap::new();
        for (index, candidate) in candidates.iter().enumerate() {
            for member in &candidate.family.members {
                of_member.insert((candidate.family.kind, member), index);
            }
        }
        Self {
            baseline,
            candidates: candidates.len(),
            of_member,
        }
    }

    /// How many events of each candidate `engine` drops, in the candidates' order. Events whose names are not kept are
    /// in no count: what becomes of them is not known.
    pub(super) fn dropped(&self, engine: &Engine) -> Vec<u64> {
        let mut dropped = vec![0; self.candidates];
        let images = self.baseline.images();
        let by_user = engine.asks_for(Field::User);
        for group in self.baseline.groups(Part::ALL) {
            let image = images.get(group.image() as usize).copied().unwrap_or_default();
            for kind in [Kind::Created, Kind::Connected] {
                for (name, evidence) in group.names(kind) {
                    let members = member(&group, name);
                    let owner = members.iter().find_map(|member| self.of_member.get(&(kind, member)));
                    let Some(count) = owner.and_then(|owner| dropped.get_mut(*owner)) else {
                        continue;
                    };
                    for (user, events) in self.users(&evidence, by_user) {
                        let event = Event {
                            event_type: kind.event_type(),
                            pipe_name: name,
                            image,
                            user,
                        };
                        if !engine.verdict(&event).logged {
                            *count += events;
                        }
                    }
                }
            }
        }
        dropped
    }

    /// Events by user, where anybody asks for users.
    fn users(&self, evidence: &Evidence, by_user: bool) -> Vec<(&'a str, u64)> {
        let mut rest = evidence.events();
        let mut users = Vec::new();
        if by_user {
            for (user, events) in evidence.users.iter() {
                users.push((self.baseline.user(user), events));
                rest = rest.saturating_sub(events);
            }
        }
        users.push(("", rest));
        users
    }
}
