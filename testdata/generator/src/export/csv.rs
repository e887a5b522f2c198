//! CSV of EvtxECmd: events in, the file out.

use super::json::{computer, payload, record_id};
use crate::event::Event;

const COLUMNS: [&str; 25] = [
    "RecordNumber",
    "EventRecordId",
    "TimeCreated",
    "EventId",
    "Level",
    "Provider",
    "Channel",
    "ProcessId",
    "ThreadId",
    "Computer",
    "ChunkNumber",
    "UserId",
    "MapDescription",
    "UserName",
    "RemoteHost",
    "PayloadData1",
    "PayloadData2",
    "PayloadData3",
    "PayloadData4",
    "ExecutableInfo",
    "HiddenRecord",
    "SourceFile",
    "Keywords",
    "ExtraDataOffset",
    "Payload",
];

/// The file: a byte order mark, a line of columns, a line for each event.
pub(super) fn evtxecmd(events: &[Event]) -> String {
    let header = format!("\u{FEFF}{}\r\n", COLUMNS.join(","));
    events.iter().zip(1u64..).fold(header, |mut file, (event, number)| {
        let cells = COLUMNS.map(|column| quoted(&cell(event, number, column)));
        file.push_str(&cells.join(","));
        file.push_str("\r\n");
        file
    })
}

fn cell(event: &Event, number: u64, column: &str) -> String {
    match column {
        "RecordNumber" => number.to_string(),
        "EventRecordId" => record_id(event).to_string(),
        "TimeCreated" => event.created.rfc3339(7).replace('T', " ").replace('Z', ""),
        "EventId" => event.id.to_string(),
        "Level" => "Info".to_owned(),
        "Provider" => event.provider.name.clone(),
        "Channel" => event.channel.to_string(),
        "ProcessId" => event.execution.0.to_string(),
        "ThreadId" => event.execution.1.to_string(),
        "Computer" => computer(event).to_string(),
        "ChunkNumber" | "ExtraDataOffset" => "0".to_owned(),
        "UserId" => "S-1-5-18".to_owned(),
        "MapDescription" => event.task().split(" (rule").next().unwrap_or_default().to_owned(),
        "HiddenRecord" => "False".to_owned(),
        "SourceFile" => r"C:\Evidence\Sysmon.evtx".to_owned(),
        "Keywords" => "Classic".to_owned(),
        "Payload" => payload(event),
        _ => String::new(),
    }
}

/// RFC 4180: quoted where it must be, with quotes doubled.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
