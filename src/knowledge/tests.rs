#![allow(
    clippy::print_stdout,
    reason = "a skipped test says so, and a measurement is to be read"
)]

use std::time::{Duration, Instant};

use super::*;

#[test]
fn every_entry_says_what_and_whence() {
    let knowledge = Knowledge::builtin();
    let mut seen = indexmap::IndexSet::new();
    for entry in knowledge.list() {
        assert!(
            !entry.what.trim().is_empty() && !entry.source.trim().is_empty(),
            "{entry:?}"
        );
        let key = (
            entry.list,
            entry.pattern.as_str().to_ascii_lowercase(),
            entry.group.clone(),
            entry.event,
        );
        assert!(seen.insert(key), "twice: {entry:?}");
    }
    for list in List::ALL {
        assert!(knowledge.list().any(|entry| entry.list == list), "{list} is empty");
    }
}

#[test]
fn every_entry_is_found_by_its_own_examples() {
    let knowledge = Knowledge::builtin();
    for entry in knowledge.list() {
        for example in entry.pattern.examples() {
            let subject = Subject::template(&example, "program", false);
            let found = knowledge.fitting(entry.list, &example, &subject);
            assert!(found.contains(&entry), "{entry:?} {example}");
        }
    }
}

#[test]
fn every_group_that_is_named_has_hosts() {
    let knowledge = Knowledge::builtin();
    let hosts = |group: &str| {
        knowledge
            .list()
            .any(|e| e.list == List::Host && e.group.as_deref() == Some(group))
    };
    for entry in knowledge.list() {
        for group in entry.group.iter().chain(&entry.unless) {
            assert!(hosts(group), "{entry:?}");
        }
    }
}

#[test]
fn bad_names_are_told_from_their_neighbours() {
    let is_bad = |name: &str| Knowledge::builtin().known_bad(name).is_some();
    for (bad, good) in [
        (r"\MSSE-1337-server", r"\MSSE-1337"),
        (r"\postex_ssh_fedac123", r"\postex"),
        (r"\msagent_fedac123", r"\msagent"),
        (r"\status_1", r"\status"),
        (r"\mojo_5688", r"\mojo.5688.7.1"),
        (
            r"\mojo.5688.8052.183894939787088877ab",
            r"\mojo.5688.8052.283894939787088877",
        ),
        (r"\srvsvc_x", r"\srvsvc"),
        (r"\samr_1", r"\samr"),
        (r"\netlogon_", r"\netlogon"),
        (r"\lsarpc_1", r"\lsarpc"),
        (r"\wkssvca1", r"\wkssvc"),
        (r"\WKSSVC_1", r"\WKSSVC"),
        (r"\ntsvcs12", r"\ntsvcs"),
        (r"\scerpc_ab", r"\scerpc"),
        (r"\spoolss_1", r"\spoolss"),
        (r"\DserNamePipe1f", r"\DserNamePipeR12"),
        (r"\SearchTextHarvesterab", r"\SearchTextHarvester"),
        (r"\MsFteWdsab", r"\MsFteWds"),
        (r"\PGMessagePipe01", r"\PGMessagePipe"),
        (
            r"\Winsock2\CatalogChangeListener-3e8-0,",
            r"\Winsock2\CatalogChangeListener-3e8-0",
        ),
        (r"\PSEXESVC-WS01-7256-stdin", r"\PSEXEC"),
        (r"\psexesvc", r"\psexesv"),
        (r"\x\psexesvc", r"\xpsexesvc"),
        (r"\svc-postex_1", r"\svcpostex_1"),
        (r"\remsvc-WS01-4204-stdout", r"\remsvc-WS01-stdout"),
        (r"\PoshC2", r"\PSHost.1.2.DefaultAppDomain.powershell"),
        (r"\lsassw", r"\lsass"),
        (r"\AnonymousPipe", "<Anonymous Pipe>"),
        (r"\x\lsadump1", r"\lsadum"),
        (r"\a1b2\pipe\srvsvc", r"\pipeline\x"),
        (r"\x\coerced\pipe", r"\coerce"),
        (r"\isapi_dg2", r"\isapi_d"),
        (r"\kekeo_tsssp_endpoint", r"\kekeo"),
        (r"\RemCom_communicaton", r"\Remote"),
        (r"\testPipe", r"\testPipe2"),
        (r"\bc367", r"\bc3678"),
        (r"\rpc_1", r"\ROUTER"),
        (r"\win\msrpc_1", r"\win\msrpc"),
        (r"\REDSUN", r"\REDSUNSET"),
        (r"\MerlinPipe", r"\Merlin2"),
        (r"\NetClient_3fa1", r"\NetClient"),
        (r"\halfduplex_ab", r"\halfduplex"),
        (r"\npfs_ab", r"\npfs"),
        (r"\SapIServerPipes-1-ab", r"\SapiServerPipeS-1-5-5-0-70123"),
        (r"\xyz\pipe\other", r"\xyz\pipe\CtxShare2"),
        (r"\pipe\srvsvc", r"\pipe\LOCAL\Monitorian"),
    ] {
        assert!(is_bad(bad), "{bad}");
        assert!(!is_bad(good), "{good}");
    }
    assert!(!is_bad(""));
    assert!(!is_bad("\\"));
}

#[test]
fn no_name_of_windows_is_bad() {
    let knowledge = Knowledge::builtin();
    for pipe in knowledge
        .list()
        .filter(|entry| entry.list == List::WellKnown || entry.list == List::Family)
    {
        for name in pipe.pattern.examples() {
            assert_eq!(knowledge.known_bad(&name), None, "{name}");
        }
    }
}

#[test]
fn some_names_are_bad_in_some_images() {
    const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
    const PSHOST: &str = r"\PSHost.132398639893402046.6536.DefaultAppDomain.x";
    let what = |name, image| {
        Knowledge::builtin()
            .known_bad_of(name, &[image])
            .map(|entry| &*entry.what)
    };
    assert_eq!(what(PSHOST, POWERSHELL), None);
    assert_eq!(what(PSHOST, r"c:\windows\system32\wsmprovhost.exe"), None);
    assert_eq!(what(PSHOST, r"C:\windows\system32\wbem\wmiprvse.exe"), None);
    for image in [
        r"C:\windows\system32\notepad.exe",
        r"C:\Temp\powershell.exe",
        r"D:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r"C:\Windows\System32\svchost.exe",
        "",
    ] {
        assert!(
            what(PSHOST, image).is_some_and(|what| what.contains("PowerShell")),
            "{image}"
        );
    }
    for name in [r"\lsass", "<Anonymous Pipe>", "-", ""] {
        assert!(
            what(name, r"C:\Windows\System32\wbem\scrcons.exe").is_some_and(|what| what.contains("WMI")),
            "{name}"
        );
        assert_eq!(what(name, r"C:\Windows\System32\wbem\wmiprvse.exe"), None);
    }
    assert!(what(r"\MICROSOFT##WID\tsql\query", r"C:\Users\a\x.exe").is_some());
    assert_eq!(
        what(r"\MICROSOFT##WID\tsql\query", r"C:\Windows\WID\Binn\sqlservr.exe"),
        None
    );
}

#[test]
fn a_bad_name_is_bad_below_a_folder_too() {
    let knowledge = Knowledge::builtin();
    for name in [
        r"\gruntsvc",
        r"\LOCAL\gruntsvc",
        r"\a\b\postex_1",
        r"\LOCAL\mojo.a\msagent_12",
    ] {
        assert!(knowledge.known_bad(name).is_some(), "{name}");
    }
    let notepad = r"C:\Windows\System32\notepad.exe";
    assert!(
        knowledge
            .known_bad_of(r"\LOCAL\PSHost.1.2.x.notepad", &[notepad])
            .is_some()
    );
    assert!(knowledge.known_bad(r"\LOCAL\xgruntsvc").is_none());
}

#[test]
fn owners_are_exact_paths() {
    let knowledge = Knowledge::builtin();
    let owns = |name, image| knowledge.is_owner(name, image);
    assert!(owns(r"\lsass", r"C:\Windows\System32\lsass.exe"));
    assert!(owns(r"\LSASS", r"c:\windows\system32\LSASS.EXE"));
    assert!(owns(
        r"\TSVCPIPE-4ef6dd6f-2a1b-49f9-a6fd-8b12c8afbbfd",
        r"C:\Windows\System32\svchost.exe"
    ));
    for image in [
        r"D:\Windows\System32\lsass.exe",
        r"C:\Windows\SysWOW64\lsass.exe",
        r"C:\Windows \System32\lsass.exe",
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\System32\lsass.exe ",
        "lsass.exe",
        "System",
        "",
    ] {
        assert!(!owns(r"\lsass", image), "{image}");
    }
    assert!(!owns("<Anonymous Pipe>", r"C:\Windows\System32\svchost.exe"));
    assert!(knowledge.well_known("<anonymous pipe>").is_some());
    assert!(knowledge.well_known(r"\lsass2").is_none());
}

#[test]
fn programs_that_run_foreign_code() {
    let runs = |image: &str| Knowledge::builtin().runs_foreign_code(image).is_some();
    for image in [
        r"C:\Windows\System32\rundll32.exe",
        r"C:\windows\syswow64\RUNDLL32.EXE",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r"C:\Windows\Microsoft.NET\Framework\v4.0.30319\MSBuild.exe",
        r"C:\Program Files\Python312\python.exe",
        r"C:\Python\python3.11.exe",
        r"C:\Program Files\Java\jre\bin\javaw.exe",
        r"C:\Windows\System32\notepad.exe",
        r"D:\mshta.exe",
    ] {
        assert!(runs(image), "{image}");
    }
    for image in [
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\System32\wbem\wmiprvse.exe",
        r"C:\Windows\explorer.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files\Vendor\javascript.exe",
        r"C:\mshta.exe\x.exe",
        "System",
        "",
    ] {
        assert!(!runs(image), "{image}");
    }
}

#[test]
fn a_bad_file_adds_nothing_and_names_its_line() {
    let mut knowledge = Knowledge::builtin().clone();
    let before = knowledge.list().count();
    let error = knowledge
        .extend("\u{FEFF}# ours\r\nknown-bad\t\\good_<*>\tx\ty\r\nknown-bad\t\\x<oops\tx\ty")
        .unwrap_err();
    assert_eq!(error.line, 3);
    assert_eq!(
        error.to_string(),
        "line 3: a `<` has no `>`; write `<<` for the character itself"
    );
    assert_eq!(knowledge.list().count(), before);
    knowledge.extend("\u{FEFF}known-bad\t\\our_<*>\tx\ty\r\n").unwrap();
    assert_eq!(knowledge.list().count(), before + 1);
    assert!(knowledge.known_bad(r"\our_1").is_some() && Knowledge::builtin().known_bad(r"\our_1").is_none());
}

#[test]
fn nothing_is_known_of_nothing() {
    let knowledge = Knowledge::default();
    assert!(knowledge.known_bad(r"\lsass").is_none() && knowledge.well_known(r"\lsass").is_none());
    assert!(knowledge.attack_witnesses().is_empty());
}

#[test]
fn a_million_names_take_a_moment() {
    let knowledge = Knowledge::builtin();
    let image = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
    let start = Instant::now();
    let rounds: u64 = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
    let mut bad = 0;
    for i in 0..rounds {
        let name = format!(r"\mojo.{i}.{}.{}", i * 7, i * 1_000_003);
        bad += usize::from(knowledge.known_bad(&name).is_some());
        bad += usize::from(knowledge.known_bad_of(&name, &[image]).is_some());
        bad += usize::from(knowledge.well_known(&name).is_some());
    }
    println!("{rounds} names: {:?}", start.elapsed());
    assert_eq!(bad, 0);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// Real events with labels: what an attacker did must be seen, what is benign must not be called bad.
#[test]
fn real_events_are_judged_rightly() {
    let Some(folder) = crate::test_support::real_logs("") else {
        return;
    };
    let events = std::fs::read_to_string(folder.join("pipe-events.jsonl")).unwrap();
    let labels = std::fs::read_to_string(folder.join("pipe-events.labels.tsv")).unwrap();
    let knowledge = Knowledge::builtin();
    let mut attacks = (0, 0);
    for (event, label) in events.lines().zip(labels.lines()) {
        let event: serde_json::Value = serde_json::from_str(event).unwrap();
        let field = |name| {
            event
                .get(name)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
        };
        let (name, image) = (field("PipeName"), field("Image"));
        let bad = knowledge.known_bad_of(&name, &[&image]);
        let place = knowledge.writable(&image).or_else(|| knowledge.masquerade(&image));
        let foreign = knowledge.runs_foreign_code(&image);
        match label {
            "benign" => {
                assert_eq!(bad, None, "{name} {image}");
                assert_eq!(place, None, "{name} {image}");
                assert_eq!(foreign, None, "{name} {image}");
                let is_creation = event.get("EventID").and_then(serde_json::Value::as_u64) == Some(17);
                if is_creation && knowledge.well_known(&name).is_some_and(|pipe| !pipe.owners.is_empty()) {
                    assert!(knowledge.is_owner(&name, &image), "{name} {image}");
                }
            }
            "attack" => {
                attacks.0 += 1;
                let is_seen = bad.is_some() || place.is_some() || foreign.is_some() || image == "System";
                attacks.1 += usize::from(is_seen);
                if !is_seen {
                    println!("not seen: {name} {image}");
                }
            }
            _ => {}
        }
    }
    println!(
        "attack events of which something is known: {} of {}",
        attacks.1, attacks.0
    );
    assert!(attacks.0 > 100 && attacks.1 * 100 >= attacks.0 * 95, "{attacks:?}");
}
