//! Programs where their user, or anybody, can put them.

use super::attack::{connected, created, used, used_by};
use super::fleet::stays;

const USUAL: [&str; 5] = [r"\wkssvc", r"\lsass", r"\srvsvc", "<Anonymous Pipe>", r"\winupd_ipc"];

#[test]
fn a_payload_in_downloads() {
    stays(used(USUAL, r"C:\Users\alice\Downloads\invoice.exe"));
}

#[test]
fn payloads_in_the_writable_folders_of_windows() {
    stays(used_by(
        r"\wkssvc",
        [
            r"C:\Windows\Temp\a1.exe",
            r"C:\Windows\Tasks\update.exe",
            r"C:\Windows\tracing\t.exe",
            r"C:\Windows\System32\spool\drivers\color\c.exe",
            r"C:\Windows\System32\Microsoft\Crypto\RSA\MachineKeys\m.exe",
            r"C:\Windows\Registration\CRMLog\r.exe",
            r"C:\Windows\SysWOW64\Tasks\Microsoft\Windows\PLA\System\p.exe",
            r"C:\Windows\ServiceProfiles\LocalService\AppData\Local\Temp\s.exe",
        ],
    ));
}

#[test]
fn payloads_in_program_data_perflogs_and_the_recycle_bin() {
    stays(used_by(
        r"\srvsvc",
        [
            r"C:\ProgramData\Contoso\agent.exe",
            r"C:\PerfLogs\Admin\x.exe",
            r"C:\$Recycle.Bin\S-1-5-21-1-2-3-1001\x.exe",
            r"C:\Users\Public\Libraries\winupd.exe",
            r"C:\agent.exe",
            r"C:\Tools\agent.exe",
        ],
    ));
}

#[test]
fn payloads_on_other_drives_shares_and_devices() {
    stays(used_by(
        r"\wkssvc",
        [
            r"D:\Program Files\Contoso\app.exe",
            r"E:\setup.exe",
            r"\\fileserver\share\tool.exe",
            r"\\?\UNC\fileserver\share\tool.exe",
            r"\Device\HarddiskVolumeShadowCopy1\Windows\System32\svchost.exe",
            r"\Device\Mup\server\share\x.exe",
            r"\\?\GLOBALROOT\Device\HarddiskVolume3\x.exe",
        ],
    ));
}

#[test]
fn a_payload_beside_a_known_product_in_a_profile() {
    stays(used(
        USUAL,
        r"C:\Users\{host}\AppData\Local\Microsoft\Teams\current\update.exe",
    ));
    stays(used(
        [r"\mojo.{pid}.{n}.{u64}"],
        r"C:\Users\{host}\AppData\Local\slack\app-4.36.140\slack.exe",
    ));
}

#[test]
fn a_payload_in_folders_of_users_and_versions() {
    let mut deeds = used(
        [r"\ipc-{host}", r"\wkssvc"],
        r"C:\Users\{host}\AppData\Local\Contoso\app-1.{day}.0\contoso.exe",
    );
    deeds.extend(used([r"\wkssvc"], r"C:\ProgramData\Contoso\1.{day}.0\contoso.exe"));
    stays(deeds);
}

#[test]
fn a_payload_beside_the_versions_of_a_product() {
    // Anybody may write beside the versions, and in what lies beside the platform's folder.
    stays(used(
        ["<Anonymous Pipe>", r"\lsass"],
        r"C:\ProgramData\Microsoft\Windows Defender\Platform \4.18.1-0\MsMpEng.exe",
    ));
    stays(used(
        ["<Anonymous Pipe>", r"\lsass"],
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\..\Scans\4.18.1-0\MsMpEng.exe",
    ));
    stays(used(
        ["<Anonymous Pipe>"],
        r"C:\ProgramData\Microsoft\Windows Defender\Scans\MsMpEng.exe",
    ));
}

#[test]
fn a_payload_in_the_trusted_browsers_folder_of_another_version() {
    // The baseline has the browser's helper in folders of two versions: the rule is for all of them.
    let mut deeds = Vec::new();
    for version in ["133.0.1", "134.0.2"] {
        let helper = format!(r"C:\Program Files (x86)\Microsoft\Edge\Application\{version}\identity_helper.exe");
        deeds.push(connected(r"\LOCAL\crashpad_{other}_{AZ16}", &helper));
    }
    let noise = super::fleet::play(&deeds);
    let payload = r"C:\Program Files (x86)\Microsoft\Edge\Application\135.0.3 \identity_helper.exe";
    let traces = super::fleet::play(&[connected(r"\LOCAL\crashpad_{other}_{AZ16}", payload)]);
    let all: Vec<_> = noise.iter().chain(&traces).cloned().collect();
    let made = super::fleet::Made::of(&super::fleet::poisoned(&all), &pipemine::draft::Options::default());
    super::fleet::assert_stays(0, &traces, &made);
    assert!(made.count(&noise) * 100 >= 97 * noise.len() as u64, "{}", made.text);
}

#[test]
fn a_service_for_remote_execution_in_the_windows_folder() {
    let service = r"C:\Windows\kqzbm.exe";
    let mut deeds = used(["<Anonymous Pipe>", r"\kqzbm", r"\kqzbm-{host}-{n}-stdin"], service);
    deeds.extend(used(
        [r"\PSEXESVC", r"\PSEXESVC-{host}-{n}-stdout"],
        r"C:\Windows\PSEXESVC.exe",
    ));
    deeds.push(created(r"\svchost-{host}-{n}-stderr", r"C:\Windows\svchost.exe"));
    stays(deeds);
}

#[test]
fn the_clients_of_a_service_for_remote_execution_are_the_kernel() {
    let names = [
        r"\svcctl",
        r"\PSEXESVC",
        r"\kqzbm",
        r"\kqzbm-{host}-{n}-stdin",
        r"\atsvc",
        r"\wkssvc",
        r"\winreg",
    ];
    stays(used(names, "System"));
    stays(names.map(|name| connected(name, "SYSTEM")));
}
