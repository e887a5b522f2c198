//! Names that look like those of known software.

use super::attack::{Deed, connected, created, used, used_in};
use super::fleet::{stays, stays_at_a_price};
use super::{CHROME, EDGE, EXPLORER, LSASS, SVCHOST, VENDOR, WMIPRVSE};

/// What is lost of the noise with a browser's pipes, where an attacker's cannot be told from them.
const BROWSERS: u64 = 45;

#[test]
fn constants_of_chromium_shape_in_other_programs() {
    let names = [
        r"\mojo.5688.8052.183894939787088877{hex2}",
        r"\mojo.5688.8052.1838949397870888771",
    ];
    stays(used_in(names, [SVCHOST, VENDOR, EXPLORER]));
}

#[test]
fn one_constant_of_chromium_shape_in_chromium() {
    stays(used([r"\mojo.5688.8052.1838949397870888771"], CHROME));
    stays(used([r"\LOCAL\mojo.7301.8052.3578027332937047312"], EDGE));
    stays(used([r"\mojo.5688.8052.12"], CHROME));
    stays(used([r"\crashpad_7301_QWERTYUIOPASDFGH"], CHROME));
}

#[test]
fn a_profile_of_chromium_shape_in_chromium() {
    // The end differs each time; what it begins with is carved out, so that the next will show as well.
    stays(used([r"\mojo.7301.8052.48389493978708887{hex2}"], CHROME));
    stays(used([r"\mojo.7301.8052.{u64}"], CHROME));
}

#[test]
fn numbers_of_chromium_shape_that_are_not_the_process_id() {
    stays_at_a_price(BROWSERS, used([r"\mojo.{other}.{n}.{u64}"], CHROME));
    stays_at_a_price(BROWSERS, used([r"\mojo.{n}.{pid}.{u64}"], CHROME));
}

#[test]
fn names_that_begin_like_those_of_chromium() {
    for name in [
        r"\mojo.c2",
        r"\mojo.{pid}.c2",
        r"\mojo.{pid}.{n}.{u64}.c2",
        r"\crashpad_{pid}_c2",
        r"\crashpad_c2",
    ] {
        stays(used([name], CHROME));
    }
}

#[test]
fn names_that_spell_a_template() {
    stays(used(
        [r"\mojo.<pid>.<n>.<n>", r"\VBoxTrayIPC-<*>", r"\crashpad_<pid>_<rand>"],
        CHROME,
    ));
    stays(used([r"\mojo.<pid>.<n>.<n>", r"\agent-<pid>"], VENDOR));
    stays(used(
        [
            "\\mojo.\u{FDD0}.\u{FDD3}.\u{FDD3}",
            "\\agent-\u{FDD0}",
            "\\agent-\u{FDEF}\u{FDD0}",
        ],
        CHROME,
    ));
    stays(used(["\\Winsock2\\CatalogChangeListener-\u{FDD1}-\u{FDD3}"], SVCHOST));
}

#[test]
fn sockets_that_are_none() {
    for name in [
        r"\Winsock2\CatalogChangeListener-{pidx}-c2",
        r"\Winsock2\CatalogChangeListener-{pidx}-0-c2",
        r"\Winsock2\CatalogChangeListener-c2",
        r"\Winsock2\CatalogChangeListener-3e7-0",
        r"\Winsock2\CatalogChangeListener-{hex2}f-0,",
        r"\Winsock2\c2-{pidx}-0",
    ] {
        stays(used([name], SVCHOST));
    }
}

#[test]
fn names_of_known_services_with_another_end() {
    let names = [
        r"\AppContracts_c2",
        r"\gc_pipe_c2",
        r"\com.adobe.reader.rna.c2",
        r"\SQLLocal\C2",
        r"\VBoxTrayIPC-c2",
    ];
    stays(used_in(names, [SVCHOST, EXPLORER, WMIPRVSE]));
}

#[test]
fn a_guid_that_is_the_same_everywhere() {
    let guid = "a3f1c2d4-5b6e-4f70-8192-a3b4c5d6e7f8";
    for name in [r"\TSVCPIPE-", r"\iisipm", r"\iislogpipe", r"\AppContracts_x"] {
        stays(used([format!("{name}{guid}").as_str()], SVCHOST));
    }
}

#[test]
fn well_known_names_with_something_appended() {
    let names = [
        r"\lsass{hex2}",
        r"\srvsvc{hex2}",
        r"\eventlog{hex2}{hex2}",
        r"\spoolss_{hex2}",
        r"\lsarpc{hex2}",
    ];
    stays(used_in(names, [SVCHOST, CHROME, VENDOR, LSASS]));
}

#[test]
fn names_that_differ_by_case_of_other_alphabets_only() {
    // Windows may take the Kelvin sign for a k, and É for é.
    stays(used(["\\w\u{212a}ssvc", "\\\u{17f}rvsvc"], SVCHOST));
    stays(used(["\\w\u{212a}ssvc", "\\w\u{212a}SSVC"], WMIPRVSE));
    stays(used(["\\MOJO.5688.8052.1\u{212a}"], CHROME));
}

#[test]
fn letters_of_other_alphabets() {
    stays(used_in(
        ["\\ls\u{430}ss", "\\m\u{43e}jo.{pid}.{n}.{u64}", "\\PSEXES\u{405}VC"],
        [SVCHOST, CHROME, VENDOR],
    ));
}

#[test]
fn clients_of_what_a_payload_serves() {
    // Each has a name that its program might have; the payload that makes them is what tells.
    let payload = r"C:\Users\Public\c2.exe";
    let mut deeds: Vec<Deed> = Vec::new();
    for (name, client) in [
        (r"\crashpad_7301_QWERTYUIOPASDFGH", CHROME),
        (r"\LOCAL\crashpad_{host}", EDGE),
        (r"\ExampleBackup\agent-c2", VENDOR),
    ] {
        deeds.extend([created(name, payload), connected(name, client)]);
    }
    stays(deeds);
}

#[test]
fn names_of_windows_with_a_separator_and_digits() {
    stays(used(
        [
            r"\lsass_3f",
            r"\epmapper_0a",
            r"\atsvc_7c",
            r"\svcctl-11",
            r"\spoolss.2b",
        ],
        VENDOR,
    ));
    stays(used([r"\lsass_{hex2}", r"\atsvc_{hex2}", r"\eventlog_{hex2}"], VENDOR));
    stays(used(
        [r"\lsass-{hex8}", r"\LOCAL\samr_{hex2}", r"\eventlog_{word}"],
        VENDOR,
    ));
}

#[test]
fn names_of_windows_that_read_alike() {
    stays(used(
        [
            "\\ wkssvc",
            "\\lsass.",
            "\\l5ass",
            "\\Isass",
            "\\wks\u{a0}svc",
            "\\l\u{e4}sass",
            "\\l5ass_{hex2}",
        ],
        VENDOR,
    ));
}

#[test]
fn tools_under_other_names() {
    stays(used(
        [
            r"\remsvc-{host}-{n}-stdin",
            r"\remsvc-{host}-{n}-stdout",
            r"\{host}-{n}-stdin",
            r"\remsvc-ws01-{n}-stderr",
        ],
        VENDOR,
    ));
    stays(used(
        [r"\app.postex_{hex2}{hex2}", r"\svc-msagent_{hex2}", r"\my-PSEXESVC"],
        VENDOR,
    ));
    stays(used([r"\ahexec_stdin{hex8}", r"\winexesvc", r"\GodPotato"], VENDOR));
}

#[test]
fn a_name_for_each_host() {
    for name in [r"\{word}-{word}", r"\{word}_pipe", r"\{word}.x", r"\{word}"] {
        stays(used([name], VENDOR));
    }
}
