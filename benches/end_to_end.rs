//! How fast whole logs are read: files in, a finished baseline out, in bytes a second, on one thread and on every core.
//!
//! The logs are in the page cache, as after a copy. What a disk can do is not measured here.

#![allow(clippy::expect_used, reason = "a benchmark without its logs measures nothing")]

use divan::Bencher;
use divan::counter::BytesCount;
use pipemine::scan::{Progress, Settings, scan};
use pipemine::source::walk::walk;
use pipemine_testdata::{Fleet, Form, Log, PipeEvent, Random, Time};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// A folder of logs, and their size.
struct Logs {
    folder: TempDir,
    bytes: u64,
}

impl Logs {
    /// One log of pipe events only, all of one form.
    fn of_pipe_events(form: Form) -> Self {
        let mut random = Random::new(1);
        let mut log = Log::new("WS01.corp.example").form(form);
        for i in 0..60_000 {
            let pid = u32::try_from(random.range(1, 5_000)).unwrap_or(1) * 4;
            let at = Time::utc(2025, 3, 3, 8, 0, 0).plus_millis(i * 977);
            let event = if random.percent(50) {
                let name = format!(r"\mojo.{pid}.{}.{}", random.range(4, 30_000), random.bits());
                PipeEvent::created(name).image(r"C:\Program Files\Google\Chrome\Application\chrome.exe")
            } else {
                PipeEvent::connected(r"\lsass")
            };
            log = log.event(event.pid(pid).at(at));
        }
        let folder = TempDir::new().expect("a folder");
        let log = log.into_bytes();
        std::fs::write(folder.path().join("log.evtx"), &log).expect("a log");
        let bytes = log.len() as u64;
        Self { folder, bytes }
    }

    /// The logs of a fleet: several files, in which most events are no pipe events.
    fn of_a_fleet() -> Self {
        let fleet = Fleet {
            noise: 1_000,
            ..Fleet::of(16, 5, 1)
        };
        let logs = fleet.logs().expect("events that fit");
        let folder = TempDir::new().expect("a folder");
        logs.write(folder.path()).expect("logs");
        let bytes = logs.files.iter().map(|file| file.bytes.len() as u64).sum();
        Self { folder, bytes }
    }

    /// Scans them on so many threads.
    fn bench(&self, threads: usize, bencher: Bencher<'_, '_>) {
        let folder = self.folder.path().to_owned();
        let settings = Settings {
            threads,
            ..Settings::default()
        };
        bencher
            .counter(BytesCount::new(self.bytes))
            .bench_local(|| scan(walk(std::slice::from_ref(&folder)), &settings, &Progress::default()));
    }
}

/// 0 is every core.
const THREADS: [usize; 2] = [1, 0];

#[divan::bench(args = THREADS, sample_count = 20)]
fn pipe_events_as_the_service_writes_them(bencher: Bencher<'_, '_>, threads: usize) {
    Logs::of_pipe_events(Form::Live).bench(threads, bencher);
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn pipe_events_exported(bencher: Bencher<'_, '_>, threads: usize) {
    Logs::of_pipe_events(Form::Export).bench(threads, bencher);
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn pipe_events_forwarded(bencher: Bencher<'_, '_>, threads: usize) {
    Logs::of_pipe_events(Form::Forwarded).bench(threads, bencher);
}

#[divan::bench(args = THREADS, sample_count = 20)]
fn logs_of_a_fleet(bencher: Bencher<'_, '_>, threads: usize) {
    Logs::of_a_fleet().bench(threads, bencher);
}
