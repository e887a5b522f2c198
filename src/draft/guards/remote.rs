//! `System` is the SMB server acting for somebody on another computer: lateral movement shows exactly there.

use super::{Case, Reason, ReasonCode, review};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if !case
        .family
        .images
        .iter()
        .any(|image| image.eq_ignore_ascii_case("System"))
    {
        return None;
    }
    review(
        ReasonCode::Remote,
        "System stands for the SMB server, which acts for somebody on another computer. Lateral movement shows here, and \
         the event does not say who it was: look at which computers connect, and exclude only what you would not mind an \
         attacker doing."
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{Events, verdict};

    #[test]
    fn remote_clients_are_for_a_person_whatever_the_count() {
        for name in [r"\srvsvc", r"\svcctl", r"\atsvc", r"\AppPipe"] {
            let many = Events::connected(name, "System").hosts(9).days(20);
            assert_eq!(verdict(many), (Verdict::Review, "remote"), "{name}");
        }
    }
}
