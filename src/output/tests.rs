use super::*;

const COLUMNS: [Column; 4] = [
    Column {
        key: "count",
        heading: "COUNT",
        from_width: 0,
    },
    Column {
        key: "pipe_name",
        heading: "PIPE",
        from_width: 0,
    },
    Column {
        key: "image",
        heading: "IMAGE",
        from_width: 0,
    },
    Column {
        key: "last_seen",
        heading: "LAST SEEN",
        from_width: 90,
    },
];

fn report(names: &[&str]) -> Report {
    let row = |name: &&str| {
        vec![
            Value::Count(12_345),
            (*name).into(),
            r"C:\Windows\System32\svchost.exe".into(),
            Value::Time(Millis(0)),
        ]
    };
    Report {
        headline: vec!["1 pair".into()],
        members: vec![(
            "summary",
            Value::Object(vec![("pairs", Value::Count(1)), ("share", Value::Share(0.123_456))]),
        )],
        sections: vec![Section {
            key: "pairs",
            title: String::new(),
            columns: COLUMNS.to_vec(),
            rows: names.iter().map(row).collect(),
            cut: 3,
        }],
        closing: vec!["Next: draft.".into()],
    }
}

fn written(names: &[&str], format: Format) -> String {
    let mut bytes = Vec::new();
    write(&report(names), format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

const HOSTILE: [&str; 6] = [
    "\\esc\u{1b}[2J\u{9b}x",
    "\\bidi\u{202e}gpj.exe",
    "\\new\nline",
    "=cmd|' /C calc'!A0",
    "\\quote\"<&>'",
    "\\lone\u{10F800}",
];

#[test]
fn a_table_fits_the_width_and_numbers_stand_right() {
    let long = format!("\\mojo.{}", "1234567890".repeat(9));
    insta::assert_snapshot!(written(
        &["\\lsass", &long],
        Format::Table {
            width: 80,
            colour: false
        }
    ));
    insta::assert_snapshot!(written(
        &["\\lsass", &long],
        Format::Table {
            width: 200,
            colour: false
        }
    ));
    let wide = written(
        &["\\長長長長長長長長長長長長長長長長長長長長長長長長", "\\x"],
        Format::Table {
            width: 80,
            colour: false,
        },
    );
    for line in wide.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
}

#[test]
fn nothing_hostile_reaches_a_terminal() {
    let table = written(
        &HOSTILE,
        Format::Table {
            width: 120,
            colour: false,
        },
    );
    assert!(!table.contains(|c: char| escape::is_active(c) && c != '\n'));
    insta::assert_snapshot!(table);
}

#[test]
fn csv_runs_no_formula_and_holds_nothing_that_a_terminal_obeys() {
    let csv = written(&HOSTILE, Format::Csv);
    insta::assert_snapshot!(csv);
    assert!(!csv.contains(|c: char| escape::is_active(c) && c != '\n'));
    let mut reader = ::csv::Reader::from_reader(csv.as_bytes());
    let names: Vec<String> = reader
        .records()
        .map(|row| row.unwrap().get(1).unwrap().to_owned())
        .collect();
    // A name with a line end forges no row.
    assert_eq!(names.len(), HOSTILE.len());
    assert_eq!(names[4], HOSTILE[4]);
    // Found by fuzzing: a carriage return or a tab moves what a terminal shows.
    let csv = written(&["\\a\r\tb", "x;=cmd|' /C calc'!A0;-", "\u{FF1D}1", "-"], Format::Csv);
    insta::assert_snapshot!(csv);
}

#[test]
fn json_gives_every_name_back() {
    let lines = written(&HOSTILE, Format::JsonLines);
    insta::assert_snapshot!(lines);
    insta::assert_snapshot!(written(&["\\lsass"], Format::Json));
    for (line, name) in lines.lines().zip(&HOSTILE[..5]) {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["pipe_name"], **name);
    }
    assert!(lines.contains("\\\\lone\\ud800"));
}
