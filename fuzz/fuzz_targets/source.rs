//! Any source, its form told by content: nothing panics, what is packed is unpacked within bounds, and a text source gives
//! the same whole, in drops, and with a first byte order mark.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pipemine::source::container::{self, Input, Limits};
use pipemine::source::detect::{Detected, FIRST_LOOK, detect};
use pipemine::source::format::Format;

use crate::gathered::{Drops, Gathered, read};

#[path = "shared/gathered.rs"]
mod gathered;

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else {
        return;
    };
    let limits = Limits {
        unpacked: 1 << 22,
        free: 1 << 20,
        ..Limits::default()
    };
    // What it says of itself.
    let mut file = Gathered::default();
    container::read(Input::File(&mut Cursor::new(bytes)), None, &limits, &mut file).unwrap();
    let mut stream = Gathered::default();
    let mut drops = Drops(bytes, usize::from(*how));
    container::read(Input::Stream(&mut drops), None, &limits, &mut stream).unwrap();
    let first = &bytes[..bytes.len().min(FIRST_LOOK)];
    let Detected::Source(source) = detect(first) else {
        return;
    };
    if !source.format.is_container() {
        assert_eq!(file, stream);
        file.assert_places(bytes);
    }
    // What it is taken for.
    let format = Format::ALL[usize::from(*how) % Format::ALL.len()];
    let whole = read(format, bytes, 0..u64::MAX);
    whole.assert_places(bytes);
    let mut dropped = Gathered::default();
    format
        .read_records(&mut Drops(bytes, usize::from(*how)), 0..u64::MAX, &mut dropped)
        .unwrap();
    assert_eq!(dropped, whole);
    // In two parts.
    if source.can_be_split && format == source.format {
        let cut = bytes.len() as u64 * u64::from(*how) / 256;
        let (a, b) = (read(format, bytes, 0..cut), read(format, bytes, cut..u64::MAX));
        let parts: Vec<_> = a.events.into_iter().chain(b.events).collect();
        if whole.skips.is_empty() {
            assert_eq!(parts, whole.events);
        }
    }
});
