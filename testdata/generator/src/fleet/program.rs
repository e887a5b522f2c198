//! The programs of a fleet: where they lie and as whom they run.
//!
//! Paths and accounts are those of the programs' own installers and of Windows 10 and Server 2019.

/// As whom a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    System,
    LocalService,
    NetworkService,
    /// The person at the machine.
    User,
}

/// A program.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) key: &'static str,
    /// `{user}` stands for the person's name, `{system32}` for one of its spellings, `{edge}` for the week's version.
    pub(super) image: &'static str,
    pub(super) account: Account,
}

impl Program {
    pub(super) fn named(key: &str) -> Option<&'static Self> {
        ALL.iter().find(|program| program.key == key)
    }
}

const fn program(key: &'static str, account: Account, image: &'static str) -> Program {
    Program { key, image, account }
}

use Account::{LocalService, NetworkService, System, User};

/// Spellings of one directory: Windows' own parts differ in how they write it.
pub(super) const SYSTEM32: [&str; 6] = [
    r"C:\Windows\System32",
    r"C:\Windows\System32",
    r"C:\Windows\System32",
    r"C:\Windows\system32",
    r"C:\Windows\system32",
    r"C:\WINDOWS\system32",
];

/// What every machine starts when it boots. Each service has its `svchost.exe`.
pub(super) const BOOT: [&str; 20] = [
    "System",
    "wininit",
    "services",
    "lsass",
    "rpcss",
    "eventlog",
    "lsm",
    "schedule",
    "lanmanworkstation",
    "lanmanserver",
    "termservice",
    "sessenv",
    "w32time",
    "trkwks",
    "dnscache",
    "spoolsv",
    "SearchIndexer",
    "wmiprvse",
    "MsMpEng",
    "TrustedInstaller",
];

const ALL: &[Program] = &[
    program("System", System, "System"),
    program("wininit", System, r"{system32}\wininit.exe"),
    program("services", System, r"{system32}\services.exe"),
    program("lsass", System, r"{system32}\lsass.exe"),
    program("rpcss", NetworkService, r"{system32}\svchost.exe"),
    program("eventlog", LocalService, r"{system32}\svchost.exe"),
    program("lsm", System, r"{system32}\svchost.exe"),
    program("schedule", System, r"{system32}\svchost.exe"),
    program("lanmanworkstation", NetworkService, r"{system32}\svchost.exe"),
    program("lanmanserver", System, r"{system32}\svchost.exe"),
    program("termservice", NetworkService, r"{system32}\svchost.exe"),
    program("sessenv", System, r"{system32}\svchost.exe"),
    program("w32time", LocalService, r"{system32}\svchost.exe"),
    program("trkwks", System, r"{system32}\svchost.exe"),
    program("dnscache", NetworkService, r"{system32}\svchost.exe"),
    program("remoteregistry", LocalService, r"{system32}\svchost.exe"),
    program("spoolsv", System, r"{system32}\spoolsv.exe"),
    program("SearchIndexer", System, r"{system32}\SearchIndexer.exe"),
    program("SearchProtocolHost", System, r"{system32}\SearchProtocolHost.exe"),
    program("wmiprvse", NetworkService, r"{system32}\wbem\wmiprvse.exe"),
    program(
        "MsMpEng",
        System,
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25010.11-0\MsMpEng.exe",
    ),
    program("TrustedInstaller", System, r"C:\Windows\servicing\TrustedInstaller.exe"),
    program("explorer", User, r"C:\Windows\Explorer.EXE"),
    program("taskhostw", User, r"{system32}\taskhostw.exe"),
    program("RuntimeBroker", User, r"C:\Windows\System32\RuntimeBroker.exe"),
    program("smartscreen", User, r"C:\Windows\System32\smartscreen.exe"),
    program("sihost", User, r"{system32}\sihost.exe"),
    program("mmc", User, r"{system32}\mmc.exe"),
    program("net1", User, r"{system32}\net1.exe"),
    program("cmd", User, r"{system32}\cmd.exe"),
    program("rundll32", User, r"C:\Windows\System32\rundll32.exe"),
    program(
        "powershell",
        User,
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
    ),
    program("inventory", System, r"{system32}\WindowsPowerShell\v1.0\powershell.exe"),
    program("wsmprovhost", User, r"{system32}\wsmprovhost.exe"),
    program("pwsh", User, r"C:\Program Files\PowerShell\7\pwsh.exe"),
    program("chrome", User, r"C:\Program Files\Google\Chrome\Application\chrome.exe"),
    program(
        "edge",
        User,
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
    program(
        "webview",
        User,
        r"C:\Program Files (x86)\Microsoft\EdgeWebView\Application\{edge}\msedgewebview2.exe",
    ),
    program("firefox", User, r"C:\Program Files\Mozilla Firefox\firefox.exe"),
    program(
        "teams",
        User,
        r"C:\Users\{user}\AppData\Local\Microsoft\Teams\current\Teams.exe",
    ),
    program(
        "onedrive",
        User,
        r"C:\Users\{user}\AppData\Local\Microsoft\OneDrive\OneDrive.exe",
    ),
    program(
        "code",
        User,
        r"C:\Users\{user}\AppData\Local\Programs\Microsoft VS Code\Code.exe",
    ),
    program("git", User, r"C:\Program Files\Git\usr\bin\sh.exe"),
    program("node", User, r"C:\Program Files\nodejs\node.exe"),
    program("dotnet", User, r"C:\Program Files\dotnet\dotnet.exe"),
    program(
        "outlook",
        User,
        r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE",
    ),
    program(
        "excel",
        User,
        r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE",
    ),
    program("VBoxService", System, r"C:\Windows\System32\VBoxService.exe"),
    program("VBoxTray", User, r"C:\Windows\System32\VBoxTray.exe"),
    program(
        "sqlservr",
        NetworkService,
        r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe",
    ),
    program(
        "sqlagent",
        NetworkService,
        r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\SQLAGENT.EXE",
    ),
    program("w3wp", NetworkService, r"c:\windows\system32\inetsrv\w3wp.exe"),
    program("dfsrs", System, r"{system32}\DFSRs.exe"),
    program("dns", System, r"{system32}\dns.exe"),
    program("backup", System, r"C:\Program Files\Example Backup\agent\backupd.exe"),
];
