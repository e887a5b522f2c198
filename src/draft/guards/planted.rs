//! A client of a pipe that only a program made which is not to be trusted: both ends are the attacker's.

use super::{Case, Reason, keep};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if !case.family.is_planted {
        return None;
    }
    keep(
        "planted",
        "Only programs that anybody can put in their place, or that are disguised, were seen to make this pipe: what opens \
         it talks to them."
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::{APP, Events, verdicts};
    use crate::draft::candidate::Verdict;

    const PAYLOAD: &str = r"C:\Users\Public\c2.exe";

    #[test]
    fn who_opens_a_payloads_pipe_is_kept() {
        let client = Events::connected(r"\AppPipe", APP);
        let all = [client.clone(), Events::created(r"\AppPipe", PAYLOAD)];
        assert!(verdicts(&all).iter().all(|(_, verdict, _)| *verdict == Verdict::Keep));
        let all = [
            client,
            Events::created(r"\AppPipe", PAYLOAD),
            Events::created(r"\AppPipe", APP),
        ];
        assert!(
            verdicts(&all)
                .iter()
                .any(|(_, verdict, _)| *verdict == Verdict::Exclude),
            "the program's own"
        );
    }

    #[test]
    fn a_well_known_name_is_the_systems_whoever_makes_it_too() {
        let all = [Events::connected(r"\wkssvc", APP), Events::created(r"\wkssvc", PAYLOAD)];
        assert!(
            verdicts(&all)
                .iter()
                .any(|(_, verdict, _)| *verdict == Verdict::Exclude)
        );
    }
}
