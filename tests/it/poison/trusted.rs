//! Code injected into programs that everybody trusts, and programs that run whatever they are given.

use super::attack::{connected, created, used};
use super::fleet::{stays, stays_at_a_price};
use super::{CHROME, EDGE, EXPLORER, LSASS, NOTEPAD, POWERSHELL, RUNDLL32, SPOOLSV, SVCHOST, VENDOR, WMIPRVSE};

const INJECTED: [&str; 6] = [SVCHOST, EXPLORER, SPOOLSV, WMIPRVSE, LSASS, r"C:\Windows\System32\RuntimeBroker.exe"];

#[test]
fn words_that_can_be_spoken() {
    for image in INJECTED {
        stays(used([r"\winupd", r"\telemetry", r"\NetworkHelper"], image));
    }
}

#[test]
fn random_names_the_same_on_all_hosts() {
    for image in INJECTED {
        stays(used([r"\qfhaer", r"\k8f2qz7m", r"\d41d8cd98f00b204", r"\334485", r"\bq"], image));
    }
}

#[test]
fn random_names_of_each_host() {
    stays(used([r"\{random6}", r"\{word}", r"\{guid}", r"\{hex8}", r"\{u64}"], SVCHOST));
    stays(used([r"\{random6}", r"\{word}"], VENDOR));
}

#[test]
fn a_browser_with_names_that_are_none_of_its_own() {
    for image in [CHROME, EDGE] {
        stays(used([r"\chromecfg", r"\{word}", r"\updater", r"\agent{pid}", r"\cfg-{guid}"], image));
    }
}

#[test]
fn names_with_the_own_process_id() {
    stays(used([r"\agent{pid}", r"\ipc-{pid}", r"\svc.{pid}.{n}", r"\{pidx}", r"\{pid}"], SVCHOST));
    stays(used([r"\mojo.{pid}.{n}.{u64}", r"\crashpad_{pid}_{AZ16}"], SVCHOST));
    stays(used([r"\mojo.{pid}.{n}.{u64}", r"\PSHost.{ticks}.{pid}.DefaultAppDomain.svchost"], SVCHOST));
    stays(used([r"\uv\{hex8}-{pid}", r"\dotnet-diagnostic-{pid}", r"\pgsignal_{pid}"], EXPLORER));
}

#[test]
fn a_well_known_pipe_made_by_another_than_its_owner() {
    // Opening it is noise; making it is squatting: who connects hands over his credentials.
    for image in [SVCHOST, EXPLORER, CHROME, VENDOR] {
        stays([created(r"\lsass", image), created(r"\spoolss", image), created(r"\ntsvcs", image)]);
    }
    stays([created(r"\wkssvc", WMIPRVSE), created(r"\srvsvc", WMIPRVSE), created(r"\wkssvc", LSASS)]);
}

#[test]
fn what_only_attackers_open_locally() {
    for image in [EXPLORER, CHROME, VENDOR, r"C:\Windows\System32\RuntimeBroker.exe"] {
        stays([r"\svcctl", r"\atsvc", r"\winreg", r"\efsrpc", r"\netlogon"].map(|name| connected(name, image)));
    }
}

#[test]
fn anonymous_pipes_of_programs_that_make_none() {
    for image in [EXPLORER, SPOOLSV, LSASS, r"C:\Windows\System32\dllhost.exe", RUNDLL32, NOTEPAD] {
        stays(used(["<Anonymous Pipe>"], image));
    }
}

#[test]
fn programs_that_run_what_they_are_given() {
    let names = [r"\wkssvc", r"\lsass", "<Anonymous Pipe>", r"\qfhaer", r"\telemetry", r"\mojo.{pid}.{n}.{u64}"];
    for image in [
        RUNDLL32,
        POWERSHELL,
        r"C:\Windows\System32\mshta.exe",
        r"C:\Windows\System32\regsvr32.exe",
        r"C:\Windows\System32\wscript.exe",
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\MSBuild.exe",
        r"C:\Windows\System32\cmd.exe",
    ] {
        stays(used(names, image));
    }
}

#[test]
fn powershell_with_names_beside_its_own() {
    let names = [
        r"\PSHost.{ticks}.{pid}.evil.powershell",
        r"\PSHost.{ticks}.{other}.DefaultAppDomain.powershell",
        r"\PSHost.{pid}.c2.DefaultAppDomain.powershell",
        r"\c2.DefaultAppDomain.powershell",
    ];
    for name in names {
        stays_at_a_price(3, [created(name, POWERSHELL)]);
    }
}

#[test]
fn powershell_in_programs_that_do_not_host_it() {
    for (stem, image) in [("notepad", NOTEPAD), ("svchost", SVCHOST), ("spoolsv", SPOOLSV), ("backupd", VENDOR)] {
        let name = format!(r"\PSHost.{{ticks}}.{{pid}}.DefaultAppDomain.{stem}");
        stays(used([name.as_str(), r"\PSHost.{ticks}.{pid}.DefaultAppDomain.powershell"], image));
    }
}

#[test]
fn wmi_event_consumers() {
    let scrcons = r"C:\Windows\System32\wbem\scrcons.exe";
    stays(used([r"\wkssvc", r"\lsass", "<Anonymous Pipe>", r"\PIPE_EVENTROOT\CIMV2SCM EVENT PROVIDER"], scrcons));
}

#[test]
fn known_bad_names_in_trusted_programs() {
    let names = [
        r"\MSSE-{n}-server",
        r"\postex_{hex2}{hex2}",
        r"\msagent_{hex2}",
        r"\status_{hex2}",
        r"\PSEXESVC-{host}-{n}-stdin",
        r"\gruntsvc",
        r"\wkssvc{hex2}",
        r"\MsFteWds{hex2}",
        r"\ntsvcs_{hex2}",
        r"\Winsock2\CatalogChangeListener-{hex2}c-0,",
        r"\x\pipe\srvsvc",
        r"\demoagent_11",
        r"\f4c3{hex8}",
    ];
    for image in [SVCHOST, CHROME, WMIPRVSE, VENDOR] {
        stays(used(names, image));
    }
}

#[test]
fn known_bad_names_below_a_folder() {
    for image in [EDGE, VENDOR] {
        stays(used([r"\LOCAL\postex_{hex2}", r"\LOCAL\MSSE-{n}-server", r"\LOCAL\PSEXESVC", r"\a\b\gruntsvc"], image));
    }
}
