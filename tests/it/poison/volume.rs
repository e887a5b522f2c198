//! Much of the same: events, names, hosts and days that are not there.

use pipemine::baseline::Fold;
use pipemine::draft::Options;
use pipemine::draft::decisions::{Decisions, NoteKind};
use pipemine::event::{Kind, Millis};

use super::attack::{Trace, created, used};
use super::fleet::{CLEAN, Made, assert_stays, fold, play, poisoned, stays};
use super::{CHROME, SVCHOST, VENDOR};

fn traces(count: u32, trace: impl Fn(u32) -> Trace) -> Vec<Trace> {
    (0..count).map(trace).collect()
}

fn at(host: &str, time: Millis, kind: Kind, name: String, image: &str) -> Trace {
    Trace {
        kind,
        name,
        image: image.to_owned(),
        host: host.to_owned(),
        time,
        pid: 4_204,
    }
}

#[test]
fn a_flood_of_one_process_is_no_evidence() {
    let start = CLEAN.events[0].time.0;
    let flood = traces(200_000, |i| {
        at(
            "WS-0000",
            Millis(start + i64::from(i)),
            Kind::Created,
            r"\FloodPipe".into(),
            VENDOR,
        )
    });
    let made = Made::of(&poisoned(&flood), &Options::default());
    assert_stays(0, &flood, &made);
}

#[test]
fn hosts_spelt_in_many_ways_are_one() {
    let start = CLEAN.events[0].time.0;
    let spelt = traces(400, |i| {
        let host = [
            "EVIL",
            "evil",
            "evil.corp.example",
            "Evil.",
            "EVIL.other.example",
            "",
            "-",
        ][i as usize % 7];
        at(
            host,
            Millis(start + i64::from(i)),
            Kind::Created,
            r"\SpeltPipe".into(),
            VENDOR,
        )
    });
    assert_stays(0, &spelt, &Made::of(&poisoned(&spelt), &Options::default()));
}

#[test]
fn days_of_a_wrong_clock_are_none() {
    let day = 86_400_000;
    let wrong = traces(60, |i| {
        let time = [i64::from(i) * day, 4_102_444_800_000 + i64::from(i) * day, i64::MIN / 2][i as usize % 3];
        at("WS-0000", Millis(time), Kind::Created, r"\ClockPipe".into(), VENDOR)
    });
    assert_stays(0, &wrong, &Made::of(&poisoned(&wrong), &Options::default()));
}

#[test]
fn an_event_given_many_times_is_one() {
    let once = vec![at(
        "WS-0000",
        CLEAN.events[0].time,
        Kind::Created,
        r"\OncePipe".into(),
        VENDOR,
    )];
    let mut baseline = fold(Fold::from(poisoned(&[])), &once, 2_000_000);
    for _ in 0..30 {
        baseline = baseline.merge(fold(Fold::default(), &once, 2_000_000));
    }
    assert_stays(0, &once, &Made::of(&baseline, &Options::default()));
}

#[test]
fn a_constant_among_more_names_than_are_kept() {
    // So many names of a client of the crash reporter that a sample is kept; the attacker's, on all hosts, may not be in it.
    let start = CLEAN.events[0].time.0;
    let mut flood = traces(300_000, |i| {
        let name = format!(r"\crashpad_{}_{}", 10_000 + i % 50_000, letters(i));
        at(
            "WS-0000",
            Millis(start + i64::from(i % 80_000_000)),
            Kind::Connected,
            name,
            CHROME,
        )
    });
    let constants = play(&used((0..8).map(|i| CONSTANTS[i]), CHROME));
    flood.extend(constants.iter().cloned());
    let made = Made::of(&poisoned(&flood), &Options::default());
    assert_stays(30, &constants, &made);
}

const CONSTANTS: [&str; 8] = [
    r"\crashpad_7301_QWERTYUIOPASDFGH",
    r"\crashpad_7302_QWERTYUIOPASDFGJ",
    r"\crashpad_7303_QWERTYUIOPASDFGK",
    r"\crashpad_7304_QWERTYUIOPASDFGL",
    r"\crashpad_7305_QWERTYUIOPASDFGM",
    r"\crashpad_7306_QWERTYUIOPASDFGN",
    r"\crashpad_7307_QWERTYUIOPASDFGP",
    r"\crashpad_7308_QWERTYUIOPASDFGR",
];

/// Sixteen letters that tell a number.
fn letters(mut number: u32) -> String {
    number = number.wrapping_mul(2_654_435_761);
    let letter = |i: u32| char::from(b'A' + u8::try_from((number.rotate_left(i * 5) ^ (i * 7)) % 26).unwrap());
    (0..16).map(letter).collect()
}

#[test]
fn many_names_of_ones_own() {
    stays([
        created(r"\{word}{i}", SVCHOST).times(60),
        created(r"\job-{word}-{i}", SVCHOST).times(20),
    ]);
}

#[test]
fn stale_decisions_open_nothing() {
    let decisions = format!(
        "exclude\tany\t\\mojo.<pid>.<n>.<n>\t{CHROME}\tour browsers\n\
         exclude\tany\t\\VBoxTrayIPC-<*>\t{SVCHOST}\tgone since\n\
         exclude\tcreated\t\\c2\tC:\\Users\\Public\\c2.exe\ta guard keeps it\n"
    );
    let options = Options {
        decisions: Decisions::parse(&decisions).unwrap(),
        ..Options::default()
    };
    let mut deeds = used([r"\mojo.<pid>.<n>.<n>"], CHROME);
    deeds.extend(used([r"\VBoxTrayIPC-<*>"], SVCHOST));
    deeds.extend(used([r"\c2"], r"C:\Users\Public\c2.exe"));
    let traces = play(&deeds);
    let made = Made::of(&poisoned(&traces), &options);
    assert_stays(0, &traces, &made);
    let unused = made.draft.notes.iter().filter(|note| note.kind == NoteKind::Unused);
    assert!(unused.count() <= 1);
}
