//! Programs that run other people's code: a pair of one of these says nothing of whose code it was. The same is true of the
//! pipes of remote control and tunnels, whatever their programs are called.

use super::{Case, Reason, ReasonCode, review};
use crate::family;
use crate::template::Template;

/// A name that is proved to be the program's own family is what it does for itself, whatever it runs: by its process id, or as
/// a name made anew that a known service handed to it.
pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let mut names = case.family.names.iter();
    if let Some((name, tool)) = names.find_map(|name| Some((name, case.knowledge.dual_use(name)?))) {
        return review(
            ReasonCode::ForeignCode,
            format!(
                "{name} is a name of {} ({}), which administrators and intruders use alike: make sure who set it up here.",
                tool.what, tool.source
            ),
        );
    }
    let found = case
        .family
        .images
        .iter()
        .find_map(|image| Some((image, case.knowledge.runs_foreign_code(image)?)));
    let (image, finding) = found?;
    let is_handed_over =
        || case.is_client_of_known_service() && case.names_all(family::is_made_anew) && case.is_without_pid();
    if case.is_own_family() && (case.family.templates.iter().all(Template::proves_pid) || is_handed_over()) {
        return None;
    }
    review(
        ReasonCode::ForeignCode,
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
    use crate::test_support::{APP, Events, POWERSHELL, SVCHOST, verdict, verdicts};

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
    fn the_pipes_of_remote_control_are_for_a_person_whatever_makes_them() {
        for name in [r"\Supremo_Service", r"\Bomgar-enum_cp-1", r"\LOCAL\RustDesk\query"] {
            for image in [APP, r"C:\Program Files\Contoso\agent.exe"] {
                let verdict = verdict(Events::created(name, image));
                assert_eq!(verdict, (Verdict::Review, "foreign-code"), "{name} {image}");
            }
        }
        for image in [
            r"C:\Program Files (x86)\Supremo\Supremo.exe",
            r"C:\Program Files\Bomgar\JumpClient\bomgar-scc.exe",
            r"C:\Program Files (x86)\LogMeIn Rescue\LMI_Rescue.exe",
            r"C:\Program Files\RustDesk\anything.exe",
            r"C:\Program Files\LibreOffice\program\soffice.bin",
            r"C:\Program Files\Blender Foundation\Blender 4.2\blender.exe",
        ] {
            assert_eq!(
                verdict(Events::created(r"\AppPipe", image)).0,
                Verdict::Review,
                "{image}"
            );
        }
        // Programs that only reach out, and monitoring, are in the public list too.
        for image in [
            r"C:\Program Files\PuTTY\putty.exe",
            r"C:\Program Files\Zabbix Agent\zabbix_agentd.exe",
        ] {
            assert_eq!(
                verdict(Events::created(r"\AppPipe", image)).0,
                Verdict::Exclude,
                "{image}"
            );
        }
    }

    #[test]
    fn what_a_known_service_hands_to_its_worker_is_its_own() {
        const W3WP: &str = r"C:\Windows\System32\inetsrv\w3wp.exe";
        let name = r"\iisipm8e8e3121-a7c8-4f95-a272-efb352915aec";
        let worker = Events::connected(name, W3WP);
        let of_worker = |server: Option<&str>| {
            let once = |events: Events| events.one_host().days(6);
            let server = server.map(|image| once(Events::created(name, image)));
            let all: Vec<Events> = server.into_iter().chain([once(worker.clone())]).collect();
            let all = verdicts(&all);
            all.iter().all(|(_, verdict, _)| *verdict == Verdict::Exclude)
        };
        assert!(of_worker(Some(SVCHOST)));
        assert!(!of_worker(None), "nobody was seen to make it");
        assert!(
            !of_worker(Some(r"C:\Windows\System32\rundll32.exe")),
            "somebody else made it"
        );
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
