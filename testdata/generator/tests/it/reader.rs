//! An independent reader, the crate `evtx`: a log's bytes in, its records as JSON out.

use evtx::{EvtxParser, ParserSettings};
use serde_json::Value as Json;

/// All records; checksums must be right, and no record may fail.
pub(crate) fn read(bytes: Vec<u8>) -> Vec<Json> {
    let settings = ParserSettings::new().validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(bytes)
        .expect("a log")
        .with_configuration(settings);
    parser
        .records_json_value()
        .map(|record| record.expect("a whole record").data)
        .collect()
}

/// A value as text, whether the reader gave a number or a string (forwarded values are all strings).
pub(crate) fn text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        Json::Object(parts) => text(&parts["#text"]),
        other => other.to_string(),
    }
}
