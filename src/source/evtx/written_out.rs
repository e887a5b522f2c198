//! An event written out in binary XML, without templates, in; its values out.
//!
//! A collector stores what it received as text in this form: every element and value stands in the record itself, and
//! characters that XML has names for are tokens of their own. Only this one shape is read, the rest is left to the slow
//! twin.

use std::ops::Range;

use super::DATA;
use super::PROVIDER_UTF16;
use super::decoded::{Decoded, Verdict};
use super::text;
use super::token::{Name, Token, Tokens};
use crate::event::Kind;
use crate::normalize::time;

/// Reads the event at `xml` of `chunk`; `None` if the twin has to.
pub(super) fn read(chunk: &[u8], xml: Range<usize>, decoded: &mut Decoded) -> Option<Verdict> {
    let mut tokens = Tokens::of_event(chunk, xml)?;
    let mut event = Event::default();
    let mut attribute = None;
    loop {
        match tokens.next()? {
            Token::Open(name, _) => event.open(name)?,
            Token::Attribute(name) if name.is_plain() => attribute = Some(name),
            Token::CloseStart => attribute = None,
            Token::CloseEmpty | Token::Close => {
                attribute = None;
                event.close()?;
            }
            Token::Text(_, text) => match attribute {
                Some(name) => event.attribute(name, text)?,
                None => event.text(text),
            },
            Token::Char(utf16) if attribute.is_none() => event.text(utf16),
            Token::End => break,
            _ => return None,
        }
        // Most events are no pipe events, and this is known near their beginning.
        if event.kind == Some(None) {
            return Some(Verdict::Other);
        }
    }
    let Event {
        provider: Some(provider),
        kind: Some(Some(kind)),
        ..
    } = event
    else {
        return Some(Verdict::Other);
    };
    if !text::is(provider, &PROVIDER_UTF16) {
        return Some(Verdict::Other);
    }
    let number = |text: &[u8]| {
        if text.is_empty() {
            Some(None)
        } else {
            text::digits(text).map(Some)
        }
    };
    let [utc_time, process_guid, process_id, pipe_name, image, user] = event.fields.map(Option::unwrap_or_default);
    decoded.time = Some(time::parse_utc_time(text::short_ascii(utc_time.whole()?)?)?);
    decoded.record_id = number(event.record_id.unwrap_or_default().whole()?)?;
    decoded.process_id = match number(process_id.whole()?)? {
        Some(id) => Some(u32::try_from(id).ok()?),
        None => None,
    };
    text::set_utf16(event.computer.unwrap_or_default().whole()?, &mut decoded.host);
    let text = |value: Value<'_>| event.texts.get(value.text).unwrap_or_default();
    decoded.pipe_name.set(text(pipe_name));
    decoded.image.set(text(image));
    decoded.user.set(text(user));
    decoded.process_guid.clear();
    decoded.process_guid.push_str(text(process_guid));
    Some(Verdict::Pipe(kind))
}

/// The wanted fields of `EventData`.
const FIELDS: [&str; 6] = [
    DATA.utc_time,
    DATA.process_guid,
    DATA.process_id,
    DATA.pipe_name,
    DATA.image,
    DATA.user,
];

/// Where the reading is: the wanted elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum At {
    #[default]
    Elsewhere,
    Provider,
    EventId,
    RecordId,
    Computer,
    /// A `Data` whose name has not been met.
    Data,
    /// A `Data` that nobody wants.
    OtherField,
    /// A `Data` with this name of [`FIELDS`].
    Field(usize),
}

/// An element's text.
#[derive(Debug, Clone, Default)]
struct Value<'c> {
    /// How many pieces it is made of, and the last one.
    pieces: u32,
    last: &'c [u8],
    /// Where in the event's texts it is.
    text: Range<usize>,
}

impl<'c> Value<'c> {
    /// The text, if it is in one piece.
    fn whole(&self) -> Option<&'c [u8]> {
        (self.pieces <= 1).then_some(self.last)
    }
}

/// What was met of an event.
#[derive(Debug, Default)]
struct Event<'c> {
    depth: u32,
    in_system: bool,
    in_data: bool,
    systems: u32,
    datas: u32,
    at: At,
    value: Value<'c>,
    /// The texts of all elements, one behind the other.
    texts: String,
    provider: Option<&'c [u8]>,
    /// Whether the EventID was met, and what it says.
    kind: Option<Option<Kind>>,
    record_id: Option<Value<'c>>,
    computer: Option<Value<'c>>,
    fields: [Option<Value<'c>>; FIELDS.len()],
}

fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

impl<'c> Event<'c> {
    /// An element begins. `None` where no reader of this shape expects one.
    fn open(&mut self, name: Name<'_>) -> Option<()> {
        self.depth += 1;
        if self.at != At::Elsewhere || !name.is_plain() {
            return None;
        }
        match self.depth {
            1 => return name.is("Event").then_some(()),
            2 => {
                (self.in_system, self.in_data) = (name.is("System"), name.is("EventData"));
                self.systems += u32::from(self.in_system);
                self.datas += u32::from(self.in_data);
                return (self.systems <= 1 && self.datas <= 1).then_some(());
            }
            3 if self.in_system => {
                self.at = if name.is("EventID") {
                    At::EventId
                } else if name.is("Provider") {
                    At::Provider
                } else if name.is("EventRecordID") {
                    At::RecordId
                } else if name.is("Computer") {
                    At::Computer
                } else {
                    At::Elsewhere
                };
            }
            3 if self.in_data && name.is("Data") => self.at = At::Data,
            _ if self.in_data => return None,
            _ => {}
        }
        self.value = Value {
            text: self.texts.len()..self.texts.len(),
            ..Value::default()
        };
        Some(())
    }

    /// An attribute's value, or a piece of it.
    fn attribute(&mut self, name: Name<'_>, text: &'c [u8]) -> Option<()> {
        match self.at {
            At::Provider if name.is("Name") => set(&mut self.provider, text),
            At::Data if name.is("Name") => {
                let name = Name::new(text);
                let known = FIELDS.iter().position(|field| name.is(field));
                self.at = known.map_or(At::OtherField, At::Field);
                (known.is_some() || name.is_plain()).then_some(())
            }
            At::Data | At::OtherField | At::Field(_) => None,
            _ => Some(()),
        }
    }

    /// A piece of an element's text.
    fn text(&mut self, piece: &'c [u8]) {
        if !matches!(self.at, At::Elsewhere | At::OtherField) {
            self.value.pieces += 1;
            self.value.last = piece;
            text::push_utf16(piece, &mut self.texts);
            self.value.text.end = self.texts.len();
        }
    }

    /// An element ends.
    fn close(&mut self) -> Option<()> {
        let value = std::mem::take(&mut self.value);
        if self.depth == 3 {
            match std::mem::take(&mut self.at) {
                At::EventId => set(&mut self.kind, Kind::from_event_id(text::digits(value.whole()?)?))?,
                At::RecordId => set(&mut self.record_id, value)?,
                At::Computer => set(&mut self.computer, value)?,
                At::Field(field) => set(self.fields.get_mut(field)?, value)?,
                At::Data => return None,
                At::Elsewhere | At::Provider | At::OtherField => {}
            }
        }
        self.depth -= 1;
        Some(())
    }
}
