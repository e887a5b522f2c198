//! Who makes which pipes, and who connects to them.
//!
//! Shapes of names and their owners: what the programs really do, as public captures of Sysmon events show it.

/// Who connects to a pipe that a program made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    Nobody,
    /// The process that made it.
    Itself,
    /// Another process of the same image, with a process id of its own: browsers' helpers.
    Helper,
    /// A program that runs at the same time.
    Program(&'static str),
}

/// How often a process does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Often {
    /// When it starts.
    Start,
    /// So many times in each day that it runs.
    Daily(u64),
}

/// A pipe that a program makes. The placeholders of `pipe` are those of [`super::name::expand`].
#[derive(Debug)]
pub(super) struct Serve {
    pub(super) program: &'static str,
    pub(super) pipe: &'static str,
    pub(super) often: Often,
    pub(super) client: Client,
    /// How many connections each such pipe gets.
    pub(super) connections: u64,
}

/// A well-known pipe that a program connects to, so many times a day.
#[derive(Debug)]
pub(super) struct Connect {
    pub(super) program: &'static str,
    pub(super) pipe: &'static str,
    pub(super) daily: u64,
}

const fn serve(program: &'static str, pipe: &'static str, often: Often, client: Client, connections: u64) -> Serve {
    Serve {
        program,
        pipe,
        often,
        client,
        connections,
    }
}

const fn at_start(program: &'static str, pipe: &'static str) -> Serve {
    serve(program, pipe, Often::Start, Client::Nobody, 0)
}

const fn connect(program: &'static str, pipe: &'static str, daily: u64) -> Connect {
    Connect { program, pipe, daily }
}

use Client::{Helper, Itself, Nobody, Program};
use Often::{Daily, Start};

const WINSOCK: &str = r"\Winsock2\CatalogChangeListener-{hexpid}-0";

pub(super) const SERVES: &[Serve] = &[
    at_start("wininit", r"\InitShutdown"),
    at_start("wininit", WINSOCK),
    at_start("lsass", r"\lsass"),
    at_start("lsass", r"\protected_storage"),
    at_start("lsass", WINSOCK),
    at_start("services", r"\ntsvcs"),
    at_start("services", r"\scerpc"),
    at_start("services", r"\svcctl"),
    at_start("services", WINSOCK),
    at_start("rpcss", r"\epmapper"),
    at_start("rpcss", WINSOCK),
    at_start("eventlog", r"\eventlog"),
    at_start("eventlog", WINSOCK),
    at_start("lsm", r"\LSM_API_service"),
    at_start("schedule", r"\atsvc"),
    at_start("schedule", WINSOCK),
    at_start("lanmanworkstation", r"\wkssvc"),
    at_start("lanmanserver", r"\srvsvc"),
    at_start("termservice", r"\TermSrv_API_service"),
    at_start("termservice", r"\Ctx_WinStation_API_service"),
    serve("termservice", r"\TSVCPIPE-{guid}", Start, Program("lsm"), 1),
    at_start("sessenv", r"\SessEnvPublicRpc"),
    at_start("w32time", r"\W32TIME_ALT"),
    at_start("trkwks", r"\trkwks"),
    at_start("remoteregistry", r"\winreg"),
    at_start("spoolsv", r"\spoolss"),
    at_start("spoolsv", WINSOCK),
    serve("SearchIndexer", r"\MsFteWds", Start, Program("SearchProtocolHost"), 2),
    serve("wmiprvse", r"\PIPE_EVENTROOT\CIMV2SCM EVENT PROVIDER", Start, Nobody, 0),
    serve("MsMpEng", "<Anonymous Pipe>", Daily(2), Nobody, 0),
    serve(
        "sihost",
        r"\AppContracts_x{GUID}y",
        Daily(1),
        Program("RuntimeBroker"),
        1,
    ),
    serve("VBoxTray", r"\VBoxTrayIPC-{user}", Start, Program("VBoxService"), 18),
    serve("powershell", PS_HOST, Start, Nobody, 0),
    serve("powershell", "<Anonymous Pipe>", Daily(2), Nobody, 0),
    serve("inventory", PS_HOST, Start, Nobody, 0),
    serve("inventory", "<Anonymous Pipe>", Daily(2), Itself, 1),
    serve(
        "wsmprovhost",
        r"\PSHost.{ticks}.{pid}.DefaultAppDomain.wsmprovhost",
        Start,
        Nobody,
        0,
    ),
    serve("wsmprovhost", "<Anonymous Pipe>", Daily(2), Nobody, 0),
    serve("pwsh", r"\PSHost.{ticks}.{pid}.None.pwsh", Start, Nobody, 0),
    serve("pwsh", r"\dotnet-diagnostic-{pid}", Start, Nobody, 0),
    serve("dotnet", r"\dotnet-diagnostic-{pid}", Start, Nobody, 0),
    serve("cmd", "<Anonymous Pipe>", Daily(2), Nobody, 0),
    serve("chrome", r"\crashpad_{pid}_{AZ16}", Start, Helper, 4),
    serve("chrome", MOJO, Daily(11), Itself, 1),
    serve("edge", r"\LOCAL\crashpad_{pid}_{AZ16}", Start, Helper, 4),
    serve("edge", LOCAL_MOJO, Daily(9), Itself, 1),
    serve("edge", r"\LOCAL\mojo.external_task_manager_{u64}", Start, Itself, 1),
    serve("edge", r"\LOCAL\chrome.sync.{pid}.{tid}.{u64}", Daily(1), Itself, 1),
    serve("webview", r"\LOCAL\crashpad_{pid}_{AZ16}", Start, Helper, 2),
    serve("webview", LOCAL_MOJO, Daily(4), Itself, 1),
    serve("teams", r"\crashpad_{pid}_{AZ16}", Start, Helper, 2),
    serve("teams", MOJO, Daily(6), Itself, 1),
    serve("teams", r"\uv\{H16}-{pid}", Start, Itself, 1),
    serve("code", MOJO, Daily(6), Itself, 1),
    serve("code", r"\crashpad_{pid}_{AZ16}", Start, Helper, 2),
    serve("code", r"\vscode-ipc-{guid}-sock", Daily(2), Helper, 1),
    serve("code", r"\vscode-git-{h10}-sock", Daily(1), Program("git"), 2),
    serve("node", r"\uv\{H16}-{pid}", Daily(3), Itself, 1),
    serve("git", "<Anonymous Pipe>", Daily(3), Itself, 1),
    serve("firefox", r"\gecko-crash-server-pipe.{pid}", Start, Helper, 2),
    serve("firefox", r"\chrome.{pid}.{n}.{u32}", Daily(9), Itself, 1),
    serve("firefox", r"\cubeb-pipe-{pid}-{n}", Daily(1), Itself, 1),
    serve("onedrive", r"\OneDriveIPC-{guid}", Start, Program("explorer"), 1),
    serve("sqlservr", r"\SQLLocal\MSSQLSERVER", Start, Program("sqlagent"), 6),
    serve("sqlservr", r"\sql\query", Start, Program("w3wp"), 4),
    serve("sqlservr", WINSOCK, Start, Nobody, 0),
    serve("w3wp", r"\iisipm{guid}", Start, Program("w3wp"), 1),
    serve("dfsrs", WINSOCK, Start, Nobody, 0),
    serve("dns", WINSOCK, Start, Nobody, 0),
    serve("backup", r"\ExampleBackup\agent-{n}", Daily(1), Itself, 1),
];

const PS_HOST: &str = r"\PSHost.{ticks}.{pid}.DefaultAppDomain.powershell";
const MOJO: &str = r"\mojo.{pid}.{tid}.{u64}";
const LOCAL_MOJO: &str = r"\LOCAL\mojo.{pid}.{tid}.{u64}";

pub(super) const CONNECTS: &[Connect] = &[
    connect("wmiprvse", r"\wkssvc", 5),
    connect("wmiprvse", r"\lsass", 2),
    connect("wmiprvse", r"\srvsvc", 2),
    connect("schedule", r"\lsass", 2),
    connect("dnscache", r"\lsass", 1),
    connect("lsm", r"\wkssvc", 1),
    connect("explorer", r"\wkssvc", 3),
    connect("explorer", r"\srvsvc", 2),
    connect("explorer", r"\spoolss", 1),
    connect("taskhostw", r"\lsass", 1),
    connect("RuntimeBroker", r"\wkssvc", 1),
    connect("RuntimeBroker", r"\srvsvc", 1),
    connect("smartscreen", r"\wkssvc", 1),
    connect("outlook", r"\spoolss", 1),
    connect("excel", r"\spoolss", 1),
    connect("mmc", r"\ntsvcs", 1),
    connect("mmc", r"\eventlog", 1),
    connect("net1", r"\samr", 1),
    connect("net1", r"\srvsvc", 1),
    connect("w3wp", r"\SQLLocal\MSSQLSERVER", 3),
    connect("sqlagent", r"\SQLLocal\MSSQLSERVER", 2),
    connect("dfsrs", r"\lsass", 2),
    connect("dns", r"\lsass", 2),
    connect("backup", r"\srvsvc", 1),
];

/// What the SMB server connects to for remote clients, on servers: users browse shares, hosts print and log on.
pub(super) const REMOTE: &[Connect] = &[
    connect("System", r"\srvsvc", 6),
    connect("System", r"\wkssvc", 2),
    connect("System", r"\lsass", 2),
    connect("System", r"\spoolss", 1),
];
