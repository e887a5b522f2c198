//! Parts a family of which some names were decided and others were not.
//!
//! A decision on one name is on that name, though more names make a family of it later: an attacker who makes three names
//! that begin alike must not have them decided with it. A decision on a family whose names have nothing but a beginning in
//! common is on those that were seen widely by themselves. What is left is judged as the whole was, and asked about anew.

use std::collections::{BTreeMap, BTreeSet};

use super::Decisions;
use super::line::{About, Line, Verb};
use crate::baseline::{Baseline, Evidence, Part, Sighting, Threshold};
use crate::draft::candidate::{Candidate, Verdict, of_reasons};
use crate::draft::candidate_index::CandidateIndex;
use crate::draft::guards;
use crate::family::{Family, Member, NAMES_SHOWN, Shape, member};
use crate::knowledge::Knowledge;
use crate::template::Template;

/// One name, or one template, of a family; a name without ASCII case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Name(String),
    Template(Template),
}

/// The sightings of a part.
#[derive(Debug, Default)]
struct Seen {
    name: String,
    templates: BTreeSet<Template>,
    names: BTreeSet<String>,
    images: BTreeSet<String>,
    evidence: Evidence,
    members: BTreeSet<Member>,
}

/// Puts a candidate for each part that was decided in place of a family, and one for what is left of it.
pub(in crate::draft) fn part(
    decisions: &Decisions,
    candidates: &mut Vec<Candidate>,
    (baseline, of): (&Baseline, Part<'_>),
    knowledge: &Knowledge,
    threshold: Threshold,
) {
    let wanted: BTreeMap<usize, Vec<&Line>> = candidates
        .iter()
        .enumerate()
        .filter_map(|(index, candidate)| Some((index, lines_on_parts(decisions, candidate)?)))
        .collect();
    if wanted.is_empty() {
        return;
    }
    let mut seen: BTreeMap<(usize, Option<Key>), Seen> = BTreeMap::new();
    let mut members: BTreeMap<usize, BTreeSet<&Member>> = BTreeMap::new();
    let owners = CandidateIndex::of(candidates);
    for sighting in baseline.sightings(of) {
        let Some(index) = owners.find(&sighting).filter(|index| wanted.contains_key(index)) else {
            continue;
        };
        let Some(candidate) = candidates.get(index) else {
            continue;
        };
        let members = members
            .entry(index)
            .or_insert_with(|| candidate.family.members.iter().collect::<BTreeSet<_>>());
        let [by_name, by_template] = member(&sighting.group, sighting.name);
        let is_name = members.contains(&by_name);
        let key = key(&wanted[&index], &candidate.family, &sighting, is_name);
        let member = if is_name || matches!(key, Some(Key::Name(_))) {
            by_name
        } else {
            by_template
        };
        seen.entry((index, key)).or_default().add(&sighting, member);
    }
    let families: Vec<Family> = candidates.iter().map(|candidate| candidate.family.clone()).collect();
    let mut parts: Vec<Family> = Vec::new();
    let mut left: BTreeMap<usize, Seen> = BTreeMap::new();
    for ((index, key), of_key) in seen {
        let Some(whole) = families.get(index) else { continue };
        // Of an open shape, what was not seen widely by itself stays with the rest.
        let is_named = || wanted[&index].iter().any(|line| line.names_part(key.as_ref()));
        match &key {
            Some(part) if is_named() || of_key.evidence.meets(threshold) => parts.push(of_key.family(part, whole)),
            _ => left.entry(index).or_default().join(of_key),
        }
    }
    let taken: BTreeSet<Member> = parts.iter().flat_map(|part| part.members.clone()).collect();
    let reasons = guards::ask_about(&families, &parts, knowledge, threshold);
    for index in wanted.keys() {
        let Some(candidate) = candidates.get_mut(*index) else {
            continue;
        };
        let rest = left.remove(index).unwrap_or_default();
        let family = &candidate.family;
        let decides_all = |line: &&Line| line.verb != Verb::Keep && line.is_on_all_of(family);
        candidate.is_left_over = wanted[index].iter().any(decides_all);
        let family = &mut candidate.family;
        family.evidence = rest.evidence;
        family.name_count = rest.names.len();
        family.images = rest.images.into_iter().collect();
        family.members.retain(|member| !taken.contains(member));
        family.templates.retain(|template| rest.templates.contains(template));
        family.names = rest.names.into_iter().take(NAMES_SHOWN).collect();
    }
    candidates.retain(|candidate| candidate.family.evidence.events() > 0);
    candidates.extend(
        parts
            .into_iter()
            .zip(reasons)
            .map(|(family, reasons)| of_reasons(family, reasons, knowledge)),
    );
    candidates.sort_by_cached_key(|candidate| {
        let family = &candidate.family;
        let events = std::cmp::Reverse(family.evidence.events());
        (events, family.name.to_string(), family.image.to_string(), family.kind)
    });
}

/// The lines that decide a part of a family; `None` where there is none, or the whole is decided as it is.
fn lines_on_parts<'a>(decisions: &'a Decisions, candidate: &Candidate) -> Option<Vec<&'a Line>> {
    let family = &candidate.family;
    if family.name.is_exact() || !family.has_all_names {
        return None;
    }
    let counts = |line: &&Line| !line.is_expired(decisions.today) && line.is_of_kind(candidate);
    let mut lines = Vec::new();
    for line in decisions.lines.iter().filter(counts) {
        let About::One(pipe, image) = &line.subject else {
            continue;
        };
        if !image.is_of(family) {
            continue;
        }
        let is_whole = pipe.is_of(family);
        if is_whole && !is_pooled(family) {
            if line.verb == Verb::Keep {
                continue;
            }
            // All of it goes, so that a name of it needs no decision of its own. One that is kept stays apart.
            lines.retain(|other: &&Line| other.verb == Verb::Keep);
            lines.extend(decisions.lines.iter().filter(counts).filter(|other| {
                other.verb == Verb::Keep && other.number > line.number && other.is_on_a_part_of(family)
            }));
            return (!lines.is_empty()).then_some(lines);
        }
        let matters = line.verb == Verb::Keep || candidate.verdict != Verdict::Exclude;
        let is_of_part = is_whole && line.verb != Verb::Keep || line.is_on_a_part_of(family);
        if matters && is_of_part {
            lines.push(line);
        }
    }
    (!lines.is_empty()).then_some(lines)
}

/// Whether names of several templates were put together, since they begin alike.
fn is_pooled(family: &Family) -> bool {
    matches!(&family.name, Shape::Affixes { shown, .. } if shown.contains("<*>"))
}

impl Line {
    /// Whether it is on all names of a family.
    fn is_on_all_of(&self, family: &Family) -> bool {
        matches!(&self.subject, About::One(pipe, _) if pipe.is_of(family))
    }

    /// Whether it is on some names of a family and not on all.
    fn is_on_a_part_of(&self, family: &Family) -> bool {
        let About::One(pipe, image) = &self.subject else {
            return false;
        };
        if !image.is_of(family) || pipe.is_of(family) {
            return false;
        }
        if pipe.is_exact() {
            family.name.matches(&pipe.to_string())
        } else {
            family.templates.iter().any(|template| pipe.is_of_template(template))
        }
    }

    /// Whether it is on this part, and not on an open shape that holds it too.
    fn names_part(&self, key: Option<&Key>) -> bool {
        let About::One(pipe, _) = &self.subject else {
            return false;
        };
        !pipe.is_open()
            && match key {
                Some(Key::Name(name)) => pipe.is_of_name(name, false),
                Some(Key::Template(template)) => pipe.is_of_template(template),
                None => false,
            }
    }
}

/// The part that a sighting is of: `None` is what no line is on.
fn key(lines: &[&Line], family: &Family, sighting: &Sighting<'_>, is_name: bool) -> Option<Key> {
    let template = sighting.group.template();
    lines.iter().find_map(|line| {
        let About::One(pipe, _) = &line.subject else {
            return None;
        };
        if pipe.is_exact() {
            let is_it = pipe.is_of_name(sighting.name, false);
            return is_it.then(|| Key::Name(sighting.name.to_ascii_lowercase()));
        }
        if is_name {
            let fits = pipe.is_of(family) || pipe.is_of_name(sighting.name, false);
            return fits.then(|| Key::Name(sighting.name.to_ascii_lowercase()));
        }
        let fits = pipe.is_of(family) || pipe.is_of_template(&template);
        fits.then(|| Key::Template(template.clone()))
    })
}

impl Seen {
    fn add(&mut self, sighting: &Sighting<'_>, member: Member) {
        self.name = sighting.name.to_owned();
        self.templates.insert(sighting.group.template());
        self.names.insert(sighting.name.to_owned());
        self.images.insert(sighting.image.to_owned());
        self.evidence.add(&sighting.evidence);
        self.members.insert(member);
    }

    fn join(&mut self, other: Self) {
        self.templates.extend(other.templates);
        self.names.extend(other.names);
        self.images.extend(other.images);
        self.evidence.add(&other.evidence);
        self.members.extend(other.members);
    }

    fn family(self, key: &Key, whole: &Family) -> Family {
        let name = match key {
            Key::Name(_) => Shape::Exact(self.name),
            Key::Template(template) => Shape::of_template(template),
        };
        Family {
            name,
            templates: self.templates.into_iter().collect(),
            name_count: self.names.len(),
            beginning: self
                .names
                .first()
                .map(|name| name.to_ascii_lowercase())
                .unwrap_or_default(),
            names: self.names.into_iter().take(NAMES_SHOWN).collect(),
            images: self.images.into_iter().collect(),
            evidence: self.evidence,
            members: self.members.into_iter().collect(),
            ..whole.clone()
        }
    }
}
