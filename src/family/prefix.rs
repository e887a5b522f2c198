//! Names of one image that differ in their last part only: `\VBoxTrayIPC-<user>`.

use std::collections::BTreeMap;

use super::shape::{Shape, letters};
use super::{Entry, MEMBERS};

/// So many letters and digits must stand before the part that varies, and so many of them in the same folder of the
/// pipe's name, for it to be told from anything else.
const TELLING: usize = 4;
const TELLING_IN_FOLDER: usize = 3;

/// Puts the entries together that a common beginning makes a family of; each other one is a family of its own.
pub(super) fn merge(entries: Vec<Entry>) -> Vec<(Shape, Vec<Entry>)> {
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
        .filter(|(_, members)| members.len() >= MEMBERS)
        .collect();
    ordered.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(b.0)));
    let mut family_of: Vec<Option<usize>> = vec![None; entries.len()];
    let mut lengths = Vec::new();
    for (beginning, members) in ordered {
        let free: Vec<usize> = members
            .iter()
            .copied()
            .filter(|i| family_of.get(*i) == Some(&None))
            .collect();
        if free.len() < MEMBERS {
            continue;
        }
        for i in free {
            if let Some(slot) = family_of.get_mut(i) {
                *slot = Some(lengths.len());
            }
        }
        lengths.push(beginning.len());
    }
    let mut merged: Vec<Vec<Entry>> = lengths.iter().map(|_| Vec::new()).collect();
    let mut alone = Vec::new();
    for (entry, family) in entries.into_iter().zip(family_of) {
        match family.and_then(|family| merged.get_mut(family)) {
            Some(members) => members.push(entry),
            None => alone.push((entry.name.clone(), vec![entry])),
        }
    }
    alone.extend(
        merged
            .into_iter()
            .zip(lengths)
            .map(|(members, length)| (common_shape(&members, length), members)),
    );
    alone
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
fn common_shape(members: &[Entry], length: usize) -> Shape {
    // In the smallest spelling, as templates are shown.
    let Some(key) = members.iter().map(|member| member.template.key()).min() else {
        return Shape::Exact(String::new());
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
    // The beginning may hold variables of its own, which are proved: `\crashpad_<pid>_`.
    let template =
        crate::template::Template::from_key(&format!("{begin}{}{end}", crate::template::Variable::Number.mark()));
    match Shape::of_template(&template) {
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
    }
}
