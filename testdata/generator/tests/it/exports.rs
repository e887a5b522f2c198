//! The other forms of export hold the same events, and parse as what they are.

use pipemine_testdata::fleet::Fleet;
use pipemine_testdata::{Event, Export, Form, Log, PipeEvent};
use serde_json::Value as Json;

use crate::reader::{read, text};

/// A machine's events, and a few with names that try every format.
fn events() -> Vec<Event> {
    let fleet = Fleet::of(2, 2, 11);
    let mut events = fleet.events(&fleet.machines[1]);
    let hostile = [
        "\\a&b<c>d;e\"f'g",
        "\\line\nfeed",
        "\\=1+1,\"x\"",
        "\\]]>",
        "\\Größe 長 \u{1F600}",
        "<Anonymous Pipe>",
    ];
    for (name, id) in hostile.into_iter().zip(1u64..) {
        events.push(PipeEvent::created(name).host("WS-0001").record_id(id).into());
    }
    events
}

fn pipe_names(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| event.field("PipeName"))
        .map(|name| name.to_text().to_string())
        .collect()
}

fn lines(export: Export, events: &[Event]) -> Vec<Json> {
    export
        .file(events)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn json_of_evtx_dump_is_what_it_makes_of_the_log() {
    let events = events();
    let log = events
        .iter()
        .cloned()
        .fold(Log::new("WS-0001").form(Form::Export), Log::event);
    assert_eq!(lines(Export::EvtxDump, &events), read(log.into_bytes()));
}

#[test]
fn flat_json_has_the_fields_beside_those_of_the_system() {
    let events = events();
    let lines = lines(Export::NxLog, &events);
    assert_eq!(lines.len(), events.len());
    let names: Vec<_> = lines
        .iter()
        .filter(|line| line["PipeName"].is_string())
        .map(|line| text(&line["PipeName"]))
        .collect();
    assert_eq!(names, pipe_names(&events));
    for (line, event) in lines.iter().zip(&events) {
        assert_eq!(line["EventID"], event.id);
        assert_eq!(line["RecordNumber"], event.record_id.expect("numbered"));
        assert_eq!(
            text(&line["Hostname"]),
            event.computer.as_ref().expect("named").to_string()
        );
    }
}

#[test]
fn json_of_winlogbeat_has_them_below_event_data() {
    let events = events();
    let lines = lines(Export::Winlogbeat, &events);
    let data = lines
        .iter()
        .map(|line| &line["winlog"]["event_data"]["PipeName"])
        .filter(|name| name.is_string());
    assert_eq!(data.map(text).collect::<Vec<_>>(), pipe_names(&events));
}

#[test]
fn xml_is_well_formed_with_or_without_a_root() {
    let events = events();
    let file = Export::EventViewerXml.file(&events);
    let lines = format!("<r>{}</r>", Export::WevtutilXml.file(&events));
    for xml in [file, lines] {
        let document = roxmltree::Document::parse(&xml).expect("XML");
        let data = document
            .descendants()
            .filter(|node| node.attribute("Name") == Some("PipeName"));
        let names: Vec<_> = data.map(|node| node.text().unwrap_or_default().to_owned()).collect();
        assert_eq!(names, pipe_names(&events));
    }
}

#[test]
fn csv_has_the_data_as_json_in_a_column() {
    let events = events();
    let file = Export::EvtxECmd.file(&events);
    let mut reader = csv::Reader::from_reader(file.trim_start_matches('\u{FEFF}').as_bytes());
    let column = reader
        .headers()
        .expect("columns")
        .iter()
        .position(|name| name == "Payload")
        .expect("it has one");
    let rows = reader.records().map(|row| row.expect("a row")[column].to_owned());
    let names = rows.filter_map(|payload| {
        let payload: Json = serde_json::from_str(&payload).expect("JSON");
        let data = payload["EventData"]["Data"].as_array()?.clone();
        data.iter()
            .find(|item| item["@Name"] == "PipeName")
            .map(|item| text(&item["#text"]))
    });
    assert_eq!(names.collect::<Vec<_>>(), pipe_names(&events));
}

#[test]
fn lone_surrogates_survive_where_the_form_can_hold_them() {
    let units = vec![u16::from(b'\\'), 0xD83D, u16::from(b'x')];
    let event: Event = PipeEvent::created(units).into();
    assert!(
        Export::EvtxDump
            .file(std::slice::from_ref(&event))
            .contains(r#""PipeName":"\\\ud83dx""#)
    );
    assert!(Export::WevtutilXml.file(&[event]).contains("\\\u{FFFD}x"));
}
