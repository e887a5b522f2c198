//! How fast events become a baseline: folding them one by one, finishing, and merging the baselines of several hosts.
//!
//! The events are those of a desktop: a few system pipes that every process opens, and names of browsers that occur once or
//! twice. Results are in events a second.

use divan::Bencher;
use divan::counter::ItemsCount;
use pipemine::baseline::{Baseline, Fold, Occurrences};
use pipemine::event::{Kind, Millis, PipeEvent};
use pipemine_testdata::Random;

fn main() {
    divan::main();
}

const SYSTEM_PIPES: [&str; 6] = [
    r"\wkssvc",
    r"\srvsvc",
    r"\lsass",
    r"\eventlog",
    r"\ntsvcs",
    "<Anonymous Pipe>",
];
const IMAGES: [&str; 5] = [
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\System32\wbem\WmiPrvSE.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\WindowsApps\MSTeams_25017.203.3370.1047_x64__8wekyb3d8bbwe\ms-teams.exe",
];
/// Monday, 3 March 2025, 08:00 UTC.
const START: i64 = 1_740_988_800_000;

/// The texts of one event.
struct Texts {
    name: String,
    image: &'static str,
    process_id: u32,
    record_id: u64,
    time: i64,
}

/// `count` events of a host over five days; three in five have a name of their own.
fn texts(count: u64, seed: u64) -> Vec<Texts> {
    let mut random = Random::new(seed);
    let step = 5 * 86_400_000 / count.max(1);
    let event = |i: u64| {
        let process_id = u32::try_from(random.range(1, 5_000)).unwrap_or(1) * 4;
        let name = if random.percent(60) {
            format!(r"\mojo.{process_id}.{}.{}", random.range(4, 30_000), random.bits())
        } else {
            (*random.pick(&SYSTEM_PIPES).unwrap_or(&r"\lsass")).to_owned()
        };
        Texts {
            name,
            image: random.pick(&IMAGES).copied().unwrap_or("System"),
            process_id,
            record_id: 100 + i,
            time: START + i64::try_from(i * step).unwrap_or(0),
        }
    };
    (0..count).map(event).collect()
}

fn fold(host: &str, texts: &[Texts]) -> Fold {
    let occurrences = Occurrences::default();
    let mut fold = Fold::default();
    for text in texts {
        let event = PipeEvent {
            kind: if text.record_id % 3 == 0 {
                Kind::Created
            } else {
                Kind::Connected
            },
            pipe_name: &text.name,
            image: text.image,
            user: r"CORP\alice",
            host,
            time: Some(Millis(text.time)),
            process_id: Some(text.process_id),
            process_guid: "{7f3d96aa-2b1c-67c5-1000-000000000400}",
            record_id: Some(text.record_id),
        };
        fold.add(&event, &occurrences);
    }
    fold
}

/// Adding events to a fold.
#[divan::bench(args = [10_000, 200_000], sample_count = 20)]
fn add(bencher: Bencher<'_, '_>, events: u64) {
    let texts = texts(events, 1);
    bencher
        .counter(ItemsCount::new(events))
        .bench_local(|| fold("WS01", &texts));
}

/// Bringing a fold into its canonical form.
#[divan::bench(args = [10_000, 200_000], sample_count = 20)]
fn finish(bencher: Bencher<'_, '_>, events: u64) {
    let texts = texts(events, 1);
    bencher
        .counter(ItemsCount::new(events))
        .with_inputs(|| fold("WS01", &texts))
        .bench_local_values(Fold::finish);
}

/// Merging the baselines of eight hosts, 25,000 events each.
#[divan::bench(sample_count = 20)]
fn merge(bencher: Bencher<'_, '_>) {
    const EVENTS: u64 = 25_000;
    let hosts: Vec<Baseline> = (0..8)
        .map(|host| fold(&format!("WS{host:02}"), &texts(EVENTS, host)).finish())
        .collect();
    bencher
        .counter(ItemsCount::new(hosts.len() as u64 * EVENTS))
        .with_inputs(|| hosts.clone())
        .bench_local_values(|hosts| hosts.into_iter().fold(Baseline::default(), Baseline::merge));
}

/// Listing the unique pairs.
#[divan::bench(sample_count = 20)]
fn pairs(bencher: Bencher<'_, '_>) {
    const EVENTS: u64 = 200_000;
    let baseline = fold("WS01", &texts(EVENTS, 1)).finish();
    bencher
        .counter(ItemsCount::new(EVENTS))
        .bench_local(|| baseline.pairs());
}
