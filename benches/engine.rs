//! How fast a config is loaded and compiled, and how fast it decides.
//!
//! ```text
//! cargo bench --bench engine
//! ```

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use pipemine::sysmon::{Config, Event};

fn main() {
    divan::main();
}

/// 500 rules as exclusion configs have them: pairs, lone names, prefixes and lists.
fn five_hundred_rules() -> String {
    let mut rules = String::new();
    for i in 0..500 {
        rules += &match i % 5 {
            0 | 1 => format!(
                "<Rule groupRelation=\"and\"><PipeName condition=\"begin with\">\\family{i}.</PipeName>\
                 <Image condition=\"is\">C:\\Program Files\\Vendor {i}\\Product\\service{i}.exe</Image></Rule>"
            ),
            2 => format!("<PipeName condition=\"is\">\\well-known-{i}</PipeName>"),
            3 => format!(
                "<Rule groupRelation=\"and\"><PipeName condition=\"contains any\">\\crashpad_{i};\\mojo.{i}.;\\chrome.sync.{i}\
                 </PipeName><Image condition=\"end with\">\\browser{i}.exe</Image></Rule>"
            ),
            _ => format!(
                "<Rule groupRelation=\"and\"><Image condition=\"image\">agent{i}.exe</Image>\
                 <PipeName condition=\"is any\">\\a{i};\\b{i};\\c{i}</PipeName>\
                 <PipeName condition=\"excludes\">evil</PipeName></Rule>"
            ),
        };
    }
    config("or", &rules)
}

fn config(relation: &str, rules: &str) -> String {
    format!(
        "<Sysmon schemaversion=\"4.50\"><EventFiltering><RuleGroup name=\"\" groupRelation=\"{relation}\">\
         <PipeEvent onmatch=\"exclude\">{rules}</PipeEvent></RuleGroup></EventFiltering></Sysmon>"
    )
}

/// A million distinct pairs; one in four is met by a rule.
fn pairs() -> Vec<(String, String)> {
    (0..1_000_000)
        .map(|i: u32| {
            let rule = i % 500;
            let image = match i % 4 {
                0 => format!(r"C:\Program Files\Vendor {rule}\Product\service{rule}.exe"),
                1 => format!(r"C:\Windows\System32\agent{rule}.exe"),
                2 => format!(r"C:\Users\someone{i}\AppData\Local\Application\browser{rule}.exe"),
                _ => format!(r"C:\Windows\System32\svchost{}.exe", i % 37),
            };
            (
                format!(r"\LOCAL\mojo.{}.{i}.{}", i % 9999, i.wrapping_mul(2_654_435_761)),
                image,
            )
        })
        .enumerate()
        .map(|(i, (pipe, image))| {
            if i % 4 == 0 {
                (format!(r"\family{}.{i}", i % 500), image)
            } else {
                (pipe, image)
            }
        })
        .collect()
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_million_pairs_against_500_rules(bencher: Bencher<'_, '_>) {
    let engine = Config::load(five_hundred_rules().as_bytes()).map(|config| config.engine());
    let Ok(engine) = engine else { return };
    let pairs = pairs();
    bencher.counter(ItemsCount::new(pairs.len())).bench_local(|| {
        let logged = pairs.iter().filter(|(pipe_name, image)| {
            engine
                .verdict(&Event {
                    event_type: "CreatePipe",
                    pipe_name,
                    image,
                    user: "",
                })
                .logged
        });
        black_box(logged.count())
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_million_pairs_every_match(bencher: Bencher<'_, '_>) {
    let engine = Config::load(five_hundred_rules().as_bytes()).map(|config| config.engine());
    let Ok(engine) = engine else { return };
    let pairs = pairs();
    bencher.counter(ItemsCount::new(pairs.len())).bench_local(|| {
        let matches = pairs.iter().map(|(pipe_name, image)| {
            engine
                .matches(&Event {
                    event_type: "CreatePipe",
                    pipe_name,
                    image,
                    user: "",
                })
                .len()
        });
        black_box(matches.sum::<usize>())
    });
}

/// 20,000 filters, half of them to be searched for.
fn twenty_thousand_filters() -> String {
    let rules: String = (0..10_000)
        .map(|i| {
            format!(
                "<Rule groupRelation=\"and\"><PipeName condition=\"contains\">\\some-pipe-{i}-name</PipeName>\n\
                 <Image condition=\"is\">C:\\Program Files\\Vendor {i}\\service.exe</Image></Rule>\n"
            )
        })
        .collect();
    config("or", &rules)
}

#[divan::bench]
fn load_20_000_filters() -> usize {
    Config::load(black_box(twenty_thousand_filters()).as_bytes()).map_or(0, |config| config.nodes().len())
}

#[divan::bench]
fn compile_20_000_filters(bencher: Bencher<'_, '_>) {
    let Ok(config) = Config::load(twenty_thousand_filters().as_bytes()) else {
        return;
    };
    bencher.bench_local(|| black_box(config.engine()));
}
