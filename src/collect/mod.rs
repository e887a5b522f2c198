//! Configs to begin with: one that logs every pipe event and nothing else, for the loop's first step, and one that logs
//! only those whose names attackers' tools use.

mod known_bad;

pub use known_bad::known_bad;

use crate::sysmon::schema::{NEWEST, STORED, SchemaVersion};

/// The config that logs every pipe event, declaring this schema version.
///
/// An exclude node without filters logs everything.
///
/// # Errors
///
/// Where the version is none that Sysmon has, or older than 4.22, from which on all of this is valid.
pub fn config(schema: &str) -> Result<String, String> {
    version(schema)?;
    Ok(format!(
        "<!-- Logs every named pipe that is created (EventID 17) or connected to (EventID 18), and nothing else.\n     \
         For a few hosts and some days: a busy host writes many thousand of these events a day.\n     \
         Install or update, as administrator: sysmon -c collect.xml -->\n\
         <Sysmon schemaversion=\"{schema}\">\n  <EventFiltering>\n    \
         <PipeEvent onmatch=\"exclude\"/>\n{}  </EventFiltering>\n</Sysmon>\n",
        nothing_else()
    ))
}

/// Reads a version as it is written into the config.
fn version(schema: &str) -> Result<SchemaVersion, String> {
    let version = schema.split_once('.').and_then(|(major, minor)| {
        let two_digits = minor.len() == 2 && minor.bytes().all(|b| b.is_ascii_digit());
        let minor = two_digits.then(|| minor.parse().ok())??;
        Some(SchemaVersion::new(major.parse().ok()?, minor))
    });
    let Some(version) = version else {
        return Err(format!(
            "{schema:?} is no schema version: give one such as 4.22 or 4.90"
        ));
    };
    if version < OLDEST {
        return Err(format!(
            "schema {schema} is too old: 4.22 is the oldest that this config is valid for"
        ));
    }
    if !STORED.contains(&version) {
        return Err(format!(
            "no Sysmon known here has schema {schema}: give one that Sysmon has, such as 4.22 or 4.90; {NEWEST} is the newest"
        ));
    }
    Ok(version)
}

const OLDEST: SchemaVersion = SchemaVersion::new(4, 22);

/// Kinds of events that Sysmon logs unless a config says otherwise (its manifest's `ruledefault`).
const LOGGED_BY_DEFAULT: [&str; 4] = ["ProcessCreate", "FileCreateTime", "ProcessTerminate", "DriverLoad"];

/// An include node without filters turns each of them off.
fn nothing_else() -> String {
    LOGGED_BY_DEFAULT
        .iter()
        .map(|event| format!("    <{event} onmatch=\"include\"/>\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_malformed_versions_are_refused() {
        assert!(config("4.22").is_ok() && config("4.90").is_ok());
        for schema in ["4.21", "3.40", "4", "4.5", "x", "4.22\"/>", "4.-1", "4.51", "9.99"] {
            assert!(config(schema).is_err(), "{schema}");
        }
    }
}
