//! Two made-up events in every kind of form that tools export: each must give both, with host and time.

use serde_json::{Value, json};

use crate::source::container::{Input, Limits, read};
use crate::test_support::Gathered;

/// An event, and how forms write it.
struct Told {
    id: u32,
    record: u64,
    title: &'static str,
    kind: &'static str,
    utc: &'static str,
    guid: &'static str,
    pid: u32,
    pipe: &'static str,
    image: &'static str,
    user: &'static str,
}

const HOST: &str = "WS07";
const EVENTS: [Told; 2] = [
    Told {
        id: 17,
        record: 4711,
        title: "Pipe Created",
        kind: "CreatePipe",
        utc: "2025-03-14 09:26:53.589",
        guid: "{b669e388-a0f3-5edf-5d00-000000000300}",
        pid: 4204,
        pipe: r"\made up.7",
        image: r"C:\Program Files\Made Up\agent.exe",
        user: r"CORP\adm7",
    },
    Told {
        id: 18,
        record: 4715,
        title: "Pipe Connected",
        kind: "ConnectPipe",
        utc: "2025-03-14 10:11:12.134",
        guid: "{b669e388-a0f3-5edf-6e00-000000000300}",
        pid: 1337,
        pipe: r"\second-one",
        image: r"D:\tools\client.exe",
        user: r"NT AUTHORITY\SYSTEM",
    },
];

impl Told {
    fn fields(&self) -> [(&'static str, String); 8] {
        [
            ("RuleName", "-".into()),
            ("EventType", self.kind.into()),
            ("UtcTime", self.utc.into()),
            ("ProcessGuid", self.guid.into()),
            ("ProcessId", self.pid.to_string()),
            ("PipeName", self.pipe.into()),
            ("Image", self.image.into()),
            ("User", self.user.into()),
        ]
    }

    fn iso(&self) -> String {
        self.utc.replace(' ', "T") + "Z"
    }

    fn message(&self, between: &str) -> String {
        let fields = self.fields().map(|(name, value)| format!("{between}{name}: {value}"));
        format!("{}:{}", self.title, fields.concat())
    }

    fn data(&self) -> Value {
        self.fields()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn values(&self) -> Vec<String> {
        self.fields().map(|(_, value)| value).to_vec()
    }

    fn xml(&self) -> String {
        let data = self
            .fields()
            .map(|(name, value)| format!("<Data Name='{name}'>{value}</Data>"));
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
             Name='Microsoft-Windows-Sysmon'/><EventID>{}</EventID><TimeCreated SystemTime='{}'/><EventRecordID>{}\
             </EventRecordID><Execution ProcessID='3140'/><Computer>{HOST}</Computer></System><EventData>{}</EventData></Event>",
            self.id,
            self.iso(),
            self.record,
            data.concat()
        )
    }

    /// What makes it the same event wherever it is read.
    fn identity(&self) -> (u32, &str, &str, &str) {
        (self.id, self.pipe, self.image, HOST)
    }
}

/// Reads a form, which is told by its content.
fn gathered(form: &str) -> Gathered {
    Gathered::of(|sink| read(Input::Stream(&mut form.as_bytes()), None, &Limits::default(), sink))
}

fn assert_both(name: &str, form: &str) {
    let gathered = gathered(form);
    let found: Vec<_> = gathered
        .events
        .iter()
        .map(|event| {
            (
                event.kind.event_id(),
                event.pipe_name.as_str(),
                event.image.as_str(),
                event.host.as_str(),
            )
        })
        .map(|(id, pipe, image, host)| (id, crate::normalize::pipe_name::pipe_name(pipe), image, host))
        .collect();
    assert_eq!(
        found,
        EVENTS.each_ref().map(Told::identity),
        "{name}: {form}\n{gathered:?}"
    );
    assert!(
        gathered.events.iter().all(|event| event.time.is_some()),
        "{name}: {form}"
    );
    assert_eq!(gathered.skips, [], "{name}");
    for (event, told) in gathered.events.iter().zip(&EVENTS) {
        assert!(event.process_id.is_none_or(|id| id == told.pid), "{name}: {event:?}");
        assert!(
            event.record_id.is_none_or(|record| record == told.record),
            "{name}: {event:?}"
        );
    }
}

/// One text for each event, one behind the other.
fn each(form: impl Fn(&Told) -> String) -> String {
    EVENTS.iter().map(form).collect()
}

/// One object a line.
fn lines(form: impl Fn(&Told) -> Value) -> String {
    each(|event| form(event).to_string() + "\n")
}

fn all(form: impl Fn(&Told) -> Value) -> Vec<Value> {
    EVENTS.iter().map(form).collect()
}

/// A table, with as many quotes as it needs.
fn table(header: &str, row: impl Fn(&Told) -> Vec<String>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header.split(',')).unwrap();
    for event in &EVENTS {
        writer.write_record(row(event)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn doubled(text: &str) -> String {
    text.replace('\\', r"\\")
}

#[test]
fn text_of_windows_own_tools() {
    assert_both(
        "wevtutil /f:text",
        &each(|event| {
            format!(
                "Event[0]:\r\n  Log Name: Microsoft-Windows-Sysmon/Operational\r\n  Source: Microsoft-Windows-Sysmon\r\n  Date: \
             2025-03-14T09:26:53.589\r\n  Event ID: {}\r\n  Task: {} (rule: PipeEvent)\r\n  User: S-1-5-18\r\n  User Name: NT \
             AUTHORITY\\SYSTEM\r\n  Computer: {HOST}\r\n  Description: \r\n{}\r\n\r\n",
                event.id,
                event.title,
                event.message("\r\n")
            )
        }),
    );
    assert_both(
        "Format-List *",
        &each(|event| {
            format!(
                "\r\nMessage              : {}\r\nId                   : {}\r\nRecordId             : {}\r\nProviderName         : \
             Microsoft-Windows-Sysmon\r\nProcessId            : 3140\r\nMachineName          : {HOST}\r\nTimeCreated          : \
             3/14/2025 9:26:53 AM\r\n\r\n",
                event.message("\r\n                       "),
                event.id,
                event.record
            )
        }),
    );
    assert_both(
        "Format-List of fields",
        &each(|event| {
            format!(
                "\r\nEventId     : {}\r\nComputer    : {HOST}\r\nUtcTime     : {}\r\nImage       : {}\r\nPipeName    : {}\r\n\
             Keywords    : x\r\n",
                event.id, event.utc, event.image, event.pipe
            )
        }),
    );
    assert_both(
        "Event Viewer, Copy",
        &each(|event| {
            format!(
                "Log Name:      x\nSource:        Microsoft-Windows-Sysmon\nDate:          x\nEvent ID:      {}\nUser:          \
             SYSTEM\nComputer:      {HOST}\nDescription:\n{}\nEvent Xml:\n{}\n\n",
                event.id,
                event.message("\n"),
                event.xml()
            )
        }),
    );
    assert_both(
        "evtxexport",
        &each(|event| {
            let strings: String = (1..)
                .zip(event.values())
                .map(|(nth, value)| format!("String: {nth}\t\t\t: {value}\n"))
                .collect();
            format!(
                "Event number\t\t\t: {}\nWritten time\t\t\t: Mar 14, 2025 09:26:53.589000000 UTC\nComputer name\t\t\t: {HOST}\nSource \
             name\t\t\t: Microsoft-Windows-Sysmon\nEvent identifier\t\t: 0x000000{:02x} ({})\nNumber of strings\t\t: 8\n{strings}\n",
                event.record, event.id, event.id
            )
        }),
    );
    assert_both(
        "Splunk's classic text",
        &each(|event| {
            format!(
                "03/14/2025 09:26:53 AM\nLogName=x\nSourceName=Microsoft-Windows-Sysmon\nEventCode={}\nEventType=4\n\
             ComputerName={HOST}\nUser=NOT_TRANSLATED\nTaskCategory={} (rule: PipeEvent)\nRecordNumber={}\nMessage={}\n",
                event.id,
                event.title,
                event.record,
                event.message("\n")
            )
        }),
    );
}

#[test]
fn objects_of_powershell() {
    let escaped = |text: &str| text.replace("\r\n", "_x000D__x000A_");
    let clixml = each(|event| {
        format!(
            "<Obj RefId=\"0\"><TN RefId=\"0\"><T>x</T></TN><Props><I32 N=\"Id\">{}</I32><I64 N=\"RecordId\">{}</I64><S \
             N=\"ProviderName\">Microsoft-Windows-Sysmon</S><I32 N=\"ProcessId\">3140</I32><S N=\"MachineName\">{HOST}</S>\
             </Props><MS><S N=\"Message\">{}</S></MS></Obj>",
            event.id,
            event.record,
            escaped(&event.message("\r\n"))
        )
    });
    assert_both(
        "Export-Clixml",
        &format!("<Objs Version=\"1.1.0.1\" xmlns=\"x\">{clixml}</Objs>"),
    );
    let without_message = each(|event| {
        let values = event.values().into_iter().map(|value| {
            format!("<Obj RefId=\"9\"><ToString>x</ToString><Props><S N=\"Value\">{value}</S></Props></Obj>")
        });
        format!(
            "<Obj RefId=\"0\"><Props><I32 N=\"Id\">{}</I32><S N=\"ProviderName\">Microsoft-Windows-Sysmon</S><S \
             N=\"MachineName\">{HOST}</S><Obj N=\"Properties\" RefId=\"5\"><LST>{}</LST></Obj></Props></Obj>",
            event.id,
            values.collect::<String>()
        )
    });
    assert_both(
        "Export-Clixml without messages",
        &format!("<Objs Version=\"1.1.0.1\">{without_message}</Objs>"),
    );
    let xml = each(|event| {
        format!(
            "<Object Type=\"x\"><Property Name=\"Message\" Type=\"System.String\">{}</Property><Property Name=\"Id\">{}</Property>\
             <Property Name=\"MachineName\">{HOST}</Property></Object>\n",
            event.message("\n"),
            event.id
        )
    });
    assert_both(
        "ConvertTo-Xml",
        &format!("<?xml version=\"1.0\"?>\n<Objects>{xml}</Objects>"),
    );
    let rows = each(|event| {
        format!(
            "<tr><td>{}</td><td>{HOST}</td><td>{}</td></tr>\n",
            event.id,
            event.message("\n")
        )
    });
    let html = format!(
        "<html><body><table>\n<tr><th>Id</th><th>MachineName</th><th>Message</th></tr>\n{rows}</table></body></html>"
    );
    assert_both("ConvertTo-Html", &html);
    let list = each(|event| {
        format!(
            "<tr><td>Message:</td><td>{}</td></tr>\n<tr><td>MachineName:</td><td>{HOST}</td></tr>\n<tr><td><hr></td></tr>\n",
            event.message("\n")
        )
    });
    assert_both(
        "ConvertTo-Html -As List",
        &format!("<html><body><table>\n{list}</table></body></html>"),
    );
}

#[test]
fn lines_of_collectors() {
    let bsd = format!("<14>Mar 14 09:26:53 {HOST} ");
    for between in [" ", "  ", "#015#012"] {
        let form = each(|event| format!("{bsd}Microsoft-Windows-Sysmon[3140]: {}\n", event.message(between)));
        assert_both("RFC 3164", &form);
    }
    assert_both(
        "RFC 5424",
        &each(|event| {
            format!(
                "<14>1 {} {HOST} Microsoft-Windows-Sysmon 3140 - [NXLOG@14506 EventID=\"{}\" RecordNumber=\"{}\" Domain=\"NT \
             AUTHORITY\" UtcTime=\"{}\" PipeName=\"{}\" Image=\"{}\"]\n",
                event.iso(),
                event.id,
                event.record,
                event.utc,
                doubled(event.pipe),
                doubled(event.image)
            )
        }),
    );
    assert_both(
        "RFC 5424, several lines",
        &each(|event| {
            format!(
                "<14>1 {} {HOST} Microsoft-Windows-Sysmon 3140 - - {}\n",
                event.iso(),
                event.message("\n")
            )
        }),
    );
    assert_both(
        "Snare",
        &each(|event| {
            format!(
                "{bsd}MSWinEventLog\t1\tx\t9\tFri Mar 14 09:26:53 2025\t{}\tMicrosoft-Windows-Sysmon\tSYSTEM\tUser\tInformation\t\
             {HOST}\tx\t\t{}\t9\n",
                event.id,
                event.message("  ")
            )
        }),
    );
    assert_both(
        "WinCollect",
        &each(|event| {
            format!(
                "{bsd}AgentDevice=WindowsLog\tSource=Microsoft-Windows-Sysmon\tComputer={HOST}\tUser=SYSTEM\tEventID={}\t\
             RecordNumber={}\tMessage={}\n",
                event.id,
                event.record,
                event.message(" ")
            )
        }),
    );
    assert_both(
        "CEF",
        &each(|event| {
            format!(
                "Mar 14 2025 09:26:53 {HOST} CEF:0|Microsoft|Sysmon||{}|{}|1|externalId={} dvchost={HOST} sproc={} spid={} fname={} \
             cs1=- cs1Label=RuleName\n",
                event.id,
                event.title,
                event.record,
                doubled(event.image),
                event.pid,
                doubled(event.pipe)
            )
        }),
    );
    for (version, separator) in [("1.0|Microsoft|Windows|10", '\t'), ("2.0|Microsoft|Sysmon|10", '^')] {
        assert_both(
            "LEEF",
            &each(|event| {
                let own = if version.starts_with('2') { "^|" } else { "" };
                let keys = format!(
                    "Computer={HOST}\tUtcTime={}\tPipeName={}\tImage={}",
                    event.utc, event.pipe, event.image
                );
                format!(
                    "LEEF:{version}|{}|{own}{}\n",
                    event.id,
                    keys.replace('\t', &separator.to_string())
                )
            }),
        );
    }
    assert_both(
        "XML behind a header",
        &each(|event| format!("{bsd}sysmon: {}\n", event.xml())),
    );
    assert_both(
        "Fluent Bit's standard output",
        &each(|event| {
            let object = json!({"EventID": event.id, "Computer": HOST, "Message": event.message("\r\n")});
            format!("[0] winlog: [1741944413.589, {object}]\n")
        }),
    );
}

#[test]
fn wrappers() {
    let inner = |event: &Told| {
        json!({"source": "Microsoft-Windows-Sysmon", "computer": HOST, "event_id": event.id, "timeCreated": event.iso(),
            "eventRecordID": event.record, "execution": {"processId": 3140}, "message": event.message("\r\n")})
    };
    let value = |value: Value| match value {
        Value::String(text) => json!({"stringValue": text}),
        other => json!({"intValue": other.to_string()}),
    };
    let otlp = |event: &Told| {
        let data: Vec<Value> = event
            .fields()
            .map(|(key, text)| json!({"key": key, "value": {"stringValue": text}}))
            .to_vec();
        let pair = |key: &str, text: Value| json!({"key": key, "value": value(text)});
        json!({"timeUnixNano": "1741944413589000000", "body": {"kvlistValue": {"values": [
            pair("event_id", event.id.into()), pair("record_id", event.record.into()), pair("computer", HOST.into()),
            {"key": "event_data", "value": {"kvlistValue": {"values": data}}}]}}})
    };
    let columns = ["TimeGenerated", "Computer", "Source", "EventID", "RenderedDescription"];
    let row = |event: &Told| {
        json!([
            event.iso(),
            HOST,
            "Microsoft-Windows-Sysmon",
            event.id,
            event.message("\n")
        ])
    };
    let named = columns.map(|name| json!({"name": name, "type": "string"}));
    for (name, form) in [
        ("Loki, a line", lines(inner)),
        ("logcli", lines(|event| json!({"labels": {"job": "x"}, "line": inner(event).to_string(), "timestamp": "x"}))),
        (
            "Loki's answer",
            json!({"status": "success", "data": {"result": [{"stream": {"job": "x"},
                "values": all(|event| json!(["1741944413589000000", inner(event).to_string()]))}]}})
            .to_string(),
        ),
        (
            "OTLP",
            json!({"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {}, "logRecords": all(otlp)}]}]}).to_string(),
        ),
        (
            "OTLP, the host around",
            json!({"resourceLogs": [{"resource": {"attributes": [{"key": "host.name", "value": {"stringValue": HOST}}]},
                "scopeLogs": [{"logRecords": all(|event| json!({"body": {"stringValue": event.message("\n")}}))}]}]})
            .to_string(),
        ),
        ("Log Analytics", json!({"tables": [{"name": "x", "columns": named, "rows": all(row)}]}).to_string()),
        (
            "ES|QL",
            json!({"took": 1, "columns": [{"name": "event.code"}, {"name": "host.name"}, {"name": "@timestamp"},
                {"name": "winlog.event_data.PipeName"}, {"name": "winlog.event_data.Image"}],
                "values": all(|event| json!([event.id, HOST, event.iso(), event.pipe, event.image]))})
            .to_string(),
        ),
        (
            "Elasticsearch's fields",
            json!({"hits": {"hits": all(|event| json!({"_id": "1", "fields": {"winlog.event_id": [event.id],
                "winlog.computer_name": [HOST], "winlog.event_data.PipeName": [event.pipe], "process.pid": [event.pid],
                "winlog.event_data.Image": [event.image], "@timestamp": [event.iso()]}}))}})
            .to_string(),
        ),
        (
            "osquery",
            lines(|event| json!({"hostIdentifier": HOST, "unixTime": 1_741_944_413, "columns": {"eventid": event.id.to_string(),
                "provider_name": "Microsoft-Windows-Sysmon", "data": json!({"EventData": event.data()}).to_string()}})),
        ),
        ("JSON in _raw", lines(|event| json!({"_raw": inner(event).to_string(), "_time": 1}))),
        ("Splunk's HEC", lines(|event| json!({"host": HOST, "event": event.xml()}))),
        (
            "Splunk, column by column",
            json!({"fields": ["host", "EventCode", "PipeName", "Image", "_time"], "columns": [[HOST, HOST], ["17", "18"],
                all(|event| event.pipe.into()), all(|event| event.image.into()), all(|event| event.iso().into())]})
            .to_string(),
        ),
        (
            "Graylog",
            Value::from(all(|event| json!({"index": "x", "message": {"winlogbeat_winlog_event_data_PipeName": event.pipe,
                "winlogbeat_winlog_event_data_Image": event.image, "winlogbeat_winlog_event_id": event.id,
                "winlogbeat_winlog_computer_name": HOST, "timestamp": event.iso(), "source": HOST}})))
            .to_string(),
        ),
        (
            "GELF",
            lines(|event| json!({"version": "1.1", "host": HOST, "full_message": event.message("\r\n"), "_EventID": event.id,
                "_PipeName": event.pipe, "_Image": event.image, "_ProcessGuid": event.guid, "_ProcessID": 3140})),
        ),
        ("escaped XML", lines(|event| json!({"log": event.xml().replace('<', "&lt;").replace('>', "&gt;"), "host": "x"}))),
    ] {
        assert_both(name, &form);
    }
}

#[test]
fn other_vocabularies() {
    for (name, form) in [
        (
            "OSSEM",
            lines(|event| {
                json!({"event_id": event.id, "host_name": HOST, "pipe_name": event.pipe, "process_path": event.image,
                "process_id": event.pid, "process_guid": event.guid, "event_creation_time": event.utc})
            }),
        ),
        (
            "OCSF",
            lines(|event| {
                json!({"time": 1_741_944_413_589_u64, "metadata": {"event_code": event.id.to_string(),
                "product": {"name": "Sysmon"}}, "device": {"hostname": HOST}, "win_resource": {"name": event.pipe, "type": "Pipe"},
                "actor": {"process": {"pid": event.pid, "file": {"path": event.image}}}})
            }),
        ),
        (
            "UDM",
            lines(|event| {
                json!({"metadata": {"eventTimestamp": event.iso(), "productEventType": event.id.to_string()},
                "principal": {"hostname": HOST, "process": {"pid": event.pid.to_string(), "file": {"fullPath": event.image}}},
                "target": {"resource": {"name": event.pipe, "resourceType": "PIPE"}}})
            }),
        ),
        (
            "Splunk's CIM",
            table(
                "_time,dest,EventCode,signature,pipe_name,process_path,process_id",
                |event| {
                    [
                        &event.iso(),
                        HOST,
                        &event.id.to_string(),
                        event.title,
                        event.pipe,
                        event.image,
                        &event.pid.to_string(),
                    ]
                    .map(String::from)
                    .to_vec()
                },
            ),
        ),
        (
            "Telegraf",
            lines(|event| {
                json!({"tags": {"Computer": HOST, "EventID": event.id.to_string()}, "fields": {
                "Data_PipeName": event.pipe, "Data_Image": event.image, "Data_UtcTime": event.utc}})
            }),
        ),
        (
            "Elastic Common Schema alone",
            lines(|event| {
                json!({"@timestamp": event.iso(), "host": {"name": HOST}, "event": {"code": event.id.to_string()},
                "file": {"name": event.pipe}, "process": {"executable": event.image, "pid": event.pid}})
            }),
        ),
        (
            "Wazuh, escaped twice",
            lines(|event| {
                json!({"data": {"win": {"system": {"eventID": event.id.to_string(), "computer": HOST},
                "eventdata": {"pipeName": doubled(event.pipe), "image": doubled(event.image), "utcTime": event.utc}}}})
            }),
        ),
    ] {
        assert_both(name, &form);
    }
}

/// Microsoft Defender says which end a process is at, or what it did; it has no EventID.
#[test]
fn events_of_defender() {
    for tell_end in [true, false] {
        let form = lines(|event| {
            let is_server = event.id == 17;
            let mut more = json!({"PipeName": format!(r"\Device\NamedPipe{}", event.pipe), "ThreadId": 18});
            if tell_end {
                more["NamedPipeEnd"] = if is_server { "Server" } else { "Client" }.into();
            } else {
                more["FileOperation"] = if is_server { "File created" } else { "File opened" }.into();
            }
            let (folder, file) = event.image.rsplit_once('\\').unwrap();
            let path = if tell_end { event.image } else { folder };
            json!({"Timestamp": event.iso(), "DeviceName": HOST, "ActionType": "NamedPipeEvent", "AdditionalFields": more.to_string(),
                "InitiatingProcessFolderPath": path, "InitiatingProcessFileName": file, "InitiatingProcessId": event.pid})
        });
        assert_both("DeviceEvents", &form);
        assert_eq!(gathered(&form).notes.of_defender, 2);
    }
}

#[test]
fn values_by_their_places() {
    for (name, form) in [
        (
            "Fluent Bit",
            lines(
                |event| json!({"EventID": event.id, "Computer": HOST, "Message": "", "StringInserts": event.values()}),
            ),
        ),
        (
            "PowerShell without messages",
            Value::from(all(|event| {
                let properties: Vec<Value> = event
                    .values()
                    .into_iter()
                    .map(|value| json!({"Value": value}))
                    .collect();
                json!({"Id": event.id, "MachineName": HOST, "Message": null, "Properties": properties})
            }))
            .to_string(),
        ),
        (
            "LogParser",
            table("RecordNumber,EventID,SourceName,Strings,ComputerName", |event| {
                let strings = event.values().join("|");
                [
                    &event.record.to_string(),
                    &event.id.to_string(),
                    "Microsoft-Windows-Sysmon",
                    &strings,
                    HOST,
                ]
                .map(String::from)
                .to_vec()
            }),
        ),
        (
            "plaso",
            table("datetime,source,message", |event| {
                let strings = event.values().join("', '");
                let message = format!(
                    "[{} / 0x0011] Source Name: Microsoft-Windows-Sysmon Strings: ['{}'] Computer Name: {HOST} Record Number: {}",
                    event.id,
                    doubled(&strings),
                    event.record
                );
                vec![event.iso(), "EVT".into(), message]
            }),
        ),
    ] {
        assert_both(name, &form);
    }
}

/// A message that was rendered with another template has each value under the name before it.
#[test]
fn shifted_messages_are_put_right() {
    let form = lines(|event| {
        let message = format!(
            "{}:\r\nRuleName: {}\r\nUtcTime: {}\r\nProcessGuid: {}\r\nProcessId: {}\r\nPipeName: {}\r\nImage: %6",
            event.title, event.utc, event.guid, event.pid, event.pipe, event.image
        );
        json!({"Id": event.id, "MachineName": HOST, "ProviderName": "Microsoft-Windows-Sysmon", "Message": message})
    });
    assert_both("shifted", &form);
    let uncertain = form.replace("5d00-000000000300", "").replace("6e00-000000000300", "");
    let gathered = gathered(&uncertain);
    assert_eq!((gathered.events.len(), gathered.skips.len()), (0, 2), "{gathered:?}");
}

#[test]
fn tables_of_consoles() {
    for (name, form) in [
        (
            "a word for what is absent",
            table(
                "@timestamp,event.code,winlog.computer_name,host.name,winlog.event_data.PipeName,winlog.event_data.Image,file.name,process.executable",
                |event| {
                    [
                        &event.iso(),
                        &event.id.to_string(),
                        "-",
                        HOST,
                        "-",
                        "(null)",
                        event.pipe,
                        event.image,
                    ]
                    .map(String::from)
                    .to_vec()
                },
            ),
        ),
        (
            "Kibana's times",
            table(
                "@timestamp,winlog.event_id,agent.hostname,winlog.event_data.PipeName,winlog.event_data.Image",
                |event| {
                    [
                        "Mar 14, 2025 @ 09:26:53.589",
                        &event.id.to_string(),
                        HOST,
                        event.pipe,
                        event.image,
                    ]
                    .map(String::from)
                    .to_vec()
                },
            ),
        ),
        (
            "values that are there twice",
            table("EventCode,Computer,PipeName,Image,UtcTime", |event| {
                let twice = |text: &str| format!("{text}\n{text}");
                [&event.id.to_string(), HOST, event.pipe, event.image, event.utc]
                    .map(twice)
                    .to_vec()
            }),
        ),
        (
            "Hayabusa",
            table(
                "Timestamp,Computer,Channel,EventID,RecordID,Details,ExtraFieldInfo",
                |event| {
                    let details = format!(
                        "Pipe: {} ¦ Proc: {} ¦ PID: {} ¦ PGUID: {}",
                        event.pipe, event.image, event.pid, event.guid
                    );
                    let extra = format!(
                        "EventType: {} ¦ User: {} ¦ UtcTime: {}",
                        event.kind, event.user, event.utc
                    );
                    [
                        &event.iso(),
                        HOST,
                        "Sysmon",
                        &event.id.to_string(),
                        &event.record.to_string(),
                        &details,
                        &extra,
                    ]
                    .map(String::from)
                    .to_vec()
                },
            ),
        ),
        (
            "EvtxECmd in Timeline Explorer, without Payload",
            table(
                "Event Record Id,Time Created,Event Id,Provider,Process Id,Computer,Payload Data1,Payload Data3,Executable Info",
                |event| {
                    let ids = format!("ProcessID: {}, ProcessGUID: {}", event.pid, event.guid);
                    let pipe = format!("PipeName: {}", event.pipe);
                    [
                        &event.record.to_string(),
                        event.utc,
                        &event.id.to_string(),
                        "Microsoft-Windows-Sysmon",
                        "3140",
                        HOST,
                        &ids,
                        &pipe,
                        event.image,
                    ]
                    .map(String::from)
                    .to_vec()
                },
            ),
        ),
        (
            "a source that is a host",
            table("timestamp,source,message", |event| {
                vec![event.iso(), HOST.into(), event.message("\n")]
            }),
        ),
    ] {
        if name != "a source that is a host" {
            assert_both(name, &form);
        } else {
            assert_eq!(gathered(&form).events.len(), 2, "{form}");
        }
    }
}

/// Several messages in one text are several events where each has its line; else nothing is taken for one.
#[test]
fn values_of_two_events_are_never_mixed() {
    let by_number = json!({"0": {"data": EVENTS[0].data(), "id": 17, "computer": HOST}, "1": {"data": EVENTS[1].data(), "id": 18,
        "computer": HOST}});
    assert_both("objects by their numbers", &by_number.to_string());
    for columns in [
        json!({"event_id": {"a": 17, "b": 17}, "pipe_name": {"a": r"\a", "b": r"\b"}, "image": {"a": "System", "b": "System"}}),
        json!({"event_id": [17, 17], "pipe_name": [r"\a", r"\b"], "image": ["System", "System"]}),
    ] {
        let gathered = gathered(&columns.to_string());
        assert_eq!(gathered.events.len(), 0, "{gathered:?}");
        // Either it is damage, or a shape that nobody knows: never an event of both.
        let is_told = gathered.skips.len() == 1 || gathered.silence().contains("in any known shape");
        assert!(is_told, "{gathered:?}");
    }
    let merged = format!("x {} {}\n", EVENTS[0].message(" "), EVENTS[1].message(" "));
    let gathered = gathered(&format!("<14>Mar 14 09:26:53 {HOST} {merged}"));
    assert_eq!((gathered.events.len(), gathered.skips.len()), (0, 1), "{gathered:?}");
}

/// What holds much and is no event costs no more than its length.
#[test]
fn hostile_records_are_bounded() {
    let events = "<Event ".repeat(1 << 20);
    let labels = "PipeName: ".repeat(1 << 19);
    let braces = "{\"".repeat(1 << 19);
    for text in [&events, &labels, &braces] {
        let line = json!({"EventID": 17, "pipe": "x", "message": text}).to_string();
        assert_eq!(gathered(&line).events.len(), 0);
        let row = format!("EventID,Message,pipe\n17,\"{}\",x\n", text.replace('"', "\"\""));
        assert_eq!(gathered(&row).events.len(), 0);
        assert_eq!(
            gathered(&format!("<14>Mar 14 09:26:53 {HOST} {text}\n")).events.len(),
            0
        );
    }
    let deep = "{\"pipe\":".repeat(1_000_000) + "17" + &"}".repeat(1_000_000);
    assert_eq!(gathered(&deep).events.len(), 0);
}

/// What the fast path reads, the fall-backs read alike: a record that is whole gains nothing, and loses nothing.
#[test]
fn known_dialects_are_read_alike() {
    let known = lines(|event| {
        json!({"System": {"Provider": {"Name": "Microsoft-Windows-Sysmon"}, "EventID": event.id, "EventRecordID": event.record,
            "TimeCreated": {"SystemTime": event.iso()}, "Computer": HOST, "Execution": {"ProcessID": 3140}}, "EventData": event.data()})
    });
    let wrapped = each(|event| event.xml());
    let from_known = gathered(&known);
    assert_eq!(from_known.lines(), gathered(&wrapped).lines());
    let unknown = lines(|event| {
        json!({"anything": {"System": {"EventID": event.id, "EventRecordID": event.record,
        "TimeCreated": {"SystemTime": event.iso()}, "Computer": HOST, "Execution": {"ProcessID": 3140}}, "EventData": event.data()}})
    });
    assert_eq!(from_known.lines(), gathered(&unknown).lines());
}
