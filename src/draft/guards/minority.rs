//! A candidate that few of the hosts have that have its program.
//!
//! Software does on all hosts what it does on most. What half of them or fewer show may be a plug-in, a role, a newer
//! version, or code that was injected into the program there: two hosts out of fifty are evidence for the threshold, and
//! just what an intruder reaches first.

use super::{Case, Reason, ReasonCode, review};
use crate::output::counted;

/// With so many hosts that have the program, a part of them is telling.
const HOSTS: usize = 3;

/// What Windows or a known product is known to do needs no majority: a role of Windows is on few hosts by its nature.
pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let having = case.family.evidence.spread().hosts;
    let all = case.peers.hosts_with_program(case.family);
    if all < HOSTS || 2 * having > all {
        return None;
    }
    if case.is_created_by_owner() || case.is_own_family() || case.is_service_socket() || case.is_well_known() {
        return None;
    }
    review(
        ReasonCode::Minority,
        format!(
            "Only {having} of {} that have the program show it: find out what sets these hosts apart.",
            counted(all as u64, "host")
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, SVCHOST, verdicts};

    fn of(name: &str, hosts: u32, others: u32) -> (Verdict, &'static str) {
        let all = [
            Events::created(r"\AppPipe", APP).hosts(others),
            Events::created(name, APP).hosts(hosts),
        ];
        let all = verdicts(&all);
        let (_, verdict, guard) = all.iter().find(|(of, ..)| of == name).unwrap();
        (*verdict, guard)
    }

    #[test]
    fn what_half_of_the_hosts_or_fewer_have_is_for_a_person() {
        assert_eq!(of(r"\AppState", 2, 6), (Verdict::Review, "minority"));
        assert_eq!(of(r"\AppState", 3, 6), (Verdict::Review, "minority"));
        assert_eq!(of(r"\AppState", 4, 6), (Verdict::Exclude, "evidence"));
    }

    #[test]
    fn of_two_hosts_there_is_no_minority() {
        assert_eq!(of(r"\AppState", 2, 2).0, Verdict::Exclude);
    }

    #[test]
    fn a_role_of_windows_needs_no_majority() {
        let all = [
            Events::created(r"\wkssvc", SVCHOST).hosts(6),
            Events::created(r"\W32TIME_ALT", SVCHOST).hosts(2),
        ];
        assert!(
            verdicts(&all)
                .iter()
                .all(|(_, verdict, _)| *verdict == Verdict::Exclude)
        );
    }
}
