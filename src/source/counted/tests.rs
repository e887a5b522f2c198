use super::*;
use crate::test_support::Gathered;

/// The rows, and behind them what cannot be read.
fn told(text: &str) -> Vec<String> {
    assert!(begins(text.as_bytes()), "{text}");
    let gathered = Gathered::of(|sink| read(&mut text.as_bytes(), 0, sink));
    let skips = gathered.skips.iter().map(|(offset, what)| format!("{offset}: {what}"));
    gathered.counted.iter().cloned().chain(skips).collect()
}

#[test]
fn tables_of_queries() {
    // KQL: summarize count(), min(TimeGenerated), max(TimeGenerated), make_set(Computer) by EventID, PipeName, Image
    let kusto = "\u{FEFF}EventID,PipeName,Image,count_,min_TimeGenerated,max_TimeGenerated,set_Computer\r\n\
        17,\\x,C:\\a.exe,12,2025-03-03T08:00:00.5Z,2025-03-04T00:00:00Z,\"[\"\"WS01\"\",\"\"WS02\"\"]\"\r\n";
    assert_eq!(
        told(kusto),
        [r#"12 \x CreatePipe ["WS01", "WS02"] Some(1740988800500) Some(1741046400000) C:\a.exe"#]
    );
    // SQL: a day, a host and a kind in each row.
    let sql = "pipe_name;image;event_type;computer;day;events\n\\x;C:\\a.exe;ConnectPipe;WS01;2025-03-03;5\n\\y;;;;;1\n\\x;C:\\a.exe;;9;;2\n\n\\x;a;;;;no\n";
    assert_eq!(
        told(sql),
        [
            r#"5 \x ConnectPipe ["WS01"] Some(1740960000000) Some(1740960000000) C:\a.exe"#,
            r#"2 \x - [] None None C:\a.exe"#,
            "89: a counted row without a pipe's name or an image",
            "117: a counted row whose count is no whole number",
        ]
    );
}

#[test]
fn lines_of_json() {
    let lines = r#"{"pipe_name": "\\x", "image": "C:\\a.exe", "count": 5, "created": 2, "connected": 3, "hosts": 7}
{"PipeName": "\\y", "Image": "C:\\b.exe", "n": "9", "Computer": ["A", "B"], "EventCode": 18, "first": null}
{"PipeName": "\\y"
"#;
    assert_eq!(
        told(lines),
        [
            r"2 \x CreatePipe [] None None C:\a.exe",
            r"3 \x ConnectPipe [] None None C:\a.exe",
            r#"9 \y ConnectPipe ["A", "B"] None None C:\b.exe"#,
            "205: a counted row that cannot be read",
        ]
    );
}

#[test]
fn rows_of_events_are_none() {
    for text in [
        "EventID,PipeName,Image,count,UtcTime\n",
        "PipeName,Image\n",
        "PipeName,count\n",
        "{\"PipeName\": \"x\", \"Image\": \"y\", \"count\": 1, \"ProcessGuid\": \"z\"}",
        "{\"Event\": {\"PipeName\": \"x\", \"Image\": \"y\", \"count\": 1}}",
    ] {
        assert!(!begins(text.as_bytes()), "{text}");
    }
}

#[test]
fn dates_alone_are_times_and_other_events_are_none() {
    let rows = "pipe,image,count,event_id,host,first_seen,last_seen\n\\x,C:\\a.exe,7,17,h1,2024-03-04,2024-03-05\n\\x,C:\\a.exe,7,3,h1,,\n";
    assert_eq!(
        told(rows),
        [
            r#"7 \x CreatePipe ["h1"] Some(1709510400000) Some(1709596800000) C:\a.exe"#,
            "94: a counted row of an EventID that is neither 17 nor 18",
        ]
    );
}

#[test]
fn what_is_not_as_the_header_says_is_told_and_never_guessed_at() {
    let header = "EventID,PipeName,Image,Computer,count_,day\n";
    let row = |row: &str| told(&format!("{header}{row}\n"));
    for good in [
        "17,\\a,C:\\b.exe,WS1,1000,2026-01-05",
        "17.0,\\a,C:\\b.exe,WS1,1000.0,2026-01-05T00:00:00Z",
    ] {
        let day = 1_767_571_200_000_i64;
        let told = format!(r#"1000 \a CreatePipe ["WS1"] Some({day}) Some({day}) C:\b.exe"#);
        assert_eq!(row(good), [told], "{good}");
    }
    let nothing = "17,\\a,C:\\b.exe,WS1,5,-";
    assert_eq!(row(nothing), [r#"5 \a CreatePipe ["WS1"] None None C:\b.exe"#]);
    for (bad, what) in [
        (
            "17,\\a,C:\\b.exe,WS1,1,000,2026-01-05",
            "with more cells than its header: one may lack its quotes",
        ),
        (
            "17,\\a,C:\\b.exe,WS1,\"1,000\",2026-01-05",
            "whose count is no whole number",
        ),
        ("17,\\a,C:\\b.exe,WS1,,2026-01-05", "whose count is no whole number"),
        ("17,\\a,C:\\b.exe,WS1,0,2026-01-05", "whose count is none"),
        (
            "17,\\a,C:\\b.exe,WS1,5,05/01/2026",
            "whose day or time cannot be read: write it as 2026-01-05 or 2026-01-05T10:00:00Z",
        ),
    ] {
        assert_eq!(row(bad), [format!("{}: a counted row {what}", header.len())], "{bad}");
    }
}
