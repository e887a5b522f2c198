//! A log read by the fast path gives, record for record, what the slow twin reads by the `evtx` crate; in drops, in spans
//! and as a whole it is the same; and nothing is said to lie beyond its end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipemine::source::evtx::{Reader, compare::compare, spans};
use pipemine::source::format::Format;

use crate::gathered::{Gathered, read};

#[path = "shared/gathered.rs"]
mod gathered;

fuzz_target!(|log: &[u8]| {
    if let Err(what) = compare(log) {
        panic!("{what}");
    }
    let whole = read(Format::Evtx, log, 0..u64::MAX);
    whole.assert_places(log);
    let mut spanned = Gathered::default();
    let mut reader = Reader::default();
    for span in spans(log, log.len() as u64) {
        let part = &log[span.start as usize..span.end as usize];
        reader.read(&mut &part[..], span.start, &mut spanned).unwrap();
    }
    assert_eq!(spanned, whole);
});
