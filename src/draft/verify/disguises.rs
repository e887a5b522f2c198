//! Finds rules that drop a known-bad name which is written so as to look like the rule's own names.

use indexmap::IndexMap;

use super::check::{Check, Offences};
use crate::draft::rule::Gate;
use crate::family::Shape;
use crate::sysmon::Field;

/// The rules that drop a name of an attackers' tool which begins as the rule's own names do, or stands behind that.
///
/// Each rule is asked alone, since no other one can undo what it drops: with all of them at once this would take time by
/// the square of their number. And most rules carve out the same: which bad names these do not catch is found once.
pub(super) fn offences(check: &Check<'_>) -> Offences {
    let mut offences = Offences::new();
    let mut uncaught: IndexMap<Gate, Vec<&str>> = IndexMap::new();
    for (index, rule) in check.rules.iter().enumerate() {
        let names = Gate::of(&rule.filters, Field::PipeName);
        let carving = uncaught.entry(names.anywhere());
        let bad = carving.or_insert_with_key(|carving| {
            let bad = check.bad_names.iter().map(String::as_str);
            bad.filter(|bad| carving.lets_through(bad)).collect()
        });
        for family in rule.families(check.candidates) {
            let Shape::Affixes { begin, end, .. } = &family.name else {
                continue;
            };
            let mut disguised = bad.iter().flat_map(|bad| disguised(bad, begin, end));
            if let Some(name) =
                disguised.find(|name| names.lets_through(name) && check.knowledge.known_bad(name).is_some())
            {
                offences
                    .entry(index)
                    .or_insert_with(|| format!("it would hide {name} of {}, a name that attackers use", family.image));
            }
        }
    }
    offences
}

/// A bad name behind how a family's names begin, and, where it goes on as they begin below a folder, in their place; each
/// with their end behind it too.
fn disguised(bad: &str, begin: &str, end: &str) -> Vec<String> {
    let mut names = vec![format!("{begin}{bad}"), format!("{begin}1{bad}")];
    for (at, _) in begin.match_indices('\\') {
        let (folder, own) = begin.split_at(at);
        if bad.get(..own.len()).is_some_and(|head| head.eq_ignore_ascii_case(own)) {
            names.push(format!("{folder}{bad}"));
        }
    }
    let ended: Vec<String> = names.iter().map(|name| format!("{name}{end}")).collect();
    names.extend(ended);
    names
}
