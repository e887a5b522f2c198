//! Finds rules that drop what a program does which only looks as if it lay where the family's programs do.

use super::check::{Check, Offences};
use crate::sysmon::Event;

/// The rules that drop what a family does by a program that only looks as if it lay where the family's do.
pub(super) fn offences(check: &Check<'_>) -> Offences {
    let knowledge = check.knowledge;
    let mut offences = Offences::new();
    for (index, rule) in check.rules.iter().enumerate() {
        // Who opened a rule to all users was told what that opens.
        let opens_users = |index: &usize| {
            check
                .candidates
                .get(*index)
                .is_some_and(|candidate| candidate.opens_users)
        };
        if rule.candidates.iter().any(opens_users) {
            continue;
        }
        for family in rule.families(check.candidates) {
            let Some(name) = family.names.first().filter(|_| !family.image.is_exact()) else {
                continue;
            };
            for folders in [r"..\..\Users\Public", r"Public", r"alice\Downloads", r"x\.."] {
                let image = family.image.filled_with(folders);
                let is_seen = family.images.iter().any(|seen| seen.eq_ignore_ascii_case(&image));
                // Where only the system writes, no disguise can be put either.
                let is_disguise = || knowledge.masquerade(&image).is_some() && !knowledge.is_protected(&image);
                let is_impostor = knowledge.writable(&image).is_some() || is_disguise();
                let event = Event::of(family.kind, name, &image);
                if !is_seen && is_impostor && check.engines.dropping(&event).contains(&index) {
                    offences
                        .entry(index)
                        .or_insert_with(|| format!("it would hide {name} of {image}, where anybody can put a program"));
                }
            }
        }
    }
    offences
}
