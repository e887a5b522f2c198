//! A word for a name that no other host has, in a program that has another word on each host.
//!
//! Agents make up a name when they are installed, and some can be spoken (Sliver's, for one): no single one looks odd.

use super::{Case, Reason, keep, peers};

/// With so many hosts that have a name of their own, it is no chance.
const HOSTS: usize = 3;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    peers::lonely_host(case.family)?;
    if case.is_well_known() || case.is_own_family() || case.peers.hosts_with_own_words(case.family) < HOSTS {
        return None;
    }
    keep(
        "each-host",
        "Only one host has this name, and others have one of their own in the same program: it was made up there."
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::{APP, Events, verdicts};
    use crate::draft::candidate::Verdict;

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
