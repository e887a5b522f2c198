//! Names and images chosen so that a rule which is made for others holds the attacker's as well.

use super::attack::{Deed, connected, created, used, used_in};
use super::fleet::{CLEAN, Made, assert_stays, play, poisoned, stays, stays_at_a_price};
use super::{CHROME, EDGE, SPOOLSV, SVCHOST, VENDOR};
use pipemine::draft::Options;

/// Noise of the vendor's program, beside what is in the fleet, and the attacker's names in the same program.
#[track_caller]
fn stays_beside(noise: &[&str], attack: &[&str], image: &str) {
    let noise = play(&used(noise.iter().copied(), image));
    let traces = play(&used(attack.iter().copied(), image));
    let all: Vec<_> = noise.iter().chain(&traces).cloned().collect();
    let made = Made::of(&poisoned(&all), &Options::default());
    assert_stays(0, &traces, &made);
    let dropped = made.count(&noise);
    assert!(
        dropped * 100 >= noise.len() as u64 * 90,
        "{dropped} of {}: {}",
        noise.len(),
        made.text
    );
}

#[test]
fn a_known_bad_name_in_a_family_of_many() {
    let many: Vec<String> = (0..80)
        .map(|i| format!(r"\kekeo_n{}{}", char::from(b'a' + i % 26), i / 26))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    stays_beside(&many, &[r"\kekeo_tsssp_endpoint"], VENDOR);
}

#[test]
fn known_bad_names_that_begin_as_a_family_does() {
    stays_beside(
        &[r"\windows.a", r"\windows.b", r"\windows.c"],
        &[r"\windows.update.manager{n}"],
        VENDOR,
    );
    stays_beside(
        &[r"\mypipe-a", r"\mypipe-b", r"\mypipe-c"],
        &[r"\mypipe-f{n}", r"\mypipe-h{n}"],
        VENDOR,
    );
    stays_beside(
        &[r"\isapi_a", r"\isapi_b", r"\isapi_c"],
        &[r"\isapi_http", r"\isapi_dg2"],
        VENDOR,
    );
}

#[test]
fn a_beginning_that_is_shortened_to_nothing() {
    let names = [
        r"\a.x",
        r"\a.y",
        r"\b.x",
        r"\b.y",
        r"\.{n}",
        r"\-{n}",
        r"\_{word}",
        r"\LOCAL\{word}",
        r"\LOCAL\-{n}",
    ];
    stays(used_in(names, [SVCHOST, EDGE]));
}

#[test]
fn many_names_below_a_well_known_one() {
    let many: Vec<String> = (0..70)
        .map(|i| format!(r"\TermSrv_API_{}{i}", char::from(b'a' + i % 26)))
        .collect();
    stays(used(many.iter().map(String::as_str), SVCHOST));
    stays(used([r"\TSVCPIPE-a-x", r"\TSVCPIPE-b-x", r"\TSVCPIPE-c-x"], SVCHOST));
}

#[test]
fn many_guids_and_a_name_that_sorts_behind_them() {
    // The attacker's GUIDs cannot be told from those of a session; what he adds to them can.
    let guids = play(&[created(r"\TSVCPIPE-{guid}", SVCHOST).times(20)]);
    let traces = play(&used(
        [
            r"\TSVCPIPE-zzc2",
            r"\TSVCPIPE-zzc3",
            r"\TSVCPIPE-zzc4",
            r"\TSVCPIPE-{guid}-c2",
        ],
        SVCHOST,
    ));
    let all: Vec<_> = guids.iter().chain(&traces).cloned().collect();
    assert_stays(0, &traces, &Made::of(&poisoned(&all), &Options::default()));
}

#[test]
fn names_in_a_programs_own_folder() {
    stays(used(
        [r"\LOCAL\c2", r"\LOCAL\mojo.c2", r"\LOCAL\mojo.external_task_manager_c2"],
        EDGE,
    ));
}

#[test]
fn one_image_of_several_that_share_a_rule() {
    // RuntimeBroker, explorer and smartscreen open the same names; none of them makes them.
    stays([
        created(r"\wkssvc", r"C:\Windows\System32\RuntimeBroker.exe"),
        connected(r"\svcctl", r"C:\Windows\System32\smartscreen.exe"),
        created(r"\srvsvc", r"C:\Windows\explorer.exe"),
        connected(r"\telemetry", r"C:\Windows\System32\taskhostw.exe"),
    ]);
}

#[test]
fn the_same_name_by_the_own_and_by_another_process() {
    // The name is proved in one event, and is a look-alike in another.
    stays_at_a_price(
        45,
        [
            created(r"\mojo.{pid}.{n}.{u64}", CHROME),
            created(r"\mojo.2000.{n}.{u64}", CHROME).times(4),
        ],
    );
}

#[test]
fn image_folders_of_versions_hold_no_others() {
    let vendor = |version: &str| format!(r"C:\Program Files\Contoso\{version}\contoso.exe");
    let mut noise = Vec::new();
    for version in ["1.2.3", "1.3.0"] {
        noise.extend(used([r"\ContosoPipe"], &vendor(version)));
    }
    let noise = play(&noise);
    let payloads = [
        vendor("1.4.0 "),
        vendor(r"data:x"),
        vendor(r"..\..\Users\Public"),
        vendor("DATA~1"),
    ];
    let traces = play(
        &payloads
            .iter()
            .flat_map(|image| used([r"\ContosoPipe"], image))
            .collect::<Vec<_>>(),
    );
    let all: Vec<_> = noise.iter().chain(&traces).cloned().collect();
    let made = Made::of(&poisoned(&all), &Options::default());
    assert_stays(0, &traces, &made);
    assert_eq!(made.count(&noise), noise.len() as u64, "{}", made.text);
    assert!(made.count(&CLEAN.events) > 0);
}

/// Asserts that the draft of a fleet that does `noise` holds none of `names`, which were never seen, in the same program.
#[track_caller]
fn never_holds(noise: &[Deed], names: &[&str], image: &str) {
    let noise = play(noise);
    let made = Made::of(&poisoned(&noise), &Options::default());
    assert!(made.count(&noise) * 100 >= noise.len() as u64 * 90, "{}", made.text);
    assert_stays(0, &play(&used(names.iter().copied(), image)), &made);
}

#[test]
fn known_bad_names_that_come_later_behind_a_familys_beginning() {
    let names = [
        r"\LOCAL\mojo.5688.8052.183894939787088877ab",
        r"\LOCAL\mojo.a\msagent_12",
        r"\LOCAL\mojo.1\gruntsvc",
        r"\LOCAL\mojo.1\LOCAL\postex_ab",
    ];
    never_holds(&[created(r"\LOCAL\mojo.{pid}.{n}.{u64}", EDGE)], &names, EDGE);
    let names = [
        r"\mojo.1\postex_ab",
        r"\mojo.\mojo_7",
        r"\mojo.1\svc\status_ab",
        r"\mojo.1\demoagent_11",
        r"\crashpad_1\postex_ab",
    ];
    never_holds(&[created(r"\mojo.{pid}.{n}.{u64}", CHROME)], &names, CHROME);
    let node = r"C:\Program Files\nodejs\node.exe";
    let names = [r"\uv\postex_ab", r"\uv\gruntsvc", r"\uv\f4c3ab", r"\uv\ab\msagent_1"];
    stays(used(names, node));
}

#[test]
fn a_known_bad_name_beyond_those_of_a_family_that_are_shown() {
    let many: Vec<String> = (0..30).map(|i| format!(r"\LOCAL\demoagent_0{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    stays_beside(&many, &[r"\LOCAL\demoagent_11"], VENDOR);
    let many: Vec<String> = (0..30).map(|i| format!(r"\a\kekeo_{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    stays_beside(&many, &[r"\a\kekeo_tsssp_endpoint"], VENDOR);
}

/// Asserts that the draft of what `seen` do with one pipe drops it of them, and not of `others`, which were never seen.
#[track_caller]
fn holds_no_other_image(seen: &[String], others: &[&str], name: &str, options: &Options) {
    let noise = play(&seen.iter().flat_map(|image| used([name], image)).collect::<Vec<_>>());
    let made = Made::of(&poisoned(&noise), options);
    assert_eq!(made.count(&noise), noise.len() as u64, "{}", made.text);
    let traces = play(&others.iter().flat_map(|image| used([name], image)).collect::<Vec<_>>());
    assert_stays(0, &traces, &made);
}

#[test]
fn programs_that_lie_elsewhere_and_were_never_seen() {
    let versions = |folder: &str| ["1.2.3", "1.2.4"].map(|version| format!(r"{folder}\{version}\contoso.exe"));
    holds_no_other_image(
        &versions(r"C:\Program Files (x86)"),
        &[
            r"C:\Program Files (x86)\Steam\contoso.exe",
            r"C:\Program Files (x86)\x\1.2.3\contoso.exe",
            r"C:\Program Files (x86)\..\Users\Public\contoso.exe",
        ],
        r"\ContosoPipe",
        &Options::default(),
    );
    holds_no_other_image(
        &versions(r"C:\Program Files\Vendor"),
        &[
            r"C:\Program Files\Vendor\..\..\Users\Public\contoso.exe",
            r"C:\Program Files\Vendor\1.2.3\..\..\..\Users\Public\contoso.exe",
            r"C:\Program Files\Contoso\1.2.3\contoso.exe",
        ],
        r"\ContosoPipe",
        &Options::default(),
    );
}

#[test]
fn programs_in_other_profiles_than_those_that_were_decided_on() {
    let teams = |user: &str| format!(r"C:\Users\{user}\AppData\Local\Microsoft\Teams\current\Teams.exe");
    let decision = format!("exclude-anyway\tany\t\\TeamsPipe\t{}\tours", teams("<user>"));
    let options = Options {
        decisions: pipemine::draft::decisions::Decisions::parse(&decision).unwrap(),
        ..Options::default()
    };
    holds_no_other_image(
        &["alice", "bob"].map(teams),
        &[
            &teams("Public"),
            &teams(r"alice\Downloads"),
            &teams(r"alice\..\Public"),
            &teams("mallory"),
        ],
        r"\TeamsPipe",
        &options,
    );
}

#[test]
fn sockets_with_a_constant_that_is_no_process_id() {
    for image in [SVCHOST, SPOOLSV] {
        let own = created(r"\Winsock2\CatalogChangeListener-{pidx}-0", image);
        let names = [
            r"\Winsock2\CatalogChangeListener-3a7-0",
            r"\Winsock2\CatalogChangeListener-3a7-0,",
            r"\Winsock2\CatalogChangeListener-3a8-0,",
        ];
        never_holds(&[own], &names, image);
    }
}
