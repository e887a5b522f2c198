//! A client of a pipe that only programs made which are themselves for a person to decide, or kept: what is doubtful of
//! the one end is doubtful of the other.

use super::{Case, Kind, Reason, ReasonCode, review};

/// The fixed names of Windows are its services', whoever else makes them.
pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let knowledge = case.knowledge;
    let is_fixed = |name: &str| knowledge.well_known(name).is_some_and(|pipe| pipe.pattern.is_exact());
    let names = case.family.names.iter().filter(|_| case.family.kind == Kind::Connected);
    let mut doubtful = names.filter_map(|name| Some((name, case.peers.doubtful_maker(name)?)));
    let (name, maker) = doubtful.find(|(name, _)| !is_fixed(name))?;
    review(
        ReasonCode::Doubtful,
        format!(
            "Only programs that a person has to decide about, or that are kept, were seen to make {name}, such as {maker}: \
             look first at why, since what opens their pipes goes with them."
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::baseline::{Part, Threshold};
    use crate::draft::candidate::{Verdict, judge};
    use crate::event::Kind;
    use crate::family::families_knowing;
    use crate::knowledge::Knowledge;
    use crate::test_support::{APP, CHROME, Events, SVCHOST, baseline};

    fn client(events: &[Events]) -> (Verdict, &'static str) {
        let families = families_knowing(&baseline(events), Part::ALL, Knowledge::builtin());
        let candidates = judge(families, Knowledge::builtin(), Threshold::default());
        let client = candidates
            .iter()
            .find(|candidate| candidate.family.kind == Kind::Connected);
        client
            .map(|client| (client.verdict, client.reasons[0].code.word()))
            .unwrap()
    }

    #[test]
    fn who_opens_the_pipe_of_a_doubtful_program_is_for_a_person() {
        for server in [r"C:\Windows\System32\rundll32.exe", r"C:\Windows\kqzbm.exe", SVCHOST] {
            let events = [
                Events::created(r"\BackupCtl", server),
                Events::connected(r"\BackupCtl", APP),
            ];
            assert_eq!(client(&events), (Verdict::Review, "doubtful"), "{server}");
        }
        let own = [
            Events::created(r"\BackupCtl", SVCHOST),
            Events::created(r"\BackupCtl", APP),
            Events::connected(r"\BackupCtl", APP),
        ];
        assert_eq!(client(&own).0, Verdict::Exclude, "its own program makes it too");
    }

    #[test]
    fn one_of_those_who_made_the_pipe_is_named() {
        let tool = r"C:\Windows\System32\rundll32.exe";
        let events = [
            Events::created(r"\BackupCtl", tool),
            Events::connected(r"\BackupCtl", APP),
        ];
        let families = families_knowing(&baseline(&events), Part::ALL, Knowledge::builtin());
        let candidates = judge(families, Knowledge::builtin(), Threshold::default());
        let mut reasons = candidates.iter().flat_map(|candidate| &candidate.reasons);
        let doubtful = reasons.find(|reason| reason.code.word() == "doubtful").unwrap();
        assert!(
            doubtful
                .text
                .contains(&format!(r"were seen to make \BackupCtl, such as {tool}: ")),
            "{doubtful:?}"
        );
    }

    #[test]
    fn a_shape_of_windows_does_not_vouch_for_who_made_it() {
        let name = r"\crashpad_7301_QWERTYUIOPASDFGH";
        let events = [
            Events::created(name, r"C:\Windows\System32\rundll32.exe"),
            Events::connected(name, CHROME),
        ];
        assert_ne!(client(&events).0, Verdict::Exclude);
        let name = r"\TSVCPIPE-4ef6dd6f-2a1b-49f9-a6fd-8b12c8afbbfd";
        let events = [
            Events::created(name, r"C:\Users\alice\AppData\Local\Temp\upd.exe"),
            Events::connected(name, r"C:\Windows\explorer.exe"),
        ];
        assert_ne!(client(&events).0, Verdict::Exclude);
    }

    #[test]
    fn a_pipe_whose_maker_was_seen_too_seldom_is_not_doubtful() {
        let events = [
            Events::created(r"\AppPipe", APP).one_host().days(1),
            Events::connected(r"\AppPipe", APP),
        ];
        assert_eq!(client(&events).0, Verdict::Exclude);
    }
}
