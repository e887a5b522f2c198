//! Two baselines in, what occurs in either out, with its evidence in each.
//!
//! Families are those of both baselines together: each alone might draw other lines between them.

use indexmap::IndexMap;

use super::Item;
use crate::baseline::{Baseline, Evidence, Part};
use crate::event::Kind;
use crate::family::{Family, Member, families_knowing, member};
use crate::knowledge::Knowledge;
use crate::normalize::fold::{Folded, FoldedRef};
use crate::sysmon::{Engine, Event};

const KINDS: [Kind; 2] = [Kind::Created, Kind::Connected];

/// The numbers of hosts and images that both together have, by those of one of the two.
struct Numbers {
    hosts: Vec<u32>,
    images: Vec<u32>,
}

impl Numbers {
    fn of(one: &Baseline, both: &Baseline) -> Self {
        let by_name = |names: &mut dyn Iterator<Item = &str>| -> IndexMap<Folded, u32> {
            names
                .zip(0..)
                .map(|(name, number)| (Folded::new(name), number))
                .collect()
        };
        let hosts = by_name(&mut both.host_numbers().map(|number| both.host(number)));
        let images = by_name(&mut both.images().into_iter());
        let find = |names: &IndexMap<Folded, u32>, name: &str| names.get(&FoldedRef(name)).copied().unwrap_or(u32::MAX);
        Self {
            hosts: one
                .host_numbers()
                .map(|number| find(&hosts, one.host(number)))
                .collect(),
            images: one.images().into_iter().map(|image| find(&images, image)).collect(),
        }
    }

    /// The evidence in the numbers of both together, without its users.
    fn translate(&self, evidence: Evidence) -> Evidence {
        let host = |old: u32| self.hosts.get(old as usize).copied().unwrap_or(u32::MAX);
        let by_host_day = evidence
            .by_host_day
            .iter()
            .map(|((old, day), events)| ((host(old), day), events));
        let last_records = evidence
            .last_records
            .iter()
            .map(|((old, day), last)| ((host(old), day), last));
        Evidence {
            by_host_day: by_host_day.collect(),
            last_records: last_records.collect(),
            users: Default::default(),
            ..evidence
        }
    }
}

/// What one baseline has of a family, with how many of its events the config drops.
type Found = (Evidence, u64);

/// The families of both together, each with its evidence in either.
pub(super) fn by_family(
    old: &Baseline,
    new: &Baseline,
    both: &Baseline,
    knowledge: &Knowledge,
    engine: Option<&Engine>,
) -> Vec<Item> {
    let families = families_knowing(both, Part::ALL, knowledge);
    let mut places: IndexMap<(Kind, &Member), usize> = IndexMap::new();
    for (place, family) in families.iter().enumerate() {
        places.extend(family.members.iter().map(|member| ((family.kind, member), place)));
    }
    let evidence = |one: &Baseline| {
        let numbers = Numbers::of(one, both);
        let images = one.images();
        let mut all: Vec<Found> = families.iter().map(|_| Default::default()).collect();
        for group in one.groups(Part::ALL) {
            let image = numbers.images.get(group.image() as usize).copied().unwrap_or(u32::MAX);
            let mut add = |kind, name: &str, evidence: Evidence| {
                let mut members = member(&group, name).map(|member| member.of_image(image)).into_iter();
                let place = members.find_map(|member| places.get(&(kind, &member)).copied());
                if let Some((into, dropped)) = place.and_then(|place| all.get_mut(place)) {
                    let image = images.get(group.image() as usize).copied().unwrap_or_default();
                    if engine.is_some_and(|engine| drops(engine, kind, name, image)) {
                        *dropped += evidence.events();
                    }
                    into.add(&numbers.translate(evidence));
                }
            };
            for kind in KINDS {
                group.names(kind).for_each(|(name, evidence)| add(kind, name, evidence));
                let others = group.evidence_without_name(kind);
                if others.events() > 0 {
                    add(kind, "", others);
                }
            }
        }
        all
    };
    let (in_old, in_new) = (evidence(old), evidence(new));
    let item = |((family, (old, _)), (new, dropped)): ((&Family, Found), Found)| Item {
        kind: Some(family.kind),
        pipe_name: family.name.to_string(),
        image: family.image.to_string(),
        known_bad: known_bad(knowledge, &family.names, &family.images),
        old,
        new,
        dropped,
    };
    families.iter().zip(in_old).zip(in_new).map(item).collect()
}

/// Whether a config drops such an event, whoever runs the program.
fn drops(engine: &Engine, kind: Kind, name: &str, image: &str) -> bool {
    let event = Event::of(kind, name, image);
    !engine.verdict(&event).logged
}

/// The pairs of either, each with its evidence in both.
pub(super) fn by_pair(
    old: &Baseline,
    new: &Baseline,
    both: &Baseline,
    knowledge: &Knowledge,
    engine: Option<&Engine>,
) -> Vec<Item> {
    let mut items: IndexMap<(Folded, Folded), Item> = IndexMap::new();
    // In the spelling that is most frequent in both together.
    for pair in both.pairs() {
        let item = Item {
            kind: None,
            known_bad: known_bad(
                knowledge,
                std::slice::from_ref(&pair.pipe_name),
                std::slice::from_ref(&pair.image),
            ),
            pipe_name: pair.pipe_name,
            image: pair.image,
            old: Evidence::default(),
            new: Evidence::default(),
            dropped: 0,
        };
        items.insert((Folded::new(&item.pipe_name), Folded::new(&item.image)), item);
    }
    for (one, is_new) in [(old, false), (new, true)] {
        let numbers = Numbers::of(one, both);
        for pair in one.pairs() {
            if let Some(item) = items.get_mut(&(Folded::new(&pair.pipe_name), Folded::new(&pair.image))) {
                if let Some(engine) = engine.filter(|_| is_new) {
                    let dropped = pair
                        .counts
                        .iter()
                        .filter(|count| drops(engine, count.kind, &pair.pipe_name, &pair.image));
                    item.dropped = dropped.map(|count| count.events).sum();
                }
                *if is_new { &mut item.new } else { &mut item.old } = numbers.translate(pair.evidence);
            }
        }
    }
    items.into_values().collect()
}

/// What attackers' tool has one of these names, if any has.
fn known_bad(knowledge: &Knowledge, names: &[String], images: &[String]) -> Option<String> {
    let bad = names.iter().find_map(|name| knowledge.known_bad_of(name, images))?;
    Some(bad.what.to_string())
}
