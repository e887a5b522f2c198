//! How fast event logs are read, beside how fast their bytes are: a reader can be no faster.
//!
//! ```text
//! cargo bench --bench decode                              the logs in testdata/fleet
//! PIPEMINE_REAL_LOGS=logs cargo bench --bench decode      the .evtx files below a folder, or one file
//! ```

#![allow(clippy::unwrap_used, reason = "a bench that cannot read its logs has nothing to say")]

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pipemine::event::PipeEvent;
use pipemine::source::{Sink, evtx};

fn main() {
    divan::main();
}

/// The logs to read, and their size.
fn logs() -> (Vec<PathBuf>, u64) {
    let fleet = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fleet");
    let given = std::env::var_os("PIPEMINE_REAL_LOGS").map_or(fleet, PathBuf::from);
    let files = walkdir::WalkDir::new(given)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && entry.path().extension().is_some_and(|ending| ending == "evtx"));
    let mut logs: Vec<_> = files.map(|entry| entry.into_path()).collect();
    logs.sort();
    let size = logs
        .iter()
        .filter_map(|log| std::fs::metadata(log).ok())
        .map(|log| log.len())
        .sum();
    (logs, size)
}

/// A sink that looks at every value and keeps none.
#[derive(Default)]
struct Counted {
    records: u64,
    text: usize,
}

impl Sink for Counted {
    fn records(&mut self, count: u64) {
        self.records += count;
    }
    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.text += black_box(event).pipe_name.len();
    }
    fn skip(&mut self, _: u64, _: Cow<'static, str>) {}
}

#[divan::bench]
fn bytes(bencher: Bencher<'_, '_>) {
    let (logs, size) = logs();
    let mut buffer = vec![0; 128 << 10];
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        for log in &logs {
            let mut file = File::open(log).unwrap();
            while file.read(&mut buffer).unwrap() > 0 {
                black_box(&buffer);
            }
        }
    });
}

#[divan::bench]
fn events(bencher: Bencher<'_, '_>) {
    let (logs, size) = logs();
    let mut reader = evtx::Reader::default();
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        let mut counted = Counted::default();
        for log in &logs {
            reader.read(&mut File::open(log).unwrap(), 0, &mut counted).unwrap();
        }
        counted.records
    });
}
