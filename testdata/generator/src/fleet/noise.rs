//! Sysmon's other events: what runs in, process starts, connections, loads, files, registry and look-ups out.

use super::life::Life;
use super::name::expand;
use super::process::Process;
use crate::event::Event;
use crate::layout::{
    DNS_QUERY, FILE_CREATE, IMAGE_LOAD, Layout, NETWORK_CONNECT, PROCESS_ACCESS, PROCESS_CREATE, PROCESS_TERMINATE,
    REGISTRY_KEY, REGISTRY_VALUE,
};
use crate::time::Time;
use crate::value::{Guid, Value};

const DOMAINS: [&str; 9] = [
    "www.example.org",
    "settings-win.data.microsoft.com",
    "login.microsoftonline.com",
    "outlook.office365.com",
    "ctldl.windowsupdate.com",
    "dc01.corp.example",
    "srv-file.corp.example",
    "wpad.corp.example",
    "bücher.example",
];
const MODULES: [&str; 6] = ["amsi", "winhttp", "dbghelp", "taskschd", "samlib", "vaultcli"];
const FILES: [&str; 5] = [
    r"C:\Users\{user}\AppData\Local\Temp\{h10}.tmp",
    r"C:\Users\{user}\Downloads\Präsentation {n}.pptx",
    r"C:\Users\{user}\AppData\Roaming\Microsoft\Windows\Recent\Quarterly report ({n}).lnk",
    r"C:\ProgramData\Example Backup\spool\{guid}.json",
    r"C:\Windows\Prefetch\CHROME.EXE-{u32}.pf",
];
const KEYS: [&str; 4] = [
    r"HKLM\System\CurrentControlSet\Services\W32Time\SecureTimeLimits\SecureTimeHigh",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\ExampleBackup",
    r"HKCR\CLSID\{{guid}}\InprocServer32\(Default)",
    r"HKLM\SOFTWARE\Microsoft\Tracing\RASAPI32\EnableFileTracing",
];
const WHO: [&str; 12] = [
    "rpcss", "schedule", "lsass", "MsMpEng", "chrome", "edge", "explorer", "outlook", "code", "teams", "sqlservr",
    "backup",
];

/// The start of a process.
pub(super) fn started(life: &mut Life<'_>, process: &Process) -> Event {
    let parent = life
        .running("services", process.start)
        .unwrap_or_else(|| process.clone());
    let interactive = !process.user.starts_with("NT ");
    let name = process.image.rsplit('\\').next().unwrap_or_default().to_owned();
    let sum = life.random.text(b"0123456789ABCDEF", 64);
    fill(life, &PROCESS_CREATE, process, process.start, |field| match field {
        "FileVersion" => Value::text("10.0.19041.1 (WinBuild.160101.0800)"),
        "Description" | "Product" => Value::text("Microsoft® Windows® Operating System"),
        "Company" => Value::text("Microsoft Corporation"),
        "OriginalFileName" => Value::text(name.as_str()),
        "CommandLine" => Value::text(format!("\"{}\"", process.image)),
        "CurrentDirectory" => Value::text(r"C:\Windows\system32\"),
        "LogonGuid" => Value::Guid(Guid::default()),
        "LogonId" => Value::Hex64(if interactive { 0x5_81A2 } else { 0x3E7 }),
        "TerminalSessionId" => Value::U32(u32::from(interactive)),
        "IntegrityLevel" => Value::text(if interactive { "Medium" } else { "System" }),
        "Hashes" => Value::text(format!("SHA256={sum}")),
        "ParentProcessGuid" => Value::Guid(parent.guid),
        "ParentProcessId" => Value::U32(parent.pid),
        "ParentImage" | "ParentCommandLine" => Value::text(parent.image.as_str()),
        "ParentUser" => Value::text(parent.user.as_str()),
        _ => Value::Null,
    })
}

/// Any other event of what runs at `time`; none where nothing does.
pub(super) fn any(life: &mut Life<'_>, time: Time) -> Option<Event> {
    let running: Vec<Process> = WHO.iter().filter_map(|key| life.running(key, time)).collect();
    let process = life.random.pick(&running)?.clone();
    let target = life.random.pick(&running)?.clone();
    Some(match life.random.range(0, 8) {
        0 => fill(life, &PROCESS_TERMINATE, &process, time, |_| Value::Null),
        1 | 2 => connection(life, &process, time),
        3 => module(life, &process, time),
        4 => access(life, &process, &target, time),
        5 => {
            let file = pattern(life, &FILES, &process);
            fill(life, &FILE_CREATE, &process, time, |field| match field {
                "TargetFilename" => Value::text(file.as_str()),
                "CreationUtcTime" => Value::text(time.sysmon()),
                _ => Value::Null,
            })
        }
        6 => registry(life, &process, time),
        _ => look_up(life, &process, time),
    })
}

fn connection(life: &mut Life<'_>, process: &Process, time: Time) -> Event {
    let host = life.random.pick(&DOMAINS).copied().unwrap_or_default();
    let port = life.random.range(49_152, 65_536) as u16;
    let (near, far) = (life.random.range(2, 250), life.random.range(2, 250));
    let computer = life.machine.name.clone();
    fill(life, &NETWORK_CONNECT, process, time, |field| match field {
        "Protocol" => Value::text("tcp"),
        "Initiated" => Value::Bool(true),
        "SourceIsIpv6" | "DestinationIsIpv6" => Value::Bool(false),
        "SourceIp" => Value::text(format!("10.20.4.{near}")),
        "SourceHostname" => Value::text(computer.as_str()),
        "SourcePort" => Value::U16(port),
        "DestinationIp" => Value::text(format!("203.0.113.{far}")),
        "DestinationHostname" => Value::text(host),
        "DestinationPort" => Value::U16(443),
        "DestinationPortName" => Value::text("https"),
        "SourcePortName" => Value::text("-"),
        _ => Value::Null,
    })
}

fn module(life: &mut Life<'_>, process: &Process, time: Time) -> Event {
    let module = life.random.pick(&MODULES).copied().unwrap_or_default();
    let sum = life.random.text(b"0123456789ABCDEF", 64);
    fill(life, &IMAGE_LOAD, process, time, |field| match field {
        "ImageLoaded" => Value::text(format!(r"C:\Windows\System32\{module}.dll")),
        "FileVersion" => Value::text("10.0.19041.4355 (WinBuild.160101.0800)"),
        "Description" => Value::text(format!("{module} Library")),
        "Product" => Value::text("Microsoft® Windows® Operating System"),
        "Company" => Value::text("Microsoft Corporation"),
        "OriginalFileName" => Value::text(format!("{module}.dll")),
        "Hashes" => Value::text(format!("SHA256={sum}")),
        "Signed" => Value::text("true"),
        "Signature" => Value::text("Microsoft Windows"),
        "SignatureStatus" => Value::text("Valid"),
        _ => Value::Null,
    })
}

fn access(life: &mut Life<'_>, source: &Process, target: &Process, time: Time) -> Event {
    let thread = life.random.range(100, 5_000) as u32 * 4;
    let offset = life.random.range(0x1000, 0x40000);
    fill(life, &PROCESS_ACCESS, source, time, |field| match field {
        "SourceThreadId" => Value::U32(thread),
        "TargetProcessGUID" => Value::Guid(target.guid),
        "TargetProcessId" => Value::U32(target.pid),
        "TargetImage" => Value::text(target.image.as_str()),
        "GrantedAccess" => Value::Hex32(0x1000),
        "CallTrace" => Value::text(format!(r"C:\Windows\SYSTEM32\ntdll.dll+{offset:x}|UNKNOWN(00007FFA)")),
        "TargetUser" => Value::text(target.user.as_str()),
        _ => Value::Null,
    })
}

fn registry(life: &mut Life<'_>, process: &Process, time: Time) -> Event {
    let key = pattern(life, &KEYS, process);
    let (layout, kind) = if life.random.percent(50) {
        (REGISTRY_KEY, "CreateKey")
    } else {
        (REGISTRY_VALUE, "SetValue")
    };
    fill(life, &layout, process, time, |field| match field {
        "EventType" => Value::text(kind),
        "TargetObject" => Value::text(key.as_str()),
        "Details" => Value::text("DWORD (0x00000001)"),
        _ => Value::Null,
    })
}

fn look_up(life: &mut Life<'_>, process: &Process, time: Time) -> Event {
    let name = life.random.pick(&DOMAINS).copied().unwrap_or_default();
    let address = life.random.range(2, 250);
    fill(life, &DNS_QUERY, process, time, |field| match field {
        "QueryName" => Value::text(name),
        "QueryStatus" => Value::text("0"),
        "QueryResults" => Value::text(format!("::ffff:203.0.113.{address};")),
        _ => Value::Null,
    })
}

fn pattern(life: &mut Life<'_>, patterns: &[&str], process: &Process) -> String {
    let pattern = life.random.pick(patterns).copied().unwrap_or_default();
    expand(pattern, process, &mut life.random)
}

/// An event of `layout`: what all events say of their process, and what `special` says of the other fields.
fn fill(life: &Life<'_>, layout: &Layout, process: &Process, time: Time, special: impl Fn(&str) -> Value) -> Event {
    let values = layout.fields(life.machine.schema).map(|field| match field {
        "RuleName" => Value::text("-"),
        "UtcTime" => Value::text(time.sysmon()),
        "ProcessGuid" | "SourceProcessGUID" => Value::Guid(process.guid),
        "ProcessId" | "SourceProcessId" => Value::U32(process.pid),
        "Image" | "SourceImage" => Value::text(process.image.as_str()),
        "User" | "SourceUser" => Value::text(process.user.as_str()),
        other => special(other),
    });
    Event::sysmon(
        layout,
        life.machine.schema,
        time.plus_ticks(31_250),
        values.collect::<Vec<_>>(),
    )
}
