//! Pipes of Windows through which computers are taken over, opened by a program that is no service of Windows.

use super::{Case, Kind, Reason, ReasonCode, review};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    // A name that is known by itself is a family of one.
    let name = case.family.name.exact()?;
    let finding = case
        .family
        .images
        .iter()
        .find_map(|image| case.knowledge.sensitive(case.family.kind, name, image))?;
    let (what, source) = (finding.what, finding.source);
    review(
        ReasonCode::Sensitive,
        match case.family.kind {
            Kind::Connected => format!(
                "{name} is a pipe through which one {what} ({source}), and few programs have business with it: find out \
                 what this one does there."
            ),
            Kind::Created => format!(
                "{name} is there only when somebody asks for its service, which {what} ({source}): find out who did."
            ),
        },
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, CHROME, Events, SVCHOST, verdict};

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

    #[test]
    fn to_own_some_pipe_is_no_business_with_every_other() {
        for image in [
            r"C:\Windows\System32\spoolsv.exe",
            r"C:\Windows\System32\wbem\WmiPrvSE.exe",
            r"C:\Windows\System32\SearchIndexer.exe",
        ] {
            for name in [r"\svcctl", r"\samr", r"\winreg", r"\efsrpc"] {
                let verdict = verdict(Events::connected(name, image));
                assert_eq!(verdict, (Verdict::Review, "sensitive"), "{name} {image}");
            }
        }
    }

    #[test]
    fn credentials_are_asked_for_by_services_and_not_by_programs() {
        for image in [
            APP,
            r"C:\Windows\explorer.exe",
            r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        ] {
            for name in [r"\lsass", r"\protected_storage", r"\ntsvcs", r"\InitShutdown"] {
                let verdict = verdict(Events::connected(name, image));
                assert_eq!(verdict, (Verdict::Review, "sensitive"), "{name} {image}");
            }
        }
        for image in [
            SVCHOST,
            r"C:\Windows\System32\taskhostw.exe",
            r"C:\Windows\System32\dns.exe",
        ] {
            assert_eq!(
                verdict(Events::connected(r"\lsass", image)).0,
                Verdict::Exclude,
                "{image}"
            );
        }
    }

    #[test]
    fn a_service_that_was_started_for_somebody_is_worth_a_look() {
        for (name, owner) in [
            (r"\winreg", SVCHOST),
            (r"\efsrpc", r"C:\Windows\System32\lsass.exe"),
            (r"\DAV RPC SERVICE", SVCHOST),
        ] {
            let verdict = verdict(Events::created(name, owner));
            assert_eq!(verdict, (Verdict::Review, "sensitive"), "{name}");
        }
    }
}
