//! A name of a known family whose number is not the process id that it should be.
//!
//! In 372 of 372 real creations the process id in such a name is that of the creator. Attackers' profiles use constants
//! (`\mojo.5688.8052.183894939787088877…`, Cobalt Strike), so a number that is another process's is suspect.

use super::{Case, Kind, PidProof, Proof, Reason, keep, review};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    const GUARD: &str = "look-alike";
    for template in &case.family.templates {
        let Some(look) = case.look(template) else { continue };
        let own_expected = match look.family.proof {
            Proof::None => false,
            Proof::Creator => case.family.kind == Kind::Created,
            Proof::Both => true,
        };
        if look.pid == PidProof::NotOwn && own_expected {
            return keep(
                GUARD,
                format!(
                    "It looks like {} ({}), whose names hold the id of their own process ({}); these hold another number.",
                    look.family.pattern.as_str(),
                    look.family.what,
                    look.family.source
                ),
            );
        }
        if !look.is_user {
            let text = format!(
                "It looks like {} ({}), but the program is none of those that are known to use it.",
                look.family.pattern.as_str(),
                look.family.what
            );
            return if look.pid == PidProof::NotOwn { keep(GUARD, text) } else { review(GUARD, text) };
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
