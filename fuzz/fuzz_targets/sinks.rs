//! Any text in every sink: nothing is left that a terminal would obey, CSV has no formula and its rows and columns, JSON
//! and XML give the text back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipemine::output::escape::{is_active, visible};
use pipemine::output::{Column, Format, Report, Section, Value, write};
use pipemine::sysmon::{Condition, Config, Event, Field};
use pipemine::{sysmon, utf16};

const COLUMNS: [Column; 3] = [
    Column {
        key: "a",
        heading: "A",
        from_width: 0,
    },
    Column {
        key: "b",
        heading: "B",
        from_width: 0,
    },
    Column {
        key: "c",
        heading: "C",
        from_width: 40,
    },
];

fn written(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    write(report, format, &mut out).unwrap();
    String::from_utf8(out).expect("every sink writes UTF-8")
}

fuzz_target!(|input: (Vec<u16>, Vec<u16>, u8)| {
    let (a, b, width) = input;
    let text = |units: &[u16]| {
        let mut text = String::new();
        utf16::push_units(units.iter().copied(), &mut text);
        text
    };
    let (a, b) = (text(&a), text(&b));
    let report = Report {
        headline: vec![a.clone()],
        sections: vec![Section {
            key: "rows",
            title: b.clone(),
            columns: COLUMNS.to_vec(),
            rows: vec![vec![
                Value::Text(a.clone()),
                Value::List(vec![b.clone(), a.clone()]),
                Value::Prose(b.clone()),
            ]],
            cut: 0,
        }],
        ..Report::default()
    };
    let table = written(
        &report,
        Format::Table {
            width: u16::from(width),
            colour: false,
        },
    );
    assert!(!table.contains(|c| c != '\n' && is_active(c)), "{table:?}");

    let csv_text = written(&report, Format::Csv);
    assert!(!csv_text.contains(|c| c != '\n' && is_active(c)), "{csv_text:?}");
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), rows[0].len()), (1, 3));
    for cell in &rows[0] {
        assert!(
            !cell.starts_with(['=', '+', '@', '\t', '\r']) && (!cell.starts_with('-') || cell == "-"),
            "{cell:?}"
        );
    }

    let json = written(&report, Format::Json);
    assert!(!json.contains(|c| c != '\n' && is_active(c)), "{json:?}");
    let lines = written(&report, Format::JsonLines);
    assert_eq!(lines.lines().count(), 1);
    // serde_json takes no lone surrogate.
    if !utf16::has_lone_surrogate(&a) && !utf16::has_lone_surrogate(&b) {
        let row: serde_json::Value = serde_json::from_str(&lines).unwrap();
        assert_eq!(row, serde_json::json!({"a": a, "b": [b, a], "c": b}));
        let whole: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(whole["rows"][0], row);
    }

    let comment = sysmon::write::comment(&a);
    let inside = comment
        .strip_prefix("<!--")
        .and_then(|rest| rest.strip_suffix("-->"))
        .expect("a comment");
    assert!(!inside.contains("--") && !inside.ends_with('-'), "{comment:?}");
    if let Ok(filter) = sysmon::write::filter(Field::PipeName, Condition::Is, &a, None) {
        let text = format!(
            "<Sysmon schemaversion=\"4.90\"><EventFiltering>{comment}<RuleGroup groupRelation=\"or\"><PipeEvent \
             onmatch=\"exclude\">{filter}</PipeEvent></RuleGroup></EventFiltering></Sysmon>"
        );
        let config = Config::load(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
        let filters: Vec<_> = config.nodes()[0].items.iter().flat_map(|item| item.filters()).collect();
        if let [filter] = filters[..] {
            assert_eq!(filter.value, a);
            if !a.is_empty() {
                let event = Event {
                    event_type: "CreatePipe",
                    pipe_name: &a,
                    image: "",
                    user: "",
                };
                assert!(!config.engine().verdict(&event).logged, "{text}");
            }
        }
    }
    assert!(!visible(&b).contains(is_active));
});
