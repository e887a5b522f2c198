//! What sources are packed in: gzip, zstd and zip in, what is in them read, and containers in these once more.
//!
//! Nothing is written but what must be read out of order: a zip that comes as a stream goes to a temporary file. A
//! member's name is shown to people and never used as a path.
//!
//! `budget` stops what unpacks to more than anybody has packed.

mod budget;
#[cfg(test)]
mod tests;
mod zip;

use std::io::{self, Cursor, Read, Seek};

use flate2::read::MultiGzDecoder;
use tempfile::SpooledTempFile;

use self::budget::{Budget, Packed, Stop, Unpacked};
use super::Sink;
use super::detect::{Detected, FIRST_LOOK, detect};
use super::format::Format;

pub use self::budget::Limits;

/// How much of a zip that comes as a stream is kept in memory, in bytes.
const SPOOLED: usize = 16 * 1024 * 1024;
/// How many containers may be in each other.
const DEPTH: u32 = 2;
/// The largest window that a zstd frame may ask for, as a power of two: 128 MiB, the most that `zstd` itself takes
/// unless told otherwise.
const WINDOW_LOG: u32 = 27;

/// What can be read anywhere.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Where a source's bytes come from.
#[allow(missing_debug_implementations, reason = "readers have none")]
pub enum Input<'a> {
    /// They can be read anywhere, as those of a file.
    File(&'a mut dyn ReadSeek),
    /// They come one after another, as those of standard input.
    Stream(&'a mut dyn Read),
}

/// Reads a whole source of any kind. What it is, is told by its content. A `format` that is given is what it is taken for
/// if it is no container, or what a gzip or zstd holds; members of a zip are always told by content.
///
/// A source that is none, or a member of a container that is none, is [passed over](Sink::pass_over).
///
/// # Errors
///
/// Those of the input, and of the temporary file that a zip from a stream is put in. What is damaged in a container is
/// [skipped](Sink::skip).
pub fn read(input: Input<'_>, format: Option<Format>, limits: &Limits, sink: &mut dyn Sink) -> io::Result<()> {
    read_any(input, format, 0, &Budget::new(*limits), sink)
}

fn read_any(
    input: Input<'_>,
    format: Option<Format>,
    depth: u32,
    budget: &Budget,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    match input {
        Input::File(file) => {
            let first = first_look(file)?;
            file.rewind()?;
            match told(&first, format, depth, sink) {
                Some(Format::Zip) => zip::read(file, depth, budget, sink),
                Some(known) => read_stream(known, file, format, depth, budget, sink),
                None => Ok(()),
            }
        }
        Input::Stream(stream) => {
            let first = first_look(stream)?;
            match told(&first, format, depth, sink) {
                Some(known) => {
                    let mut whole = Cursor::new(&first).chain(stream);
                    read_stream(known, &mut whole, format, depth, budget, sink)
                }
                None => Ok(()),
            }
        }
    }
}

fn first_look(input: &mut (impl Read + ?Sized)) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    input.take(FIRST_LOOK as u64).read_to_end(&mut first)?;
    Ok(first)
}

/// What a source is to be read as. What is not to be read is handed over as such.
fn told(first: &[u8], format: Option<Format>, depth: u32, sink: &mut dyn Sink) -> Option<Format> {
    let format = match (detect(first), format) {
        (Detected::Source(source), _) if source.format.is_certain() => source.format,
        (_, Some(format)) => format,
        (Detected::Source(source), None) => source.format,
        (Detected::Nothing(what), None) => {
            sink.pass_over(what.into());
            return None;
        }
    };
    if format.is_container() && depth == DEPTH {
        sink.skip(0, "it is packed more than twice: unpack it first".into());
        return None;
    }
    Some(format)
}

fn read_stream(
    known: Format,
    input: &mut dyn Read,
    inner: Option<Format>,
    depth: u32,
    budget: &Budget,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    let mut packed = Packed::new(input, (depth == 0).then_some(budget));
    let read = match known {
        Format::Gzip => unpack(MultiGzDecoder::new(&mut packed), inner, depth, budget, sink),
        Format::Zstd => {
            let mut decoder = zstd::Decoder::new(&mut packed)?;
            decoder.window_log_max(WINDOW_LOG)?;
            unpack(decoder, inner, depth, budget, sink)
        }
        Format::Zip => {
            let mut spool = SpooledTempFile::new(SPOOLED);
            let limit = budget.unpacked_limit();
            if io::copy(&mut input.take(limit), &mut spool)? == limit {
                sink.skip(limit, Stop::Unpacked(limit).to_string().into());
                return Ok(());
            }
            spool.rewind()?;
            return zip::read(&mut spool, depth, budget, sink);
        }
        records => return records.read_records(input, 0..u64::MAX, sink),
    };
    packed.error.map_or(read, Err)
}

fn unpack(
    decoder: impl Read,
    inner: Option<Format>,
    depth: u32,
    budget: &Budget,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    let mut unpacked = Unpacked::new(decoder, budget);
    let inner = inner.filter(|format| !format.is_container());
    read_any(Input::Stream(&mut unpacked), inner, depth + 1, budget, sink)?;
    unpacked.report(sink);
    Ok(())
}
