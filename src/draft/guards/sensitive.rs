//! Pipes of Windows through which computers are taken over, opened by a program that is no service of Windows.

use super::{Case, Kind, Reason, review};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    // A name that is known by itself is a family of one.
    let name = case
        .family
        .name
        .exact()
        .filter(|_| case.family.kind == Kind::Connected)?;
    let finding = case.knowledge.sensitive(name)?;
    if case.family.images.iter().all(|image| case.knowledge.owns_a_pipe(image)) {
        return None;
    }
    review(
        "sensitive",
        format!(
            "{name} is a pipe through which one {} ({}), and few programs have business with it: find out what this one \
             does there.",
            finding.what, finding.source
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::{APP, CHROME, Events, SVCHOST, verdict};
    use crate::draft::candidate::Verdict;

    #[test]
    fn who_opens_what_takes_over_computers_is_for_a_person() {
        for image in [APP, CHROME, r"C:\Windows\explorer.exe"] {
            for name in [r"\svcctl", r"\atsvc", r"\efsrpc"] {
                assert_eq!(
                    verdict(Events::connected(name, image)),
                    (Verdict::Review, "sensitive"),
                    "{name} {image}"
                );
            }
            assert_eq!(
                verdict(Events::connected(r"\wkssvc", image)).0,
                Verdict::Exclude,
                "{image}"
            );
        }
        assert_eq!(verdict(Events::connected(r"\atsvc", SVCHOST)).0, Verdict::Exclude);
    }
}
