//! How fast sources are read, in bytes a second on one core.
//!
//! Events are as large as in real logs: about 1,000 bytes as JSON.

use std::borrow::Cow;
use std::io::Read;

use divan::counter::BytesCount;
use pipemine::event::PipeEvent;
use pipemine::source::Sink;
use pipemine::source::format::Format;

fn main() {
    divan::main();
}

/// Counts events and forgets them.
struct Counting(u64);

impl Sink for Counting {
    fn records(&mut self, _: u64) {}

    fn pipe_event(&mut self, event: &PipeEvent<'_>) {
        self.0 += divan::black_box(event).pipe_name.len() as u64;
    }

    fn skip(&mut self, _: u64, _: Cow<'static, str>) {}
}

/// How much is read in one go, in bytes.
const SIZE: usize = 16 << 20;

fn repeated(event: &str) -> Vec<u8> {
    event.repeat(SIZE / event.len()).into_bytes()
}

const PIPE_BY_EVTX_DUMP: &str = concat!(
    r##"{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"##,
    r##""#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"}},"EventID":17,"##,
    r##""Version":1,"Level":4,"Task":17,"Opcode":0,"Keywords":"0x8000000000000000","TimeCreated":{"#attributes":{"##,
    r##""SystemTime":"2019-09-06T13:49:35.4336838Z"}},"EventRecordID":37109,"Correlation":null,"Execution":{"#attributes":{"##,
    r##""ProcessID":3140,"ThreadID":3776}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"MSEDGEWIN10","##,
    r##""Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"RuleName":"-","UtcTime":"2019-09-06 13:49:35.428","##,
    r##""ProcessGuid":"{747f3d96-393e-5d72-0000-0010ad443200}","ProcessId":6908,"PipeName":"\\mojo.6908.7016.183","##,
    r##""Image":"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe","User":"MSEDGEWIN10\\IEUser"}}}"##,
    "\n",
);

const PIPE_BY_NXLOG: &str = concat!(
    r#"{"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}","Level":"4","#,
    r#""Keywords":"0x8000000000000000","Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"DC01.example.com","#,
    r#""TimeCreated":"2023-07-19T09:02:20.141Z","@timestamp":"2023-07-19T09:02:20.141Z","EventID":18,"Message":"#,
    r#""Pipe Connected:\r\nRuleName: -\r\nEventType: ConnectPipe\r\nUtcTime: 2023-07-19 16:02:20.136\r\nProcessGuid: {fe86be69-25d2-64b6-2000-000000001000}\r\nProcessId: 1244\r\nPipeName: \\lsass\r\nImage: C:\\Windows\\System32\\svchost.exe\r\nUser: NT AUTHORITY\\SYSTEM","#,
    r#""Task":"18","RuleName":"-","EventType":"ConnectPipe","UtcTime":"2023-07-19 16:02:20.136","ProcessGuid":"#,
    r#""{fe86be69-25d2-64b6-2000-000000001000}","ProcessId":"1244","PipeName":"\\lsass","Image":"#,
    r#""C:\\Windows\\System32\\svchost.exe","User":"NT AUTHORITY\\SYSTEM"}"#,
    "\n",
);

const PIPE_AS_XML: &str = concat!(
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider ",
    "Name='Microsoft-Windows-Sysmon' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'/><EventID>17</EventID><Version>1</Version>",
    "<Level>4</Level><Task>17</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated ",
    "SystemTime='2019-09-06T13:49:35.433683800Z'/><EventRecordID>37109</EventRecordID><Correlation/><Execution ",
    "ProcessID='3140' ThreadID='3776'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>MSEDGEWIN10</Computer>",
    "<Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data><Data Name='UtcTime'>2019-09-06 ",
    "13:49:35.428</Data><Data Name='ProcessGuid'>{747f3d96-393e-5d72-0000-0010ad443200}</Data><Data Name='ProcessId'>6908</Data>",
    "<Data Name='PipeName'>\\mojo.6908.7016.183</Data><Data Name='Image'>C:\\Program Files ",
    "(x86)\\Microsoft\\Edge\\Application\\msedge.exe</Data><Data Name='User'>MSEDGEWIN10\\IEUser</Data></EventData></Event>\n",
);

/// The same events, which might be pipe events as far as their lengths go, and are none.
fn other(pipe: &str) -> String {
    pipe.replace("PipeName", "FileName")
        .replace("Pipe", "File")
        .replace("\":17", "\":11")
        .replace(">17<", ">11<")
}

fn read(bencher: divan::Bencher<'_, '_>, format: Format, bytes: &[u8]) {
    bencher.counter(BytesCount::of_slice(bytes)).bench_local(|| {
        let mut counting = Counting(0);
        let mut input = bytes;
        let read = format.read_records(&mut input as &mut dyn Read, 0..u64::MAX, &mut counting);
        read.map(|()| counting.0)
    });
}

#[divan::bench]
fn json_of_pipe_events_by_evtx_dump(bencher: divan::Bencher<'_, '_>) {
    read(bencher, Format::Json, &repeated(PIPE_BY_EVTX_DUMP));
}

#[divan::bench]
fn json_of_pipe_events_by_nxlog(bencher: divan::Bencher<'_, '_>) {
    read(bencher, Format::Json, &repeated(PIPE_BY_NXLOG));
}

#[divan::bench]
fn json_of_other_events(bencher: divan::Bencher<'_, '_>) {
    read(bencher, Format::Json, &repeated(&other(PIPE_BY_EVTX_DUMP)));
}

#[divan::bench]
fn json_printed_widely(bencher: divan::Bencher<'_, '_>) {
    let wide = other(PIPE_BY_EVTX_DUMP).replace(",", ",\n  ");
    read(bencher, Format::Json, &repeated(&wide));
}

#[divan::bench]
fn xml_of_pipe_events(bencher: divan::Bencher<'_, '_>) {
    read(bencher, Format::Xml, &repeated(PIPE_AS_XML));
}

#[divan::bench]
fn xml_of_other_events(bencher: divan::Bencher<'_, '_>) {
    read(bencher, Format::Xml, &repeated(&other(PIPE_AS_XML)));
}

#[divan::bench]
fn csv_of_pipe_events(bencher: divan::Bencher<'_, '_>) {
    let row = "17,Microsoft-Windows-Sysmon,MSEDGEWIN10,37109,2019-09-06 13:49:35.428,{747f3d96-393e-5d72-0000-0010ad443200},6908,\
               \\mojo.6908.7016.183,\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\",MSEDGEWIN10\\IEUser\n";
    let mut table =
        b"EventID,Provider,Computer,EventRecordID,UtcTime,ProcessGuid,ProcessId,PipeName,Image,User\n".to_vec();
    table.extend(repeated(row));
    read(bencher, Format::Csv, &table);
}
