//! Names of one image that differ in their last part only: `\VBoxTrayIPC-<user>`.

use std::collections::BTreeMap;

use super::outline::{self, Section};
use super::shape::{Shape, letters};
use super::{Entry, pooling};
use crate::template::Template;

/// So many letters and digits must stand before the part that varies, and so many of them in the same folder of the
/// pipe's name, for it to be told from anything else.
const TELLING: usize = 4;
const TELLING_IN_FOLDER: usize = 3;

/// Puts the entries together that a common beginning makes a family of; each other one is a family of its own.
pub(super) fn merge(entries: Vec<Entry>) -> Vec<(Shape, Vec<Section>, Vec<Entry>)> {
    let mut beginnings: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        for beginning in beginnings_of(entry.template.key()) {
            beginnings
                .entry(beginning.to_ascii_lowercase())
                .or_default()
                .push(index);
        }
    }
    // The longest first: it is the tightest.
    let mut ordered: Vec<(&String, &Vec<usize>)> = beginnings
        .iter()
        .filter(|(_, members)| members.len() >= pooling::NAMES_OF_KNOWN)
        .collect();
    ordered.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(b.0)));
    let mut family_of: Vec<Option<usize>> = vec![None; entries.len()];
    let mut families: Vec<Beginning> = Vec::new();
    for (beginning, members) in ordered {
        let free = members.iter().filter(|index| family_of.get(**index) == Some(&None));
        let free: Vec<(usize, &Entry)> = free.filter_map(|index| Some((*index, entries.get(*index)?))).collect();
        let Some((pools, members)) = members_of(beginning, free) else {
            continue;
        };
        for index in members {
            if let Some(slot) = family_of.get_mut(index) {
                *slot = Some(families.len());
            }
        }
        let length = beginning.len();
        families.push(Beginning { length, pools });
    }
    let mut merged: Vec<Vec<Entry>> = families.iter().map(|_| Vec::new()).collect();
    let mut all = Vec::new();
    for (mut entry, family) in entries.into_iter().zip(family_of) {
        match family.and_then(|family| merged.get_mut(family).zip(families.get(family))) {
            Some((members, beginning)) => {
                entry.pools_evidence = beginning.pools;
                members.push(entry);
            }
            None => all.push(alone(entry)),
        }
    }
    let merged = merged.into_iter().zip(families).map(|(members, beginning)| {
        let (shape, outline) = common_shape(&members, beginning.length);
        (shape, outline, members)
    });
    all.extend(merged);
    all
}

/// An entry that is a family by itself.
pub(super) fn alone(entry: Entry) -> (Shape, Vec<Section>, Vec<Entry>) {
    let outline = match &entry.name {
        Shape::Exact(name) => vec![Section::Text(name.clone())],
        Shape::Affixes { .. } => outline::of_template(&entry.template),
    };
    (entry.name.clone(), outline, vec![entry])
}

/// A beginning that makes a family.
struct Beginning {
    length: usize,
    /// Whether its names speak for one another.
    pools: bool,
}

/// Which of the entries with a common beginning make a family, and whether they speak for one another. Where they do not,
/// what may have evidence of its own is left out.
fn members_of(beginning: &str, entries: Vec<(usize, &Entry)>) -> Option<(bool, Vec<usize>)> {
    let is_known = entries.iter().all(|(_, entry)| entry.is_known);
    let is_proved = is_known || pooling::is_proved(&Template::from_key(beginning));
    if is_proved && entries.len() >= pooling::NAMES_OF_KNOWN
        || pooling::speak_for_one_another(entries.iter().map(|(_, entry)| &entry.evidence))
    {
        return Some((true, entries.into_iter().map(|(index, _)| index).collect()));
    }
    let single = entries
        .into_iter()
        .filter(|(_, entry)| !pooling::may_stand_alone(&entry.evidence));
    let single: Vec<usize> = single.map(|(index, _)| index).collect();
    (single.len() >= pooling::NAMES).then_some((false, single))
}

/// Where a name may be cut: behind each separator of its last folder, unless what follows has a proved variable in it.
fn beginnings_of(template: &str) -> impl Iterator<Item = &str> {
    let folder = template.rfind('\\').map_or(0, |at| at + 1);
    template
        .char_indices()
        .filter(move |(at, c)| *at >= folder && c.is_ascii() && !c.is_ascii_alphanumeric())
        .map(|(at, c)| template.split_at(at + c.len_utf8()))
        .filter(move |(before, after)| {
            !after.is_empty()
                && after.is_ascii()
                && letters(before) >= TELLING
                && before
                    .get(folder..)
                    .is_some_and(|own| letters(own) >= TELLING_IN_FOLDER)
        })
        .map(|(before, _)| before)
}

/// What all members have in common: the beginning, and as much of the end as follows a separator in each.
fn common_shape(members: &[Entry], length: usize) -> (Shape, Vec<Section>) {
    // In the smallest spelling, as templates are shown.
    let Some(key) = members.iter().map(|member| member.template.key()).min() else {
        return (Shape::Exact(String::new()), Vec::new());
    };
    let (begin, tail) = key.split_at_checked(length).unwrap_or((key, ""));
    let end = tail
        .char_indices()
        .filter(|(at, c)| *at > 0 && c.is_ascii() && !c.is_ascii_alphanumeric())
        .map(|(at, _)| tail.get(at..).unwrap_or_default())
        .find(|end| {
            members.iter().all(|member| {
                let own = member.template.key().get(length..).unwrap_or_default();
                own.len() > end.len()
                    && own
                        .get(own.len() - end.len()..)
                        .is_some_and(|own| own.eq_ignore_ascii_case(end))
            })
        })
        .unwrap_or_default();
    let inner = members.iter().map(|member| {
        let own = member.template.key().get(length..).unwrap_or_default();
        own.get(..own.len() - end.len()).unwrap_or_default()
    });
    let outline = outline::of_affixes(begin, inner, end);
    // The beginning may hold variables of its own, which are proved: `\crashpad_<pid>_`.
    let template = Template::from_key(&format!("{begin}{}{end}", crate::template::Variable::Number.mark()));
    let shape = match Shape::of_template(&template) {
        Shape::Affixes { begin, middle, end, .. } => {
            let shown = template.to_string();
            let at = shown.rfind("<n>").unwrap_or(shown.len());
            let (head, tail) = shown.split_at(at);
            let shown = format!("{head}<*>{}", tail.strip_prefix("<n>").unwrap_or_default());
            Shape::Affixes {
                begin,
                middle,
                end,
                shown,
            }
        }
        exact @ Shape::Exact(_) => exact,
    };
    (shape, outline)
}
