//! No damage of any log or export makes the readers panic, hang or name a place that is not there.
//!
//! A few hundred of each here; `PIPEMINE_MUTANTS=20000 cargo test --release --test it mutants` tries so many of each.

use std::borrow::Cow;
use std::io::Cursor;
use std::time::{Duration, Instant};

use pipemine::baseline::{Fold, Occurrences};
use pipemine::event::PipeEvent;
use pipemine::source::Sink;
use pipemine::source::container::{Input, Limits, read};
use pipemine_testdata::damage::{mutate, repair_checksums};
use pipemine_testdata::{Event, Export, Fleet, Form, Log, Random};

use crate::harness::Folder;

/// No mutant may take longer.
const LONGEST: Duration = Duration::from_secs(10);

fn count() -> u64 {
    std::env::var("PIPEMINE_MUTANTS").map_or(300, |count| count.parse().unwrap())
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

/// Tries mutants of these; tells how many events they gave in all and the longest time.
fn try_all(originals: &[Vec<u8>], seed: u64, repair: bool) -> (u64, Duration) {
    let (mut events, mut longest) = (0, Duration::ZERO);
    for nth in 0..count() {
        let mut random = Random::new(seed << 32 | nth);
        let mut mutant = originals[random.index(originals.len())].clone();
        let changes = random.range(1, 30);
        mutate(&mut mutant, changes, &mut random);
        if repair && random.percent(50) {
            repair_checksums(&mut mutant);
        }
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

#[test]
fn mutated_logs() {
    let events = events();
    let logs: Vec<Vec<u8>> = [Form::Live, Form::Export, Form::Forwarded, Form::Literal]
        .into_iter()
        .map(|form| {
            let mut log = Log::new("WS01").form(form);
            for event in &events {
                log.push(event).unwrap();
            }
            log.into_bytes()
        })
        .collect();
    let (events, longest) = try_all(&logs, 1, true);
    eprintln!(
        "{} mutated logs: {events} events, the longest took {longest:?}",
        count()
    );
    assert!(events > count(), "most damage leaves something to read: {events}");
}

#[test]
fn mutated_exports() {
    let events = events();
    let files: Vec<Vec<u8>> = Export::ALL.iter().map(|form| form.file(&events).into_bytes()).collect();
    let (events, longest) = try_all(&files, 2, false);
    eprintln!(
        "{} mutated exports: {events} events, the longest took {longest:?}",
        count()
    );
    assert!(events > count(), "most damage leaves something to read: {events}");
}

#[test]
fn the_program_ends_with_a_word_on_any_mutant() {
    let events = events();
    let mut log = Log::new("WS01");
    for event in &events {
        log.push(event).unwrap();
    }
    let mut originals = vec![log.into_bytes()];
    originals.extend(Export::ALL.iter().map(|form| form.file(&events).into_bytes()));
    let folder = Folder::new();
    for nth in 0..21_usize {
        let mut random = Random::new(3 << 32 | nth as u64);
        let mut mutant = originals[nth % originals.len()].clone();
        mutate(&mut mutant, 40, &mut random);
        folder.write("mutant", mutant);
        let run = folder.run(&["scan", "mutant"]);
        let code = run.code();
        assert!(matches!(code, Some(0 | 1 | 3)), "{run}");
        assert!(code == Some(0) || !run.stderr().is_empty(), "{run}");
    }
}
