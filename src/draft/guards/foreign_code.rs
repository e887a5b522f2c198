//! Programs that run other people's code: a pair of one of these says nothing of whose code it was.

use super::{Case, Reason, review};

/// A name that is proved to be the program's own family is what it does for itself, whatever it runs.
pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let found = case
        .family
        .images
        .iter()
        .find_map(|image| Some((image, case.knowledge.runs_foreign_code(image)?)));
    let (image, finding) = found?;
    if case.is_own_family() && case.family.templates.iter().all(crate::template::Template::proves_pid) {
        return None;
    }
    review(
        "foreign-code",
        format!(
            "{image} runs what others wrote ({}): an attacker's script looks the same. Look at which scripts run there; \
             an exclusion would hide theirs too.",
            finding.what
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{Events, POWERSHELL, verdict};

    #[test]
    fn what_scripts_open_is_for_a_person() {
        assert_eq!(
            verdict(Events::connected(r"\wkssvc", POWERSHELL)),
            (Verdict::Review, "foreign-code")
        );
        assert_eq!(
            verdict(Events::created("<Anonymous Pipe>", POWERSHELL)),
            (Verdict::Review, "foreign-code")
        );
        for image in [
            r"C:\Windows\System32\rundll32.exe",
            r"C:\Windows\System32\mshta.exe",
            r"C:\Windows\SysWOW64\regsvr32.exe",
            r"C:\Windows\System32\inetsrv\w3wp.exe",
            r"C:\Program Files\Apache Software Foundation\Tomcat 9.0\bin\tomcat9.exe",
        ] {
            assert_eq!(
                verdict(Events::connected(r"\wkssvc", image)).0,
                Verdict::Review,
                "{image}"
            );
        }
    }

    #[test]
    fn its_own_family_is_its_own() {
        let own = Events::created(
            r"\PSHost.132362371046452983.4204.DefaultAppDomain.powershell",
            POWERSHELL,
        )
        .own_pid();
        assert_eq!(verdict(own).0, Verdict::Exclude);
        let other = Events::created(r"\dotnet-diagnostic-4204", POWERSHELL).own_pid();
        assert_eq!(verdict(other).0, Verdict::Review);
    }
}
