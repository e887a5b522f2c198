//! A name of a known family whose number is not the process id that it should be.
//!
//! In 372 of 372 real creations the process id in such a name is that of the creator. Attackers' profiles use constants
//! (`\mojo.5688.8052.183894939787088877…`, Cobalt Strike), so a number that is another process's is suspect.

use super::{Case, Kind, PidProof, Proof, Reason, ReasonCode, keep, review};
use crate::family::{self, Shape};
use crate::knowledge::Entry;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let constant = case.family.name.is_exact() && case.family.names.iter().any(|name| family::is_made_anew(name));
    let widely = case.family.evidence.spread().hosts >= 2;
    if let Some((name, like)) = imitation(case) {
        return keep(
            ReasonCode::LookAlike,
            format!(
                "{name} is made to be taken for {}, a pipe of Windows: digits behind it, or letters that look like its own.",
                like.pattern.literal_prefix()
            ),
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
                ReasonCode::LookAlike,
                format!(
                    "{like}, with the id of the process that the event is of in the name ({}); here it is another number.",
                    look.family.source
                ),
            );
        }
        // A name that knowledge has as it stands, or with an end that it says nothing of, need not be made anew.
        let constant = constant && look.family.pattern.tells_what_varies();
        // Two processes of two hosts may have one id, but hardly where all else in the name is the same too.
        let is_constant = constant || (case.family.name.is_exact() && look.family.proof != Proof::None);
        if look.pid != PidProof::Proved && is_constant && widely {
            return keep(
                ReasonCode::LookAlike,
                format!("{like}, whose names are made anew each time; this one is the same on several hosts."),
            );
        }
        if look.family.proof != Proof::None && !look.is_user && !case.is_product_in_profile() {
            let text = format!("{like}, but the program is none of those that are known to use it.");
            // The client's end holds the id of the pipe's maker, which is judged by itself: no more strictly than that.
            let is_makers =
                case.family.kind == Kind::Connected && case.names_all(|name| case.peers.is_maker_for_a_person(name));
            return if look.pid == PidProof::NotOwn && !is_makers {
                keep(ReasonCode::LookAlike, text)
            } else {
                review(ReasonCode::LookAlike, text)
            };
        }
    }
    None
}

/// A name of the family, or how all of them begin, that imitates a pipe of Windows.
fn imitation<'a>(case: &Case<'a>) -> Option<(&'a str, &'a Entry)> {
    let knowledge = case.knowledge;
    let mut names = case.family.names.iter();
    let by_name = names.find_map(|name| Some((name.as_str(), knowledge.imitated(name)?)));
    by_name.or_else(|| match &case.family.name {
        Shape::Affixes { begin, .. } if !case.is_well_known() => Some((begin, knowledge.looks_like(begin)?)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::baseline::{Part, Threshold};
    use crate::draft::candidate::{Verdict, judge};
    use crate::event::Kind;
    use crate::family::families_knowing;
    use crate::knowledge::Knowledge;
    use crate::test_support::{APP, CHROME, Events, OwnedEvent, folded, verdict, verdicts};

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
    fn imitations_of_the_pipes_of_windows_are_kept_in_any_program() {
        for name in [r"\lsass_3f", r"\svcctl-11", r"\l5ass", r"\lsass.", r"\Isass"] {
            assert_eq!(
                verdict(Events::created(name, APP)),
                (Verdict::Keep, "look-alike"),
                "{name}"
            );
        }
        let all = ["1a", "2b", "3c", "4d"].map(|hex| Events::created(&format!(r"\eventlog_{hex}"), APP));
        assert!(verdicts(&all).iter().all(|(_, verdict, _)| *verdict == Verdict::Keep));
        let words = ["red", "green", "blue", "grey", "pink", "teal"]
            .map(|word| Events::created(&format!(r"\eventlog_{word}"), APP));
        assert!(verdicts(&words).iter().all(|(_, verdict, _)| *verdict == Verdict::Keep));
    }

    #[test]
    fn the_own_process_id_is_no_look_alike() {
        let own = Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid();
        assert_eq!(verdict(own).0, Verdict::Exclude);
    }

    /// Six processes on two hosts make a pipe each, and a helper of each opens it.
    fn crashpad(maker_has_id: bool, makers: bool) -> Vec<(Kind, Verdict)> {
        let mut events = Vec::new();
        for nth in 0..6u32 {
            let (id, letter) = (4200 + nth, char::from(b'A' + u8::try_from(nth).unwrap()));
            let name = format!(r"\crashpad_{id}_QWERTYUIOPASDFG{letter}");
            let at = |event: OwnedEvent, process_id: u32, number: u64| {
                let event = event.image(APP).host(if nth % 2 == 0 { "WS01" } else { "WS02" });
                event.process_id(process_id).record_id(number).time(1_700_000_000_000)
            };
            let number = u64::from(2 * nth);
            if makers {
                let own = if maker_has_id { id } else { id + 100 };
                events.push(at(OwnedEvent::created(&name), own, number));
            }
            events.push(at(OwnedEvent::connected(&name), id + 8000, number + 1));
        }
        let families = families_knowing(&folded(&events), Part::ALL, Knowledge::builtin());
        let judged = judge(families, Knowledge::builtin(), Threshold::default());
        judged.iter().map(|of| (of.family.kind, of.verdict)).collect()
    }

    #[test]
    fn a_client_is_judged_no_more_strictly_than_the_maker_of_its_pipes() {
        let both = crashpad(true, true);
        assert!(both.iter().all(|(_, verdict)| *verdict == Verdict::Review), "{both:?}");
        let kept = |all: &[(Kind, Verdict)]| all.iter().all(|(_, verdict)| *verdict == Verdict::Keep);
        assert!(
            kept(&crashpad(false, true)),
            "the makers hold another id than their own"
        );
        assert!(kept(&crashpad(true, false)), "the makers were not seen");
    }

    #[test]
    fn another_program_with_the_names_of_a_browser_is_for_a_person() {
        let other = Events::created(r"\mojo.4204.8052.1838949397870888770", APP).own_pid();
        assert_eq!(verdict(other), (Verdict::Review, "look-alike"));
        let constant = Events::created(r"\mojo.5600.8052.1838949397870888770", APP);
        assert_eq!(verdict(constant), (Verdict::Keep, "look-alike"));
    }
}
