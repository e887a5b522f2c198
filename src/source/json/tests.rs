//! What can be relied on for JSON of any form, sound or hostile.

use std::io::{self, Read};

use proptest::prelude::*;

use crate::test_support::Gathered;
use crate::utf16;

fn row(number: u32) -> String {
    format!(
        r#"{{"SourceName":"Microsoft-Windows-Sysmon","EventID":17,"PipeName":"\\p{number}","Image":"C:\\a.exe","ProcessId":{number},"Tags":[{{"a":"}}{{"}}]}}"#
    )
}

const OTHER: &str = r#"{"SourceName":"Microsoft-Windows-Sysmon","EventID":1,"Image":"C:\\a.exe"}"#;

fn gathered(text: &str) -> Gathered {
    Gathered::of_json(text.as_bytes())
}

/// The names of the pipes of [`row`]s.
fn numbers(gathered: &Gathered) -> Vec<u32> {
    let number = |event: &String| event.split(['p', ' ']).nth(2).unwrap().parse().unwrap();
    gathered.lines().iter().map(number).collect()
}

#[test]
fn every_form_is_read() {
    let rows: Vec<String> = (0..5).map(row).collect();
    let wide: Vec<String> = rows
        .iter()
        .map(|row| {
            let value: serde_json::Value = serde_json::from_str(row).unwrap();
            serde_json::to_string_pretty(&value).unwrap()
        })
        .collect();
    for text in [
        rows.join("\n"),
        rows.join("\r\n") + "\r\n\r\n",
        rows.concat(),
        rows.join(" "),
        format!("[{}]", rows.join(",")),
        format!("[\n{}\n]\n", rows.join(",\n")),
        format!("[{}]", rows.join("\n,")),
        wide.join("\n"),
        wide.concat(),
        format!("[\n{}\n]", wide.join(",\n")),
        format!("Record 1\n{}", rows.join("\nRecord 2\n")),
        format!("Record 1\n{}\n", wide.join("\nRecord 2\n")),
        format!("<14>Nov 24 host app: {}", rows.join("\n<14>Nov 24 host app: ")),
        format!("{}\n{}", rows[..2].join("\n"), wide[2..].join("\n")),
        format!(r#"{{"took":1,"hits":{{"hits":[{}]}}}}"#, rows.join(",")),
        format!("{{\"value\":[\n{}\n]}}", rows.join(",\n")),
    ] {
        for bytes in [
            text.clone().into_bytes(),
            format!("\u{FEFF}{text}").into_bytes(),
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            let gathered = Gathered::of_json(&bytes);
            assert_eq!(numbers(&gathered), [0, 1, 2, 3, 4], "{text}");
            assert_eq!(gathered.skips, [], "{text}");
            assert_eq!(gathered.records, 5, "{text}");
        }
    }
}

#[test]
fn records_that_cannot_be_pipe_events_are_counted_unread() {
    let many = format!("{OTHER}\n").repeat(10_000);
    let gathered = gathered(&many);
    assert_eq!((gathered.records, gathered.events.len()), (10_000, 0));
    let why = "no EventID 17 or 18 in 10,000 events, Sysmon's among them: its config may log no pipes; \
               `pipemine collect` prints one that does";
    assert_eq!(gathered.silence(), why);
}

#[test]
fn a_silent_source_says_why() {
    let security = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":17},
        "EventData":{"PipeName":"x"}}}"##;
    assert_eq!(
        gathered(security).silence(),
        "events of Microsoft-Windows-Security-Auditing only"
    );
    assert_eq!(
        gathered(r#"{"name":"x","version":"1","EventData":{"PipeName":"x"}}"#).silence(),
        "no JSON in any known shape: its first keys are name, version, EventData"
    );
    assert_eq!(gathered("[]").silence(), "there is no record in it");
    // A saved baseline behind the mark of a conflict is damage, and no log without events.
    let saved = "<<<<<<< HEAD\n{\"pipemine\":\"baseline\",\"version\":1,\"program\":\"x\",\"check\":\"ipze\"}\n\
                 {\"image\":\"C:\\\\a.exe\",\"check\":\"5PUG\"}\n";
    let skips = gathered(saved).skips;
    let told = "a saved baseline whose beginning is damaged: nothing of it is read";
    assert_eq!(skips, [(13, told.to_owned())]);
}

#[test]
fn a_row_without_a_provider_is_sysmons_if_it_has_a_pipe() {
    let row = r#"{"EventID":18,"PipeName":"\\x","Image":"C:\\y.exe"}"#;
    assert_eq!(gathered(row).events.len(), 1);
    assert_eq!(gathered(r#"{"EventID":18,"Image":"y"}"#).events.len(), 0);
    assert_eq!(gathered(r#"{"EventID":1,"PipeName":"\\x"}"#).events.len(), 0);
    let missing = gathered(r#"{"EventID":18,"SourceName":"Microsoft-Windows-Sysmon"}"#);
    assert_eq!(missing.skips, [(0, "a pipe event without its PipeName".to_owned())]);
    assert!(
        missing
            .silence()
            .starts_with("none of 1 event with EventID 17 or 18 could be read; ")
    );
}

#[test]
fn names_stay_what_they_are() {
    let name = |json: &str| {
        let text = format!(r#"{{"EventID":17,"PipeName":"{json}","Image":"System"}}"#);
        let events = gathered(&text).lines();
        let event = events.first().map(String::as_str).unwrap_or_default();
        event
            .trim_start_matches("Created ")
            .trim_end_matches(" by System as  on ,  , , #")
            .to_owned()
    };
    assert_eq!(name("&lt;Anonymous Pipe&gt;"), "&lt;Anonymous Pipe&gt;");
    assert_eq!(name(r"\\a\tb "), "\\a\tb ");
    let units = |json| utf16::units(&name(json)).collect::<Vec<_>>();
    assert_eq!(units(r"\ud800x"), [0xD800, u16::from(b'x')]);
    assert_eq!(units(r"\udbfe\udc00"), [0xDBFE, 0xDC00]);
    assert_eq!(
        units("\u{10F800}"),
        [0xDBFE, 0xDC00],
        "a real character of the block that stands for surrogates"
    );
    let mut wide: Vec<u16> = r#"{"EventID":17,"PipeName":"x","Image":"System"}"#.encode_utf16().collect();
    wide[26] = 0xD800;
    let bytes: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let events = Gathered::of_json(&bytes).lines();
    assert!(utf16::has_lone_surrogate(&events[0]), "{events:?}");
}

#[test]
fn of_duplicate_keys_the_last_one_counts() {
    let text = r#"{"EventID":1,"EventID":18,"PipeName":"\\a","PipeName":"\\b","Image":"System"}"#;
    assert!(gathered(text).lines()[0].starts_with(r"Connected \b "));
}

#[test]
fn damage_is_reported_and_the_rest_is_kept() {
    let cut = &row(9)[..60];
    for (damage, why) in [
        (cut, "JSON that is cut off"),
        ("{\"EventID\":17,\"PipeName\":", "JSON that is cut off"),
        ("{\"EventID\":17,\"PipeName\":\"x\",", "JSON that is cut off"),
        (&row(9)[10..], "a line with a pipe event that does not begin with it"),
        (
            "\"x\": 17},\"y\":{\"PipeName\":\"\"}}",
            "a line with a pipe event that does not begin with it",
        ),
        ("{\"EventID\":17,\"PipeName\":x}", "JSON with a mistake in it"),
        (
            "{\"EventID\":17,\"PipeName\":\"a\tb\"}",
            "JSON with a control character in a string",
        ),
        (
            "{\"EventID\":1e999,\"PipeName\":\"17\"}",
            "JSON with a number that is too large",
        ),
    ] {
        let text = format!("{}\n{damage}\n{}\n{}", row(1), row(2), row(3));
        let gathered = gathered(&text);
        assert_eq!(numbers(&gathered), [1, 2, 3], "{damage}");
        let offset = row(1).len() as u64 + 1;
        let offset = if why.contains("line") {
            gathered.skips[0].0
        } else {
            offset
        };
        assert_eq!(gathered.skips, [(offset, why.to_owned())], "{damage}");
    }
}

#[test]
fn damage_at_the_end_of_lists_is_reported() {
    let list = format!("[{},{}", row(1), &row(2)[..50]);
    let gathered = gathered(&list);
    assert_eq!(numbers(&gathered), [1]);
    assert_eq!(gathered.skips.len(), 1);
}

#[test]
fn invalid_utf_8_loses_its_row_alone() {
    let mut bytes = format!("{}\n", row(1)).into_bytes();
    bytes.extend_from_slice(b"{\"EventID\":17,\"PipeName\":\"caf\xE9\"}\n");
    bytes.extend_from_slice(row(2).as_bytes());
    let gathered = Gathered::of_json(&bytes);
    assert_eq!(numbers(&gathered), [1, 2]);
    assert_eq!(gathered.skips[0].1, "JSON that is not in UTF-8");
}

#[test]
fn depth_does_no_harm() {
    let deep = |open: &str, close: &str| open.repeat(10_000) + "1" + &close.repeat(10_000);
    for deep in [deep("[", "]"), deep("{\"a\":", "}")] {
        let ignored = format!(r#"{{"EventID":17,"PipeName":"\\p1 ","Image":"System","x":{deep}}}"#);
        let text = format!("{ignored}\n{}", row(2));
        assert_eq!(
            gathered(&text).events.len(),
            2,
            "what is not looked at may be of any depth"
        );
        let read = format!(r#"{{"EventID":17,"PipeName":{deep}}}"#);
        let gathered = gathered(&format!("{read}\n{}", row(2)));
        assert_eq!(numbers(&gathered), [2]);
    }
    let read = format!("{}{}", "{\"_source\":".repeat(10_000), "{\"PipeName\":17}");
    let gathered = gathered(&format!("{read}{}\n{}", "}".repeat(10_000), row(2)));
    assert_eq!(numbers(&gathered), [2]);
    assert_eq!(gathered.skips[0].1, "JSON nested too deep");
}

/// A stream of one line without end, then a row.
struct LongLine {
    begin: &'static [u8],
    left: usize,
    end: Vec<u8>,
}

impl Read for LongLine {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !self.begin.is_empty() {
            return self.begin.read(buf);
        }
        let len = self.left.min(buf.len());
        buf[..len].fill(b'x');
        self.left -= len;
        if len == 0 {
            self.end
                .as_slice()
                .read(buf)
                .inspect(|len| drop(self.end.drain(..*len)))
        } else {
            Ok(len)
        }
    }
}

#[test]
fn a_line_of_any_length_is_passed_over() {
    for (begin, skips) in [(&b"{\"PipeName\":\"17"[..], 1), (b"prose ", 0)] {
        let mut input = LongLine {
            begin,
            left: 40 << 20,
            end: format!("\n{}\n", row(1)).into_bytes(),
        };
        let gathered = Gathered::of(|sink| super::read(&mut input, 0..u64::MAX, sink));
        assert_eq!(numbers(&gathered), [1]);
        assert_eq!(gathered.skips.len(), skips, "{:?}", gathered.skips);
    }
}

#[test]
fn an_answer_of_any_size_is_read_row_by_row() {
    let wide = " ".repeat(1000);
    let rows: Vec<String> = (0..15_000).map(|i| row(i).replace(",", &format!(",{wide}"))).collect();
    for separator in [",", ",\n"] {
        let text = format!(r#"{{"took":1,"hits":{{"hits":[{}]}}}}"#, rows.join(separator));
        assert!(text.len() > 17 << 20);
        let gathered = gathered(&text);
        assert_eq!(gathered.events.len(), rows.len());
        assert_eq!(gathered.skips, []);
    }
}

#[test]
fn what_is_opened_again_and_again_is_not_read_again_and_again() {
    for (open, mebibytes) in [
        ("{\"a\":[\n", 1),
        ("{\"a\":[", 18),
        ("{\"hits\":[{\"a\":", 18),
        ("{\"hits\":[{},", 18),
        ("x{\"a\":1}", 2),
        ("{\"a\":{}\n", 2),
    ] {
        let text = format!("{}\n{}", open.repeat((mebibytes << 20) / open.len()), row(1));
        let began = std::time::Instant::now();
        let gathered = gathered(&text);
        assert!(began.elapsed().as_secs() < 60, "{open}");
        assert_eq!(numbers(&gathered), [1], "{open}");
    }
}

proptest! {
    /// However a source is cut into ranges, each row is read once.
    #[test]
    fn ranges_share_out_the_rows(
        kinds in proptest::collection::vec(0u8..5, 0..30),
        cuts in proptest::collection::vec(0.0f64..1.0, 0..4),
    ) {
        let text: String = kinds.iter().enumerate().map(|(i, kind)| {
            let i = u32::try_from(i).unwrap();
            match kind {
                0 => format!("{}\n", row(i)),
                1 => format!("{}{}\n", row(i), row(i + 1000)),
                2 => format!("{OTHER}\n"),
                3 => format!("Record {i}\n\n"),
                _ => serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&row(i)).unwrap()).unwrap() + "\n",
            }
        }).collect();
        let whole = gathered(&text);
        let mut cuts: Vec<u64> = cuts.iter().map(|cut| (text.len() as f64 * cut) as u64).collect();
        cuts.extend([0, u64::MAX]);
        cuts.sort_unstable();
        cuts.dedup();
        let parts = Gathered::of(|sink| {
            for range in cuts.windows(2) {
                let from = usize::try_from(range[0]).unwrap();
                super::read(&mut &text.as_bytes()[from..], range[0]..range[1], sink)?;
            }
            Ok(())
        });
        prop_assert_eq!(&parts.lines(), &whole.lines());
        prop_assert_eq!(&parts.skips, &whole.skips);
        prop_assert_eq!(parts.records, whole.records);
    }

    #[test]
    fn nothing_panics(text in "([\\[\\]{}:,\"\\\\\n 17a]|PipeName|\"EventID\":17|\"hits\"){0,40}") {
        gathered(&text);
    }
}

#[test]
fn real_rows_are_all_accounted_for() {
    let Some(path) = crate::test_support::real_logs("pipe-events.jsonl") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let gathered = Gathered::of_json(&bytes);
    assert_eq!(gathered.records, 3188);
    assert_eq!(gathered.events.len(), 3188);
    assert_eq!(gathered.skips, []);
    // The message of a row says the same as its fields, where it has both.
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut row: serde_json::Value = serde_json::from_slice(line).unwrap();
        let fields = row.as_object_mut().unwrap();
        if !fields.contains_key("Message") {
            continue;
        }
        let whole = Gathered::of_json(line).lines();
        for name in ["PipeName", "Image", "ProcessId", "ProcessGuid", "UtcTime", "User"] {
            fields.remove(name);
        }
        let by_message = Gathered::of_json(row.to_string().as_bytes()).lines();
        let unescaped = |event: &String| event.replace("&lt;", "<").replace("&gt;", ">");
        assert_eq!(
            by_message.iter().map(unescaped).collect::<Vec<_>>(),
            whole.iter().map(unescaped).collect::<Vec<_>>()
        );
    }
}
