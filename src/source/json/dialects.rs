//! The mapping table: how each tool that writes events as JSON names what a pipe event is made of.
//!
//! A new dialect is one row here and one test below. Paths are keys joined by dots; they are looked up in objects and,
//! since several tools flatten theirs, in keys with dots in them. See [`TRANSPARENT`] for what rows are wrapped in.

/// How one tool, or one family of tools, writes an event.
#[derive(Debug)]
pub(super) struct Dialect {
    /// The tool.
    pub(super) name: &'static str,
    /// Where this is known from.
    pub(super) source: &'static str,
    /// What every pipe event in this dialect holds. A record with no row's needle is not read at all.
    pub(super) needle: &'static str,
    /// Where the provider's name is; empty where the tool keeps none.
    pub(super) provider: &'static [&'static str],
    /// Where the EventID is; empty where it is in the `texts` alone.
    pub(super) event_id: &'static [&'static str],
    pub(super) host: &'static [&'static str],
    pub(super) record_id: &'static [&'static str],
    /// When the record was written: used for events that have no `UtcTime`.
    pub(super) written: &'static [&'static str],
    /// What stands before each field's name: `EventData.`, or nothing.
    pub(super) under: &'static str,
    pub(super) fields: &'static Fields,
    /// Texts that hold what is missing otherwise: an event or its `EventData` as XML, the latter as JSON, or the
    /// message that Windows makes of it.
    pub(super) texts: &'static [&'static str],
}

/// How a tool names the fields of a pipe event.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) pipe_name: &'static str,
    pub(super) image: &'static str,
    pub(super) user: &'static str,
    /// The user's domain, where that stands alone.
    pub(super) domain: &'static str,
    pub(super) process_id: &'static str,
    pub(super) process_guid: &'static str,
    pub(super) utc_time: &'static str,
}

/// Keys whose value is the event, or a list of events, wrapped.
pub(super) const TRANSPARENT: &[(&str, &str)] = &[
    ("Event", "evtx_dump, Chainsaw, python-evtx: the XML's root element"),
    ("_source", "Elasticsearch: a search hit"),
    ("hits", "Elasticsearch: the answer to a search"),
    ("result", "Splunk: a line of an export"),
    ("results", "Splunk: an export as one object"),
    ("document", "Chainsaw: what a rule matched"),
    ("documents", "Chainsaw: what an aggregating rule matched"),
    (
        "data",
        "Chainsaw: the event in a document; Wazuh: the event in an alert",
    ),
    ("value", "Azure's REST interfaces: the list of an answer"),
];

/// Sysmon's own names.
const SYSMON: Fields = Fields {
    pipe_name: "PipeName",
    image: "Image",
    user: "User",
    domain: "",
    process_id: "ProcessId",
    process_guid: "ProcessGuid",
    utc_time: "UtcTime",
};

/// All is in a text.
const NONE: Fields = Fields {
    pipe_name: "",
    image: "",
    user: "",
    domain: "",
    process_id: "",
    process_guid: "",
    utc_time: "",
};

/// The table. Where several rows fit a record, the first one that finds a PipeName is taken.
pub(super) const DIALECTS: &[Dialect] = &[
    Dialect {
        name: "evtx_dump, Chainsaw, Velociraptor, and XML by xmltodict",
        source: "output of evtx_dump 0.12 and 0.15, with and without --separate-json-attributes; chainsaw 2 (dump and \
                 hunt); https://docs.velociraptor.app/vql_reference/parsers/parse_evtx/",
        needle: "PipeName",
        provider: &["System.Provider.Name", "System.Provider_attributes.Name"],
        event_id: &["System.EventID"],
        host: &["System.Computer"],
        record_id: &["System.EventRecordID"],
        written: &[
            "System.TimeCreated.SystemTime",
            "System.TimeCreated_attributes.SystemTime",
        ],
        under: "EventData.",
        fields: &SYSMON,
        texts: &["Message"],
    },
    Dialect {
        name: "NXLog, the data sets of OTRF's Security-Datasets, and python-evtx (evtx_dump_json.py)",
        source: "https://docs.nxlog.co/refman/current/im/msvistalog.html; 3,178 events of \
                 https://github.com/OTRF/Security-Datasets (`host` is the collector there, `ProcessID` the service)",
        needle: "PipeName",
        provider: &["SourceName", "ProviderName", "Provider"],
        event_id: &["EventID", "EventId"],
        host: &["Hostname", "Computer", "ComputerName", "MachineName", "host"],
        record_id: &["RecordNumber", "EventRecordID"],
        written: &["TimeCreated", "@timestamp"],
        under: "",
        fields: &SYSMON,
        texts: &["Message"],
    },
    Dialect {
        name: "Winlogbeat and Elastic Agent",
        source: "https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog",
        needle: "PipeName",
        provider: &["winlog.provider_name", "event.provider"],
        event_id: &["winlog.event_id", "event.code"],
        host: &["winlog.computer_name", "host.name"],
        record_id: &["winlog.record_id"],
        written: &["@timestamp"],
        under: "winlog.event_data.",
        fields: &SYSMON,
        texts: &["message"],
    },
    Dialect {
        name: "Elastic Common Schema: the Sysmon module of Winlogbeat and the Windows integration of Elastic Agent",
        source: "https://github.com/elastic/integrations/tree/main/packages/windows/data_stream/sysmon_operational \
                 (ingest_pipeline/default.yml renames the fields)",
        needle: "executable",
        provider: &["winlog.provider_name", "event.provider"],
        // Not `event.code`, which events of other systems have too, and files with it.
        event_id: &["winlog.event_id"],
        host: &["winlog.computer_name", "host.name"],
        record_id: &["winlog.record_id"],
        written: &["@timestamp"],
        under: "",
        fields: &Fields {
            pipe_name: "file.name",
            image: "process.executable",
            user: "user.name",
            domain: "user.domain",
            process_id: "process.pid",
            process_guid: "process.entity_id",
            utc_time: "",
        },
        texts: &["message"],
    },
    Dialect {
        name: "Winlogbeat 6",
        source: "https://www.elastic.co/guide/en/beats/winlogbeat/6.8/exported-fields-eventlog.html",
        needle: "PipeName",
        provider: &["source_name"],
        event_id: &["event_id"],
        host: &["computer_name"],
        record_id: &["record_number"],
        written: &["@timestamp"],
        under: "event_data.",
        fields: &SYSMON,
        texts: &["message"],
    },
    Dialect {
        name: "Microsoft Sentinel (tables Event and WindowsEvent), Velociraptor's EvtxHunter, EvtxECmd (--json)",
        source: "https://learn.microsoft.com/azure/azure-monitor/reference/tables/event (EventData and ParameterXml as \
                 XML) and /windowsevent (EventData as an object, or as JSON in a text)",
        needle: "PipeName",
        provider: &["Provider", "Source"],
        event_id: &["EventID", "EventId"],
        host: &["Computer"],
        record_id: &["EventRecordId", "EventRecordID"],
        written: &["TimeGenerated", "EventTime", "TimeCreated"],
        under: "EventData.",
        fields: &SYSMON,
        texts: &["EventData", "Message", "RenderedDescription", "Payload"],
    },
    Dialect {
        name: "Splunk",
        source: "https://docs.splunk.com/Documentation/Splunk/latest/Search/Exportsearchresults (_raw holds XML with \
                 renderXml=1), fields as of the Splunk Add-on for Sysmon",
        needle: "PipeName",
        provider: &["SourceName"],
        event_id: &["EventCode", "EventID"],
        host: &["Computer", "ComputerName", "dvc"],
        record_id: &["EventRecordID", "RecordID", "RecordNumber"],
        written: &["_time"],
        under: "",
        fields: &SYSMON,
        texts: &["_raw"],
    },
    Dialect {
        name: "PowerShell: Get-WinEvent | ConvertTo-Json",
        source: "https://learn.microsoft.com/dotnet/api/system.diagnostics.eventing.reader.eventlogrecord \
                 (`ProcessId` is the process of the service that wrote the record)",
        needle: "PipeName",
        provider: &["ProviderName"],
        event_id: &["Id"],
        host: &["MachineName"],
        record_id: &["RecordId"],
        written: &["TimeCreated", "TimeCreated.value"],
        under: "",
        fields: &NONE,
        texts: &["Message"],
    },
    Dialect {
        name: "Hayabusa (json-timeline)",
        source: "https://github.com/Yamato-Security/hayabusa; names of https://github.com/Yamato-Security/hayabusa-rules \
                 config/default_details.txt",
        needle: "\"Pipe\"",
        provider: &[],
        event_id: &["EventID"],
        host: &["Computer"],
        record_id: &["RecordID"],
        written: &["Timestamp"],
        under: "",
        fields: &Fields {
            pipe_name: "Details.Pipe",
            image: "Details.Proc",
            user: "ExtraFieldInfo.User",
            domain: "",
            process_id: "Details.PID",
            process_guid: "Details.PGUID",
            utc_time: "ExtraFieldInfo.UtcTime",
        },
        texts: &[],
    },
    Dialect {
        name: "Hayabusa (json-timeline, profiles with all fields)",
        source: "https://github.com/Yamato-Security/hayabusa (AllFieldInfo holds them by Sysmon's names)",
        needle: "PipeName",
        provider: &[],
        event_id: &["EventID"],
        host: &["Computer"],
        record_id: &["RecordID"],
        written: &["Timestamp"],
        under: "AllFieldInfo.",
        fields: &SYSMON,
        texts: &[],
    },
    Dialect {
        name: "Wazuh",
        source: "https://documentation.wazuh.com/current/user-manual/capabilities/log-data-collection/\
                 configuration.html (the names begin with a small letter)",
        needle: "pipeName",
        provider: &["win.system.providerName"],
        event_id: &["win.system.eventID"],
        host: &["win.system.computer"],
        record_id: &["win.system.eventRecordID"],
        written: &["win.system.systemTime"],
        under: "win.eventdata.",
        fields: &Fields {
            pipe_name: "pipeName",
            image: "image",
            user: "user",
            domain: "",
            process_id: "processId",
            process_guid: "processGuid",
            utc_time: "utcTime",
        },
        texts: &["win.system.message"],
    },
];

#[cfg(test)]
mod tests {
    use crate::test_support::Gathered;

    /// What every sample below says; each says less where its tool does.
    const EVENT: &str =
        r"Created \lsass by C:\svc.exe as NT AUTHORITY\SYSTEM on WS01, 4204 {b669e388}, 1591757462755, #464717";

    /// The one event in a sample, which is read as the only line of a source and again in a list, printed widely.
    fn event(sample: &str) -> String {
        let value: serde_json::Value = serde_json::from_str(sample).unwrap();
        let line = Gathered::of_json(value.to_string().as_bytes());
        let list = serde_json::to_string_pretty(&[value]).unwrap();
        let list = Gathered::of_json(list.as_bytes());
        assert_eq!(line.skips, []);
        assert_eq!(line.lines(), list.lines());
        assert_eq!(line.events.len(), 1, "{}", line.silence());
        line.lines().remove(0)
    }

    #[test]
    fn evtx_dump() {
        let sample = r##"{"Event": {"#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 17,
            "TimeCreated": {"#attributes": {"SystemTime": "2020-06-10T02:51:02.7559999Z"}}, "EventRecordID": 464717,
            "Execution": {"#attributes": {"ProcessID": 3520}}, "Computer": "WS01"},
            "EventData": {"RuleName": "-", "UtcTime": "2020-06-10 02:51:02.755", "ProcessGuid": "{b669e388}",
            "ProcessId": 4204, "PipeName": "\\lsass", "Image": "C:\\svc.exe", "User": "NT AUTHORITY\\SYSTEM"}}}"##;
        assert_eq!(event(sample), EVENT);
        let with_qualifiers = r##"{"#attributes": {"Qualifiers": ""}, "#text": 17}"##;
        assert_eq!(event(&sample.replace(": 17,", &format!(": {with_qualifiers},"))), EVENT);
        let without_utc_time = sample.replace("UtcTime", "Other");
        assert_eq!(event(&without_utc_time), EVENT);
    }

    #[test]
    fn evtx_dump_with_attributes_apart() {
        let sample = r#"{"Event": {"System": {"Provider_attributes": {"Name": "Microsoft-Windows-Sysmon"}, "EventID": 17,
            "TimeCreated_attributes": {"SystemTime": "2020-06-10T02:51:02.755Z"}, "EventRecordID": 464717,
            "Computer": "WS01"}, "EventData": {"ProcessGuid": "{b669e388}", "ProcessId": 4204,
            "PipeName": "\\lsass", "Image": "C:\\svc.exe", "User": "NT AUTHORITY\\SYSTEM"}}}"#;
        assert_eq!(event(sample), EVENT);
        let chainsaw = format!(
            r#"{{"group": "Sigma", "kind": "individual", "document": {{"kind": "evtx", "path": "x.evtx", "data": {sample}}},
            "name": "A rule", "timestamp": "2020-06-10T02:51:02.755+00:00", "id": "1111"}}"#
        );
        assert_eq!(event(&chainsaw), EVENT);
        let aggregate =
            format!(r#"{{"kind": "aggregate", "documents": [{{"kind": "evtx", "data": {sample}}}], "id": "17"}}"#);
        assert_eq!(event(&aggregate), EVENT);
    }

    #[test]
    fn velociraptor() {
        let sample = r#"{"System": {"Provider": {"Name": "Microsoft-Windows-Sysmon", "Guid": "5770385F"},
            "EventID": {"Value": 17}, "Version": 1, "TimeCreated": {"SystemTime": 1591757462.7559998},
            "EventRecordID": 464717, "Execution": {"ProcessID": 3520}, "Computer": "WS01"},
            "EventData": {"RuleName": "-", "ProcessGuid": "{b669e388}", "ProcessId": 4204, "PipeName": "\\lsass",
            "Image": "C:\\svc.exe", "User": "NT AUTHORITY\\SYSTEM"}, "OSPath": "C:\\Windows\\System32\\winevt"}"#;
        assert_eq!(event(sample), EVENT);
    }

    #[test]
    fn nxlog_and_otrf() {
        let sample = r#"{"ProcessId": "4204", "ProcessGuid": "{b669e388}", "@timestamp": "2020-06-10T02:51:03.659Z",
            "Domain": "NT AUTHORITY", "Keywords": -9223372036854775808, "AccountName": "SYSTEM", "User": "NT AUTHORITY\\SYSTEM",
            "SourceName": "Microsoft-Windows-Sysmon", "port": 62387, "tags": ["mordorDataset"], "Hostname": "WS01",
            "ProcessID": 3520, "Image": "C:\\svc.exe", "EventID": 17, "PipeName": "\\lsass", "RecordNumber": 464717,
            "host": "wec.example", "UtcTime": "2020-06-10 02:51:02.755", "EventType": "INFO"}"#;
        assert_eq!(event(sample), EVENT);
        assert_eq!(event(&sample.replace(": 17,", ": \"17\",")), EVENT);
        let without_id = sample.replace(
            r#""ProcessId": "4204","#,
            r#""Message":
            "Pipe Created:\r\nProcessId: 4204\r\nPipeName: \\other\r\nImage: other\r\nUser: other","#,
        );
        assert_eq!(event(&without_id), EVENT, "the message gives only what the fields lack");
    }

    #[test]
    fn winlogbeat() {
        let sample = r#"{"@timestamp": "2020-06-10T02:51:02.755Z", "agent": {"hostname": "wec"}, "host": {"name": "wec"},
            "event": {"code": "17", "provider": "Microsoft-Windows-Sysmon", "action": "Pipe Created (rule: PipeEvent)"},
            "winlog": {"provider_name": "Microsoft-Windows-Sysmon", "event_id": "17", "computer_name": "WS01",
            "record_id": 464717, "process": {"pid": 3520}, "event_data": {"ProcessGuid": "{b669e388}",
            "ProcessId": "4204", "PipeName": "\\lsass", "Image": "C:\\svc.exe", "User": "NT AUTHORITY\\SYSTEM"}}}"#;
        assert_eq!(event(sample), EVENT);
        let hit =
            format!(r#"{{"_index": "winlogbeat", "_id": "17", "_score": null, "_source": {sample}, "sort": [1]}}"#);
        assert_eq!(event(&hit), EVENT);
        let answer = format!(
            r#"{{"took": 5, "timed_out": false, "hits": {{"total": {{"value": 1}}, "max_score": 1.0, "hits": [{hit}]}}}}"#
        );
        assert_eq!(event(&answer), EVENT);
    }

    #[test]
    fn flattened_winlogbeat() {
        let sample = r#"{"_source": {"winlog.provider_name": "Microsoft-Windows-Sysmon", "winlog.event_id": 17,
            "winlog.computer_name": "WS01", "winlog.record_id": "464717", "@timestamp": ["2020-06-10T02:51:02.755Z"],
            "winlog.event_data.ProcessGuid": "{b669e388}", "winlog.event_data.ProcessId": "4204",
            "winlog.event_data.PipeName": ["\\lsass"], "winlog.event_data.Image": "C:\\svc.exe",
            "winlog": {"event_data.User": "NT AUTHORITY\\SYSTEM"}}}"#;
        assert_eq!(event(sample), EVENT);
    }

    #[test]
    fn winlogbeat_6() {
        let sample = r#"{"@timestamp": "2020-06-10T02:51:02.755Z", "source_name": "Microsoft-Windows-Sysmon", "event_id": 17,
            "computer_name": "WS01", "record_number": "464717", "process_id": 3520, "event_data": {"ProcessGuid": "{b669e388}",
            "ProcessId": "4204", "PipeName": "\\lsass", "Image": "C:\\svc.exe", "User": "NT AUTHORITY\\SYSTEM"}}"#;
        assert_eq!(event(sample), EVENT);
    }

    #[test]
    fn elastic_common_schema() {
        let sample = r#"{"@timestamp": "2020-06-10T02:51:02.755Z", "event": {"code": "17", "category": ["file"],
            "type": ["creation"], "provider": "Microsoft-Windows-Sysmon", "module": "sysmon"},
            "file": {"name": "\\lsass"}, "process": {"entity_id": "{b669e388}", "executable": "C:\\svc.exe",
            "name": "svc.exe", "pid": 4204}, "user": {"id": "S-1-5-18", "domain": "NT AUTHORITY", "name": "SYSTEM"},
            "host": {"name": "wec"}, "winlog": {"event_id": "17", "computer_name": "WS01", "record_id": "464717",
            "provider_name": "Microsoft-Windows-Sysmon", "process": {"pid": 3520}}}"#;
        assert_eq!(event(sample), EVENT);
    }

    #[test]
    fn sentinel() {
        let xml = r#"<DataItem type=\"System.XmlData\" time=\"2020\"><EventData xmlns=\"x\"><Data Name=\"UtcTime\">2020-06-10
            02:51:02.755</Data><Data Name=\"ProcessGuid\">{b669e388}</Data><Data Name=\"ProcessId\">4204</Data>
            <Data Name=\"PipeName\">\\lsass</Data><Data Name=\"Image\">C:\\svc.exe</Data>
            <Data Name=\"User\">NT AUTHORITY\\SYSTEM</Data></EventData></DataItem>"#;
        let xml = xml.replace("\n            ", " ");
        let json = r#"{\"UtcTime\":\"2020-06-10T02:51:02.7550000Z\",\"ProcessGuid\":\"{b669e388}\",\"ProcessId\":\"4204\",
            \"PipeName\":\"\\\\lsass\",\"Image\":\"C:\\\\svc.exe\",\"User\":\"NT AUTHORITY\\\\SYSTEM\"}"#;
        let json = json.replace("\n            ", " ");
        for (provider, data) in [("Source", &xml), ("Provider", &json)] {
            let sample = format!(
                r#"{{"TenantId": "x", "{provider}": "Microsoft-Windows-Sysmon", "EventID": 17, "Computer": "WS01",
                "TimeGenerated": "2020-06-10T02:52:00Z", "EventRecordId": 464717, "EventData": "{data}"}}"#
            );
            assert_eq!(event(&sample), EVENT);
        }
        let escaped = xml
            .replace('<', "\\u003c")
            .replace('>', "\\u003E")
            .replace('"', "\\u0022")
            .replace("\\\\u", "\\u");
        let sample = format!(
            r#"{{"Source": "Microsoft-Windows-Sysmon", "EventID": 17, "Computer": "WS01", "EventRecordId": 464717,
            "EventData": "{escaped}"}}"#
        );
        assert_eq!(event(&sample), EVENT);
    }

    #[test]
    fn evtx_ecmd() {
        let payload = r##"{"EventData":{"Data":[{"@Name":"RuleName"},{"@Name":"ProcessGuid","#text":"{b669e388}"},
            {"@Name":"ProcessId","#text":"4204"},{"@Name":"PipeName","#text":"\\lsass"},
            {"@Name":"Image","#text":"C:\\svc.exe"},{"@Name":"User","#text":"NT AUTHORITY\\SYSTEM"}]}}"##;
        let sample = serde_json::json!({"PayloadData1": "ProcessID: 4204", "UserName": "x", "EventId": 17, "RecordNumber": 1,
            "Provider": "Microsoft-Windows-Sysmon", "Channel": "x", "Computer": "WS01", "EventRecordId": "464717",
            "ProcessId": 3520, "TimeCreated": "2020-06-10T02:51:02.7559999+00:00", "Payload": payload});
        assert_eq!(event(&sample.to_string()), EVENT);
    }

    #[test]
    fn xmltodict() {
        let sample = r##"{"Event": {"@xmlns": "x", "System": {"Provider": {"@Name": "Microsoft-Windows-Sysmon", "@Guid": "x"},
            "EventID": {"@Qualifiers": "", "#text": "17"}, "TimeCreated": {"@SystemTime": "2020-06-10 02:51:02.755999+00:00"},
            "EventRecordID": "464717", "Computer": "WS01"}, "EventData": {"Data": [{"@Name": "RuleName", "#text": "-"},
            {"@Name": "ProcessGuid", "#text": "{b669e388}"}, {"@Name": "ProcessId", "#text": "4204"},
            {"@Name": "PipeName", "#text": "\\lsass"}, {"@Name": "Image", "#text": "C:\\svc.exe"},
            {"@Name": "User", "#text": "NT AUTHORITY\\SYSTEM"}]}}}"##;
        assert_eq!(event(sample), EVENT);
    }

    #[test]
    fn python_evtx() {
        let sample = r#"[{"EventRecordID": "464717", "EventID": "17", "Version": "1", "TimeCreated":
            "2020-06-10 02:51:02.755999+00:00", "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "WS01",
            "UserID": "S-1-5-18", "RuleName": "-", "ProcessGuid": "{b669e388}", "ProcessId": "4204", "PipeName": "\\lsass",
            "Image": "C:\\svc.exe", "User": "NT AUTHORITY\\SYSTEM"}]"#;
        assert_eq!(event(sample), EVENT);
    }

    #[test]
    fn splunk() {
        let xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
            Name='Microsoft-Windows-Sysmon' Guid='{5770385F}'/><EventID>17</EventID><TimeCreated \
            SystemTime='2020-06-10T02:51:02.755000Z'/><EventRecordID>464717</EventRecordID><Computer>WS01</Computer>\
            </System><EventData><Data Name='ProcessGuid'>{b669e388}</Data><Data Name='ProcessId'>4204</Data>\
            <Data Name='PipeName'>\\lsass</Data><Data Name='Image'>C:\\svc.exe</Data>\
            <Data Name='User'>NT AUTHORITY\\SYSTEM</Data></EventData></Event>";
        let sample =
            serde_json::json!({"preview": false, "offset": 0, "result": {"_raw": xml, "host": "WS01"}}).to_string();
        assert_eq!(event(&sample), EVENT);
        let escaped = sample
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('\'', "\\u0027");
        assert_eq!(Gathered::of_json(escaped.as_bytes()).lines(), [EVENT]);
        let fields = r#"{"results": [{"_time": "2020-06-10T04:51:02.755+02:00", "EventCode": "17", "Computer": "WS01",
            "SourceName": "Microsoft-Windows-Sysmon", "RecordNumber": "464717", "ProcessGuid": "{b669e388}", "ProcessId": "4204",
            "PipeName": "\\lsass", "Image": "C:\\svc.exe", "User": "NT AUTHORITY\\SYSTEM"}]}"#;
        assert_eq!(event(fields), EVENT);
    }

    #[test]
    fn power_shell() {
        let sample = r#"{"Id": 17, "Version": 1, "RecordId": 464717, "ProviderName": "Microsoft-Windows-Sysmon",
            "ProcessId": 3520, "MachineName": "WS01", "TimeCreated": "\/Date(1591757462755)\/", "UserId": {"Value": "S-1-5-18"},
            "Message": "Pipe Created:\r\nRuleName: -\r\nEventType: CreatePipe\r\nProcessGuid: {b669e388}\r\nProcessId: 4204\r\nPipeName: \\lsass\r\nImage: C:\\svc.exe\r\nUser: NT AUTHORITY\\SYSTEM"}"#;
        assert_eq!(event(sample), EVENT);
        assert_eq!(event(&sample.replace("\\r\\n", "\\n")), EVENT);
        let dated = r#"{"value": "\/Date(1591757462755)\/", "DisplayHint": 2, "DateTime": "Wednesday"}"#;
        assert_eq!(event(&sample.replace(r#""\/Date(1591757462755)\/""#, dated)), EVENT);
    }

    #[test]
    fn hayabusa() {
        let sample = r#"{"Timestamp": "2020-06-10 11:51:02.755 +09:00", "RuleTitle": "Pipe", "Level": "info", "Computer": "WS01",
            "Channel": "Sysmon", "EventID": 17, "RecordID": 464717, "Details": {"Pipe": "\\lsass", "Proc": "C:\\svc.exe",
            "PID": 4204, "PGUID": "{b669e388}"}, "ExtraFieldInfo": {"RuleName": "-", "User": "NT AUTHORITY\\SYSTEM"}}"#;
        assert_eq!(event(sample), EVENT);
        let all_fields = r#"{"Timestamp": "2020-06-10T02:51:02.755000Z", "Computer": "WS01", "EventID": 17, "RecordID": 464717,
            "AllFieldInfo": {"PipeName": "\\lsass", "Image": "C:\\svc.exe", "ProcessId": 4204, "ProcessGuid": "{b669e388}",
            "User": "NT AUTHORITY\\SYSTEM"}}"#;
        assert_eq!(event(all_fields), EVENT);
    }

    #[test]
    fn wazuh() {
        let sample = r#"{"timestamp": "2020-06-10T02:52:00Z", "rule": {"id": "61600"}, "agent": {"name": "WS01"}, "data": {"win":
            {"system": {"providerName": "Microsoft-Windows-Sysmon", "eventID": "17", "computer": "WS01",
            "eventRecordID": "464717", "systemTime": "2020-06-10T02:51:02.7559999Z", "processID": "3520"},
            "eventdata": {"processGuid": "{b669e388}", "processId": "4204", "pipeName": "\\lsass", "image": "C:\\svc.exe",
            "user": "NT AUTHORITY\\SYSTEM"}}}}"#;
        assert_eq!(event(sample), EVENT);
    }
}
