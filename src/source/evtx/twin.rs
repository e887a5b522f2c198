//! The slow twin: records in, decoded by the `evtx` crate, the reference for everything that the fast path reads.
//!
//! The crate walks chunks by itself and believes their headers. What is a record has already been found out here
//! ([`super::chunk`]), so it is given a copy of the chunk which says just that: the wanted records, each with its own
//! offset as its number, in a header that nothing is wrong with.
//!
//! The crate writes a lone surrogate as U+FFFD. Everything else that a record can hold arrives here as it is.

use std::borrow::Cow;
use std::sync::Arc;

use evtx::err::EvtxError;
use evtx::{EvtxChunkData, EvtxChunkHeader, ParserSettings};
use memchr::memmem;
use serde_json::Value;

use super::chunk::{CHUNK_SIGNATURE, FIRST_RECORD, RECORD_SIGNATURE, Record};
use super::decoded::{Decoded, Verdict};
use super::{DATA, PROVIDER};
use crate::event::Kind;
use crate::normalize::time;
use crate::utf16;

/// The twin, with the copy of the chunk that it works on.
#[derive(Default)]
pub(super) struct Twin {
    copy: Vec<u8>,
    settings: Arc<ParserSettings>,
}

impl std::fmt::Debug for Twin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Twin").finish_non_exhaustive()
    }
}

/// Why a record could not be read, in words for people.
pub(super) type Reason = Cow<'static, str>;

impl Twin {
    /// Reads the records of `chunk` that are in `wanted`, and hands `each` what every one of them holds.
    pub(super) fn read(
        &mut self,
        chunk: &[u8],
        wanted: &[Record],
        decoded: &mut Decoded,
        mut each: impl FnMut(Record, Result<Verdict, Reason>, &Decoded),
    ) {
        if wanted.is_empty() {
            return;
        }
        let Some(number_base) = self.prepare(chunk, wanted) else {
            return;
        };
        let offset_of = |number: u64| {
            number
                .checked_sub(number_base)
                .and_then(|offset| usize::try_from(offset).ok())
        };
        let mut left = wanted.iter().peekable();
        let header = EvtxChunkHeader::from_bytes(&self.copy);
        if let Ok(header) = header {
            let mut data = EvtxChunkData {
                header,
                data: std::mem::take(&mut self.copy),
                number: None,
            };
            if let Ok(mut parsed) = data.parse(Arc::clone(&self.settings)) {
                for item in parsed.iter() {
                    let (number, json) = match item {
                        Ok(record) => (record.event_record_id, record.into_json_value().map(|json| json.data)),
                        Err(EvtxError::FailedToParseRecord { record_id, source }) => (record_id, Err(*source)),
                        // What stands between the wanted records.
                        Err(_) => continue,
                    };
                    let Some(offset) = offset_of(number) else {
                        continue;
                    };
                    // Both go through the chunk in the same order.
                    while let Some(&missed) = left.next_if(|record| record.offset < offset) {
                        each(missed, Err(UNREADABLE), decoded);
                    }
                    let Some(&record) = left.next_if(|record| record.offset == offset) else {
                        continue;
                    };
                    let verdict = json
                        .map_err(|_| UNREADABLE)
                        .and_then(|json| decode(&json, record.written(chunk), decoded));
                    each(record, verdict, decoded);
                }
            }
            self.copy = data.data;
        }
        for &missed in left {
            each(missed, Err(UNREADABLE), decoded);
        }
    }

    /// Makes the copy. The wanted records' numbers in it are their offsets above the number returned, and no other
    /// eight bytes of the copy are such a number: nothing else can pass for a wanted record.
    fn prepare(&mut self, chunk: &[u8], wanted: &[Record]) -> Option<u64> {
        let high = (1..=u32::MAX)
            .rev()
            .find(|high| memmem::find(chunk, &high.to_le_bytes()).is_none())?;
        let number_base = u64::from(high) << 32;
        let end = u32::try_from(chunk.len()).ok()?;
        self.copy.clear();
        self.copy.extend_from_slice(chunk);
        let header = self.copy.first_chunk_mut::<FIRST_RECORD>()?;
        header.fill(0);
        let mut fields = &mut header[..];
        for field in [
            &CHUNK_SIGNATURE[..],
            &[0; 16],
            &number_base.to_le_bytes(),
            &(number_base | u64::from(u32::MAX)).to_le_bytes(),
            &128u32.to_le_bytes(),
            // The last record's offset and the free space's: the whole chunk is searched.
            &end.to_le_bytes(),
            &end.to_le_bytes(),
        ] {
            fields.split_off_mut(..field.len())?.copy_from_slice(field);
        }
        let first = wanted.first()?.offset;
        if first != FIRST_RECORD {
            self.unsign(FIRST_RECORD);
        }
        for (at, record) in wanted.iter().enumerate() {
            let number = number_base | u64::try_from(record.offset).ok()?;
            // The time in a record's header is not looked at here, and the crate rejects times after 9999.
            let header = self.copy.get_mut(record.offset + 8..record.offset + 24)?;
            header[..8].copy_from_slice(&number.to_le_bytes());
            header[8..].fill(0);
            if wanted.get(at + 1).is_none_or(|next| next.offset != record.end) {
                self.unsign(record.end);
            }
        }
        Some(number_base)
    }

    /// Makes the bytes at `offset` of the copy no record, so that the crate does not go on with an unwanted one.
    fn unsign(&mut self, offset: usize) {
        if let Some(bytes) = self.copy.get_mut(offset..)
            && bytes.starts_with(RECORD_SIGNATURE)
            && let Some(first) = bytes.first_mut()
        {
            *first = 0;
        }
    }
}

const UNREADABLE: Reason = Cow::Borrowed("a record whose binary XML is damaged");

/// What the crate's JSON of a record says.
fn decode(json: &Value, written: Option<u64>, decoded: &mut Decoded) -> Result<Verdict, Reason> {
    let system = &json["Event"]["System"];
    let mut text = String::new();
    let Some(kind) = number(system.get("EventID"), &mut text)?.and_then(Kind::from_event_id) else {
        return Ok(Verdict::Other);
    };
    push_text(system["Provider"]["#attributes"].get("Name"), &mut text)?;
    if text != PROVIDER {
        return Ok(Verdict::Other);
    }
    decoded.record_id = number(system.get("EventRecordID"), &mut text)?;
    push_text(system.get("Computer"), &mut decoded.host)?;
    let data = &json["Event"]["EventData"];
    for (value, field) in [
        (data.get(DATA.pipe_name), &mut decoded.pipe_name),
        (data.get(DATA.image), &mut decoded.image),
        (data.get(DATA.user), &mut decoded.user),
    ] {
        push_text(value, &mut text)?;
        field.set(&text);
    }
    push_text(data.get(DATA.process_guid), &mut decoded.process_guid)?;
    decoded.process_id = number(data.get(DATA.process_id), &mut text)?;
    push_text(data.get(DATA.utc_time), &mut text)?;
    decoded.time = time::parse_utc_time(&text);
    if decoded.time.is_none() {
        push_text(system["TimeCreated"]["#attributes"].get("SystemTime"), &mut text)?;
        decoded.time = time::parse_utc_time(&text).or(written.map(time::from_filetime));
    }
    Ok(Verdict::Pipe(kind))
}

/// Replaces `out` by an element's text: attributes beside it, which EventID has in old logs, are passed over.
fn push_text(value: Option<&Value>, out: &mut String) -> Result<(), Reason> {
    out.clear();
    match value {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(text)) => {
            for c in text.chars() {
                utf16::push_char(c, out);
            }
            Ok(())
        }
        Some(Value::Number(number)) => {
            out.push_str(&number.to_string());
            Ok(())
        }
        Some(Value::Bool(flag)) => {
            out.push_str(if *flag { "true" } else { "false" });
            Ok(())
        }
        Some(Value::Object(members)) => match members.get("#text") {
            Some(Value::Object(_)) => Err(AMBIGUOUS),
            text => push_text(text, out),
        },
        Some(Value::Array(_)) => Err(AMBIGUOUS),
    }
}

const AMBIGUOUS: Reason = Cow::Borrowed("a pipe event with several values in one field");

/// A number as it stands in an element, decimal or `0x` and hexadecimal; `text` is room to work in.
fn number<N: TryFrom<u64>>(value: Option<&Value>, text: &mut String) -> Result<Option<N>, Reason> {
    push_text(value, text)?;
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    Ok(parsed.ok().and_then(|number| N::try_from(number).ok()))
}
