//! A chunk in, read both ways: how often the fast path and its slow twin agree, or the first record where they do not.
//!
//! For tests and fuzzing alone.

use super::chunk::Walk;
use super::decoded::{Decoded, Verdict};
use super::fast::Fast;
use super::twin::Twin;
use super::{CHUNK_SIZE, FILE_HEADER};
use crate::event::PipeEvent;
use crate::utf16;

/// What both ways make of the records of a log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// All records.
    pub records: usize,
    /// The fast path said that it is no pipe event, and the twin that it is none or that it is damaged.
    pub other: usize,
    /// Both said that it is a pipe event, and the same one.
    pub pipe: usize,
}

/// Reads all chunks of a log both ways.
///
/// # Errors
///
/// Where they differ, in words.
pub fn compare(log: &[u8]) -> Result<Compared, String> {
    let (mut all, mut fast) = (Compared::default(), Fast::default());
    for chunk in log.get(FILE_HEADER..).unwrap_or_default().chunks(CHUNK_SIZE) {
        let compared = one_chunk(chunk, &mut fast)?;
        all.records += compared.records;
        all.other += compared.other;
        all.pipe += compared.pipe;
    }
    Ok(all)
}

/// Reads a chunk both ways; `fast` may have read other chunks before.
pub(super) fn one_chunk(chunk: &[u8], fast: &mut Fast) -> Result<Compared, String> {
    let mut compared = Compared::default();
    let (mut twin, mut decoded) = (Twin::default(), Decoded::default());
    fast.begin_chunk();
    let records: Vec<_> = Walk::new(chunk).flatten().collect();
    let mut answers = Vec::new();
    for &record in &records {
        let verdict = fast.read(chunk, record, &mut decoded);
        let values = match verdict {
            Some(Verdict::Pipe(kind)) => shown(&decoded.event(kind)),
            _ => String::new(),
        };
        answers.push((verdict, values));
    }
    let mut answers = records.iter().zip(answers);
    let mut wrong = None;
    twin.read(
        chunk,
        &records,
        &mut Decoded::default(),
        |record, reference, decoded| {
            let Some((own, (verdict, values))) = answers.next().filter(|_| wrong.is_none()) else {
                return;
            };
            compared.records += 1;
            let differs = match verdict {
                _ if record != *own => Some("the twin reads another record".to_owned()),
                Some(Verdict::Other) => {
                    compared.other += 1;
                    matches!(reference, Ok(Verdict::Pipe(_))).then(|| "a pipe event is missed".to_owned())
                }
                Some(Verdict::Pipe(kind)) => {
                    compared.pipe += 1;
                    let reference_values = shown(&decoded.event(kind));
                    (reference != Ok(Verdict::Pipe(kind)) || values != reference_values)
                        .then(|| format!("{kind:?} {values} instead of {reference:?} {reference_values}"))
                }
                None => None,
            };
            wrong = differs.map(|what| format!("{record:?}: {what}"));
        },
    );
    match wrong {
        None if answers.next().is_some() => Err("the twin leaves out a record".to_owned()),
        None => Ok(compared),
        Some(what) => Err(what),
    }
}

/// The event's values as text, U+FFFD in place of lone surrogates: the one wanted difference, since the twin has it there.
fn shown(event: &PipeEvent<'_>) -> String {
    let text = |text: &str| String::from_utf16_lossy(&utf16::units(text).collect::<Vec<_>>());
    let texts = [event.pipe_name, event.image, event.user, event.host, event.process_guid].map(text);
    format!(
        "{texts:?} {:?} {:?} {:?}",
        event.time, event.process_id, event.record_id
    )
}
