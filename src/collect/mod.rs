//! Configs to begin with: one that logs every pipe event and nothing else, for the loop's first step, and one that logs
//! only those whose names attackers' tools use.

mod known_bad;

pub use known_bad::known_bad;

use crate::sysmon::schema::SchemaVersion;

/// The config that logs every pipe event, declaring this schema version.
///
/// An exclude node without filters logs everything.
/// All of it is valid from 4.22 on.
#[must_use]
pub fn config(schema: SchemaVersion) -> String {
    format!(
        "<!-- Logs every named pipe that is created (EventID 17) or connected to (EventID 18), and nothing else.\n     \
         For a few hosts and some days: a busy host writes many thousand of these events a day.\n     \
         Install or update, as administrator: sysmon -c collect.xml -->\n\
         <Sysmon schemaversion=\"{schema}\">\n  <EventFiltering>\n    \
         <PipeEvent onmatch=\"exclude\"/>\n{}  </EventFiltering>\n</Sysmon>\n",
        nothing_else()
    )
}

/// Kinds of events that Sysmon logs unless a config says otherwise (its manifest's `ruledefault`).
const LOGGED_BY_DEFAULT: [&str; 4] = ["ProcessCreate", "FileCreateTime", "ProcessTerminate", "DriverLoad"];

/// An include node without filters turns each of them off.
fn nothing_else() -> String {
    LOGGED_BY_DEFAULT
        .iter()
        .map(|event| format!("    <{event} onmatch=\"include\"/>\n"))
        .collect()
}
