//! Nothing is excluded that was not seen widely. Events alone are no evidence: one process can make a million.

use super::{Case, Reason, ReasonCode, exclude, keep};
use crate::output::counted;

/// Two hosts, or five days on one, by default. A pipe of Windows that its owner creates needs one sighting: it is created
/// once, when the system starts, so that few logs hold it at all.
pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let evidence = &case.family.evidence;
    let spread = evidence.spread();
    let seen = format!(
        "{} on {} and up to {} of one host",
        counted(evidence.events(), "event"),
        counted(spread.hosts as u64, "host"),
        counted(spread.days as u64, "day"),
    );
    if !case.family.pools_evidence {
        return keep(
            ReasonCode::Evidence,
            format!(
                "Nothing proves that its names vary, so each needs evidence of its own: {seen}, but too few hosts have several \
                 of them."
            ),
        );
    }
    if evidence.meets(case.threshold) {
        return exclude(ReasonCode::Evidence, format!("Seen widely: {seen}."));
    }
    if case.is_created_by_owner() {
        return exclude(
            ReasonCode::Evidence,
            format!("A pipe of Windows, created by the program that owns it: {seen}."),
        );
    }
    let needed = format!(
        "{} or {} of one host",
        counted(case.threshold.hosts as u64, "host"),
        counted(case.threshold.days as u64, "day")
    );
    keep(
        ReasonCode::Evidence,
        format!("Not seen widely enough yet: {seen}; it takes {needed}."),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, SVCHOST, verdict};

    #[test]
    fn a_million_events_of_one_process_are_no_evidence() {
        let many = Events::connected(r"\AppPipe", APP).times(5000).one_host();
        assert_eq!(verdict(many), (Verdict::Keep, "evidence"));
    }

    #[test]
    fn two_hosts_or_five_days_are() {
        assert_eq!(
            verdict(Events::connected(r"\AppPipe", APP).hosts(2)).0,
            Verdict::Exclude
        );
        assert_eq!(
            verdict(Events::connected(r"\AppPipe", APP).one_host().days(5)).0,
            Verdict::Exclude
        );
        assert_eq!(
            verdict(Events::connected(r"\AppPipe", APP).one_host().days(4)).0,
            Verdict::Keep
        );
    }

    #[test]
    fn a_clock_that_is_wrong_adds_no_day() {
        let bogus = Events::connected(r"\AppPipe", APP).one_host().days(5).in_year(2101);
        assert_eq!(verdict(bogus), (Verdict::Keep, "evidence"));
    }

    #[test]
    fn a_pipe_of_windows_needs_one_sighting_where_its_owner_creates_it_and_nowhere_else() {
        assert_eq!(
            verdict(Events::created(r"\wkssvc", SVCHOST).one_host()).0,
            Verdict::Exclude
        );
        assert_eq!(
            verdict(Events::connected(r"\wkssvc", SVCHOST).one_host()).0,
            Verdict::Keep
        );
        assert_eq!(verdict(Events::created(r"\lsass", SVCHOST).one_host()).0, Verdict::Keep);
        assert_eq!(verdict(Events::created(r"\wkssvc", APP).one_host()).0, Verdict::Keep);
    }
}
