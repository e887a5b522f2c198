//! Whatever form an event is handed over in, it is the same event: tests that write events in every form that is read.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::container::{Input, Limits, read};
use super::evtx;
use crate::event::Kind;
use crate::test_support::{Gathered, OwnedEvent};
use crate::utf16;

/// What each form writes of an event.
impl OwnedEvent {
    fn utc_time(&self) -> String {
        let time = self.time.map(|time| jiff::Timestamp::from_millisecond(time.0).unwrap());
        time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string())
            .unwrap_or_default()
    }

    /// Names and values as in `EventData`.
    fn data(&self) -> Vec<(&'static str, String)> {
        vec![
            ("RuleName", "-".to_owned()),
            ("EventType", self.kind.to_string()),
            ("UtcTime", self.utc_time()),
            ("ProcessGuid", self.process_guid.clone()),
            ("ProcessId", self.process_id.unwrap_or_default().to_string()),
            ("PipeName", self.pipe_name.clone()),
            ("Image", self.image.clone()),
            ("User", self.user.clone()),
        ]
    }

    fn data_object(&self) -> Value {
        self.data()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect()
    }

    fn message(&self) -> String {
        let title = match self.kind {
            Kind::Created => "Pipe Created:",
            Kind::Connected => "Pipe Connected:",
        };
        let lines = self
            .data()
            .into_iter()
            .map(|(name, value)| format!("\r\n{name}: {value}"));
        title.to_owned() + &lines.collect::<String>()
    }

    fn event_data_xml(&self) -> String {
        let data = self
            .data()
            .into_iter()
            .map(|(name, value)| format!("<Data Name='{name}'>{}</Data>", escaped(&value)));
        format!("<EventData>{}</EventData>", data.collect::<String>())
    }

    fn xml(&self) -> String {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
             Name='Microsoft-Windows-Sysmon'/><EventID>{}</EventID><EventRecordID>{}</EventRecordID><Computer>{}</Computer>\
             </System>{}</Event>",
            self.kind.event_id(),
            self.record_id.unwrap_or_default(),
            escaped(&self.host),
            self.event_data_xml(),
        )
    }

    /// The event as an object in each dialect that keeps all of it.
    fn objects(&self) -> Vec<Value> {
        let id = self.kind.event_id();
        let (host, record_id, provider) = (&self.host, self.record_id, super::PROVIDER);
        let mut flat = self.data_object();
        for (name, value) in [
            ("EventID", json!(id)),
            ("SourceName", json!(provider)),
            ("Hostname", json!(host)),
            ("RecordNumber", json!(record_id)),
        ] {
            flat[name] = value;
        }
        let system = json!({"Provider": {"#attributes": {"Name": provider}}, "EventID": id, "EventRecordID": record_id, "Computer": host});
        let winlog = json!({"provider_name": provider, "event_id": id.to_string(), "computer_name": host, "record_id": record_id,
            "event_data": self.data_object()});
        let mut without_data = winlog.clone();
        without_data["event_data"].take();
        vec![
            flat,
            json!({"Event": {"System": system, "EventData": self.data_object()}}),
            json!({"System": {"Provider": {"Name": provider}, "EventID": {"Value": id}, "EventRecordID": record_id, "Computer": host},
                "EventData": self.data_object()}),
            json!({"_source": {"winlog": winlog}}),
            json!({"winlog": without_data, "@timestamp": self.utc_time() + "Z", "file": {"name": self.pipe_name}, "process":
                {"executable": self.image, "pid": self.process_id, "entity_id": self.process_guid}, "user": {"name": self.user}}),
            json!({"result": {"_raw": self.xml()}}),
            json!({"Id": id, "ProviderName": provider, "MachineName": host, "RecordId": record_id, "Message": self.message()}),
            json!({"EventID": id, "Computer": host, "RecordID": record_id, "Details": {"Pipe": self.pipe_name, "Proc": self.image,
                "PID": self.process_id, "PGUID": self.process_guid}, "ExtraFieldInfo": {"User": self.user, "UtcTime": self.utc_time()}}),
            json!({"Source": provider, "EventID": id, "Computer": host, "EventRecordId": record_id, "EventData": self.event_data_xml()}),
            json!({"Provider": provider, "EventID": id, "Computer": host, "EventRecordId": record_id,
                "EventData": self.data_object().to_string()}),
        ]
    }
}

fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        '\r' => "&#13;".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

fn csv(header: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n";
    format!("{header}\r\n{}", rows.map(line).collect::<String>())
}

/// The events in every form.
fn forms(events: &[OwnedEvent]) -> Vec<String> {
    let mut forms = Vec::new();
    let by_event: Vec<Vec<Value>> = events.iter().map(OwnedEvent::objects).collect();
    for dialect in 0..by_event.first().map_or(0, Vec::len) {
        let objects: Vec<&Value> = by_event.iter().map(|objects| &objects[dialect]).collect();
        let joined =
            |between: &str, text: fn(&&Value) -> String| objects.iter().map(text).collect::<Vec<_>>().join(between);
        let wide = |value: &&Value| serde_json::to_string_pretty(value).unwrap();
        forms.push(joined("\n", |value| value.to_string()));
        forms.push(joined("\nRecord 2\n", wide));
        forms.push(serde_json::to_string(&objects).unwrap());
        forms.push(serde_json::to_string_pretty(&json!({"hits": {"hits": objects}})).unwrap());
    }
    let all_xml: String = events.iter().map(OwnedEvent::xml).collect();
    forms.push(format!("<?xml version='1.0'?>\r\n<Events>{all_xml}</Events>"));
    forms.push(csv(
        "Event ID,Provider,Computer,Record_ID,Rule,Type,UtcTime,process_guid,processid,Pipe.Name,IMAGE,User",
        events.iter().map(|event| {
            let mut row = vec![
                event.kind.event_id().to_string(),
                super::PROVIDER.to_owned(),
                event.host.clone(),
            ];
            row.push(event.record_id.unwrap_or_default().to_string());
            row.extend(event.data().into_iter().map(|(_, value)| value));
            row
        }),
    ));
    forms.push(csv(
        "Message,Id,ProviderName,MachineName,RecordId,ProcessId",
        events.iter().map(|event| {
            let id = event.kind.event_id().to_string();
            let record_id = event.record_id.unwrap_or_default().to_string();
            vec![
                event.message(),
                id,
                super::PROVIDER.to_owned(),
                event.host.clone(),
                record_id,
                "4".to_owned(),
            ]
        }),
    ));
    forms
}

/// The same in other encodings, and packed.
fn packed(text: &str) -> [Vec<u8>; 5] {
    let wide = |to_bytes: fn(u16) -> [u8; 2]| format!("\u{FEFF}{text}").encode_utf16().flat_map(to_bytes).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("folder/log", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    [
        text.as_bytes().to_vec(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        gzip.finish().unwrap(),
        zip.finish().unwrap().into_inner(),
    ]
}

fn assert_all_forms_are_these(events: &[OwnedEvent]) {
    for form in forms(events) {
        for bytes in packed(&form) {
            let gathered = Gathered::of(|sink| read(Input::Stream(&mut &bytes[..]), None, &Limits::default(), sink));
            assert_eq!(gathered.events, events, "{form}");
            assert_eq!(gathered.skips, [], "{form}");
            assert_eq!(gathered.passed_over, [""; 0], "{form}");
        }
    }
}

fn any_event() -> impl Strategy<Value = OwnedEvent> {
    let name = "\\PC{1,12}|\\\\[a-z<>&'\" ]{1,8}|\\\\x\nImage: y|&lt;Anonymous Pipe&gt;|-";
    let time = 0i64..4_000_000_000_000;
    (
        any::<bool>(),
        name,
        "[A-Z]:\\\\[^\\p{C}\\\\]{0,8}",
        "[A-Z]{0,4}\\\\[a-z]{1,4}",
        time,
        any::<u32>(),
        any::<u64>(),
    )
        .prop_map(|(created, pipe_name, image, user, time, process_id, record_id)| {
            // What stands for surrogates is read as what it is.
            let plain = pipe_name.chars().filter(|c| utf16::surrogate(*c).is_none());
            let kind = if created { Kind::Created } else { Kind::Connected };
            OwnedEvent {
                process_guid: "{b669e388-a0f3-5edf-5d00-000000000300}".to_owned(),
                ..OwnedEvent::new(kind, &(plain.collect::<String>() + "x"))
                    .image(&image)
                    .user(&user)
                    .host("WS01.example")
                    .time(time)
                    .process_id(process_id)
                    .record_id(record_id)
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_form_says_the_same(events in proptest::collection::vec(any_event(), 1..4)) {
        assert_all_forms_are_these(&events);
    }
}

#[test]
fn real_logs_say_the_same_in_every_form() {
    let Some(folder) = crate::test_support::real_logs("evtx") else {
        return;
    };
    let logs = std::fs::read_dir(folder).unwrap();
    let mut all = Gathered::default();
    for log in logs {
        let bytes = std::fs::read(log.unwrap().path()).unwrap();
        let before = all.events.len();
        evtx::read(&mut &bytes[..], 0, &mut all).unwrap();
        assert_all_forms_are_these(&all.events[before..]);
    }
    let folded = |values: &mut dyn Iterator<Item = String>| values.collect::<indexmap::IndexSet<_>>().len();
    assert_eq!(all.events.len(), 62);
    let pair = |event: &OwnedEvent| format!("{}\0{}", event.pipe_name, event.image).to_ascii_lowercase();
    assert_eq!(folded(&mut all.events.iter().map(pair)), 41);
    let host = |event: &OwnedEvent| event.host.split('.').next().unwrap_or_default().to_ascii_lowercase();
    assert_eq!(folded(&mut all.events.iter().map(host)), 4);
}
