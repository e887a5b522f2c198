//! How a draft's cost grows with what it is made of: names of twenty to a template, each template with a rule of its own.
//!
//! The three sizes are each four times the one before: what grows faster than n log n shows. Results are in names a second.

use divan::Bencher;
use divan::counter::ItemsCount;
use pipemine::baseline::{Baseline, Fold, Occurrences};
use pipemine::draft::{Options, draft};
use pipemine::event::{Kind, Millis, PipeEvent};
use pipemine::knowledge::Knowledge;
use pipemine_testdata::Random;

fn main() {
    divan::main();
}

/// Names of one template.
const NAMES: u64 = 20;
const HOSTS: u64 = 200;
/// Monday, 3 March 2025, 08:00 UTC.
const START: i64 = 1_740_988_800_000;
const DAY: i64 = 86_400_000;

/// A fleet whose programs make so many names, each with the id of its process.
fn baseline(names: u64) -> Baseline {
    let mut random = Random::new(5);
    let mut fold = Fold::default();
    let occurrences = Occurrences::default();
    let templates = (names / NAMES).max(1);
    for i in 0..names {
        let template = i % templates;
        let process_id = u32::try_from(random.range(250, 9_000)).unwrap_or(1) * 4;
        let name = format!(r"\svc{template:05}chan.{process_id}.{}", random.bits() >> 4);
        let image = format!(
            r"C:\Program Files\Vendor{}\App{}\app{}.exe",
            template % 40,
            template % 500,
            template % 2_000
        );
        let host = format!("H{:03}", random.range(0, HOSTS));
        let days = i64::try_from(random.range(0, 14)).unwrap_or(0);
        let event = PipeEvent {
            kind: Kind::Created,
            pipe_name: &name,
            image: &image,
            user: r"CORP\u",
            host: &host,
            time: Some(Millis(START + days * DAY)),
            process_id: Some(process_id),
            process_guid: "",
            record_id: Some(i + 1),
        };
        fold.add(&event, &occurrences);
    }
    fold.finish()
}

#[divan::bench(args = [2_500, 10_000, 40_000], sample_count = 5)]
fn of_names(bencher: Bencher<'_, '_>, names: u64) {
    let baseline = baseline(names);
    bencher
        .counter(ItemsCount::new(names))
        .bench_local(|| draft(&baseline, Knowledge::builtin(), &Options::default()));
}
