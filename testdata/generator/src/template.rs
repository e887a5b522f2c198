//! Templates of events: an event in, the tree of its XML with substitutions or with literal values out.

use crate::binxml::{Content, Element};
use crate::dictionary::Shape;
use crate::event::Event;
use crate::record::Stored;
use crate::text::Text;
use crate::value::{STRING, Value};

const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// Where the data and the rendering stand among the substitutions of the outer template.
const DATA: u16 = 17;
const RENDERING: u16 = 18;
const XML: u8 = 0x21;

/// The outer template. As in real logs the computer's name is literal text in it, so every computer has its own.
pub(crate) fn system(computer: &Text, rendered: bool) -> Element {
    let value = |index, code| Content::Substitution {
        index,
        code,
        optional: true,
    };
    let element = |name, index, code| Element::new(name).containing(value(index, code)).depending_on(index);
    let system = Element::new("System")
        .child(
            Element::new("Provider")
                .attribute("Name", value(14, STRING))
                .attribute("Guid", value(15, 0x0F)),
        )
        .child(element("EventID", 3, 0x06).attribute("Qualifiers", value(4, 0x06)))
        .child(element("Version", 11, 0x04))
        .child(element("Level", 0, 0x04))
        .child(element("Task", 2, 0x06))
        .child(element("Opcode", 1, 0x04))
        .child(element("Keywords", 5, 0x15))
        .child(Element::new("TimeCreated").attribute("SystemTime", value(6, 0x11)))
        .child(element("EventRecordID", 10, 0x0A))
        .child(
            Element::new("Correlation")
                .attribute("ActivityID", value(7, 0x0F))
                .attribute("RelatedActivityID", value(13, 0x0F)),
        )
        .child(
            Element::new("Execution")
                .attribute("ProcessID", value(8, 0x08))
                .attribute("ThreadID", value(9, 0x08)),
        )
        .child(element("Channel", 16, STRING))
        .child(Element::new("Computer").containing(Content::Text(computer.clone())))
        .child(Element::new("Security").attribute("UserID", value(12, 0x13)));
    let event = Element::new("Event")
        .attribute("xmlns", Content::Text(NAMESPACE.into()))
        .depending_on(DATA)
        .child(system)
        .containing(value(DATA, XML));
    if rendered {
        event.containing(value(RENDERING, XML))
    } else {
        event
    }
}

/// The template of an event's data: a substitution for each field.
pub(crate) fn data(event: &Event) -> Element {
    event
        .data
        .iter()
        .zip(0..)
        .fold(Element::new("EventData"), |data, ((name, value), index)| {
            let code = if *value == Value::Null { STRING } else { value.code() };
            let element = named(name, Content::Text(name.as_ref().into()));
            data.child(element.containing(Content::Substitution {
                index,
                code,
                optional: false,
            }))
        })
}

/// What a template consists of, as 16 bytes: the same for all events that can share it.
pub(crate) fn shape_of_data(event: &Event) -> Shape {
    let mut shape = Hash::new(b"data");
    for (name, value) in &event.data {
        shape.add(name.as_bytes());
        shape.add(&[0xFF, value.code()]);
    }
    shape.finish()
}

/// As [`shape_of_data`], for [`system`].
pub(crate) fn shape_of_system(computer: &Text, rendered: bool) -> Shape {
    let mut shape = Hash::new(if rendered { b"rendered system" } else { b"system" });
    computer.units().iter().for_each(|unit| shape.add(&unit.to_le_bytes()));
    shape.finish()
}

/// As [`shape_of_data`], for a template that no two records share.
pub(crate) fn shape_of_literal(stored: &Stored<'_>) -> Shape {
    let mut shape = Hash::new(b"literal");
    shape.add(&stored.header_id.to_le_bytes());
    shape.add(&stored.record_id.to_le_bytes());
    shape.finish()
}

/// The whole event with every value as literal text, made by `text`.
pub(crate) fn literal(stored: &Stored<'_>, text: impl Fn(Text) -> Content + Copy) -> Element {
    let event = stored.event;
    let system = stored.system_values();
    let value = |value: &Value| text(value.to_text());
    let element = |name, v: &Value| Element::new(name).containing(value(v));
    let provider = Element::new("Provider").attribute("Name", text(event.provider.name.as_str().into()));
    let provider = match event.provider.guid {
        Some(guid) => provider.attribute("Guid", value(&Value::Guid(guid))),
        None => provider,
    };
    let id = element("EventID", &Value::U16(event.id));
    let id = match event.qualifiers {
        Some(qualifiers) => id.attribute("Qualifiers", value(&Value::U16(qualifiers))),
        None => id,
    };
    let security = match &system.user {
        Value::Null => Element::new("Security"),
        sid => Element::new("Security").attribute("UserID", value(sid)),
    };
    let (process, thread) = event.execution;
    let system = Element::new("System")
        .child(provider)
        .child(id)
        .child(element("Version", &Value::U8(event.version)))
        .child(element("Level", &system.level))
        .child(element("Task", &system.task))
        .child(element("Opcode", &system.opcode))
        .child(element("Keywords", &system.keywords))
        .child(Element::new("TimeCreated").attribute("SystemTime", value(&Value::Time(event.created))))
        .child(element("EventRecordID", &Value::U64(stored.record_id)))
        .child(Element::new("Correlation"))
        .child(
            Element::new("Execution")
                .attribute("ProcessID", value(&Value::U32(process)))
                .attribute("ThreadID", value(&Value::U32(thread))),
        )
        .child(Element::new("Channel").containing(text(event.channel.clone())))
        .child(Element::new("Computer").containing(text(stored.computer.clone())))
        .child(security);
    let data = event.data.iter().fold(Element::new("EventData"), |data, (name, v)| {
        data.child(named(name, text(name.as_ref().into())).containing(value(v)))
    });
    let root = Element::new("Event")
        .attribute("xmlns", text(NAMESPACE.into()))
        .child(system)
        .child(data);
    if event.rendered {
        root.child(rendering(event, text))
    } else {
        root
    }
}

fn named(name: &str, value: Content) -> Element {
    if name.is_empty() {
        Element::new("Data")
    } else {
        Element::new("Data").attribute("Name", value)
    }
}

/// `RenderingInfo`, which a collector adds where its subscription asks for rendered text.
pub(crate) fn rendering(event: &Event, text: impl Fn(Text) -> Content) -> Element {
    let element = |name, value: Text| Element::new(name).containing(text(value));
    Element::new("RenderingInfo")
        .attribute("Culture", text("en-US".into()))
        .child(element("Message", event.message()))
        .child(element("Level", "Information".into()))
        .child(element("Task", event.task().into()))
        .child(element("Opcode", "Info".into()))
        .child(element("Channel", event.channel.clone()))
        .child(element("Provider", event.provider.name.as_str().into()))
        .child(Element::new("Keywords"))
}

/// Two FNV-1a sums side by side: enough to tell templates apart.
struct Hash([u64; 2]);

impl Hash {
    fn new(label: &[u8]) -> Self {
        let mut hash = Self([0xCBF2_9CE4_8422_2325, 0x6C62_272E_07BB_0142]);
        hash.add(label);
        hash
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0[0] = (self.0[0] ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
            self.0[1] = (self.0[1] ^ u64::from(!*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    fn finish(self) -> Shape {
        let mut shape = [0; 16];
        for (to, from) in shape.chunks_exact_mut(8).zip(self.0) {
            to.copy_from_slice(&from.to_le_bytes());
        }
        shape
    }
}
