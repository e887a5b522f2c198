//! Names that attackers' tools use stay logged, whoever uses them and however often.

use super::{Case, Reason, ReasonCode, keep};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let mut names = case.family.names.iter();
    let (name, bad) = names.find_map(|name| Some((name, case.knowledge.known_bad_of(name, &case.family.images)?)))?;
    keep(
        ReasonCode::KnownBad,
        format!("{name} is a name that attackers use: {} ({}).", bad.what, bad.source),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, SVCHOST, verdict};

    #[test]
    fn known_bad_names_are_kept_even_in_programs_that_everybody_trusts() {
        for name in [
            r"\MSSE-1234-server",
            r"\postex_ab12",
            r"\PSEXESVC",
            r"\wkssvc5c",
            r"\xx\pipe\srvsvc",
            r"\LOCAL\postex_ab12",
        ] {
            assert_eq!(
                verdict(Events::created(name, SVCHOST)),
                (Verdict::Keep, "known-bad"),
                "{name}"
            );
            assert_eq!(
                verdict(Events::connected(name, APP)),
                (Verdict::Keep, "known-bad"),
                "{name}"
            );
        }
    }

    #[test]
    fn powershell_in_a_program_that_does_not_host_it() {
        let name = r"\PSHost.132362371046452983.4204.DefaultAppDomain.notepad";
        assert_eq!(
            verdict(Events::created(name, r"C:\Windows\System32\notepad.exe")),
            (Verdict::Keep, "known-bad")
        );
    }
}
