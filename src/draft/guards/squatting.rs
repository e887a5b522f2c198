//! A pipe of Windows that another program than its owner makes: whoever opens it hands over who he is.
//!
//! The first to make a pipe of some name gets its clients, and may act as them (MITRE ATT&CK T1134.001).

use super::{Case, Kind, Reason, ReasonCode, keep};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if case.family.kind != Kind::Created {
        return None;
    }
    // A name that is known by itself is a family of one; of others, all names have the shape of the first.
    let name = case.family.names.first()?;
    let is_owned = case
        .knowledge
        .well_known(name)
        .is_some_and(|pipe| !pipe.owners.is_empty());
    if !is_owned
        || case
            .family
            .images
            .iter()
            .all(|image| case.knowledge.is_owner(name, image))
    {
        return None;
    }
    keep(
        ReasonCode::Squatting,
        format!(
            "{name} is a pipe of Windows, and this program is not the one that makes it: its clients would be deceived."
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, SVCHOST, verdict};

    #[test]
    fn only_its_owner_makes_a_pipe_of_windows() {
        for (name, image) in [
            (r"\lsass", SVCHOST),
            (r"\spoolss", APP),
            (r"\wkssvc", r"C:\Windows\System32\lsass.exe"),
        ] {
            assert_eq!(
                verdict(Events::created(name, image)),
                (Verdict::Keep, "squatting"),
                "{name} {image}"
            );
        }
        assert_eq!(verdict(Events::created(r"\wkssvc", SVCHOST)).0, Verdict::Exclude);
        assert_eq!(verdict(Events::connected(r"\lsass", SVCHOST)).0, Verdict::Exclude);
    }

    #[test]
    fn anonymous_pipes_have_no_owner() {
        assert_eq!(verdict(Events::created("<Anonymous Pipe>", APP)).0, Verdict::Exclude);
    }
}
