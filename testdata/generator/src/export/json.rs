//! JSON of three tools: an event in, a line out.

use super::object::Object;
use crate::event::Event;
use crate::text::Text;
use crate::value::Value;

/// `evtx_dump -o jsonl`, as version 0.15 writes it: the XML's tree, attributes in `#attributes`.
pub(super) fn evtx_dump(event: &Event) -> String {
    let attributes = |attributes: Object| Object::default().raw("#attributes", attributes.finish()).finish();
    let provider = Object::default().text("Name", event.provider.name.as_str());
    let provider = match event.provider.guid {
        Some(guid) => provider.text("Guid", Value::Guid(guid).to_text()),
        None => provider,
    };
    let id = match event.qualifiers {
        Some(qualifiers) => Object::default()
            .raw("#attributes", Object::default().raw("Qualifiers", qualifiers).finish())
            .raw("#text", event.id)
            .finish(),
        None => event.id.to_string(),
    };
    let (process, thread) = event.execution;
    let system = Object::default()
        .raw("Provider", attributes(provider))
        .raw("EventID", id)
        .raw("Version", event.version)
        .raw("Level", 4)
        .raw("Task", event.id)
        .raw("Opcode", 0)
        .text("Keywords", "0x8000000000000000")
        .raw(
            "TimeCreated",
            attributes(Object::default().text("SystemTime", event.created.rfc3339(7))),
        )
        .raw("EventRecordID", record_id(event))
        .raw("Correlation", "null")
        .raw(
            "Execution",
            attributes(Object::default().raw("ProcessID", process).raw("ThreadID", thread)),
        )
        .text("Channel", event.channel.clone())
        .text("Computer", computer(event))
        .raw("Security", attributes(Object::default().text("UserID", "S-1-5-18")));
    let data = event
        .data
        .iter()
        .fold(Object::default(), |data, (name, value)| data.typed(name, value));
    let root = Object::default()
        .raw(
            "#attributes",
            Object::default().text("xmlns", super::xml::NAMESPACE).finish(),
        )
        .raw("System", system.finish())
        .raw("EventData", data.finish());
    Object::default().raw("Event", root.finish()).finish()
}

/// NXLog, as public captures hold it: flat, numbers of the data as text, its own `EventType` displaced by Sysmon's.
pub(super) fn nxlog(event: &Event) -> String {
    let (process, thread) = event.execution;
    // In local time without a zone, and later than `UtcTime`: of no use as the event's time.
    let local = event.created.plus_millis(-4 * 3_600_000).sysmon();
    let second = local.get(..19).unwrap_or_default();
    let object = Object::default()
        .text("EventTime", second)
        .text("Hostname", computer(event))
        .raw("Keywords", i64::MIN)
        .text("EventTypeOrignal", "INFO")
        .raw("SeverityValue", 2)
        .text("Severity", "INFO")
        .raw("EventID", event.id)
        .text("SourceName", event.provider.name.as_str());
    let object = match event.provider.guid {
        Some(guid) => object.text("ProviderGuid", format!("{{{guid}}}")),
        None => object,
    };
    let object = object
        .raw("Version", event.version)
        .raw("Task", event.id)
        .raw("OpcodeValue", 0)
        .raw("RecordNumber", record_id(event))
        .raw("ExecutionProcessID", process)
        .raw("ThreadID", thread)
        .text("Channel", event.channel.clone())
        .text("Domain", "NT AUTHORITY")
        .text("AccountName", "SYSTEM")
        .text("UserID", "S-1-5-18")
        .text("AccountType", "User")
        .text("Message", event.message().to_string().replace('\n', "\r\n"))
        .text("Category", event.task());
    let object = event
        .data
        .iter()
        .fold(object, |object, (name, value)| object.text(name, value.to_text()));
    object
        .text("EventReceivedTime", second)
        .text("SourceModuleName", "eventlog")
        .text("SourceModuleType", "im_msvistalog")
        .text("@version", "1")
        .text("@timestamp", event.created.rfc3339(3))
        .text("host", "collector.corp.example")
        .finish()
}

/// Winlogbeat, as its documentation lists the fields: every value of the data as text.
pub(super) fn winlogbeat(event: &Event) -> String {
    let data = event.data.iter().fold(Object::default(), |data, (name, value)| {
        data.text(name, value.to_text())
    });
    let (process, thread) = event.execution;
    let winlog = Object::default()
        .text("channel", event.channel.clone())
        .text("computer_name", computer(event))
        .raw("event_data", data.finish())
        .text("event_id", event.id.to_string())
        .text("provider_name", event.provider.name.as_str())
        .raw("record_id", record_id(event))
        .raw(
            "process",
            Object::default()
                .raw("pid", process)
                .raw("thread", Object::default().raw("id", thread).finish())
                .finish(),
        )
        .text("task", event.task())
        .raw("version", event.version);
    Object::default()
        .text("@timestamp", event.created.rfc3339(3))
        .raw(
            "@metadata",
            Object::default()
                .text("beat", "winlogbeat")
                .text("version", "8.17.2")
                .finish(),
        )
        .raw("winlog", winlog.finish())
        .raw(
            "event",
            Object::default()
                .text("code", event.id.to_string())
                .text("kind", "event")
                .text("provider", event.provider.name.as_str())
                .finish(),
        )
        .raw("host", Object::default().text("name", computer(event)).finish())
        .text("message", event.message())
        .finish()
}

/// An event's data as EvtxECmd puts it into a column.
pub(super) fn payload(event: &Event) -> String {
    let items: Vec<String> = event
        .data
        .iter()
        .map(|(name, value)| {
            let text = match value {
                Value::Guid(guid) => guid.to_string().to_lowercase().into(),
                _ => value.to_text(),
            };
            Object::default()
                .text("@Name", name.as_ref())
                .text("#text", text)
                .finish()
        })
        .collect();
    let data = Object::default().raw("Data", format!("[{}]", items.join(",")));
    Object::default().raw("EventData", data.finish()).finish()
}

pub(super) fn record_id(event: &Event) -> u64 {
    event.record_id.unwrap_or(1)
}

pub(super) fn computer(event: &Event) -> Text {
    event.computer.clone().unwrap_or_default()
}
