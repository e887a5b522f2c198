//! No damage of any log or export makes the readers panic, hang or name a place that is not there.
//!
//! A few hundred of each here; `PIPEMINE_MUTANTS=20000 cargo test --release --test it mutants -- --nocapture` tries so many of
//! each, and runs the program on as many.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Cursor;
use std::process::Stdio;
use std::time::{Duration, Instant};

use pipemine::baseline::{Fold, Occurrences};
use pipemine::event::PipeEvent;
use pipemine::source::Sink;
use pipemine::source::container::{Input, Limits, read};
use pipemine_testdata::damage::{mutate, repair_checksums};
use pipemine_testdata::{Event, Export, Fleet, Form, Log, Random};

use crate::harness::{Folder, pipemine};

/// How many the readers are tried with, and how many the program, where none are asked for.
const FEW: u64 = 300;
const FEW_RUNS: u64 = 20;

/// No mutant may take longer.
const LONGEST: Duration = Duration::from_secs(10);

/// How many are asked for, or else `few`.
fn count(few: u64) -> u64 {
    std::env::var("PIPEMINE_MUTANTS").map_or(few, |count| count.parse().unwrap())
}

/// Folds what is read, as a scan does.
#[derive(Default)]
struct Folding {
    fold: Fold,
    occurrences: Occurrences,
    events: u64,
    farthest: u64,
    skips: u64,
}

impl Sink for Folding {
    fn records(&mut self, _: u64) {}

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.events += 1;
        self.fold.add(event, &self.occurrences);
    }

    fn skip(&mut self, offset: u64, _: Cow<'static, str>) {
        self.skips += 1;
        self.farthest = self.farthest.max(offset);
    }
}

/// Events of a small fleet, for one log.
fn events() -> Vec<Event> {
    let fleet = Fleet {
        activity: 2,
        noise: 2,
        ..Fleet::of(1, 1, 3)
    };
    let mut events = fleet.events(&fleet.machines[0]);
    events.truncate(120);
    events
}

/// One of these, damaged.
fn mutant(originals: &[Vec<u8>], repair: bool, random: &mut Random) -> Vec<u8> {
    let mut mutant = originals[random.index(originals.len())].clone();
    let changes = random.range(1, 30);
    mutate(&mut mutant, changes, random);
    if repair && random.percent(50) {
        repair_checksums(&mut mutant);
    }
    mutant
}

/// Tries mutants of these; tells how many events they gave in all and the longest time.
fn try_all(originals: &[Vec<u8>], seed: u64, repair: bool) -> (u64, Duration) {
    let (mut events, mut longest) = (0, Duration::ZERO);
    for nth in 0..count(FEW) {
        let mut random = Random::new(seed << 32 | nth);
        let mutant = mutant(originals, repair, &mut random);
        let start = Instant::now();
        let mut sink = Folding::default();
        let input = if random.percent(50) {
            read(
                Input::File(&mut Cursor::new(&mutant)),
                None,
                &Limits::default(),
                &mut sink,
            )
        } else {
            read(Input::Stream(&mut &mutant[..]), None, &Limits::default(), &mut sink)
        };
        input.unwrap();
        let baseline = sink.fold.finish();
        assert!(baseline.events() <= sink.events);
        assert!(sink.farthest <= mutant.len() as u64, "mutant {nth} of seed {seed}");
        longest = longest.max(start.elapsed());
        assert!(longest < LONGEST, "mutant {nth} of seed {seed} takes {longest:?}");
        events += sink.events;
    }
    (events, longest)
}

fn logs() -> Vec<Vec<u8>> {
    let events = events();
    let log = |form| {
        let mut log = Log::new("WS01").form(form);
        for event in &events {
            log.push(event).unwrap();
        }
        log.into_bytes()
    };
    [Form::Live, Form::Export, Form::Forwarded, Form::Literal]
        .map(log)
        .to_vec()
}

fn exports() -> Vec<Vec<u8>> {
    let events = events();
    Export::ALL.iter().map(|form| form.file(&events).into_bytes()).collect()
}

#[test]
fn mutated_logs() {
    let (events, longest) = try_all(&logs(), 1, true);
    let count = count(FEW);
    eprintln!("{count} mutated logs: {events} events, the longest took {longest:?}");
    assert!(events > count, "most damage leaves something to read: {events}");
}

#[test]
fn mutated_exports() {
    let (events, longest) = try_all(&exports(), 2, false);
    let count = count(FEW);
    eprintln!("{count} mutated exports: {events} events, the longest took {longest:?}");
    assert!(events > count, "most damage leaves something to read: {events}");
}

/// Runs the program on mutants of these, one at a time: it ends by itself, and with a word where it could not read all.
fn run_all(what: &str, originals: &[Vec<u8>], seed: u64, repair: bool) {
    let folder = Folder::new();
    let (mut ends, mut longest) = (BTreeMap::new(), Duration::ZERO);
    let count = count(FEW_RUNS);
    for nth in 0..count {
        folder.write("mutant", mutant(originals, repair, &mut Random::new(seed << 32 | nth)));
        let said = File::create(folder.path("said")).unwrap();
        let start = Instant::now();
        let mut run = pipemine()
            .args(["scan", "mutant"])
            .current_dir(folder.path("."))
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .unwrap();
        let code = loop {
            if let Some(status) = run.try_wait().unwrap() {
                break status.code();
            }
            if start.elapsed() > LONGEST {
                run.kill().unwrap();
                panic!("mutant {nth} of seed {seed} takes longer than {LONGEST:?}");
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        longest = longest.max(start.elapsed());
        let said = folder.read("said");
        let is_told = code == Some(0) || !said.is_empty();
        assert!(
            matches!(code, Some(0 | 1 | 3)) && is_told && !said.contains("panicked"),
            "mutant {nth} of seed {seed} ends with {code:?}: {said}"
        );
        *ends.entry(code).or_insert(0_u64) += 1;
    }
    eprintln!("{count} runs on mutated {what}: exit codes {ends:?}, the longest took {longest:?}");
}

#[test]
fn the_program_ends_with_a_word_on_any_mutated_log() {
    run_all("logs", &logs(), 3, true);
}

#[test]
fn the_program_ends_with_a_word_on_any_mutated_export() {
    run_all("exports", &exports(), 4, false);
}
