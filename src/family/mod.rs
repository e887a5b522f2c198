//! A baseline in, families out: what is excluded, reviewed or kept as one.
//!
//! A family is a template with an image, or several that differ in one part. It is decided here, when all data is in, and
//! from the baseline alone. A part counts as variable where the events prove it (see [`crate::template`]), or where many
//! names differ in it alone. Names that something is known of stand apart (see `apart`).

mod lone_names;
mod image;
pub mod outline;
mod pooling;
mod prefix;
pub mod shape;

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::baseline::{self, Baseline, Evidence, GroupView};
use crate::event::Kind;
use crate::knowledge::{Knowledge, Piece};
use crate::template::{Part, Template, Variable};
use crate::threads::{by_groups, each_by_threads, sorted_by_threads};
use image::Images;
use lone_names::LoneNames;
use outline::Section;
pub use shape::Shape;

/// Pipe events of one kind whose names, and whose images, are of one shape.
#[derive(Debug, Clone)]
pub struct Family {
    /// Created or connected: who may connect to a pipe need not be who may create it.
    pub kind: Kind,
    /// The shape of its names.
    pub name: Shape,
    /// The shape of its images.
    pub image: Shape,
    /// What its names are made of.
    pub outline: Vec<Section>,
    /// The templates of its names.
    pub templates: Vec<Template>,
    /// Its names, sorted: all of a small family, of a large one the first [`NAMES_SHOWN`].
    pub names: Vec<String>,
    /// How many names it has (of those that the baseline keeps).
    pub name_count: usize,
    /// Whether the baseline keeps all of its names, and not a sample.
    pub has_all_names: bool,
    /// Whether its names speak for one another, so that what was seen of each is evidence for all: see `pooling`.
    pub pools_evidence: bool,
    /// How all of its names (that the baseline keeps) begin; without ASCII case.
    pub beginning: String,
    /// Whether each of its names was seen to be made by the process whose id it holds; looked for only where it matters.
    pub is_answered: bool,
    /// Whether its pipes were seen to be made only by programs that are not to be trusted.
    pub is_planted: bool,
    /// Its images.
    pub images: Vec<String>,
    /// How widely it was seen.
    pub evidence: Evidence,
    /// What it is made of.
    pub members: Vec<Member>,
}

/// One template or name, with one image, of a family: see [`member`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Member {
    image: u32,
    /// The template's key, without ASCII case.
    template: String,
    /// One name alone, without ASCII case; all others of the template where there is none.
    name: Option<String>,
}

impl Member {
    /// The same member of an image that has this number in another baseline.
    #[must_use]
    pub fn of_image(self, image: u32) -> Self {
        Self { image, ..self }
    }

    fn of(group: &GroupView<'_>, name: Option<&str>) -> Self {
        Self {
            image: group.image(),
            template: group.template().key().to_ascii_lowercase(),
            name: name.map(str::to_ascii_lowercase),
        }
    }
}

/// As what `name`, of a group, may be a member of a family: by itself, or else by its group's template. (Another group of
/// the same image can have the same name, of processes with other ids: that is another member.)
#[must_use]
pub fn member(group: &GroupView<'_>, name: &str) -> [Member; 2] {
    [Member::of(group, Some(name)), Member::of(group, None)]
}

/// How many names of a family are named.
pub const NAMES_SHOWN: usize = 24;

/// What one family is made of before it is one: a template, or one name, with the images of one shape.
#[derive(Debug)]
struct Entry {
    name: Shape,
    template: Template,
    names: BTreeSet<String>,
    name_count: usize,
    has_all_names: bool,
    pools_evidence: bool,
    /// Whether it is known of such a program that its names vary in this way.
    is_known: bool,
    beginning: String,
    is_answered: bool,
    is_planted: bool,
    images: BTreeSet<String>,
    evidence: Evidence,
    members: Vec<Member>,
}

/// The families of a baseline, most frequent first, then by name, image and kind.
#[must_use]
pub fn families(baseline: &Baseline, part: baseline::Part<'_>) -> Vec<Family> {
    families_knowing(baseline, part, Knowledge::builtin())
}

/// As [`families`], with what a user's own file adds to what is known.
#[must_use]
pub fn families_knowing(baseline: &Baseline, part: baseline::Part<'_>, knowledge: &Knowledge) -> Vec<Family> {
    let apart = LoneNames::find(baseline, part, knowledge);
    let spelled = baseline.images();
    let images = Images::new(spelled.iter().copied());
    let shapes: Vec<Shape> = spelled.iter().map(|image| images.shape(image)).collect();

    let mut families = Vec::new();
    for kind in [Kind::Created, Kind::Connected] {
        let mut by_image: IndexMap<&Shape, IndexMap<String, Entry>> = IndexMap::new();
        let of_group = |group: GroupView<'_>, image| {
            let shape = shapes.get(group.image() as usize)?;
            let has_all_images = shape.is_exact() || group.has_all_images_beside();
            let mut entries = entries_of(&group, image, kind, &apart);
            for entry in &mut entries {
                let lacks_makers =
                    kind == Kind::Connected && entry.names.iter().any(|name| apart.lacks_its_maker(name));
                entry.has_all_names &= has_all_images && !lacks_makers;
            }
            Some((shape, entries))
        };
        for (shape, entries) in by_groups(baseline, part, of_group).into_iter().flatten() {
            let of_image = by_image.entry(shape).or_default();
            entries.into_iter().for_each(|entry| join(of_image, entry));
        }
        let of_image = |(image, entries): (&Shape, IndexMap<String, Entry>)| -> Vec<Family> {
            let (alone, others): (Vec<Entry>, Vec<Entry>) = entries.into_values().partition(|entry| {
                entry.is_planted || entry.names.first().is_some_and(|name| apart.stands_alone(name))
            });
            let alone = alone.into_iter().map(prefix::alone);
            let all = alone.chain(prefix::merge(others));
            all.map(|entries| family(kind, image, entries)).collect()
        };
        families.extend(each_by_threads(by_image.into_iter().collect(), of_image));
    }
    sorted_by_threads(families.into_iter().flatten().collect(), |family: &Family| {
        let events = std::cmp::Reverse(family.evidence.events());
        (events, family.name.to_string(), family.image.to_string(), family.kind)
    })
}

/// What the names of one group say of its template.
struct Names {
    /// Whether its variable parts vary.
    varies: bool,
    /// Whether what was seen of one name is evidence for the others.
    pools: bool,
}

impl Names {
    fn of(group: &GroupView<'_>, kind: Kind, template: &Template, is_known: bool) -> Self {
        if template.is_literal() || pooling::is_proved(template) {
            let varies = !template.is_literal();
            return Self { varies, pools: varies };
        }
        if is_known {
            let few = group.names(kind).take(pooling::NAMES_OF_KNOWN).count();
            let varies = pooling::is_made_anew(template) || few == pooling::NAMES_OF_KNOWN || !group.has_all_names();
            return Self { varies, pools: varies };
        }
        let seen: Vec<Evidence> = group.names(kind).map(|(_, evidence)| evidence).collect();
        let pools = pooling::speak_for_one_another(&seen);
        let left = seen.iter().filter(|of_name| !pooling::may_stand_alone(of_name)).count();
        Self {
            varies: pools || left >= pooling::NAMES || !group.has_all_names(),
            pools,
        }
    }
}

/// The entries of one group: one for its template where its names vary, else one for each name.
fn entries_of(group: &GroupView<'_>, image: &str, kind: Kind, apart: &LoneNames<'_>) -> Vec<Entry> {
    let template = group.template();
    let is_known = apart.knows_family(&template, image);
    let is_sure = is_known || pooling::is_proved(&template);
    let Names { varies, pools } = Names::of(group, kind, &template, is_known);
    let asks = kind == Kind::Connected && apart.asks_for_an_answer(&template, image);
    let entry = |name: Shape, names: BTreeSet<String>, name_count, evidence| Entry {
        has_all_names: group.has_all_names() || name.is_exact(),
        pools_evidence: pools || name.is_exact(),
        is_known,
        members: vec![Member::of(group, name.exact())],
        name,
        template: template.clone(),
        beginning: names.first().map(|name| name.to_ascii_lowercase()).unwrap_or_default(),
        is_planted: kind == Kind::Connected && names.iter().any(|name| apart.is_planted(name)),
        is_answered: asks && names.iter().all(|name| apart.is_answered(name)),
        names,
        name_count,
        images: BTreeSet::from([image.to_owned()]),
        evidence,
    };
    if !varies {
        let exact = |(name, evidence): (&str, Evidence)| {
            entry(
                Shape::Exact(name.to_owned()),
                BTreeSet::from([name.to_owned()]),
                1,
                evidence,
            )
        };
        return group.names(kind).map(exact).collect();
    }
    let (mut name_count, mut evidence) = group.evidence(kind);
    if evidence.events() == 0 {
        return Vec::new();
    }
    let stands_out = |name: &str, of_name: &Evidence| {
        !pools && pooling::may_stand_alone(of_name)
            || !is_sure && apart.stands_alone(name)
            || !template.proves_pid() && is_constant(name, of_name)
            || asks && !apart.is_answered(name)
            || kind == Kind::Connected && apart.is_planted(name)
    };
    let mut entries = Vec::new();
    let mut names = BTreeSet::new();
    let mut beginning: Option<String> = None;
    for (name, of_name) in group.names(kind) {
        if stands_out(name, &of_name) {
            name_count -= 1;
            entries.push(entry(
                Shape::Exact(name.to_owned()),
                BTreeSet::from([name.to_owned()]),
                1,
                of_name,
            ));
            continue;
        }
        match &mut beginning {
            Some(beginning) => keep_common(beginning, name),
            None => beginning = Some(name.to_ascii_lowercase()),
        }
        if names.len() < NAMES_SHOWN {
            names.insert(name.to_owned());
        }
    }
    if !entries.is_empty() {
        evidence = Evidence::default();
        let rest = group.names(kind).filter(|(name, of_name)| !stands_out(name, of_name));
        rest.for_each(|(_, of_name)| evidence.add(&of_name));
    }
    if !names.is_empty() {
        let all = entry(Shape::of_template(&template), names, name_count, evidence);
        entries.push(Entry {
            beginning: beginning.unwrap_or_default(),
            ..all
        });
    }
    entries
}

/// Shortens `beginning`, which is without case, to what `name` begins with too.
fn keep_common(beginning: &mut String, name: &str) {
    let differ = beginning
        .char_indices()
        .zip(name.chars())
        .find(|((_, a), b)| *a != b.to_ascii_lowercase());
    let length = differ.map_or(beginning.len().min(name.len()), |((at, _), _)| at);
    beginning.truncate(length);
}

/// Whether a name that should be made anew each time is the same on several hosts: then it is a constant, and no member
/// of the family that it looks like. (Attackers' profiles hold constants; process ids can be equal by chance.)
fn is_constant(name: &str, evidence: &Evidence) -> bool {
    is_made_anew(name) && evidence.spread().hosts >= 2
}

/// Whether a name holds what nothing makes twice: a GUID, a long number, long random letters and digits.
#[must_use]
pub fn is_made_anew(name: &str) -> bool {
    let parts = Template::of(name, None).parts();
    let unique = |part: &Part| {
        matches!(
            part,
            Part::Variable(Variable::Guid | Variable::Ticks | Variable::Random)
        )
    };
    let runs = name.split(|c: char| !c.is_ascii_hexdigit());
    parts.iter().any(unique)
        || runs
            .into_iter()
            .any(|run| run.len() >= LONG && run.bytes().any(|b| b.is_ascii_digit()))
}

/// A number of so many digits is random, and not one that counts.
const LONG: usize = 10;

/// The parts of a template as the knowledge takes them.
pub(crate) fn pieces(parts: &[Part]) -> impl Iterator<Item = Piece<'_>> {
    parts.iter().map(|part| match part {
        Part::Text(text) => Piece::Text(text),
        Part::Variable(Variable::Pid | Variable::PidHex) => Piece::Pid,
        Part::Variable(_) => Piece::Variable,
    })
}

/// Adds an entry to those of the same image shape: one more image of a name that is there already, or a new one.
fn join(entries: &mut IndexMap<String, Entry>, entry: Entry) {
    let key = match &entry.name {
        Shape::Exact(name) => format!("={}", name.to_ascii_lowercase()),
        Shape::Affixes { .. } => format!("~{}", entry.template.key().to_ascii_lowercase()),
    };
    match entries.entry(key) {
        indexmap::map::Entry::Occupied(mut there) => {
            let there = there.get_mut();
            let new = entry.names.difference(&there.names).count();
            there.name_count += new.max(entry.name_count.saturating_sub(there.names.len()));
            there.names.extend(entry.names);
            there.has_all_names &= entry.has_all_names;
            there.pools_evidence |= entry.pools_evidence;
            there.is_answered &= entry.is_answered;
            there.is_planted |= entry.is_planted;
            keep_common(&mut there.beginning, &entry.beginning);
            there.images.extend(entry.images);
            there.evidence.add(&entry.evidence);
            there.members.extend(entry.members);
        }
        indexmap::map::Entry::Vacant(free) => {
            free.insert(entry);
        }
    }
}

/// One family of one entry, or of several that a common shape holds together.
fn family(kind: Kind, image: &Shape, (name, outline, entries): (Shape, Vec<Section>, Vec<Entry>)) -> Family {
    let mut family = Family {
        kind,
        name,
        image: image.clone(),
        outline,
        templates: Vec::new(),
        names: Vec::new(),
        name_count: 0,
        has_all_names: true,
        pools_evidence: true,
        beginning: entries.first().map(|entry| entry.beginning.clone()).unwrap_or_default(),
        is_answered: true,
        is_planted: false,
        images: Vec::new(),
        evidence: Evidence::default(),
        members: Vec::new(),
    };
    let (mut names, mut images) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries {
        family.templates.push(entry.template);
        family.name_count += entry.name_count;
        family.has_all_names &= entry.has_all_names;
        family.pools_evidence &= entry.pools_evidence;
        family.is_answered &= entry.is_answered;
        family.is_planted |= entry.is_planted;
        keep_common(&mut family.beginning, &entry.beginning);
        family.evidence.add(&entry.evidence);
        family.members.extend(entry.members);
        names.extend(entry.names);
        images.extend(entry.images);
    }
    family.templates.sort();
    family.templates.dedup();
    family.names = names.into_iter().take(NAMES_SHOWN).collect();
    family.images = images.into_iter().collect();
    family
}

#[cfg(test)]
mod tests;
