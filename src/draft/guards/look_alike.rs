//! A name of a known family whose number is not the process id that it should be.
//!
//! In 372 of 372 real creations the process id in such a name is that of the creator. Attackers' profiles use constants
//! (`\mojo.5688.8052.183894939787088877…`, Cobalt Strike), so a number that is another process's is suspect.

use super::{Case, Kind, PidProof, Proof, Reason, keep, review};
use crate::family;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    const GUARD: &str = "look-alike";
    let constant = case.family.name.is_exact() && case.family.names.iter().any(|name| family::is_made_anew(name));
    for template in &case.family.templates {
        let Some(look) = case.look(template).filter(|look| look.family.proof != Proof::None) else {
            continue;
        };
        let like = format!("It looks like {} ({})", look.family.pattern.as_str(), look.family.what);
        if look.pid == PidProof::NotOwn && case.family.kind == Kind::Created {
            return keep(
                GUARD,
                format!(
                    "{like}, whose creator's process id is in the name ({}); here it is another number.",
                    look.family.source
                ),
            );
        }
        if look.pid == PidProof::NotOwn && constant && case.family.evidence.spread().hosts >= 2 {
            return keep(
                GUARD,
                format!("{like}, whose names are made anew each time; this one is the same on several hosts."),
            );
        }
        if !look.is_user && !case.is_product_in_profile() {
            let text = format!("{like}, but the program is none of those that are known to use it.");
            return if look.pid == PidProof::NotOwn {
                keep(GUARD, text)
            } else {
                review(GUARD, text)
            };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::{APP, CHROME, Events, verdict};
    use crate::draft::candidate::Verdict;

    #[test]
    fn a_constant_in_place_of_the_process_id_is_kept_even_in_the_browser_itself() {
        let constant = Events::created(r"\mojo.5600.8052.1838949397870888770", CHROME);
        assert_eq!(verdict(constant), (Verdict::Keep, "look-alike"));
    }

    #[test]
    fn a_constant_that_is_opened_on_several_hosts_is_kept() {
        let constant = Events::connected(r"\mojo.5600.8052.1838949397870888770", CHROME);
        assert_eq!(verdict(constant), (Verdict::Keep, "look-alike"));
    }

    #[test]
    fn the_own_process_id_is_no_look_alike() {
        let own = Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid();
        assert_eq!(verdict(own).0, Verdict::Exclude);
    }

    #[test]
    fn another_program_with_the_names_of_a_browser_is_for_a_person() {
        let other = Events::created(r"\mojo.4204.8052.1838949397870888770", APP).own_pid();
        assert_eq!(verdict(other), (Verdict::Review, "look-alike"));
        let constant = Events::created(r"\mojo.5600.8052.1838949397870888770", APP);
        assert_eq!(verdict(constant), (Verdict::Keep, "look-alike"));
    }
}
