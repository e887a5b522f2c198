//! What public lists and vendors' documents tell: each attack beside the harmless thing that is most like it, which goes.

use pipemine::draft::Options;

use super::attack::{Deed, connected, created, used};
use super::fleet::{Made, assert_stays, play, poisoned};
use super::{CHROME, NOTEPAD, RUNDLL32, SVCHOST, VENDOR};

/// Asserts that nothing of the attacks is dropped, and that what their twins do is.
#[track_caller]
fn told_apart(pairs: impl IntoIterator<Item = (Vec<Deed>, Vec<Deed>)>) {
    let (attacks, twins): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let traces = play(&attacks.concat());
    assert_stays(0, &traces, &Made::of(&poisoned(&traces), &Options::default()));
    let played: Vec<_> = twins.iter().map(|deeds| play(deeds)).collect();
    let made = Made::of(&poisoned(&played.concat()), &Options::default());
    for traces in played {
        let (dropped, all) = (made.count(&traces), traces.len() as u64);
        assert!(
            dropped * 10 >= all * 9,
            "{dropped} of {all} of {:?} are dropped",
            traces[0]
        );
    }
}

/// The same names, in a program that nothing is known of.
fn in_vendors(pairs: &[(&str, &str)]) -> Vec<(Vec<Deed>, Vec<Deed>)> {
    let of = |(attack, twin): &(&str, &str)| (used([*attack], VENDOR), used([*twin], VENDOR));
    pairs.iter().map(of).collect()
}

/// One name, in the programs of both.
fn in_programs(pairs: &[(&str, &str)]) -> Vec<(Vec<Deed>, Vec<Deed>)> {
    let of = |(attack, twin): &(&str, &str)| (used([r"\AppPipe"], attack), used([r"\AppPipe"], twin));
    pairs.iter().map(of).collect()
}

#[test]
fn names_of_attackers_tools() {
    told_apart(in_vendors(&[
        (r"\MerlinPipe", r"\MarlinPipe"),
        (r"\EngineerPipe", r"\EnginePipe"),
        (r"\fuego-data", r"\fuel-data"),
        (r"\WinPwnagePipe", r"\WinPagePipe"),
        (r"\LOCAL\RevShell", r"\LOCAL\Shell"),
        (r"\lsarelayx", r"\relay-status"),
        (r"\x1\pipe\srvsvc", r"\pipe\LOCAL\Monitorian"),
    ]));
}

#[test]
fn names_that_generators_of_profiles_write() {
    told_apart(in_vendors(&[
        (r"\NetClient_{hex2}", r"\NetClient"),
        (r"\ProtectionManager_{hex2}", r"\ProtectionManager"),
        (r"\WkSvcPipeMgr_{hex2}", r"\WorkPipeManager"),
        (r"\halfduplex_{hex2}", r"\halfduplex"),
        (r"\npfs_{hex2}", r"\backup-files"),
        (r"\SapIServerPipes-1-{hex2}", r"\SapiServerPipes"),
        (r"\Printer_Spools_{hex2}", r"\Printer_Spool"),
        (
            r"\{9a1gk2h3-40z0-4c00-8b00-1234567890xy}",
            r"\Backup-{9a1b2c3d-4000-4c00-8b00-1234567890ab}",
        ),
    ]));
}

#[test]
fn random_words_between_separators() {
    told_apart(in_vendors(&[
        (r"\qzfxk_wrtpl", r"\query_writer"),
        (r"\x7Kq_9fTz-Lw2Rb8", r"\Acme_Sync-Channel2"),
        (r"\update-qzfxkw", r"\update-status"),
        (r"\svc.bqxzrt", r"\svc.backup"),
        (r"\cfg_k8f2qz7m", r"\cfg_dnssvr"),
    ]));
}

#[test]
fn remote_control_that_was_installed() {
    told_apart(in_programs(&[
        (
            r"C:\Program Files (x86)\Supremo\Supremo.exe",
            r"C:\Program Files\PuTTY\putty.exe",
        ),
        (
            r"C:\Program Files\Bomgar\JumpClient\bomgar-scc.exe",
            r"C:\Program Files\Zabbix Agent\zabbix_agentd.exe",
        ),
        (
            r"C:\Program Files\RustDesk\rustdesk.exe",
            r"C:\Program Files\Everything\Everything.exe",
        ),
        (
            r"C:\Program Files (x86)\LogMeIn Rescue\LMI_Rescue.exe",
            r"C:\Program Files\Veeam\Endpoint\Veeam.EndPoint.Service.exe",
        ),
        (
            r"C:\Program Files (x86)\Kaseya\9020226\AgentMon.exe",
            r"C:\Program Files\osquery\osqueryd\osqueryd.exe",
        ),
        (
            r"C:\Program Files\Mesh Agent\MeshAgent.exe",
            r"C:\Program Files\Mullvad VPN\Mullvad VPN.exe",
        ),
    ]));
}

#[test]
fn pipes_of_remote_control_in_a_program_of_any_name() {
    told_apart(in_vendors(&[
        (r"\Supremo_Service", r"\Supreme_Service"),
        (r"\RustDesk\query", r"\RustedDisk\query"),
        (r"\Bomgar-enum_cp-1", r"\Bogart-enum"),
        (r"\LogMeInRescue_ipc", r"\LogRescue_ipc"),
        (r"\ProtectedPrefix\Administrators\WireGuard\wg0", r"\openvpn\service"),
    ]));
}

#[test]
fn programs_that_run_what_a_document_or_project_brings_along() {
    told_apart(in_programs(&[
        (
            r"C:\Program Files\LibreOffice\program\soffice.bin",
            r"C:\Program Files\Foxit Software\Reader\FoxitReader.exe",
        ),
        (
            r"C:\Program Files\Blender Foundation\Blender 4.2\blender.exe",
            r"C:\Program Files\VideoLAN\VLC\vlc.exe",
        ),
        (
            r"C:\Program Files\Autodesk\AutoCAD 2025\acad.exe",
            r"C:\Program Files\Autodesk\Desktop\DesktopService.exe",
        ),
        (
            r"C:\Program Files\JetBrains\IDEA\bin\idea64.exe",
            r"C:\Program Files\7-Zip\7zFM.exe",
        ),
        (
            r"C:\Program Files\Sublime Text\sublime_text.exe",
            r"C:\Program Files\WinRAR\WinRAR.exe",
        ),
    ]));
}

#[test]
fn programs_with_a_browser_inside() {
    const SLACK: &str = r"C:\Program Files\Slack\slack.exe";
    const DOCKER: &str = r"C:\Program Files\Docker\Docker\frontend\Docker Desktop.exe";
    const CURSOR: &str = r"C:\Program Files\Cursor\Cursor.exe";
    let own = |image| vec![created(r"\mojo.{pid}.{n}.{u64}", image)];
    told_apart([
        (used([r"\agent-cfg"], SLACK), own(SLACK)),
        (used([r"\updater"], DOCKER), own(DOCKER)),
        (used([r"\tunnel-cfg"], CURSOR), own(CURSOR)),
    ]);
}

#[test]
fn names_of_windows_and_of_products_in_the_wrong_hands() {
    const SSH: &str = r"C:\Windows\System32\OpenSSH\ssh.exe";
    const SSH_AGENT: &str = r"C:\Windows\System32\OpenSSH\ssh-agent.exe";
    const DFS: &str = r"C:\Windows\System32\dfssvc.exe";
    const FALCON: &str = r"C:\Program Files\CrowdStrike\CSFalconService.exe";
    const MANAGER: &str = r"C:\Windows\System32\ServerManager.exe";
    const W3WP: &str = r"C:\Windows\System32\inetsrv\w3wp.exe";
    const WORKER: &str = r"\iislogpipe{guid}";
    const AGENT: &str = r"\openssh-ssh-agent";
    let own_host = |program: &str| format!(r"\PSHost.{{ticks}}.{{pid}}.DefaultAppDomain.{program}");
    let defender = |folder: &str| {
        let of = |version: &str| {
            let image = format!(r"C:\ProgramData\Microsoft\Windows Defender\{folder}\{version}\MsMpEng.exe");
            connected(r"\wkssvc", &image)
        };
        vec![of("4.18.24050.7-0"), of("4.18.24060.7-0")]
    };
    told_apart([
        (
            vec![created(AGENT, VENDOR), connected(AGENT, RUNDLL32)],
            vec![created(AGENT, SSH_AGENT), connected(AGENT, SSH)],
        ),
        (
            vec![created(r"\netdfs", SVCHOST), connected(r"\netdfs", RUNDLL32)],
            vec![created(r"\netdfs", DFS)],
        ),
        (
            used([r"\CrowdStrike\{9659C117-043B-4E9F-8C0C-B7D6EB03D682}"], RUNDLL32),
            used([r"\CrowdStrike\{9659C117-043B-4E9F-8C0C-B7D6EB03D682}"], FALCON),
        ),
        (
            vec![created(&own_host("notepad"), NOTEPAD)],
            vec![created(&own_host("ServerManager"), MANAGER)],
        ),
        (
            vec![created(r"\Winsock2\CatalogChangeListener-{pidx}-0", NOTEPAD)],
            vec![created(r"\Winsock2\CatalogChangeListener-{pidx}-0", CHROME)],
        ),
        (
            vec![created(WORKER, RUNDLL32), connected(WORKER, W3WP)],
            vec![created(WORKER, SVCHOST), connected(WORKER, W3WP)],
        ),
        (defender("Platform2"), defender("Platform")),
    ]);
}
