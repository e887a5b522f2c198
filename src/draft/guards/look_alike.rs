//! A name of a known family whose number is not the process id that it should be.
//!
//! In 372 of 372 real creations the process id in such a name is that of the creator. Attackers' profiles use constants
//! (`\mojo.5688.8052.183894939787088877…`, Cobalt Strike), so a number that is another process's is suspect.

use super::{Case, Kind, PidProof, Proof, Reason, keep, review};
use crate::family;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    const GUARD: &str = "look-alike";
    let constant = case.family.name.is_exact() && case.family.names.iter().any(|name| family::is_made_anew(name));
    let widely = case.family.evidence.spread().hosts >= 2;
    if let Some(like) = case.family.name.exact().and_then(|name| with_hex_appended(case, name)) {
        return keep(
            GUARD,
            format!("It is {like}, a pipe of Windows, with hexadecimal digits behind it."),
        );
    }
    for template in &case.family.templates {
        let Some(look) = case.look(template) else { continue };
        let like = format!("It looks like {} ({})", look.family.pattern.as_str(), look.family.what);
        // Where creator and client are one process, a client with another id is as odd as a creator, unless the process of
        // that id was seen to make the pipe.
        let is_both = look.family.proof == Proof::Both && !case.family.is_answered;
        let holds_own = case.family.kind == Kind::Created || is_both;
        if look.pid == PidProof::NotOwn && holds_own {
            return keep(
                GUARD,
                format!(
                    "{like}, with the id of the process that the event is of in the name ({}); here it is another number.",
                    look.family.source
                ),
            );
        }
        // Two processes of two hosts may have one id, but hardly where all else in the name is the same too.
        let is_constant = constant || (case.family.name.is_exact() && look.family.proof != Proof::None);
        if look.pid != PidProof::Proved && is_constant && widely {
            return keep(
                GUARD,
                format!("{like}, whose names are made anew each time; this one is the same on several hosts."),
            );
        }
        if look.family.proof != Proof::None && !look.is_user && !case.is_product_in_profile() {
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

/// The pipe of Windows that a name is, but for two to four hexadecimal digits at its end (Cobalt Strike's profiles, Sigma
/// 0e7163d4).
fn with_hex_appended<'a>(case: &Case<'_>, name: &'a str) -> Option<&'a str> {
    let digits = name.bytes().rev().take_while(u8::is_ascii_hexdigit).take(4).count();
    let stems = (2..=digits).filter_map(|digits| name.get(..name.len() - digits));
    stems.into_iter().find(|stem| {
        let known = case
            .knowledge
            .well_known(name)
            .is_none()
            .then(|| case.knowledge.well_known(stem))
            .flatten();
        known.is_some_and(|pipe| pipe.pattern.is_exact())
    })
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
    fn a_client_of_the_same_process_id_on_all_hosts_is_kept() {
        for (name, image) in [
            (r"\UIA_PIPE_2688_00001c3a", r"C:\Windows\explorer.exe"),
            (r"\dotnet-diagnostic-1234", APP),
        ] {
            assert_eq!(
                verdict(Events::connected(name, image)),
                (Verdict::Keep, "look-alike"),
                "{name}"
            );
        }
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
