//! What the fuzz targets begin with, and whatever they found, is read by every reader without a panic: a replay of the
//! corpora in each run of the tests.

use std::borrow::Cow;
use std::io::Cursor;
use std::path::Path;

use pipemine::baseline::{Fold, Occurrences, saved};
use pipemine::event::PipeEvent;
use pipemine::source::container::{Input, Limits, read};
use pipemine::source::format::Format;
use pipemine::source::saved::Lines;
use pipemine::source::{Sink, evtx};
use pipemine::sysmon::Config;

use crate::harness::files_below;

#[derive(Default)]
struct Folding(Fold, Occurrences);

impl Sink for Folding {
    fn records(&mut self, _: u64) {}

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.0.add(event, &self.1);
    }

    fn skip(&mut self, _: u64, _: Cow<'static, str>) {}

    fn baselines(&mut self, lines: &mut Lines<'_>) -> std::io::Result<()> {
        saved::read(lines, |read| {
            if let Ok(read) = read {
                self.0.join(read.fold);
            }
        })
    }
}

#[test]
fn every_seed_in_every_reader() {
    let seeds = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds"));
    assert!(seeds.len() > 40, "{}", seeds.len());
    let mut size = 0;
    for path in seeds {
        let bytes = std::fs::read(&path).unwrap();
        size += bytes.len();
        // Where a seed begins with a byte that says how it is read, the rest is one too.
        for bytes in [&bytes[..], bytes.get(1..).unwrap_or_default()] {
            let mut sink = Folding::default();
            read(
                Input::File(&mut Cursor::new(bytes)),
                None,
                &Limits::default(),
                &mut sink,
            )
            .unwrap();
            for format in Format::ALL {
                format.read_records(&mut &bytes[..], 0..u64::MAX, &mut sink).unwrap();
            }
            evtx::read(&mut &bytes[..], 0, &mut sink).unwrap();
            let baseline = sink.0.finish();
            assert_eq!(baseline.clone().merge(baseline.clone()), baseline, "{}", path.display());
            if let Ok(config) = Config::load(bytes) {
                let _ = config.engine();
            }
        }
    }
    assert!(size < 1 << 20, "seeds stay small: {size} bytes");
}
