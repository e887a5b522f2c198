//! The config that a draft is for in, what it says of each candidate out: whether it drops it already, and whether it asks
//! for it.
//!
//! Both by meaning, through the engine. A candidate is covered when the config drops every name of it that was seen, by
//! every image, and names of its shape that nobody has seen yet. One that an include node names is for a person to decide:
//! somebody asked for these events, and an exclude node outranks every include. An include that takes any name of any
//! image asks for nothing in particular; what stands beside it still does.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};

use super::candidate::{Candidate, Reason, ReasonCode, Verdict};
use super::candidate_index::CandidateIndex;
use super::mark::Digest;
use super::rule::Rule;
use crate::baseline::{Baseline, Evidence, Part, Sighting};
use crate::family::{Family, Shape, outline};
use crate::sysmon::{Config, Decision, Engine, Event, Field, ItemId, Node, OnMatch, Relation};

/// A name and an image that nobody has: what takes them takes everything.
const NOBODYS: (&str, &str) = (r"\qxzvjkwhgbypf", r"Q:\qxzvjk\whgbypf.qxz");

/// What stands for the variable parts of a shape.
const FILLERS: [&str; 3] = ["7", "4f1a", "1357.2468.9753108642"];

/// How the config stands to the candidates of a draft.
pub(super) struct ExistingConfig<'a> {
    config: &'a Config,
    engine: Engine,
    /// For each candidate, whether the config logs any event of it.
    logged: Vec<bool>,
}

impl<'a> ExistingConfig<'a> {
    /// Runs all that was seen through the config, and objects to candidates that it asks for.
    pub(super) fn of(config: &'a Config, candidates: &mut [Candidate], baseline: &Baseline, part: Part<'_>) -> Self {
        let engine = config.engine();
        let asks_user = engine.asks_for(Field::User);
        let owners = CandidateIndex::of(candidates);
        // Without pipe rules nothing is logged, which covers nothing: who adds rules means to log the rest.
        let mut logged = vec![!config.nodes().iter().any(Node::is_used); candidates.len()];
        let mut wanted: IndexMap<usize, String> = IndexMap::new();
        for sighting in baseline.sightings(part) {
            let Some(index) = owners.find(&sighting) else { continue };
            let Sighting { kind, name, image, .. } = sighting;
            for user in users(&sighting.evidence, baseline, asks_user) {
                let event = Event {
                    user,
                    ..Event::of(kind, name, image)
                };
                let verdict = engine.verdict(&event);
                if let Some(logged) = logged.get_mut(index).filter(|_| verdict.logged) {
                    *logged = true;
                }
                if !wanted.contains_key(&index)
                    && let Some(decision) = asked_for_by(&engine, config, &event)
                {
                    wanted.insert(index, asked(config, decision, name));
                }
            }
        }
        for (index, text) in wanted {
            if let Some(candidate) = candidates.get_mut(index) {
                candidate.object(Reason::new(ReasonCode::Included, Verdict::Keep, text));
            }
        }
        Self { config, engine, logged }
    }

    /// Marks the candidates that the config drops already, whatever rules do it.
    pub(super) fn cover(&self, candidates: &mut [Candidate]) {
        for (candidate, is_logged) in candidates.iter_mut().zip(&self.logged) {
            candidate.is_covered |= !is_logged && drops_unseen(&self.engine, candidate);
        }
    }

    /// Gives the rules that do not stand in the config word for word, and marks as covered what all rules for it stand there
    /// for: what is carved out of a rule may be just what was made up to try it.
    pub(super) fn leave_out(&self, rules: Vec<Rule>, candidates: &mut [Candidate]) -> Vec<Rule> {
        let excluding =
            |node: &&Node| node.is_used() && node.on_match == Some(OnMatch::Exclude) && node.relation == Relation::Or;
        let items = self
            .config
            .nodes()
            .iter()
            .filter(excluding)
            .flat_map(|node| &node.items);
        let there: IndexSet<Digest> = items
            .filter(|item| item.relation() == Relation::And)
            .map(Digest::of_item)
            .collect();
        let of_these =
            |rules: &[Rule]| -> BTreeSet<usize> { rules.iter().flat_map(|rule| &rule.candidates).copied().collect() };
        let (standing, lacking): (Vec<Rule>, Vec<Rule>) = rules
            .into_iter()
            .partition(|rule| there.contains(&Digest::of_rule(rule)));
        for index in of_these(&standing).difference(&of_these(&lacking)) {
            if let Some(candidate) = candidates.get_mut(*index) {
                candidate.is_covered = true;
            }
        }
        lacking
    }
}

/// Who is to be asked about: nobody in particular, and where a filter looks at users, each of them.
pub(crate) fn users<'a>(evidence: &Evidence, baseline: &'a Baseline, asks_user: bool) -> Vec<&'a str> {
    let named = evidence.users.keys().filter(|_| asks_user);
    std::iter::once("")
        .chain(named.map(|user| baseline.user(user)))
        .collect()
}

/// What of an include node names an event that the config logs: its name, its image, or both. `None` where nothing does.
pub(crate) fn asked_for_by(engine: &Engine, config: &Config, event: &Event<'_>) -> Option<Decision> {
    let includes = |node: usize| {
        config
            .nodes()
            .get(node)
            .filter(|node| node.on_match == Some(OnMatch::Include))
    };
    includes(engine.verdict(event).decided_by?.node)?;
    let any = Event {
        pipe_name: NOBODYS.0,
        image: NOBODYS.1,
        ..*event
    };
    let combines = |node: usize, relation| includes(node).is_some_and(|node| node.relation == relation);
    let (mut of_event, mut of_any) = (Vec::new(), Vec::new());
    engine.outcome(event, &mut of_event);
    engine.outcome(&any, &mut of_any);
    let mut items = of_event.iter().filter(|found| !of_any.contains(found));
    if let Some(found) = items.find(|found| combines(found.item.node, Relation::Or)) {
        let ItemId { node, item } = found.item;
        return Some(Decision { node, item: Some(item) });
    }
    let of_any = engine.matching_nodes(&any);
    let mut nodes = engine
        .matching_nodes(event)
        .into_iter()
        .filter(|node| !of_any.contains(node));
    let node = nodes.find(|node| combines(*node, Relation::And))?;
    Some(Decision { node, item: None })
}

fn asked(config: &Config, decision: Decision, name: &str) -> String {
    let place = config.place_of(decision);
    format!(
        "The config includes it on purpose (line {}, {name}), and a rule that drops it would overrule that: take it out of \
         the include node first.",
        place.unwrap_or_default().line
    )
}

/// Whether names and images of the candidate's shapes that were not seen are dropped too.
fn drops_unseen(engine: &Engine, candidate: &Candidate) -> bool {
    let family = &candidate.family;
    let image_fillers = made_up(&family.image, family.images.first());
    made_up_names(family, family.names.first()).iter().all(|name| {
        image_fillers.iter().all(|image| {
            let event = Event::of(family.kind, name, image);
            !engine.verdict(&event).logged
        })
    })
}

/// Names of a family that nobody has seen; of a single name the name itself, as it is spelled in `seen`.
pub(crate) fn made_up_names(family: &Family, seen: Option<&String>) -> Vec<String> {
    match &family.name {
        Shape::Exact(_) => made_up(&family.name, seen),
        Shape::Affixes { .. } => outline::made_up(&family.outline),
    }
}

/// Texts of a shape.
pub(crate) fn made_up(shape: &Shape, seen: Option<&String>) -> Vec<String> {
    match shape {
        Shape::Exact(text) => vec![seen.unwrap_or(text).clone()],
        Shape::Affixes { begin, middle, end, .. } => {
            let fill = |filler: &str| {
                let inner: String = middle.iter().map(|part| format!("{part}{filler}")).collect();
                format!("{begin}{filler}{inner}{end}")
            };
            FILLERS.iter().map(|filler| fill(filler)).collect()
        }
    }
}
