//! Any events, in two parts and any order, make the same baseline, which is saved and read back as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipemine::baseline::{Baseline, saved};
use pipemine::source::saved::Lines;

use crate::events::{Owned, baseline};

#[path = "shared/events.rs"]
mod events;

fn text(baseline: &Baseline) -> Vec<u8> {
    let mut out = Vec::new();
    baseline.save(&mut out).unwrap();
    out
}

fuzz_target!(|input: (u8, Vec<Owned>)| {
    let (cut, mut events) = input;
    // Alike events without a number are told apart by how many their own source has.
    let parts_of_one_source = events.iter().all(|event| event.is_numbered());
    let whole = baseline(&events);
    let bytes = text(&whole);
    if parts_of_one_source {
        let (a, b) = events.split_at(events.len() * usize::from(cut) / 256);
        let (a, b) = (baseline(a), baseline(b));
        assert_eq!(text(&a.clone().merge(b.clone())), bytes);
        assert_eq!(text(&b.merge(a)), bytes);
    }
    events.reverse();
    assert_eq!(text(&baseline(&events)), bytes);
    assert_eq!(text(&whole.clone().merge(whole.clone())), bytes);
    let mut input = &bytes[..];
    let mut lines = Lines::of(&mut input).unwrap();
    saved::read(&mut lines, |read| {
        let read = read.expect("what was saved is read").fold.finish();
        assert!(read == whole);
    })
    .unwrap();
    let _ = whole.pairs();
});
