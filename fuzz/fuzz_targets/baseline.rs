//! Any lines as a saved baseline (their checks are not looked at here): what is read is saved and read again as the same,
//! and merging it with itself changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipemine::baseline::saved;
use pipemine::baseline::{Baseline, Fold};
use pipemine::source::saved::Lines;

fn read(mut bytes: &[u8]) -> Vec<Baseline> {
    let mut all = Vec::new();
    let mut lines = Lines::of(&mut bytes).unwrap();
    saved::read(&mut lines, |read| all.extend(read.map(|saved| saved.fold.finish()))).unwrap();
    all
}

fn saved(baseline: &Baseline) -> Vec<u8> {
    let mut out = Vec::new();
    baseline.save(&mut out).unwrap();
    out
}

fuzz_target!(|bytes: &[u8]| {
    let all = read(bytes);
    let mut fold = Fold::default();
    for baseline in &all {
        let text = saved(baseline);
        let again = read(&text);
        assert_eq!(again.len(), 1, "{}", String::from_utf8_lossy(&text));
        assert!(again[0] == *baseline, "{}", String::from_utf8_lossy(&text));
        assert!(
            baseline.clone().merge(baseline.clone()) == *baseline,
            "{}",
            String::from_utf8_lossy(&text)
        );
        fold.absorb(baseline.clone());
    }
    let forth = fold.finish();
    let back = all.iter().rev().cloned().fold(Baseline::default(), Baseline::merge);
    assert!(forth == back);
    assert_eq!(saved(&forth), saved(&back));
});
