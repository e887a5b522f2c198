//! What takes commands from afar, what is installed without an administrator, and who opens the pipes of such programs.

use super::attack::{connected, created, used, used_in};
use super::fleet::stays;
use super::{EXPLORER, RUNDLL32, SPOOLSV, SVCHOST, VENDOR, WMIPRVSE};

const W3WP: &str = r"C:\Windows\System32\inetsrv\w3wp.exe";
const SQLSERVR: &str = r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe";
const TOMCAT: &str = r"C:\Program Files\Apache Software Foundation\Tomcat 9.0\bin\tomcat9.exe";
const WINWORD: &str = r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE";

#[test]
fn a_signed_package_that_a_user_installed() {
    let package = r"C:\Program Files\WindowsApps\Contoso.Update_1.0.0.0_x64__q1w2e3r4t5y6u\upd.exe";
    stays(used([r"\CtlPipe", "<Anonymous Pipe>"], package));
    stays([connected(r"\wkssvc", package), connected(r"\lsass", package)]);
    let teams = r"C:\Program Files\WindowsApps\MSTeamsUpdate_1.0.0.0_x64__q1w2e3r4t5y6u\stage.exe";
    stays(used([r"\mojo.{pid}.{n}.{n}", r"\uv\{hex8}-{pid}"], teams));
    let shell = r"C:\Program Files\WindowsApps\Microsoft.PowerShellUpdate_1.0.0.0_x64__q1w2e3r4t5y6u\pwsh.exe";
    stays([created(r"\PSHost.{ticks}.{pid}.None.pwsh", shell)]);
}

#[test]
fn powershell_for_somebody_elsewhere() {
    let host = |stem: &str, image: &str| created(&format!(r"\PSHost.{{ticks}}.{{pid}}.DefaultAppDomain.{stem}"), image);
    stays([
        host("wsmprovhost", r"C:\Windows\System32\wsmprovhost.exe"),
        host("w3wp", W3WP),
        host("wmiprvse", WMIPRVSE),
        host(
            "errorFE",
            r"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\errorFE.exe",
        ),
        host("ctxupd", r"C:\Program Files\Citrix\ctxupd.exe"),
    ]);
}

#[test]
fn what_a_command_of_a_web_shell_or_a_macro_prints() {
    for image in [W3WP, SVCHOST, SQLSERVR, TOMCAT, WINWORD] {
        stays([created("<Anonymous Pipe>", image), connected("<Anonymous Pipe>", image)]);
    }
}

#[test]
fn accounts_keys_and_coercion() {
    for image in [EXPLORER, W3WP, SQLSERVR, TOMCAT, WINWORD, VENDOR] {
        let deeds = [r"\lsass", r"\protected_storage", r"\InitShutdown", r"\ntsvcs"].map(|name| connected(name, image));
        stays(deeds);
    }
    for image in [SPOOLSV, WMIPRVSE] {
        stays([r"\svcctl", r"\samr", r"\atsvc", r"\winreg", r"\efsrpc"].map(|name| connected(name, image)));
    }
}

#[test]
fn a_service_that_is_started_for_an_attacker() {
    stays([
        created(r"\winreg", SVCHOST),
        created(r"\efsrpc", super::LSASS),
        created(r"\DAV RPC SERVICE", SVCHOST),
    ]);
}

#[test]
fn programs_that_are_attacked_with_names_of_their_own() {
    let images = [
        WINWORD,
        SQLSERVR,
        TOMCAT,
        r"C:\Program Files\Microsoft OneDrive\OneDrive.exe",
        r"C:\Program Files\Windows Mail\wab.exe",
        r"C:\Program Files\Internet Explorer\iexplore.exe",
        r"C:\Program Files\Windows Defender\MsMpEng.exe",
        r"C:\Program Files\Microsoft VS Code\Code.exe",
    ];
    stays(used_in([r"\telemetry", r"\msupd-{guid}", r"\agent-{pid}"], images));
}

#[test]
fn remote_control_and_interpreters() {
    let images = [
        r"C:\Program Files (x86)\AnyDesk\AnyDesk.exe",
        r"C:\Program Files (x86)\ScreenConnect Client (a1b2c3)\ScreenConnect.ClientService.exe",
        r"C:\Program Files\Mesh Agent\MeshAgent.exe",
        r"C:\Program Files\TightVNC\tvnserver.exe",
        r"C:\Program Files\R\R-4.3.1\bin\Rterm.exe",
    ];
    stays(used_in([r"\control", r"\dwagent_{pid}"], images));
}

#[test]
fn who_opens_a_doubtful_programs_pipe() {
    stays([created(r"\BackupCtl", RUNDLL32), connected(r"\BackupCtl", VENDOR)]);
    stays([
        created(r"\BackupCtl", r"C:\Windows\kqzbm.exe"),
        connected(r"\BackupCtl", VENDOR),
    ]);
    stays([connected(r"\UIA_PIPE_2688_00001c3a", EXPLORER)]);
}

#[test]
fn folders_of_servers_that_these_write_to() {
    for image in [
        r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\DATA\x.exe",
        r"C:\Program Files\Apache Software Foundation\Tomcat 9.0\webapps\ROOT\x.exe",
        r"C:\inetpub\wwwroot\x.exe",
        r"C:\Program Files\Epic Games\x.exe",
    ] {
        stays(used([r"\AppPipe"], image));
    }
}

#[test]
fn tools_of_windows_and_their_32_bit_twins() {
    for image in [
        r"C:\Windows\System32\certutil.exe",
        r"C:\Windows\System32\tasklist.exe",
        r"C:\Windows\SysWOW64\svchost.exe",
        r"C:\Windows\SysWOW64\explorer.exe",
        "Registry",
    ] {
        stays([connected(r"\wkssvc", image), connected(r"\srvsvc", image)]);
    }
}
