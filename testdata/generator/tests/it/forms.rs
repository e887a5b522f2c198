//! Every form of log reads back as what was written.

#![allow(clippy::expect_used, reason = "a test says by panicking what it misses")]

use pipemine_testdata::sysmon::{PROCESS_CREATE, Schema};
use pipemine_testdata::{Event, Form, Guid, Log, PipeEvent, Provider, Time, Value};
use serde_json::Value as Json;

use crate::reader::{read, text};

const FORMS: [Form; 4] = [Form::Live, Form::Export, Form::Forwarded, Form::Literal];

fn assert_same(event: &Event, json: &Json, context: &str) {
    let system = &json["Event"]["System"];
    assert_eq!(text(&system["EventID"]), event.id.to_string(), "{context}");
    assert_eq!(text(&system["Channel"]), event.channel.to_string(), "{context}");
    assert_eq!(
        text(&system["Provider"]["#attributes"]["Name"]),
        event.provider.name,
        "{context}"
    );
    for (name, value) in &event.data {
        let read = text(&json["Event"]["EventData"][name.as_ref()]);
        assert_eq!(read, value.to_text().to_string(), "{context}: {name}");
    }
}

/// Pipe events of every schema, a process start with every type of value, another provider's event 17.
fn mixture(count: u32) -> Vec<Event> {
    let start = Time::utc(2025, 3, 3, 8, 0, 0);
    let schemas = [Schema::V3_30, Schema::V4_10, Schema::V4_21, Schema::V4_80];
    (0..count)
        .map(|i| {
            let at = start.plus_millis(i64::from(i) * 977);
            let schema = schemas[i as usize % 4];
            match i % 7 {
                0 => process_create(at, i),
                1 => other_provider(at),
                _ if i % 2 == 0 => PipeEvent::created(format!(r"\mojo.{i}.Größe & <{}>", i * 3))
                    .at(at)
                    .pid(i)
                    .schema(schema)
                    .into(),
                _ => PipeEvent::connected("<Anonymous Pipe>")
                    .at(at)
                    .pid(i)
                    .schema(schema)
                    .into(),
            }
        })
        .collect()
}

fn process_create(at: Time, pid: u32) -> Event {
    let values = PROCESS_CREATE.fields(Schema::V4_80).map(|field| match field {
        "UtcTime" => Value::text(at.sysmon()),
        "ProcessGuid" | "ParentProcessGuid" | "LogonGuid" => Value::Guid(Guid::from_words([1, 2, 3, pid])),
        "ProcessId" | "ParentProcessId" => Value::U32(pid),
        "LogonId" => Value::Hex64(0x3E7),
        "TerminalSessionId" => Value::U32(1),
        _ => Value::text(format!("{field} & <{pid}> \"…\"")),
    });
    Event::sysmon(&PROCESS_CREATE, Schema::V4_80, at, values.collect::<Vec<_>>())
}

fn other_provider(at: Time) -> Event {
    let mut event = Event::new(Provider::classic("Disk watcher"), "System", 17, at)
        .data("PipeName", Value::text(r"\not-a-pipe"))
        .data("Enabled", Value::Bool(true));
    event.qualifiers = Some(32_768);
    event
}

#[test]
fn every_form_over_several_chunks() {
    let events = mixture(700);
    for form in FORMS {
        let mut log = Log::new("WS01.corp.example").form(form).first_record_id(5_000);
        let placed: Vec<_> = events.iter().map(|event| log.push(event).expect("it fits")).collect();
        assert!(placed.last().expect("some").chunk > 2, "{form:?}");
        let read = read(log.into_bytes());
        assert_eq!(read.len(), events.len(), "{form:?}");
        for ((event, json), placed) in events.iter().zip(&read).zip(&placed) {
            assert_same(event, json, &format!("{form:?} {}", placed.record_id));
            let system = &json["Event"]["System"];
            assert_eq!(text(&system["EventRecordID"]), placed.record_id.to_string());
            assert_eq!(text(&system["Computer"]), "WS01.corp.example");
        }
    }
}

#[test]
fn forms_and_hosts_mixed_in_one_chunk() {
    let mut events = mixture(60);
    for (i, event) in events.iter_mut().enumerate() {
        event.form = Some(FORMS[i % 4]);
        event.rendered = i % 3 == 0;
        event.computer = Some(format!("host-{}", i % 5).into());
    }
    let mut log = Log::new("collector");
    for event in &events {
        log.push(event).expect("it fits");
    }
    let read = read(log.into_bytes());
    assert_eq!(read.len(), events.len());
    for (i, (event, json)) in events.iter().zip(&read).enumerate() {
        assert_same(event, json, &i.to_string());
        assert_eq!(text(&json["Event"]["System"]["Computer"]), format!("host-{}", i % 5));
        let message = text(&json["Event"]["RenderingInfo"]["Message"]);
        assert_eq!(
            message,
            if event.rendered {
                event.message().to_string()
            } else {
                String::new()
            }
        );
    }
}

#[test]
fn records_lie_where_the_log_says() {
    for form in FORMS {
        let mut log = Log::new("WS01").form(form);
        let placed: Vec<_> = mixture(300)
            .iter()
            .map(|event| log.push(event).expect("it fits"))
            .collect();
        let bytes = log.into_bytes();
        for record in placed {
            let size = u32::try_from(record.size).expect("small").to_le_bytes();
            let end = record.offset + record.size;
            assert_eq!(bytes[record.offset..record.offset + 4], *b"**\0\0");
            assert_eq!(bytes[record.offset + 4..record.offset + 8], size);
            assert_eq!(bytes[end - 4..end], size);
            assert_eq!(
                bytes[record.offset + 8..record.offset + 16],
                record.header_id.to_le_bytes()
            );
            assert_eq!((record.offset - 4_096) / 65_536, record.chunk);
        }
    }
}

#[test]
fn numbers_of_exports_start_anew_and_those_of_live_logs_do_not() {
    let event: Event = PipeEvent::created(r"\x").record_id(77).into();
    let first = |form| Log::new("WS01").form(form).push(&event).expect("it fits");
    assert_eq!((first(Form::Live).record_id, first(Form::Live).header_id), (77, 77));
    assert_eq!((first(Form::Export).record_id, first(Form::Export).header_id), (77, 1));
}

#[test]
fn an_event_larger_than_a_chunk_is_refused_and_leaves_the_log_as_it_was() {
    for form in FORMS {
        let mut log = Log::new("WS01").form(form);
        log.push(&PipeEvent::created(r"\a").into()).expect("it fits");
        assert!(log.push(&PipeEvent::created("x".repeat(40_000)).into()).is_err());
        assert!(log.push(&PipeEvent::created("x".repeat(70_000)).into()).is_err());
        log.push(&PipeEvent::created(r"\b").into()).expect("it fits");
        assert_eq!(read(log.into_bytes()).len(), 2, "{form:?}");
    }
}

#[test]
fn an_empty_log_is_a_log() {
    assert_eq!(read(Log::new("WS01").into_bytes()).len(), 0);
}

#[test]
fn a_name_may_hold_any_units() {
    let units = [0x5C, 0xD83D, 0x78, 0x0000, 0x001B, 0xDE00, 0xFFFF, 0x202E];
    let bytes: Vec<u8> = units.iter().flat_map(|unit: &u16| unit.to_le_bytes()).collect();
    for form in FORMS {
        let log = Log::new("WS01")
            .form(form)
            .event(PipeEvent::created(&units[..]))
            .into_bytes();
        assert!(log.windows(bytes.len()).any(|window| window == bytes), "{form:?}");
    }
}

#[test]
fn absent_and_empty_values_read_as_nothing() {
    for form in FORMS {
        let mut event: Event = PipeEvent::created("").image("").user("").into();
        event.data.push(("Nothing".into(), Value::Null));
        let records = read(Log::new("WS01").form(form).event(event.clone()).into_bytes());
        assert_same(&event, &records[0], &format!("{form:?}"));
    }
}

#[test]
fn one_guid_may_name_two_templates() {
    let guid = Some(Guid([7; 16]));
    let mut first: Event = PipeEvent::created(r"\first").into();
    let mut second: Event = PipeEvent::created(r"\second").schema(Schema::V3_30).into();
    (first.template, second.template) = (guid, guid);
    for form in [Form::Live, Form::Export] {
        let log = Log::new("WS01")
            .form(form)
            .event(first.clone())
            .event(second.clone())
            .event(first.clone());
        let records = read(log.into_bytes());
        for (event, json) in [&first, &second, &first].into_iter().zip(&records) {
            assert_same(event, json, &format!("{form:?}"));
        }
    }
}
