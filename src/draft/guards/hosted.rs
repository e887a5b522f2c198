//! PowerShell in another program than its own: somebody on another computer (`wsmprovhost`), a web shell, or code that
//! brings PowerShell along without starting it (seen in OTRF's captures in notepad, MSBuild and svchost).

use super::{Case, Reason, ReasonCode, review};

/// The group of names that PowerShell's hosts make, and the hosts that are PowerShell as people start it.
const POWERSHELL: &str = "powershell";
const CONSOLE: &str = "console";

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let is_powershell = case.family.templates.iter().any(|template| {
        let look = case.look(template);
        look.is_some_and(|look| look.family.group.as_deref() == Some(POWERSHELL))
    });
    let host = case
        .family
        .images
        .iter()
        .find(|image| is_powershell && !case.knowledge.is_host(CONSOLE, image))?;
    review(
        ReasonCode::Hosted,
        format!(
            "{host} runs PowerShell in itself: for somebody on another computer, or for code that does not want to be seen \
             starting it (Sigma 58cb02d5). Find out for whom; to exclude it hides all of them."
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{Events, POWERSHELL, verdict};

    fn host(image: &str) -> Events {
        let stem = image.rsplit_once('\\').unwrap().1.strip_suffix(".exe").unwrap();
        Events::created(
            &format!(r"\PSHost.132362371046452983.4204.DefaultAppDomain.{stem}"),
            image,
        )
        .own_pid()
    }

    #[test]
    fn powershell_elsewhere_than_in_its_console_is_for_a_person() {
        for image in [
            r"C:\Windows\System32\wsmprovhost.exe",
            r"C:\Windows\System32\inetsrv\w3wp.exe",
            r"C:\Windows\System32\wbem\wmiprvse.exe",
            r"C:\Program Files\Microsoft\Exchange Server\V15\Bin\errorFE.exe",
            r"C:\Program Files\Citrix\ctxupd.exe",
        ] {
            assert_eq!(verdict(host(image)).0, Verdict::Review, "{image}");
        }
        // What is Microsoft's own console or troubleshooter runs what comes with it.
        for image in [
            POWERSHELL,
            r"C:\Program Files\PowerShell\7\pwsh.exe",
            r"C:\Windows\System32\ServerManager.exe",
            r"C:\Windows\System32\dsac.exe",
            r"C:\Windows\System32\sdiagnhost.exe",
            r"C:\Program Files (x86)\Microsoft SQL Server\150\Tools\Binn\SQLPS.exe",
        ] {
            assert_eq!(verdict(host(image)).0, Verdict::Exclude, "{image}");
        }
    }
}
