//! A config before and after in, the proof that the change is none but the one that was meant out.
//!
//! Both are run through the engine on the baseline and on what attackers do. A change that cannot be vouched for is never
//! written.

use super::wrongly_dropped::{self, WronglyDropped};
use super::{MergeError, Placed};
use crate::baseline::{Baseline, Part};
use crate::draft::Draft;
use crate::draft::candidate::{Candidate, Verdict};
use crate::draft::candidate_index::CandidateIndex;
use crate::draft::existing_config::users;
use crate::knowledge::Knowledge;
use crate::sysmon::{Config, Engine, Event, Field, Folding};

/// How many events of the baseline a config drops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dropped {
    /// As it was.
    pub before: u64,
    /// As it is now.
    pub after: u64,
    /// Of those that should be logged: by rules that it had before.
    pub undue: u64,
}

struct Pair {
    pruned: Engine,
    after: Engine,
    /// Whether the config logged no pipe events at all, so that what no rule drops is logged now.
    is_first_node: bool,
}

impl Pair {
    /// Whether the change is wrong for an event, given whether it may be dropped.
    fn check(&self, event: &Event<'_>, may_be_dropped: bool) -> Result<(), MergeError> {
        let (was, is) = (self.pruned.verdict(event), self.after.verdict(event));
        let wrong = |what: &str| {
            let said = format!("{what} {} of {}", event.pipe_name, event.image);
            Err(MergeError::Unproved(said))
        };
        match (was.logged, is.logged) {
            (true, false) if !may_be_dropped => wrong("it would no longer log"),
            (false, true) if !self.is_first_node => wrong("it would no longer drop"),
            (true, true) if was.rule_name != is.rule_name => wrong("it would log another RuleName with"),
            _ => Ok(()),
        }
    }
}

/// Proves a merge: `before` as the file was, `pruned` without stale rules, `after` with the new ones.
pub(super) fn prove(
    (before, pruned, after): (&Config, &Config, &Config),
    draft: &Draft,
    baseline: &Baseline,
    knowledge: &Knowledge,
    placed: Option<Placed>,
) -> Result<(Dropped, Vec<WronglyDropped>), MergeError> {
    if before.other_events()? != after.other_events()? {
        return Err(MergeError::Unproved(
            "other sections than that of pipes would change".into(),
        ));
    }
    let pair = |folding| Pair {
        pruned: pruned.engine_with(folding),
        after: after.engine_with(folding),
        is_first_node: placed == Some(Placed::FirstNode),
    };
    // In ASCII both ways to fold case are one.
    let are_ascii = [before, after].iter().all(|config| config.text().as_str().is_ascii());
    let pairs = [pair(Folding::Ascii), pair(Folding::Unicode)];
    let check = |event: &Event<'_>, may_be_dropped| {
        let is_ascii = are_ascii && event.pipe_name.is_ascii() && event.image.is_ascii();
        let mut pairs = pairs.iter().take(if is_ascii { 1 } else { 2 });
        pairs.try_for_each(|pair| pair.check(event, may_be_dropped))
    };
    let was = before.engine();
    let decided: Vec<&Candidate> = draft.decided(Verdict::Review).collect();
    for witness in knowledge.attack_witnesses() {
        let event = Event::of(witness.event, &witness.pipe_name, witness.image);
        let is_decided = decided.iter().any(|candidate| candidate.leaves_to_a_person(&witness));
        check(&event, is_decided)?;
    }
    let owners = CandidateIndex::of(&draft.candidates);
    let asks_user = was.asks_for(Field::User);
    let mut dropped = Dropped::default();
    let mut undue = wrongly_dropped::Finder::new(after);
    for sighting in baseline.sightings(Part::ALL) {
        let owner = owners.find(&sighting);
        let verdict = owner
            .and_then(|index| draft.candidates.get(index))
            .map(|owner| owner.verdict);
        let may_be_dropped = verdict == Some(Verdict::Exclude);
        let anybody = Event::of(sighting.kind, sighting.name, sighting.image);
        for user in users(&sighting.evidence, baseline, asks_user) {
            check(&Event { user, ..anybody }, may_be_dropped)?;
        }
        let events = sighting.evidence.events();
        let is = pairs[0].after.verdict(&anybody);
        let is_dropped = !is.logged;
        dropped.before += if was.verdict(&anybody).logged { 0 } else { events };
        dropped.after += if is_dropped { events } else { 0 };
        if is_dropped && !may_be_dropped {
            dropped.undue += events;
            if let Some(owner) = owner {
                undue.add(owner, events, is.decided_by);
            }
        }
    }
    Ok((dropped, undue.finish()))
}
