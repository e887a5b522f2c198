//! The names of columns in, what they mean out.

use crate::source::meaning::Meaning;

/// Names for each meaning, the surest first: small letters and digits alone, since case, spaces, dots and underscores
/// make no difference. Sources: Event Viewer and `Export-Csv` (Windows), Splunk, Kibana, Microsoft Sentinel, Hayabusa.
const NAMES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Provider,
        &[
            "providername",
            "provider",
            "winlogprovidername",
            "eventprovider",
            "sourcename",
        ],
    ),
    (Meaning::EventId, &["eventid", "winlogeventid", "eventcode", "id"]),
    (
        Meaning::Host,
        &[
            "computer",
            "winlogcomputername",
            "computername",
            "machinename",
            "hostname",
            "dvc",
            "host",
        ],
    ),
    (
        Meaning::RecordId,
        &["eventrecordid", "winlogrecordid", "recordid", "recordnumber"],
    ),
    (
        Meaning::Written,
        &[
            "timecreated",
            "timecreatedsystemtime",
            "systemtime",
            "timegenerated",
            "timestamp",
            "time",
        ],
    ),
    (Meaning::PipeName, &["pipename", "pipe"]),
    (Meaning::Image, &["image", "proc", "processexecutable"]),
    (Meaning::User, &["user"]),
    (Meaning::Domain, &["userdomain"]),
    (Meaning::ProcessId, &["processid", "processpid", "pid"]),
    (Meaning::ProcessGuid, &["processguid", "processentityid", "pguid"]),
    (Meaning::UtcTime, &["utctime"]),
];

/// Columns that hold the event in words, as XML, or as JSON.
const TEXTS: &[&str] = &[
    "message",
    "eventdata",
    "raw",
    "parameterxml",
    "rendereddescription",
    "payload",
];

/// What stands before a name where a tool flattens objects.
const PREFIXES: &[&str] = &[
    "_source.",
    "result.",
    "event.eventdata.",
    "event.system.",
    "winlog.event_data.",
    "data.win.eventdata.",
    "data.win.system.",
    "event_data.",
    "eventdata.",
    "eventdata_",
    "system.",
];

/// What the columns of a source mean.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The columns that have a meaning, the surest first.
    meanings: Vec<(Meaning, Vec<usize>)>,
    pub(super) texts: Vec<usize>,
    /// What is called a source: Event Viewer's is a provider, Splunk's names a channel, and others a host or a file.
    pub(super) source: Option<usize>,
}

impl Columns {
    /// Knows the columns by their names.
    pub(super) fn of(header: &[String]) -> Self {
        let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        let places = |wanted: &[&str]| -> Vec<usize> {
            let place = |wanted: &&str| names.iter().position(|name| name == wanted);
            wanted.iter().filter_map(place).collect()
        };
        let mut meanings: Vec<(Meaning, Vec<usize>)> = NAMES
            .iter()
            .map(|(meaning, wanted)| (*meaning, places(wanted)))
            .filter(|(_, places)| !places.is_empty())
            .collect();
        // The mapping of Elastic's Sysmon module; any other table's `file.name` is a file, and its `user.name` may be who
        // wrote the record.
        if names.iter().any(|name| name == "processexecutable") {
            for (meaning, name) in [(Meaning::PipeName, "filename"), (Meaning::User, "username")] {
                if !has(&meanings, meaning) {
                    meanings.push((meaning, places(&[name])));
                }
            }
        }
        Self {
            meanings,
            texts: places(TEXTS),
            source: places(&["source"]).first().copied(),
        }
    }

    /// The columns of a meaning, the surest first.
    pub(super) fn meanings(&self) -> impl Iterator<Item = (Meaning, &[usize])> {
        self.meanings
            .iter()
            .map(|(meaning, places)| (*meaning, places.as_slice()))
    }

    /// Whether one of them is an EventID.
    pub(super) fn has_event_id(&self) -> bool {
        has(&self.meanings, Meaning::EventId)
    }

    /// Whether these are columns of an event log: they have an EventID, and something that may hold a pipe's name.
    pub(super) fn are_known(&self) -> bool {
        has(&self.meanings, Meaning::EventId)
            && (has(&self.meanings, Meaning::PipeName)
                || has(&self.meanings, Meaning::Provider)
                || self.source.is_some()
                || !self.texts.is_empty())
    }
}

fn has(meanings: &[(Meaning, Vec<usize>)], wanted: Meaning) -> bool {
    meanings.iter().any(|(meaning, _)| *meaning == wanted)
}

/// A column's name without what makes no difference.
fn plain(name: &str) -> String {
    let mut name = name.trim().to_lowercase();
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) {
        name = rest.to_owned();
    }
    name.retain(|c| c.is_ascii_alphanumeric());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_makes_no_difference() {
        for name in [
            "PipeName",
            "Pipe Name",
            "pipe_name",
            " PIPE.NAME ",
            "winlog.event_data.PipeName",
            "_source.winlog.event_data.PipeName",
            "Event.EventData.PipeName",
            "EventData_PipeName",
            "data.win.eventdata.pipeName",
        ] {
            assert_eq!(plain(name), "pipename", "{name}");
        }
    }

    #[test]
    fn a_file_is_a_pipe_in_elastics_mapping_alone() {
        let of = |names: &[&str]| Columns::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(has(
            &of(&["event.code", "file.name", "process.executable"]).meanings,
            Meaning::PipeName
        ));
        assert!(!has(&of(&["EventID", "FileName"]).meanings, Meaning::PipeName));
        assert!(!of(&["Name", "Id", "Price"]).are_known());
        assert!(of(&["Level", "Date and Time", "Source", "Event ID", "Task Category"]).are_known());
    }
}
