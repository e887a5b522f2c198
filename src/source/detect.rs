//! The first bytes of a source in, what it is out.
//!
//! Names are not looked at: logs are called `.txt`, and pictures `.json`.

use super::format::Format;
use super::text::{self, Encoding, is_control};
use super::{counted, csv, evtx, json, saved, words, xml};

/// How many of a source's first bytes are enough to tell what it is. Fewer do where the source has no more.
pub const FIRST_LOOK: usize = 64 * 1024;

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detected {
    /// It may hold events.
    Source(Source),
    /// It holds none: what it is instead, in words, such as `a PNG picture`.
    Nothing(&'static str),
}

/// A source that may hold events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Its form.
    pub format: Format,
    /// Whether [`Format::read_records`] can read its [ranges](super::format::ranges) apart.
    pub can_be_split: bool,
}

/// What files of other kinds begin with.
const OTHERS: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1A\n", "a PNG picture"),
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a bitmap picture"),
    (b"%PDF", "a PDF document"),
    (b"regf", "a registry hive"),
    (b"MZ", "a Windows program"),
    (b"\x7FELF", "a Linux program"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive: unpack it first"),
    (b"Rar!\x1A\x07", "a RAR archive: unpack it first"),
    (b"\xFD7zXZ\0", "packed by xz: unpack it first"),
    (b"BZh", "packed by bzip2: unpack it first"),
    (b"\x04\x22\x4D\x18", "packed by lz4: unpack it first"),
    (b"MSCF", "a cabinet: unpack it first"),
    (
        b"\x30\0\0\0LfLe",
        "an event log of Windows before Vista, which Sysmon does not write",
    ),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file: export it as JSON or CSV"),
    (b"Obj\x01", "an Avro file: export it as JSON or CSV"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office document"),
    (b"\xD4\xC3\xB2\xA1", "a packet capture"),
    (b"\x0A\x0D\x0D\x0A", "a packet capture"),
    (b"{\\rtf", "a rich text document"),
    (
        b"version https://git-lfs.github.com/spec/",
        "a pointer of Git LFS, whose file is elsewhere: fetch it with `git lfs pull`",
    ),
    (b"vhdxfile", "a disk image (VHDX): mount it, and give the logs in it"),
    (b"conectix", "a disk image (VHD): mount it, and give the logs in it"),
    (b"KDMV", "a disk image (VMDK): mount it, and give the logs in it"),
    (b"QFI\xFB", "a disk image (QCOW2): mount it, and give the logs in it"),
    (
        b"EVF\x09\r\n\xFF\0",
        "a disk image (E01): mount it, and give the logs in it",
    ),
    (
        b"EVF2\r\n\x81\0",
        "a disk image (Ex01): mount it, and give the logs in it",
    ),
    (b"MDMP", "a memory dump"),
    (b"PAGEDU", "a memory dump"),
];

/// What the source is that begins with these bytes: all of it, or at least [`FIRST_LOOK`] bytes.
#[must_use]
pub fn detect(first_bytes: &[u8]) -> Detected {
    if let Some(format) = binary(first_bytes) {
        return Detected::Source(Source {
            format,
            can_be_split: false,
        });
    }
    if first_bytes.is_empty() {
        return Detected::Nothing("empty");
    }
    if first_bytes.iter().all(|byte| *byte == 0) {
        return Detected::Nothing("nothing but zeros");
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| first_bytes.starts_with(magic)) {
        return Detected::Nothing(what);
    }
    if first_bytes.get(510..512) == Some(b"\x55\xAA") && first_bytes.iter().take(512).any(|byte| *byte > 0x7F) {
        return Detected::Nothing("a disk image: mount it, and give the logs in it");
    }
    if first_bytes.get(257..262) == Some(b"ustar") {
        return Detected::Nothing("a tar archive: unpack it first");
    }
    of_text(first_bytes)
}

/// The format of what is no text.
fn binary(bytes: &[u8]) -> Option<Format> {
    Some(match bytes {
        [0x1F, 0x8B, 8, ..] => Format::Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..0x60, 0x2A, 0x4D, 0x18, ..] => Format::Zstd,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Format::Zip,
        _ if evtx::is_evtx(bytes) => Format::Evtx,
        _ => return None,
    })
}

fn of_text(bytes: &[u8]) -> Detected {
    let (encoding, mark) = text::encoding(bytes);
    let bytes = bytes.get(mark..).unwrap_or_default();
    let mut narrow = Vec::new();
    let text = if encoding == Encoding::Utf8 {
        bytes
    } else {
        text::narrow(bytes, encoding, true, &mut narrow);
        &narrow
    };
    let source = |format, can_be_split| {
        Detected::Source(Source {
            format,
            can_be_split: can_be_split && encoding == Encoding::Utf8,
        })
    };
    if text.trim_ascii().is_empty() {
        Detected::Nothing("nothing but spaces")
    } else if saved::begins(text) {
        source(Format::Baseline, false)
    } else if counted::begins(text) {
        source(Format::Counted, false)
    } else if let Some(has_lines) = json::begins(text) {
        source(Format::Json, has_lines)
    } else if xml::begins(text) {
        source(Format::Xml, true)
    } else if !words::begins_with_header(text) && csv::begins(text) {
        source(Format::Csv, false)
    } else if words::begins(text) {
        source(Format::Text, false)
    } else if text.iter().any(is_control) {
        Detected::Nothing("in no known format")
    } else if text.trim_ascii_start().starts_with(b"<") {
        Detected::Nothing("XML or HTML without events")
    } else {
        Detected::Nothing("text without events")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Detected {
        detect(text.as_bytes())
    }

    fn source(format: Format, can_be_split: bool) -> Detected {
        Detected::Source(Source { format, can_be_split })
    }

    const XML: &str = "<Event xmlns='x'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>17";

    #[test]
    fn sources_are_known_by_content() {
        for (text, expected) in [
            (
                "{\"pipemine\":\"baseline\",\"version\":9",
                source(Format::Baseline, false),
            ),
            ("{\"EventID\": 17}\n{\"EventID\": 17}\n", source(Format::Json, true)),
            ("{\"EventID\": 17}", source(Format::Json, true)),
            ("\u{FEFF}\r\n{\"EventID\": 17}\r\n", source(Format::Json, true)),
            ("[{\"EventID\": 17},\n{\"EventID\": 17}]", source(Format::Json, false)),
            ("[\n  {\n    \"EventID\": 17", source(Format::Json, false)),
            ("[]", source(Format::Json, false)),
            ("{\n  \"EventID\": 17\n}\n", source(Format::Json, false)),
            ("{\"EventID\": 17}{\"EventID\": 17}", source(Format::Json, false)),
            (
                "{\"took\": 1, \"hits\": {\"hits\": [\n{\"_id\": 1},\n",
                source(Format::Json, false),
            ),
            ("Record 17\n{\"EventID\": 17}\nRecord 18\n", source(Format::Json, true)),
            (
                "Record 17\n{\n  \"EventID\": 17\n}\nRecord 18\n",
                source(Format::Json, false),
            ),
            (
                "Nov 24 12:00:00 host app: {\"EventID\": 17}\n",
                source(Format::Json, false),
            ),
            (XML, source(Format::Xml, true)),
            (
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Events><Event ",
                source(Format::Xml, true),
            ),
            (
                "Record 1\n<?xml version=\"1.0\"?>\n<Event xmlns",
                source(Format::Xml, true),
            ),
            (
                "evtxexport 20240504\n\n<Event xmlns='x'>\n <System>",
                source(Format::Xml, true),
            ),
            ("<?xml version=\"1.0\"?><Events></Events>", source(Format::Xml, true)),
            ("EventID,PipeName\n17,x\n", source(Format::Csv, false)),
            (
                "PipeName;Image;count_\n\\x;C:\\a.exe;3\n",
                source(Format::Counted, false),
            ),
            (
                "{\"PipeName\": \"\\\\x\", \"Image\": \"a\", \"count\": 3}\n",
                source(Format::Counted, false),
            ),
            (
                "UtcTime,PipeName,Image,count,EventID\n,x,a,3,17\n",
                source(Format::Csv, false),
            ),
            (
                "#TYPE x\n\"Message\";\"Id\";\"ProviderName\"\n",
                source(Format::Csv, false),
            ),
            ("a,b,c\n1,2,3\n", source(Format::Csv, false)),
            ("17}}\n{\"EventID\": 17}\n", source(Format::Json, true)),
            ("a,b\n17,Microsoft-Windows-Sysmon\n", source(Format::Csv, false)),
            // A control character in a name, and pages that were lost.
            (
                "EventID,PipeName\n17,\u{1}\u{1}\u{1}\u{1}\n18,\u{2}\u{2}\u{2}\u{2}\u{2}\u{2}\n",
                source(Format::Csv, false),
            ),
            ("{\"EventID\": 17}\n\0\0\0\0\0\0\0\0\n", source(Format::Json, true)),
            (
                "<Events><Event xmlns='x'><System><Computer>\0\0\0</Computer></System></Event></Events>",
                source(Format::Xml, true),
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let Detected::Source(expected) = expected else { continue };
            assert_eq!(detect(&wide), source(expected.format, false), "{text}");
        }
        assert_eq!(
            found("\0\0\0\0\0\0\0\0 17}\n{\"EventID\": 17}\n"),
            source(Format::Json, true)
        );
        for (bytes, format) in [
            (&b"ElfFile\0"[..], Format::Evtx),
            (b"\x1F\x8B\x08\0", Format::Gzip),
            (b"\x28\xB5\x2F\xFD", Format::Zstd),
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
        ] {
            assert_eq!(detect(bytes), source(format, false));
        }
    }

    #[test]
    fn what_is_no_source_is_named() {
        for (bytes, what) in [
            (&b""[..], "empty"),
            (&[0; 5000], "nothing but zeros"),
            (b"  \r\n", "nothing but spaces"),
            (b"\x89PNG\r\n\x1A\n\0\0", "a PNG picture"),
            (b"%PDF-1.7", "a PDF document"),
            (b"regf\0\0", "a registry hive"),
            (b"# Logs\n\nSysmon logs, with {braces}.\n", "text without events"),
            (b"# Logs\n\n```json\n{\"EventID\": 17}\n```\n", "text without events"),
            (b"# Logs\n\n```xml\n<Event xmlns='x'>\n```\n", "text without events"),
            (b"Name,Price\nx,1\n", "text without events"),
            (b"Logs, and more logs, are here.\nRead them.", "text without events"),
            (b"<!DOCTYPE html><html>", "XML or HTML without events"),
            (
                b"<Sysmon schemaversion='4.90'><EventFiltering>",
                "XML or HTML without events",
            ),
            (b"\x01\x02\x03\x04", "in no known format"),
            (b"Logs, and more logs, are here.\x01\nRead them.", "in no known format"),
            (b"\x01\x02,\x03\nMicrosoft-Windows-Sysmon,x\n", "in no known format"),
        ] {
            assert_eq!(
                detect(bytes),
                Detected::Nothing(what),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}
