//! The fast path: a record's bytes in; out, whether it is a pipe event, and its values, or nothing where the slow twin has
//! to say.
//!
//! **What it covers.** A record that is one instance of a template, as Windows writes its own, and one that is written out
//! without any template ([`super::written_out`]), as a collector stores what it received. That the former is no pipe event
//! is told from its EventID alone, a number in the array of values that follows the template's definition: the texts of
//! nineteen records in twenty are never looked at. Of a pipe event, the values wanted are taken from that array and from
//! the one of the nested `EventData`.
//!
//! **When it gives up.** Whenever anything is not exactly of the shape it knows: other tokens, names or nestings in a
//! definition, an element that depends on an absent value, a value whose type and size disagree, a wanted value of an
//! unexpected type, anything behind the values, a `UtcTime` that is none. Then the record is the twin's ([`super::twin`]).
//!
//! **Why both cannot differ.** Where it answers, every byte between the record's header and the end of its values has one
//! meaning only: sizes and types of all values agree, each wanted element and attribute occurs once in the definition, at
//! its place, with a literal or one value as its whole content. What the twin would do to such a value is repeated in
//! [`super::text`]. A test compares both on every record of every log at hand and on mutated ones. Two differences remain
//! and are wanted: the twin has U+FFFD for a lone surrogate, which is kept here, and the twin may fail on a damaged record
//! of another kind, of which only the EventID is read here.

use super::chunk::Record;
use super::cursor::Cursor;
use super::decoded::{Decoded, Verdict};
use super::instance::{Instance, Value, Values};
use super::layout::Layout;
use super::layout::{FILETIME, GUID, NULL, STRING, UINT16, UINT32, UINT64};
use super::template::{Inner, Outer, Place};
use super::templates::Templates;
use super::utc_time::UtcTimes;
use super::{PROVIDER_UTF16, text, written_out};
use crate::event::{Kind, Millis};
use crate::normalize::time;

/// The fast path, with the templates of the chunk at hand.
#[derive(Debug, Default)]
pub(super) struct Fast {
    outer: Templates<Outer>,
    inner: Templates<Inner>,
    /// Of an event's values, and of those of its `EventData`.
    outer_layout: Layout,
    inner_layout: Layout,
    /// Where in the chunk the text is that the host was read from.
    host: Option<Place>,
    times: UtcTimes,
}

impl Fast {
    /// Begins another chunk.
    pub(super) fn begin_chunk(&mut self) {
        self.outer.begin_chunk();
        self.inner.begin_chunk();
        self.host = None;
    }

    /// What a record of `chunk` holds; `None` if the twin has to say. From one record of a chunk to the next, `decoded`
    /// must be left as it is.
    pub(super) fn read(&mut self, chunk: &[u8], record: Record, decoded: &mut Decoded) -> Option<Verdict> {
        let xml = record.xml();
        let Some(instance) = Instance::parse(Cursor::new(chunk, xml.start, xml.end)?) else {
            self.host = None;
            return written_out::read(chunk, xml, decoded);
        };
        let template = self.outer.get(chunk, instance.definition, Outer::parse)?;
        let event_id: u32 = match template.event_id {
            Some(Place::Slot(slot)) => u16::from_le_bytes(*instance.value(slot)?.fixed(UINT16)?).into(),
            Some(Place::Text { offset, len }) => text::digits(chunk.get(offset..)?.get(..len)?)?,
            None => return Some(Verdict::Other),
        };
        let kind = Kind::from_event_id(event_id);
        let Some(kind) = kind else {
            return Some(Verdict::Other);
        };

        let values = instance.values(&mut self.outer_layout)?;
        let body = values.get(template.body?);
        if !body.is_nested() || values.nested() != 1 || !all_present(&values, &template.required) {
            return None;
        }
        let provider = string(chunk, &values, template.provider)?;
        if !text::is(provider, &PROVIDER_UTF16) {
            return Some(Verdict::Other);
        }
        decoded.record_id = match template.record_id {
            None => None,
            Some(place) => Some(record_id(&values, place)?),
        };
        // The host is nearly always text of the definition: it stays the same.
        if self.host.is_none() || self.host != template.computer {
            text::set_utf16(string(chunk, &values, template.computer)?, &mut decoded.host);
            self.host = template.computer.filter(|place| matches!(place, Place::Text { .. }));
        }
        self.read_event_data(chunk, body, decoded)?;
        Some(Verdict::Pipe(kind))
    }

    /// The EventRecordID of a record of Sysmon, whatever it tells, and when it was written; into `host`, whose it is. `None` where
    /// this is not as plain as in the logs that Windows writes and exports.
    pub(super) fn origin(&mut self, chunk: &[u8], record: Record, host: &mut String) -> Option<(u64, Millis)> {
        let xml = record.xml();
        let instance = Instance::parse(Cursor::new(chunk, xml.start, xml.end)?)?;
        let template = self.outer.get(chunk, instance.definition, Outer::parse)?;
        let values = instance.values(&mut self.outer_layout)?;
        let is_sysmon = text::is(string(chunk, &values, template.provider)?, &PROVIDER_UTF16);
        if !is_sysmon || !all_present(&values, &template.required) {
            return None;
        }
        text::set_utf16(string(chunk, &values, template.computer)?, host);
        let Some(Place::Slot(created)) = template.created else {
            return None;
        };
        // Not as the record's header has it: that of the last one of an export is 0, in nearly all that are at hand.
        let written = time::from_filetime(u64::from_le_bytes(*values.get(created).fixed(FILETIME)?));
        Some((record_id(&values, template.record_id?)?, written))
    }

    /// Reads the nested `EventData`.
    fn read_event_data(&mut self, chunk: &[u8], body: Value<'_>, decoded: &mut Decoded) -> Option<()> {
        let instance = Instance::parse(Cursor::new(chunk, body.offset, body.offset + body.bytes.len())?)?;
        let template = self.inner.get(chunk, instance.definition, Inner::parse)?;
        let values = instance.values(&mut self.inner_layout)?;
        if !all_present(&values, &template.required) || values.nested() != 0 {
            return None;
        }
        let text = |slot: Option<u16>| string(chunk, &values, slot.map(Place::Slot));
        decoded.pipe_name.read(text(template.pipe_name)?);
        decoded.image.read(text(template.image)?);
        decoded.user.read(text(template.user)?);
        decoded.process_guid.clear();
        if let Some(slot) = template.process_guid {
            text::push_guid(values.get(slot).fixed(GUID)?, &mut decoded.process_guid);
        }
        decoded.process_id = match template.process_id {
            None => None,
            Some(slot) => Some(u32::from_le_bytes(*values.get(slot).fixed(UINT32)?)),
        };
        decoded.time = Some(self.times.read(text(template.utc_time)?)?);
        Some(())
    }
}

fn record_id(values: &Values<'_, '_>, place: Place) -> Option<u64> {
    match place {
        Place::Slot(slot) => Some(u64::from_le_bytes(*values.get(slot).fixed(UINT64)?)),
        Place::Text { .. } => None,
    }
}

/// Whether none of the values is absent that wanted elements depend on.
fn all_present(values: &Values<'_, '_>, required: &[u16]) -> bool {
    required.iter().all(|slot| !values.get(*slot).is_absent())
}

/// The UTF-16 of a text; nothing where it is absent.
fn string<'c>(chunk: &'c [u8], values: &Values<'c, '_>, place: Option<Place>) -> Option<&'c [u8]> {
    match place {
        None => Some(&[]),
        Some(Place::Text { offset, len }) => chunk.get(offset..)?.get(..len),
        Some(Place::Slot(slot)) => match values.get(slot) {
            Value {
                kind: STRING, bytes, ..
            } => Some(bytes),
            Value { kind: NULL, .. } => Some(&[]),
            _ => None,
        },
    }
}
