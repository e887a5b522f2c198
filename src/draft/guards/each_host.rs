//! A name that no other host has, in a program that has another name of the same form on each host: `\<word>`,
//! `\<word>-<word>`, `\<word>_pipe`.
//!
//! Agents make up a name when they are installed, and some can be spoken (Sliver's, for one): no single one looks odd.

use super::{Case, Reason, ReasonCode, keep, peers};

/// With so many hosts that have a name of their own, it is no chance.
const HOSTS: usize = 3;

/// So many are enough where they are all that have the program.
const ALL_HOSTS: usize = 2;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let (_, form) = peers::lonely_host(case.family)?;
    let (hosts, are_all) = case.peers.hosts_with_own_names(case.family, form);
    let is_chance = hosts < if are_all { ALL_HOSTS } else { HOSTS };
    if is_chance || case.is_well_known() || case.is_own_family() {
        return None;
    }
    keep(
        ReasonCode::EachHost,
        "Only one host has this name, and others have one of their own in the same program: it was made up there."
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, verdicts};

    #[test]
    fn a_word_for_each_host_is_kept() {
        let own = |name, host| Events::created(name, APP).one_host().days(6).on(host);
        let all = [
            own(r"\tobaku", 0),
            own(r"\mirelo", 1),
            own(r"\sadopi", 2),
            Events::created(r"\AppPipe", APP),
        ];
        for (name, verdict, guard) in verdicts(&all) {
            let expected = if name == r"\AppPipe" {
                (Verdict::Exclude, "evidence")
            } else {
                (Verdict::Keep, "each-host")
            };
            assert_eq!((verdict, guard), expected, "{name}");
        }
    }

    #[test]
    fn names_of_several_words_are_compared_by_their_form() {
        let own = |name: &str, host| Events::created(name, APP).one_host().days(6).on(host);
        for names in [
            [r"\tobaku-mire", r"\sadopi-lunar"],
            [r"\tobaku_pipe", r"\sadopi_pipe"],
            [r"\tobaku.x", r"\sadopi.x"],
            [r"\tobaku", r"\sadopi"],
        ] {
            let all = [own(names[0], 0), own(names[1], 1)];
            for (name, verdict, guard) in verdicts(&all) {
                assert_eq!((verdict, guard), (Verdict::Keep, "each-host"), "{name}");
            }
            // With a third host that has neither, two are no pattern yet.
            let all = [own(names[0], 0), own(names[1], 1), Events::created(r"\AppPipe", APP)];
            assert!(
                verdicts(&all)
                    .iter()
                    .all(|(_, verdict, guard)| *verdict == Verdict::Exclude || *guard == "minority")
            );
        }
    }

    #[test]
    fn a_program_that_one_host_has_is_none_of_these() {
        let own = |name| Events::created(name, APP).one_host().days(6);
        let all = [own(r"\AppPipe"), own(r"\AppControl"), own(r"\AppStatus")];
        assert!(
            verdicts(&all)
                .iter()
                .all(|(_, verdict, _)| *verdict == Verdict::Exclude)
        );
    }
}
