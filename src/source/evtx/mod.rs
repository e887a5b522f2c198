//! Windows event logs (`.evtx`) in, Sysmon's pipe events out.

use std::io::{self, Read};

use super::Sink;

/// Whether a file that begins with these bytes is an event log.
#[must_use]
pub fn is_evtx(first_bytes: &[u8]) -> bool {
    first_bytes.starts_with(b"ElfFile\0") || first_bytes.starts_with(b"ElfChnk\0")
}

/// Reads an event log.
///
/// # Errors
///
/// Those of `input`.
pub fn read(input: &mut dyn Read, start: u64, sink: &mut dyn Sink) -> io::Result<()> {
    let _ = (input, start, sink);
    Ok(())
}
