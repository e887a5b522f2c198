//! A record: an event with the log's numbers in, the record's bytes out.

use crate::binxml::{Content, END, FRAGMENT, Tokens};
use crate::dictionary::{Dictionary, Shape};
use crate::event::Event;
use crate::log::Form;
use crate::template;
use crate::text::Text;
use crate::time::Time;
use crate::value::Value;

const SIGNATURE: [u8; 4] = [0x2A, 0x2A, 0x00, 0x00];
const TEMPLATE_INSTANCE: u8 = 0x0C;
/// `S-1-5-18`, as whom Sysmon runs.
const LOCAL_SYSTEM: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];

/// An event as a log stores it.
#[derive(Debug)]
pub(crate) struct Stored<'a> {
    pub(crate) event: &'a Event,
    pub(crate) computer: &'a Text,
    pub(crate) form: Form,
    /// `System/EventRecordID`.
    pub(crate) record_id: u64,
    /// The number in the record's header.
    pub(crate) header_id: u64,
}

/// System values that follow from the kind of provider.
pub(crate) struct SystemValues {
    pub(crate) level: Value,
    pub(crate) opcode: Value,
    pub(crate) task: Value,
    pub(crate) keywords: Value,
    pub(crate) user: Value,
}

impl Stored<'_> {
    pub(crate) fn system_values(&self) -> SystemValues {
        let classic = self.event.provider.guid.is_none();
        SystemValues {
            level: Value::U8(4),
            opcode: Value::U8(0),
            task: Value::U16(if classic { 0 } else { self.event.id }),
            keywords: Value::Hex64(if classic {
                0x80_0000_0000_0000
            } else {
                0x8000_0000_0000_0000
            }),
            user: if classic {
                Value::Null
            } else {
                Value::Sid(LOCAL_SYSTEM.to_vec())
            },
        }
    }

    /// The record's bytes, which will lie at `base` of the chunk that has the `dictionary`.
    pub(crate) fn encode(&self, base: usize, dictionary: &mut Dictionary) -> Vec<u8> {
        let mut tokens = Tokens::new(base, dictionary);
        tokens.out.extend(SIGNATURE);
        tokens.u32(0);
        tokens.out.extend(self.header_id.to_le_bytes());
        tokens.out.extend(self.written().filetime().to_le_bytes());
        match self.form {
            Form::Live | Form::Export => self.templated(&mut tokens),
            Form::Literal => self.literal(&mut tokens),
            Form::Forwarded => tokens.fragment(&template::literal(self, Content::Escaped), false),
        }
        finish(tokens.out)
    }

    /// Some milliseconds after the event happened.
    fn written(&self) -> Time {
        self.event
            .created
            .plus_ticks(20_000 + i64::try_from(self.record_id % 7_919 * 10).unwrap_or(0))
    }

    /// A template of the system values, and in it one of the data.
    fn templated(&self, tokens: &mut Tokens<'_>) {
        let rendered = self.event.rendered;
        let shape = template::shape_of_system(self.computer, rendered);
        tokens.out.extend(FRAGMENT);
        instance(tokens, shape, shape, || template::system(self.computer, rendered));
        let mut parts: Vec<Part<'_>> = self.system_parts().into_iter().map(Part::Value).collect();
        parts.push(Part::Data);
        if rendered {
            parts.push(Part::Rendering);
        }
        self.values(tokens, &parts);
        tokens.out.push(END);
    }

    /// A template that holds the values themselves.
    fn literal(&self, tokens: &mut Tokens<'_>) {
        let shape = template::shape_of_literal(self);
        tokens.out.extend(FRAGMENT);
        instance(tokens, shape, shape, || template::literal(self, Content::Text));
        tokens.u32(0);
        tokens.out.push(END);
    }

    /// The values of the outer template, up to the data.
    fn system_parts(&self) -> Vec<Value> {
        let event = self.event;
        let SystemValues {
            level,
            opcode,
            task,
            keywords,
            user,
        } = self.system_values();
        // The service leaves absent values their width, with whatever was there; what is saved later has width 0.
        let live = self.form == Form::Live;
        let absent = |stale: &[u8]| {
            if live {
                Value::Raw(0, stale.to_vec())
            } else {
                Value::Null
            }
        };
        vec![
            level,
            opcode,
            task,
            Value::U16(event.id),
            event.qualifiers.map_or_else(|| absent(&[1, 0]), Value::U16),
            keywords,
            Value::Time(event.created),
            absent(&[
                0x5C, 0xE3, 0x40, 0x1F, 0xA2, 0x7F, 0, 0, 0x10, 0xD4, 0x66, 0x0B, 0xC6, 0x01, 0, 0,
            ]),
            Value::U32(event.execution.0),
            Value::U32(event.execution.1),
            Value::U64(self.record_id),
            Value::U8(event.version),
            user,
            Value::Null,
            Value::text(event.provider.name.as_str()),
            event.provider.guid.map_or(Value::Null, Value::Guid),
            Value::Text(event.channel.clone()),
        ]
    }

    /// How many values, size and type of each, then the values.
    fn values(&self, tokens: &mut Tokens<'_>, parts: &[Part<'_>]) {
        tokens.u32(crate::binxml::to_u32(parts.len()));
        let table = tokens.out.len();
        for part in parts {
            tokens.out.extend([0, 0, part.code(), 0]);
        }
        for (i, part) in parts.iter().enumerate() {
            let start = tokens.out.len();
            match part {
                Part::Value(value) => value.write(false, &mut tokens.out),
                Part::Field(value) => value.write(self.form == Form::Live, &mut tokens.out),
                Part::Data => self.data(tokens),
                Part::Rendering => tokens.fragment(&template::rendering(self.event, Content::Text), false),
            }
            // A value too long for its size field is too long for a chunk: the record is refused later.
            let size = u16::try_from(tokens.out.len() - start).unwrap_or(u16::MAX);
            let field = table + 4 * i;
            tokens.out[field..field + 2].copy_from_slice(&size.to_le_bytes());
        }
    }

    fn data(&self, tokens: &mut Tokens<'_>) {
        // What is saved later has a fragment's header here, what the service writes has none.
        if self.form == Form::Export {
            tokens.out.extend(FRAGMENT);
        }
        let mut shape = template::shape_of_data(self.event);
        let guid = match self.event.template {
            Some(guid) => {
                shape.iter_mut().zip(guid.0).for_each(|(shape, guid)| *shape ^= guid);
                guid.0
            }
            None => shape,
        };
        instance(tokens, shape, guid, || template::data(self.event));
        let parts: Vec<Part<'_>> = self.event.data.iter().map(|(_, value)| Part::Field(value)).collect();
        self.values(tokens, &parts);
        tokens.out.push(END);
    }
}

/// One of a template instance's values.
enum Part<'a> {
    Value(Value),
    Field(&'a Value),
    Data,
    Rendering,
}

impl Part<'_> {
    fn code(&self) -> u8 {
        match self {
            Self::Value(value) => value.code(),
            Self::Field(value) => value.code(),
            Self::Data | Self::Rendering => 0x21,
        }
    }
}

/// A template instance: with the definition where the chunk has none yet, else with a reference to it.
fn instance(tokens: &mut Tokens<'_>, shape: Shape, guid: [u8; 16], root: impl FnOnce() -> crate::binxml::Element) {
    tokens.out.extend([TEMPLATE_INSTANCE, 1]);
    tokens.out.extend(&guid[..4]);
    if let Some(place) = tokens.dictionary().template(&shape) {
        tokens.u32(place);
        return;
    }
    let place = tokens.place() + 4;
    tokens.u32(place);
    let previous = tokens.dictionary().define_template(shape, &guid, place);
    tokens.u32(previous);
    tokens.out.extend(guid);
    tokens.sized(|tokens| tokens.fragment(&root(), true));
}

/// Pads the record to 8 bytes, with stale ones, and sets its size at both ends.
fn finish(mut record: Vec<u8>) -> Vec<u8> {
    let padding = (8 - (record.len() + 4) % 8) % 8;
    record.extend_from_within(16..16 + padding);
    let size = crate::binxml::to_u32(record.len() + 4).to_le_bytes();
    record[4..8].copy_from_slice(&size);
    record.extend(size);
    record
}
