//! A config in, the rules that earlier drafts wrote into it out, and whether the evidence still bears them out.
//!
//! A rule is known by its mark ([`crate::draft::mark`]). One that was edited since is its editor's. One that drops what must
//! stay by now, or what was not seen any more, is stale. That nothing was seen of it says something only where the logs show
//! what the config drops: logs that were collected through it cannot hold any of it. And that nothing, or too little, was seen
//! says something only of logs of as many hosts and days as the rule was written from: those of one host say nothing of a fleet.

use std::collections::BTreeMap;

use crate::baseline::{Baseline, Part, Sighting, Threshold};
use crate::draft::candidate::{Candidate, ReasonCode, Verdict};
use crate::draft::candidate_index::CandidateIndex;
use crate::draft::guards;
use crate::draft::mark::{self, Digest};
use crate::draft::{rule, write};
use crate::sysmon::Edit;
use crate::sysmon::{Config, Event, Item, ItemId, OnMatch, Relation};

/// What is to be done with rules of earlier drafts that are no longer borne out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prune {
    /// Nothing is looked for.
    #[default]
    Leave,
    /// They are told.
    Report,
    /// They are taken out.
    Apply,
}

/// What became of the rules that earlier drafts wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// How many there are.
    pub rules: usize,
    /// Those that are no longer borne out.
    pub stale: Vec<Stale>,
    /// Lines of those that were edited since, and are left alone.
    pub edited: Vec<usize>,
    /// How many of which nothing was seen, where that says nothing: the logs hold nothing that the config drops.
    pub unjudged: usize,
    /// How many of which nothing, or too little, was seen, where that says nothing: the logs are of fewer hosts or days than
    /// the rule was written from.
    pub narrower: usize,
    /// Whether the stale ones were taken out.
    pub is_applied: bool,
}

/// A rule that is no longer borne out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The line of the rule.
    pub line: usize,
    /// What its mark said of it.
    pub was: String,
    /// Why it is stale.
    pub why: String,
    /// Whether it was written since somebody decided so, and nobody decides so any more: the line was taken out, or has
    /// expired. Nothing else speaks against it.
    pub is_undecided: bool,
    /// Events of these logs that it drops.
    pub events: u64,
    /// The edit that takes it out, with its mark.
    pub(super) removal: Edit,
}

/// How the comment of a rule ends that somebody decided.
const AS_DECIDED: &str = "as decided";

struct Own<'c> {
    item: &'c Item,
    said: &'c str,
    comment_start: usize,
    seen: u64,
    /// Events of these that may be excluded.
    borne_out: u64,
    /// What it drops and must not, however widely it was seen.
    against: Option<String>,
    /// What it drops that was not seen widely enough.
    too_little: Option<String>,
    /// Whether all that it drops and must not is what guards leave to a person.
    is_left_to_a_person: bool,
}

/// Holds the rules of earlier drafts against the candidates of a new one.
pub(super) fn judge(config: &Config, candidates: &[Candidate], baseline: &Baseline) -> Judgement {
    let mut judgement = Judgement::default();
    let mut own: BTreeMap<ItemId, Own<'_>> = BTreeMap::new();
    for (node_at, node) in config.nodes().iter().enumerate() {
        if !node.is_used() || node.on_match != Some(OnMatch::Exclude) {
            continue;
        }
        for (item_at, item) in node.items.iter().enumerate() {
            let Some((comment_start, digest, said)) = mark_of(config, item) else {
                continue;
            };
            if is_as_written(config, item, digest) {
                let rule = Own {
                    item,
                    said,
                    comment_start,
                    seen: 0,
                    borne_out: 0,
                    against: None,
                    too_little: None,
                    is_left_to_a_person: true,
                };
                own.insert(
                    ItemId {
                        node: node_at,
                        item: item_at,
                    },
                    rule,
                );
            } else {
                judgement.edited.push(item.element().place.line);
            }
        }
    }
    judgement.rules = own.len() + judgement.edited.len();
    if own.is_empty() {
        return judgement;
    }
    let dropped = weigh(config, candidates, baseline, &mut own);
    let breadth = Threshold {
        hosts: baseline.host_names().count(),
        days: baseline.days().filter(|day| day.is_plausible()).count(),
    };
    for rule in own.values() {
        let was = write::breadth(rule.said);
        let is_as_wide = was.is_none_or(|was| breadth.hosts >= was.hosts && breadth.days >= was.days);
        let why = match (&rule.against, &rule.too_little) {
            (Some(why), _) => why.clone(),
            // A shape that is seen widely, and holds what is not.
            (None, Some(why)) if rule.borne_out > 0 && is_of_shape(rule.item) => why.clone(),
            (None, None) if rule.seen > 0 => continue,
            (None, None) if dropped == 0 => {
                judgement.unjudged += 1;
                continue;
            }
            (None, _) if !is_as_wide => {
                judgement.narrower += 1;
                continue;
            }
            (None, Some(why)) => why.clone(),
            (None, None) => "nothing that it drops was seen".to_owned(),
        };
        judgement.stale.push(Stale {
            line: rule.item.element().place.line,
            was: rule.said.to_owned(),
            why,
            removal: Edit::remove(config.text().as_str(), rule.comment_start..rule.item.element().span.end),
            is_undecided: rule.said.ends_with(AS_DECIDED) && rule.against.is_some() && rule.is_left_to_a_person,
            events: rule.seen,
        });
    }
    judgement
}

/// Counts for each rule what it drops and may; notes the first that it drops and must not. Gives how many events the
/// config drops.
fn weigh(config: &Config, candidates: &[Candidate], baseline: &Baseline, own: &mut BTreeMap<ItemId, Own<'_>>) -> u64 {
    let owners = CandidateIndex::of(candidates);
    let engine = config.engine();
    let mut dropped = 0;
    for sighting in baseline.sightings(Part::ALL) {
        let Sighting { kind, name, image, .. } = sighting;
        let events = sighting.evidence.events();
        let event = Event::of(kind, name, image);
        let matches = engine.matches(&event);
        if matches.is_empty() {
            continue;
        }
        if !engine.verdict(&event).logged {
            dropped += events;
        }
        let candidate = owners.find(&sighting).and_then(|index| candidates.get(index));
        let stays = candidate.filter(|candidate| candidate.verdict != Verdict::Exclude);
        for id in matches {
            let Some(rule) = own.get_mut(&id) else { continue };
            rule.seen += events;
            let Some(candidate) = stays else {
                rule.borne_out += events;
                continue;
            };
            let is_decided = candidate
                .reasons
                .iter()
                .any(|reason| reason.code == ReasonCode::Decision);
            rule.is_left_to_a_person &= candidate.verdict == Verdict::Review && !is_decided;
            // A name of its own that a shape happens to hold is none that the rule was written for.
            let is_own = candidate.family.name.exact().is_none() || !is_of_shape(rule.item);
            let objection = if is_own && guards::lacks_evidence_alone(&candidate.reasons) {
                &mut rule.too_little
            } else {
                &mut rule.against
            };
            objection.get_or_insert_with(|| {
                let reason = candidate.reasons.first().map(|reason| format!(": {}", reason.text));
                let reason = reason.unwrap_or_default();
                format!("it drops {name} of {image}, which is {}{reason}", candidate.verdict)
            });
        }
    }
    dropped
}

fn is_of_shape(item: &Item) -> bool {
    let filters = item.filters().iter();
    rule::is_of_shape(filters.map(|filter| (filter.field, filter.condition)))
}

/// The mark in the comment that stands right before an item: where the comment begins, and what it says.
fn mark_of<'c>(config: &'c Config, item: &Item) -> Option<(usize, Digest, &'c str)> {
    let before = config.text().as_str().get(..item.element().span.start)?;
    let inside = before.trim_end().strip_suffix("-->")?;
    let start = inside.rfind("<!--")?;
    let (digest, said) = mark::read(inside.get(start + 4..)?)?;
    Some((start, digest, said))
}

/// Whether nobody edited a rule: it says what its mark says, has no name of its own, and holds no comment.
fn is_as_written(config: &Config, item: &Item, digest: Digest) -> bool {
    let text = config
        .text()
        .as_str()
        .get(item.element().span.clone())
        .unwrap_or_default();
    matches!(item, Item::Rule(rule) if rule.relation == Relation::And)
        && item.name().unwrap_or_default().is_empty()
        && !text.contains("<!--")
        && Digest::of_item(item) == digest
}

#[cfg(test)]
mod tests;
