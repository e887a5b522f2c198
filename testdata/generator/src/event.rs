//! Any event: its System values and its data, to be pushed to a [`Log`](crate::Log).

use std::borrow::Cow;

use crate::layout::{Layout, Schema};
use crate::log::Form;
use crate::text::Text;
use crate::time::Time;
use crate::value::{Guid, Value};

/// Who wrote an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// Its GUID; classic providers have none.
    pub guid: Option<Guid>,
}

impl Provider {
    /// Sysmon.
    #[must_use]
    pub fn sysmon() -> Self {
        let guid = Guid::from_words([0x5770_385F, 0x43E0_C22A, 0xF506_4CBF, 0xD9FB_8F69]);
        Self {
            name: "Microsoft-Windows-Sysmon".to_owned(),
            guid: Some(guid),
        }
    }

    /// A classic provider, which has a name only.
    #[must_use]
    pub fn classic(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            guid: None,
        }
    }
}

/// The channel that Sysmon writes to.
pub const SYSMON_CHANNEL: &str = "Microsoft-Windows-Sysmon/Operational";

/// One event. Every part may be set; [`Event::new`] and [`Event::sysmon`] fill in what real events have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Who wrote it.
    pub provider: Provider,
    /// `System/EventID`.
    pub id: u16,
    /// The attribute `Qualifiers` of `System/EventID`; classic events have it.
    pub qualifiers: Option<u16>,
    /// `System/Version`.
    pub version: u8,
    /// `System/Channel`.
    pub channel: Text,
    /// `System/Computer`; the log's where it is `None`.
    pub computer: Option<Text>,
    /// `System/EventRecordID`; the log's next number where it is `None`.
    pub record_id: Option<u64>,
    /// `System/TimeCreated`.
    pub created: Time,
    /// `System/Execution`: process and thread of the provider.
    pub execution: (u32, u32),
    /// `EventData`: `Data` elements with their `Name`, or without one where it is empty.
    pub data: Vec<(Cow<'static, str>, Value)>,
    /// Whether `RenderingInfo` follows, as in what a collector received.
    pub rendered: bool,
    /// How it is stored; the log's form where it is `None`.
    pub form: Option<Form>,
    /// The GUID of its data's template, for logs in which one GUID names two templates; derived from the template's
    /// content where it is `None`.
    pub template: Option<Guid>,
}

impl Event {
    /// An event of another provider, without data.
    #[must_use]
    pub fn new(provider: Provider, channel: &str, id: u16, created: Time) -> Self {
        Self {
            provider,
            id,
            qualifiers: None,
            version: 0,
            channel: channel.into(),
            computer: None,
            record_id: None,
            created,
            execution: (2_468, 3_692),
            data: Vec::new(),
            rendered: false,
            form: None,
            template: None,
        }
    }

    /// An event of Sysmon: `values` are the fields of `layout` in `schema`, in their order.
    #[must_use]
    pub fn sysmon(layout: &Layout, schema: Schema, created: Time, values: impl IntoIterator<Item = Value>) -> Self {
        let names = layout.fields(schema).map(Cow::Borrowed);
        Self {
            version: layout.version,
            data: names.zip(values).collect(),
            ..Self::new(Provider::sysmon(), SYSMON_CHANNEL, layout.id, created)
        }
    }

    /// Adds a `Data` element; one without a `Name` where `name` is empty.
    #[must_use]
    pub fn data(mut self, name: impl Into<Cow<'static, str>>, value: Value) -> Self {
        self.data.push((name.into(), value));
        self
    }

    /// The value of a field, if it has it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.data
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value)
    }

    /// Drops a field, as older Sysmon versions lack it.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.data.retain(|(field, _)| field != name);
        self
    }

    /// Stored in a form of its own.
    #[must_use]
    pub fn in_form(mut self, form: Form) -> Self {
        self.form = Some(form);
        self
    }
}
