//! What can be relied on for CSV of any form, sound or hostile.

use std::io::Read;

use proptest::prelude::*;

use crate::test_support::Gathered;

const MESSAGE: &str = "Pipe Created:\nRuleName: -\nEventType: CreatePipe\nUtcTime: 2020-06-10 02:51:02.755\n\
    ProcessGuid: {b669e388}\nProcessId: 4204\nPipeName: \\lsass\nImage: C:\\svc.exe\nUser: NT AUTHORITY\\SYSTEM";

const EVENT: &str =
    "Created \\lsass by C:\\svc.exe as NT AUTHORITY\\SYSTEM on WS01, 4204 {b669e388}, 1591757462755, #464717";

fn gathered_of(bytes: &[u8]) -> Gathered {
    Gathered::of(|sink| super::read(&mut { bytes } as &mut dyn Read, 0, sink))
}

fn gathered(text: &str) -> Gathered {
    gathered_of(text.as_bytes())
}

/// A header and a row, quoted where that is needed, with the delimiter given.
fn table(delimiter: char, cells: &[(&str, &str)]) -> String {
    let quoted = |cell: &str| match cell.contains([delimiter, '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    let line = |cells: Vec<String>| cells.join(&delimiter.to_string());
    let header = line(cells.iter().map(|(name, _)| quoted(name)).collect());
    let row = line(cells.iter().map(|(_, value)| quoted(value)).collect());
    format!("{header}\n{row}\n")
}

#[test]
fn every_spelling_of_columns_is_read() {
    for names in [
        [
            "PipeName",
            "EventID",
            "Provider",
            "Image",
            "User",
            "Computer",
            "ProcessId",
            "ProcessGuid",
            "UtcTime",
            "EventRecordID",
        ],
        [
            "pipe name",
            "event id",
            "provider name",
            "IMAGE",
            "user",
            "host name",
            "process id",
            "process guid",
            "utc time",
            "record id",
        ],
        [
            "pipe_name",
            "event_id",
            "source_name",
            "image",
            "User",
            "computer_name",
            "process_id",
            "process_guid",
            "utc_time",
            "record_number",
        ],
        [
            "winlog.event_data.PipeName",
            "winlog.event_id",
            "winlog.provider_name",
            "winlog.event_data.Image",
            "winlog.event_data.User",
            "winlog.computer_name",
            "winlog.event_data.ProcessId",
            "winlog.event_data.ProcessGuid",
            "@timestamp",
            "winlog.record_id",
        ],
        [
            "file.name",
            "event.code",
            "event.provider",
            "process.executable",
            "user.name",
            "host.name",
            "process.pid",
            "process.entity_id",
            "@timestamp",
            "winlog.record_id",
        ],
    ] {
        let values = [
            "\\lsass",
            "17",
            "Microsoft-Windows-Sysmon",
            "C:\\svc.exe",
            "NT AUTHORITY\\SYSTEM",
            "WS01",
            "4204",
            "{b669e388}",
            "2020-06-10 02:51:02.755",
            "464717",
        ];
        let cells: Vec<_> = names.into_iter().zip(values).collect();
        for delimiter in [',', ';', '\t'] {
            let text = table(delimiter, &cells);
            for bytes in [
                text.clone().into_bytes(),
                text.replace('\n', "\r\n").into_bytes(),
                text.trim_end().as_bytes().to_vec(),
                format!("\u{FEFF}sep={delimiter}\r\n{text}").into_bytes(),
                text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            ] {
                assert!(super::begins(text.as_bytes()), "{text}");
                let gathered = gathered_of(&bytes);
                assert_eq!(gathered.lines(), [EVENT], "{text}");
                assert_eq!((gathered.records, gathered.skips), (1, vec![]));
            }
        }
    }
}

#[test]
fn power_shell_keeps_all_in_the_message() {
    let text = table(
        ',',
        &[
            ("Message", MESSAGE),
            ("Id", "17"),
            ("RecordId", "464717"),
            ("ProviderName", "Microsoft-Windows-Sysmon"),
            ("ProcessId", "3520"),
            ("MachineName", "WS01"),
            ("TimeCreated", "6/10/2020 4:51:02 AM"),
        ],
    );
    let typed = format!("#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\n{text}");
    for text in [text.clone(), typed, text.replace('\n', "\r\n")] {
        assert_eq!(gathered(&text).lines(), [EVENT], "`ProcessId` is the service's: {text}");
    }
}

#[test]
fn event_viewer_is_read_in_any_language() {
    let event = EVENT.replace(" on WS01,", " on ,").replace("#464717", "#");
    for header in [
        "Level,Date and Time,Source,Event ID,Task Category",
        "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie",
        "レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ",
    ] {
        let text = format!(
            "{header}\r\nInformation,6/10/2020 4:51:02 AM,Microsoft-Windows-Sysmon,17,Pipe Created (rule: PipeEvent),\"{MESSAGE}\"\r\n"
        );
        assert!(super::begins(text.as_bytes()), "{text}");
        assert_eq!(gathered(&text).lines(), [event.as_str()], "{text}");
        let headless = text.split_once("\r\n").unwrap().1;
        assert!(super::begins(headless.as_bytes()));
        assert_eq!(gathered(headless).lines(), [event.as_str()]);
    }
}

#[test]
fn sentinel_and_splunk_are_read() {
    let xml = "<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>17</EventID><EventRecordID>464717</EventRecordID>\
        <Computer>WS01</Computer></System><EventData><Data Name='UtcTime'>2020-06-10 02:51:02.755</Data><Data Name='ProcessGuid'>\
        {b669e388}</Data><Data Name='ProcessId'>4204</Data><Data Name='PipeName'>\\lsass</Data><Data Name='Image'>C:\\svc.exe</Data>\
        <Data Name='User'>NT AUTHORITY\\SYSTEM</Data></EventData></Event>";
    let splunk = table(
        ',',
        &[
            ("_raw", xml),
            ("source", "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"),
            ("host", "wec"),
        ],
    );
    assert_eq!(gathered(&splunk).lines(), [EVENT]);
    let sentinel = table(
        ',',
        &[
            ("Computer", "WS01"),
            ("EventID", "17"),
            ("Source", "Microsoft-Windows-Sysmon"),
            ("EventData", xml),
        ],
    );
    assert_eq!(gathered(&sentinel).lines(), [EVENT]);
}

#[test]
fn a_silent_source_says_why() {
    assert_eq!(
        gathered("Name,Id,Price\nx,17,2\n").silence(),
        "no CSV in any known shape: its first columns are Name, Id, Price"
    );
    assert_eq!(
        gathered("EventID,Provider\n17,Security\n").silence(),
        "events of Security only"
    );
    assert_eq!(
        gathered("EventID,PipeName\n1,\n").silence(),
        "no EventID 17 or 18 in 1 event, Sysmon's among them: its config may log no pipes; `pipemine collect` prints one \
         that does"
    );
    assert_eq!(gathered("EventID,PipeName\n").silence(), "there is no record in it");
}

#[test]
fn damage_is_reported_and_the_rest_is_kept() {
    let header = "EventID,PipeName,Image,Message\n";
    let good = "17,\\a,C:\\x.exe,\"x\ny\"\n";
    for (damage, why) in [
        (
            &b"17,\\b,\"Pipe Created:\nRuleName: -\n"[..],
            "a row of CSV with a quote that is not closed",
        ),
        (b"17,\"\\b\" x,,\n", "a row of CSV with a quote that is not closed"),
        (b"17,caf\xE9,,\n", "a row of CSV that is not in UTF-8"),
    ] {
        let bytes = [header.as_bytes(), good.as_bytes(), damage, good.as_bytes()].concat();
        let gathered = gathered_of(&bytes);
        assert_eq!(gathered.events.len(), 2, "{why}: {gathered:?}");
        let at = (header.len() + good.len()) as u64;
        assert_eq!(gathered.skips, [(at, why.to_owned())]);
    }
    let cut = gathered(&format!("{header}{good}17,\\b,\"cut"));
    assert_eq!((cut.events.len(), cut.skips.len()), (1, 1));
}

#[test]
fn a_row_of_any_length_is_passed_over() {
    let long = "x".repeat(17 << 20);
    for (long, skips) in [(long.clone(), 1), (format!("\"\n{long}"), 2)] {
        let gathered = gathered(&format!(
            "EventID,Image,PipeName\n17,C:\\x.exe,\\a\n17,C:\\x.exe,{long}\n17,C:\\x.exe,\\b\n"
        ));
        assert_eq!(gathered.events.len(), 2);
        assert_eq!(gathered.skips.len(), skips, "{:?}", gathered.skips);
    }
}

#[test]
fn columns_without_end_do_no_harm() {
    let text = format!(
        "EventID,PipeName,Image\n17,\\a,C:\\x.exe{}\n17,\\b,C:\\x.exe\n",
        ",".repeat(100_000)
    );
    assert_eq!(gathered(&text).events.len(), 2);
}

proptest! {
    #[test]
    fn nothing_panics(text in "(EventID|PipeName|17|[,;\t\"\r\n a]|Pipe Created:\n){0,40}") {
        gathered(&text);
        super::begins(text.as_bytes());
    }

    #[test]
    fn any_name_survives(name in "\\PC{1,20}|[,\"\n\r ;]{1,10}") {
        let name = format!("\\{name}");
        let text = table(',', &[("EventID", "17"), ("PipeName", &name), ("Image", "C:\\x.exe")]);
        prop_assert_eq!(&gathered(&text).lines(), &[format!("Created {name} by C:\\x.exe as  on ,  , , #")]);
    }
}
