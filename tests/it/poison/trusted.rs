//! Code injected into programs that everybody trusts, and programs that run whatever they are given.

use super::attack::{connected, created, used, used_in};
use super::fleet::{stays, stays_at_a_price};
use super::{CHROME, EDGE, EXPLORER, LSASS, NOTEPAD, POWERSHELL, RUNDLL32, SPOOLSV, SVCHOST, VENDOR, WMIPRVSE};

const INJECTED: [&str; 6] = [
    SVCHOST,
    EXPLORER,
    SPOOLSV,
    WMIPRVSE,
    LSASS,
    r"C:\Windows\System32\RuntimeBroker.exe",
];

#[test]
fn words_that_can_be_spoken() {
    stays(used_in([r"\winupd", r"\telemetry", r"\NetworkHelper"], INJECTED));
}

#[test]
fn random_names_the_same_on_all_hosts() {
    stays(used_in(
        [r"\qfhaer", r"\k8f2qz7m", r"\d41d8cd98f00b204", r"\334485", r"\bq"],
        INJECTED,
    ));
}

#[test]
fn random_names_of_each_host() {
    stays(used(
        [r"\{random6}", r"\{word}", r"\{guid}", r"\{hex8}", r"\{u64}"],
        SVCHOST,
    ));
    stays(used([r"\{random6}", r"\{word}"], VENDOR));
}

#[test]
fn a_browser_with_names_that_are_none_of_its_own() {
    stays(used_in(
        [r"\chromecfg", r"\{word}", r"\updater", r"\agent{pid}", r"\cfg-{guid}"],
        [CHROME, EDGE],
    ));
}

#[test]
fn names_with_the_own_process_id() {
    stays(used(
        [r"\agent{pid}", r"\ipc-{pid}", r"\svc.{pid}.{n}", r"\{pidx}", r"\{pid}"],
        SVCHOST,
    ));
    stays(used([r"\mojo.{pid}.{n}.{u64}", r"\crashpad_{pid}_{AZ16}"], SVCHOST));
    stays(used(
        [
            r"\mojo.{pid}.{n}.{u64}",
            r"\PSHost.{ticks}.{pid}.DefaultAppDomain.svchost",
        ],
        SVCHOST,
    ));
    stays(used(
        [r"\uv\{hex8}-{pid}", r"\dotnet-diagnostic-{pid}", r"\pgsignal_{pid}"],
        EXPLORER,
    ));
}

#[test]
fn a_well_known_pipe_made_by_another_than_its_owner() {
    // Opening it is noise; making it is squatting: who connects hands over his credentials.
    let squat = |image: &'static str| [r"\lsass", r"\spoolss", r"\ntsvcs"].map(|name| created(name, image));
    let mut deeds: Vec<_> = [SVCHOST, EXPLORER, CHROME, VENDOR]
        .into_iter()
        .flat_map(squat)
        .collect();
    deeds.extend([
        created(r"\wkssvc", WMIPRVSE),
        created(r"\srvsvc", WMIPRVSE),
        created(r"\wkssvc", LSASS),
    ]);
    stays(deeds);
}

#[test]
fn what_only_attackers_open_locally() {
    let broker = r"C:\Windows\System32\RuntimeBroker.exe";
    let names = [r"\svcctl", r"\atsvc", r"\winreg", r"\efsrpc", r"\netlogon"];
    let open = |image: &'static str| names.map(|name| connected(name, image));
    stays(
        [EXPLORER, CHROME, VENDOR, broker]
            .into_iter()
            .flat_map(open)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn anonymous_pipes_of_programs_that_make_none() {
    stays(used_in(
        ["<Anonymous Pipe>"],
        [
            EXPLORER,
            SPOOLSV,
            LSASS,
            r"C:\Windows\System32\dllhost.exe",
            RUNDLL32,
            NOTEPAD,
        ],
    ));
}

#[test]
fn programs_that_run_what_they_are_given() {
    let names = [
        r"\wkssvc",
        r"\lsass",
        "<Anonymous Pipe>",
        r"\qfhaer",
        r"\telemetry",
        r"\mojo.{pid}.{n}.{u64}",
    ];
    stays(used_in(
        names,
        [
            RUNDLL32,
            POWERSHELL,
            r"C:\Windows\System32\mshta.exe",
            r"C:\Windows\System32\regsvr32.exe",
            r"C:\Windows\System32\wscript.exe",
            r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\MSBuild.exe",
            r"C:\Windows\System32\cmd.exe",
        ],
    ));
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
    for (stem, image) in [
        ("notepad", NOTEPAD),
        ("svchost", SVCHOST),
        ("spoolsv", SPOOLSV),
        ("backupd", VENDOR),
    ] {
        let name = format!(r"\PSHost.{{ticks}}.{{pid}}.DefaultAppDomain.{stem}");
        stays(used(
            [name.as_str(), r"\PSHost.{ticks}.{pid}.DefaultAppDomain.powershell"],
            image,
        ));
    }
}

#[test]
fn wmi_event_consumers() {
    let scrcons = r"C:\Windows\System32\wbem\scrcons.exe";
    stays(used(
        [
            r"\wkssvc",
            r"\lsass",
            "<Anonymous Pipe>",
            r"\PIPE_EVENTROOT\CIMV2SCM EVENT PROVIDER",
        ],
        scrcons,
    ));
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
    stays(used_in(names, [SVCHOST, CHROME, WMIPRVSE, VENDOR]));
}

#[test]
fn known_bad_names_below_a_folder() {
    stays(used_in(
        [
            r"\LOCAL\postex_{hex2}",
            r"\LOCAL\MSSE-{n}-server",
            r"\LOCAL\PSEXESVC",
            r"\a\b\gruntsvc",
        ],
        [EDGE, VENDOR],
    ));
}
