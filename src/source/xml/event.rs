//! One `Event` as XML in, its values out.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::source::meaning::Meaning;
use crate::source::values::{Span, Values};
use crate::utf16;

/// Why an event could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Mistake {
    /// It is no well-formed XML.
    Malformed,
    /// It refers to an entity that XML does not have.
    Entity,
}

impl From<Mistake> for &'static str {
    fn from(mistake: Mistake) -> Self {
        match mistake {
            Mistake::Malformed => "an event in XML with a mistake in it",
            Mistake::Entity => "an event in XML with a reference to nothing",
        }
    }
}

/// Lays down the values of an `Event`, or of its `EventData` alone (Microsoft Sentinel has that), or of several pieces
/// one after another.
///
/// One level of escaping is undone, no more: `&amp;lt;` is `&lt;`.
pub(in crate::source) fn read(xml: &str, values: &mut Values) -> Result<(), Mistake> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut text = Text::default();
    loop {
        match reader.read_event().map_err(|_| Mistake::Malformed)? {
            Event::Start(element) => {
                text.meaning = meaning(&element, values);
                text.begin(values);
            }
            Event::Text(part) => text.push(&part, values),
            Event::CData(part) => text.push(&part, values),
            Event::GeneralRef(reference) => text.push_reference(&reference, values)?,
            Event::End(_) => text.end(values),
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// What the text of an element means. What attributes hold is laid down at once.
fn meaning(element: &BytesStart<'_>, values: &mut Values) -> Option<Meaning> {
    match element.local_name().as_ref() {
        "Data" => {
            let name = attribute(element, "Name")?;
            Meaning::of_field(&name)
        }
        "EventID" => Some(Meaning::EventId),
        "EventRecordID" => Some(Meaning::RecordId),
        "Computer" => Some(Meaning::Host),
        "Provider" => {
            let name = attribute(element, "Name")?;
            values.set(Meaning::Provider, &name);
            None
        }
        "TimeCreated" => {
            let time = attribute(element, "SystemTime")?;
            values.set(Meaning::Written, &time);
            None
        }
        _ => None,
    }
}

/// An attribute as it is written: those that matter hold nothing that would be escaped.
fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<std::borrow::Cow<'a, str>> {
    let found = element.try_get_attribute(name).ok()??;
    Some(found.value)
}

/// The text of the element that is read.
#[derive(Default)]
struct Text {
    meaning: Option<Meaning>,
    start: usize,
    /// A high surrogate that was written as a reference of its own, as some tools write both halves of a character.
    high: Option<u16>,
}

impl Text {
    fn begin(&mut self, values: &Values) {
        self.start = values.text.len();
        self.high = None;
    }

    fn push(&mut self, part: &str, values: &mut Values) {
        if self.meaning.is_some() {
            self.flush(values);
            values.push(part);
        }
    }

    fn push_reference(&mut self, name: &str, values: &mut Values) -> Result<(), Mistake> {
        let c = match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => return self.push_number(name, values),
        };
        if self.meaning.is_some() {
            self.flush(values);
            values.text.push(c);
        }
        Ok(())
    }

    /// A character by its number. XML allows no surrogate here, but tools write what Windows gives them.
    fn push_number(&mut self, name: &str, values: &mut Values) -> Result<(), Mistake> {
        let number = name.strip_prefix('#').ok_or(Mistake::Entity)?;
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        let code = code.map_err(|_| Mistake::Entity)?;
        if self.meaning.is_none() {
            return Ok(());
        }
        match (char::from_u32(code), u16::try_from(code)) {
            (Some(c), _) => {
                self.flush(values);
                utf16::push_char(c, &mut values.text);
            }
            (None, Ok(low @ 0xDC00..)) => {
                utf16::push_units(self.high.take().into_iter().chain([low]), &mut values.text);
            }
            (None, Ok(high)) => {
                self.flush(values);
                self.high = Some(high);
            }
            (None, Err(_)) => return Err(Mistake::Entity),
        }
        Ok(())
    }

    fn flush(&mut self, values: &mut Values) {
        if let Some(high) = self.high.take() {
            utf16::push_surrogate(high, &mut values.text);
        }
    }

    fn end(&mut self, values: &mut Values) {
        self.flush(values);
        if let Some(meaning) = self.meaning.take() {
            let span: Span = self.start..values.text.len();
            values.mean(meaning, span);
        }
    }
}
