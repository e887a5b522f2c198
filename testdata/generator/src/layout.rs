//! The fields of Sysmon's events, by version of its schema.
//!
//! Names and order as real logs have them; the first schema of a field as Sysmon's own `-s` prints the schemas.

/// A Sysmon schema, at the versions where the fields of pipe events change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Schema {
    /// 3.30 (Sysmon 6): the first with pipe events; no `RuleName`.
    V3_30,
    /// 4.10 (Sysmon 8): with `RuleName`.
    V4_10,
    /// 4.21 (Sysmon 10): with `EventType` on pipe events.
    V4_21,
    /// 4.80 (Sysmon 13.30): with `User` on every event.
    #[default]
    V4_80,
}

impl Schema {
    /// As Sysmon writes it.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V3_30 => "3.30",
            Self::V4_10 => "4.10",
            Self::V4_21 => "4.21",
            Self::V4_80 => "4.80",
        }
    }
}

/// The fields of one kind of event.
#[derive(Debug)]
pub struct Layout {
    /// The EventID.
    pub id: u16,
    /// `System/Version`.
    pub version: u8,
    /// What Sysmon calls it in `RenderingInfo/Task`.
    pub task: &'static str,
    /// `Name` or `Name/first schema`, in order.
    fields: &'static str,
}

impl Layout {
    /// The names of the fields in `schema`.
    pub fn fields(&self, schema: Schema) -> impl Iterator<Item = &'static str> + use<> {
        self.fields.split_ascii_whitespace().filter_map(move |field| {
            let (name, since) = field.split_once('/').unwrap_or((field, "3.30"));
            (since <= schema.number()).then_some(name)
        })
    }

    /// The layout of an EventID.
    #[must_use]
    pub fn of(id: u16) -> Option<&'static Self> {
        ALL.iter().find(|layout| layout.id == id)
    }
}

const ALL: &[Layout] = &[
    PROCESS_CREATE,
    NETWORK_CONNECT,
    PROCESS_TERMINATE,
    IMAGE_LOAD,
    PROCESS_ACCESS,
    FILE_CREATE,
    REGISTRY_KEY,
    REGISTRY_VALUE,
    PIPE_CREATED,
    PIPE_CONNECTED,
    DNS_QUERY,
];

/// A process started.
pub const PROCESS_CREATE: Layout = Layout {
    id: 1,
    version: 5,
    task: "Process Create (rule: ProcessCreate)",
    fields: "RuleName/4.10 UtcTime ProcessGuid ProcessId Image FileVersion/4.10 \
             Description/4.10 Product/4.10 Company/4.10 OriginalFileName/4.21 CommandLine \
             CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel \
             Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine \
             ParentUser/4.80",
};

/// A network connection.
pub const NETWORK_CONNECT: Layout = Layout {
    id: 3,
    version: 5,
    task: "Network connection detected (rule: NetworkConnect)",
    fields: "RuleName/4.10 UtcTime ProcessGuid ProcessId Image User Protocol Initiated \
             SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName \
             DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort \
             DestinationPortName",
};

/// A process ended.
pub const PROCESS_TERMINATE: Layout = Layout {
    id: 5,
    version: 3,
    task: "Process terminated (rule: ProcessTerminate)",
    fields: "RuleName/4.10 UtcTime ProcessGuid ProcessId Image User/4.80",
};

/// A module was loaded.
pub const IMAGE_LOAD: Layout = Layout {
    id: 7,
    version: 3,
    task: "Image loaded (rule: ImageLoad)",
    fields: "RuleName/4.10 UtcTime ProcessGuid ProcessId Image ImageLoaded FileVersion/4.10 \
             Description/4.10 Product/4.10 Company/4.10 OriginalFileName/4.21 Hashes Signed \
             Signature SignatureStatus User/4.80",
};

/// A process opened another one.
pub const PROCESS_ACCESS: Layout = Layout {
    id: 10,
    version: 3,
    task: "Process accessed (rule: ProcessAccess)",
    fields: "RuleName/4.10 UtcTime SourceProcessGUID SourceProcessId SourceThreadId \
             SourceImage TargetProcessGUID TargetProcessId TargetImage GrantedAccess \
             CallTrace SourceUser/4.80 TargetUser/4.80",
};

/// A file was created.
pub const FILE_CREATE: Layout = Layout {
    id: 11,
    version: 2,
    task: "File created (rule: FileCreate)",
    fields: "RuleName/4.10 UtcTime ProcessGuid ProcessId Image TargetFilename \
             CreationUtcTime User/4.80",
};

/// A registry key was created or deleted.
pub const REGISTRY_KEY: Layout = Layout {
    id: 12,
    version: 2,
    task: "Registry object added or deleted (rule: RegistryEvent)",
    fields: "RuleName/4.10 EventType UtcTime ProcessGuid ProcessId Image TargetObject \
             User/4.80",
};

/// A registry value was set.
pub const REGISTRY_VALUE: Layout = Layout {
    id: 13,
    version: 2,
    task: "Registry value set (rule: RegistryEvent)",
    fields: "RuleName/4.10 EventType UtcTime ProcessGuid ProcessId Image TargetObject \
             Details User/4.80",
};

/// A named pipe was created.
pub const PIPE_CREATED: Layout = Layout {
    id: 17,
    version: 1,
    task: "Pipe Created (rule: PipeEvent)",
    fields: PIPE_FIELDS,
};

/// A named pipe was connected to.
pub const PIPE_CONNECTED: Layout = Layout {
    id: 18,
    version: 1,
    task: "Pipe Connected (rule: PipeEvent)",
    fields: PIPE_FIELDS,
};

const PIPE_FIELDS: &str = "RuleName/4.10 EventType/4.21 UtcTime ProcessGuid ProcessId PipeName Image \
             User/4.80";

/// A name was looked up.
pub const DNS_QUERY: Layout = Layout {
    id: 22,
    version: 5,
    task: "Dns query (rule: DnsQuery)",
    fields: "RuleName/4.10 UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults \
             Image User/4.80",
};
