use super::*;
use crate::test_support::{OwnedEvent, folded};

/// A baseline of connections: image, name, process id, host.
fn made_of(events: &[(&str, &str, u32, &str)]) -> Baseline {
    let event = |(id, (image, name, pid, host)): (usize, &(&str, &str, u32, &str))| {
        let event = OwnedEvent::connected(name).image(image).host(host);
        event.time(1_700_000_000_000).process_id(*pid).record_id(id as u64)
    };
    folded(&events.iter().enumerate().map(event).collect::<Vec<_>>())
}

fn shown(baseline: &Baseline) -> Vec<(String, u64)> {
    families(baseline, baseline::Part::ALL)
        .iter()
        .map(|family| (family.name.to_string(), family.evidence.events()))
        .collect()
}

const TRAY: &str = r"C:\Windows\System32\VBoxService.exe";

#[test]
fn names_that_differ_in_their_last_part_are_one_family() {
    let all = made_of(&[
        (TRAY, r"\VBoxTrayIPC-stevie.marie", 5, "a"),
        (TRAY, r"\VBoxTrayIPC-pedro", 5, "b"),
        (TRAY, r"\vboxtrayipc-it01-pedro", 5, "c"),
        (TRAY, r"\other", 5, "c"),
    ]);
    assert_eq!(
        shown(&all),
        [(r"\VBoxTrayIPC-<*>".to_owned(), 3), (r"\other".to_owned(), 1)]
    );
    let family = &families(&all, baseline::Part::ALL)[0];
    assert_eq!((family.name_count, family.evidence.hosts().len()), (3, 3));
    assert!(family.name.matches(r"\VBoxTrayIPC-somebody") && !family.name.matches(r"\VBoxTray"));
}

#[test]
fn two_names_and_names_of_another_image_make_no_family() {
    let all = made_of(&[
        (TRAY, r"\VBoxTrayIPC-a", 5, "a"),
        (TRAY, r"\VBoxTrayIPC-b", 5, "b"),
        (r"C:\x.exe", r"\VBoxTrayIPC-c", 5, "c"),
    ]);
    assert_eq!(shown(&all).len(), 3);
}

#[test]
fn a_folder_of_names_or_a_short_beginning_is_no_family() {
    let all = made_of(&[
        (TRAY, r"\LOCAL\one", 5, "a"),
        (TRAY, r"\LOCAL\two", 5, "b"),
        (TRAY, r"\LOCAL\three", 5, "c"),
        (TRAY, r"\a-one", 5, "a"),
        (TRAY, r"\a-two", 5, "b"),
        (TRAY, r"\a-three", 5, "c"),
    ]);
    assert_eq!(shown(&all).len(), 6);
}

#[test]
fn a_proved_process_id_is_a_family_of_one_and_a_number_needs_six() {
    let all = made_of(&[
        (TRAY, r"\dotnet-diagnostic-4204", 4204, "a"),
        (TRAY, r"\discord-ipc-0", 5, "a"),
        (TRAY, r"\discord-ipc-1", 5, "a"),
        (TRAY, r"\cubeb-pipe-1", 5, "a"),
        (TRAY, r"\cubeb-pipe-2", 5, "a"),
        (TRAY, r"\cubeb-pipe-3", 5, "a"),
        (TRAY, r"\cubeb-pipe-4", 5, "a"),
        (TRAY, r"\cubeb-pipe-5", 5, "a"),
        (TRAY, r"\cubeb-pipe-6", 5, "a"),
    ]);
    let names: Vec<String> = shown(&all).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            r"\cubeb-pipe-<n>",
            r"\discord-ipc-0",
            r"\discord-ipc-1",
            r"\dotnet-diagnostic-<pid>"
        ]
    );
}

#[test]
fn one_program_in_folders_of_versions_is_one_image() {
    let edge = |version| format!(r"C:\Program Files\Edge\{version}\helper.exe");
    let (old, new) = (edge("1.2.3"), edge("1.3.0"));
    let all = made_of(&[(&old, r"\wkssvc", 5, "a"), (&new, r"\wkssvc", 5, "b")]);
    let families = families(&all, baseline::Part::ALL);
    assert_eq!(families.len(), 1);
    assert_eq!(families[0].image.to_string(), edge("<version>"));
    assert_eq!(families[0].images, [old, new]);
}

#[test]
fn the_random_end_that_one_name_did_not_prove_is_found_by_many() {
    let all = made_of(&[
        (TRAY, r"\crashpad_4204_anelotavimer", 4204, "a"),
        (TRAY, r"\crashpad_4205_orevatilenas", 4205, "a"),
        (TRAY, r"\crashpad_4206_imatorelavun", 4206, "a"),
    ]);
    assert_eq!(shown(&all), [(r"\crashpad_<pid>_<*>".to_owned(), 3)]);
}

#[test]
fn a_random_name_that_is_the_same_on_two_hosts_is_no_member_of_its_family() {
    const CONSTANT: &str = r"\mojo.1.2.1838949397870888770";
    let names: Vec<String> = (1..=6).map(|n| format!(r"\mojo.1.2.{n}22222222222222222")).collect();
    let mut events = vec![(TRAY, CONSTANT, 5, "a"), (TRAY, CONSTANT, 5, "b")];
    events.extend(
        names
            .iter()
            .zip(["a", "b"].iter().cycle())
            .map(|(name, host)| (TRAY, &**name, 5, *host)),
    );
    assert_eq!(
        shown(&made_of(&events)),
        [(r"\mojo.<n>.<n>.<n>".to_owned(), 6), (CONSTANT.to_owned(), 2)]
    );
}

/// Names of one program: each by a host, once.
fn pooled(names: &[(&str, &str)]) -> Vec<(String, bool)> {
    let events: Vec<_> = names
        .iter()
        .map(|(name, host)| (r"C:\Program Files\Contoso\agent.exe", *name, 5, *host))
        .collect();
    families(&made_of(&events), baseline::Part::ALL)
        .iter()
        .map(|family| (family.name.to_string(), family.pools_evidence))
        .collect()
}

#[test]
fn single_names_on_several_hosts_do_not_speak_for_one_another() {
    let three = pooled(&[
        (r"\updater-tobaku", "a"),
        (r"\updater-mirelo", "b"),
        (r"\updater-sadopi", "c"),
    ]);
    assert_eq!(three.len(), 3);
    let names = ["tobaku", "mirelo", "sadopi", "lunera", "kavito", "peloma", "rusina"];
    let named: Vec<String> = names.iter().map(|name| format!(r"\updater-{name}")).collect();
    let on = |hosts: &[&'static str]| -> Vec<(String, bool)> {
        let events: Vec<(&str, &str)> = named.iter().map(|name| &**name).zip(hosts.iter().copied()).collect();
        pooled(&events)
    };
    let family = |pools| vec![(r"\updater-<*>".to_owned(), pools)];
    assert_eq!(
        on(&["a", "b", "c", "d", "e", "f", "g"]),
        family(false),
        "each host has one"
    );
    assert_eq!(
        on(&["a", "a", "a", "a", "a", "a", "a"]),
        family(false),
        "one host has all"
    );
    assert_eq!(on(&["a", "a", "b", "b", "c", "c", "d"]), family(true));
    assert_eq!(on(&["a", "a", "b", "b", "c"]).len(), 5, "five names are no family");
}

#[test]
fn of_names_that_do_not_speak_for_one_another_those_with_evidence_stand_alone() {
    let mut names: Vec<(String, &str)> = (0..7).map(|n| (format!(r"\agent-4{n}7"), "a")).collect();
    names.push((r"\agent-500".into(), "a"));
    names.push((r"\agent-500".into(), "b"));
    let names: Vec<(&str, &str)> = names.iter().map(|(name, host)| (&**name, *host)).collect();
    assert_eq!(
        pooled(&names),
        [(r"\agent-<n>".to_owned(), false), (r"\agent-500".to_owned(), true)]
    );
}
