//! Texts that hold parts of pipe events in the way of some tool, in JSON, CSV and text: nothing panics, what is read makes
//! sense, and the same comes of a source in drops.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipemine::source::format::Format;

use crate::gathered::{Drops, Gathered, read};

#[path = "shared/gathered.rs"]
mod gathered;

/// Parts that the fall-backs look for.
const PARTS: [&str; 32] = [
    "Pipe Created:",
    "Pipe Connected:",
    "PipeName: ",
    "pipe_name=",
    "Image: ",
    "User: ",
    "UtcTime: ",
    "ProcessGuid: ",
    "ProcessId: ",
    "2025-03-14 09:26:53.589",
    "{b669e388-a0f3-5edf-5d00-000000000300}",
    "4204",
    "\\pipe\\x",
    "C:\\a.exe",
    "\n",
    "\r\n",
    "\\r\\n",
    "\t",
    " ",
    " ¦ ",
    "|",
    ", ",
    "\"",
    "<Event ",
    "<Data Name='PipeName'>",
    "</Data></Event>",
    "{\"",
    "\":\"",
    "\"}",
    "<14>Mar 14 09:26:53 WS01 ",
    "CEF:0|a|b|c|17|d|1|",
    "MSWinEventLog\t",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else {
        return;
    };
    // A byte is a part, or a character.
    let text: String = bytes
        .iter()
        .map(|byte| match PARTS.get(usize::from(*byte)) {
            Some(part) => (*part).to_owned(),
            None => char::from(*byte).to_string(),
        })
        .collect();
    let object = serde_json::json!({ "EventID": 17, "pipe": "x", "message": text, "list": [{ "event": text }] });
    let row = format!("EventID,Message,Pipe\n17,\"{}\",x\n", text.replace('"', "\"\""));
    for (format, source) in [
        (Format::Json, object.to_string()),
        (Format::Csv, row),
        (Format::Text, text.clone()),
        (Format::Xml, format!("<Objs ><Obj ><S N=\"Message\">{text}</S></Obj></Objs>")),
    ] {
        let whole = read(format, source.as_bytes(), 0..u64::MAX);
        whole.assert_places(source.as_bytes());
        let mut dropped = Gathered::default();
        format
            .read_records(&mut Drops(source.as_bytes(), usize::from(*how)), 0..u64::MAX, &mut dropped)
            .unwrap();
        assert_eq!(dropped, whole);
    }
});
