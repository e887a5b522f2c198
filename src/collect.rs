//! The config of the loop's first step: it logs every pipe event and nothing else.

/// The config, declaring this schema version.
///
/// An exclude node without filters logs everything. Sysmon logs four other kinds of events by default, where a config does
/// not mention them (its manifest's `ruledefault`): an include node without filters turns each of them off.
///
/// # Errors
///
/// Where the version is none, or older than 4.22, from which on all of this is valid.
pub fn config(schema: &str) -> Result<String, String> {
    let version = schema.split_once('.').and_then(|(major, minor)| {
        let two_digits = minor.len() == 2 && minor.bytes().all(|b| b.is_ascii_digit());
        Some((
            major.parse::<u32>().ok()?,
            two_digits.then(|| minor.parse::<u32>().ok())??,
        ))
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
    let mut nodes = String::new();
    for event in LOGGED_BY_DEFAULT {
        nodes += &format!("    <{event} onmatch=\"include\"/>\n");
    }
    Ok(format!(
        "<!-- Logs every named pipe that is created (EventID 17) or connected to (EventID 18), and nothing else.\n     \
         For a few hosts and some days: a busy host writes many thousand of these events a day.\n     \
         Install or update, as administrator: sysmon -c collect.xml -->\n\
         <Sysmon schemaversion=\"{schema}\">\n  <EventFiltering>\n    \
         <PipeEvent onmatch=\"exclude\"/>\n{nodes}  </EventFiltering>\n</Sysmon>\n"
    ))
}

const OLDEST: (u32, u32) = (4, 22);

/// Kinds of events that are logged unless a config says otherwise.
const LOGGED_BY_DEFAULT: [&str; 4] = ["ProcessCreate", "FileCreateTime", "ProcessTerminate", "DriverLoad"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_malformed_versions_are_refused() {
        assert!(config("4.22").is_ok() && config("4.90").is_ok());
        for schema in ["4.21", "3.40", "4", "4.5", "x", "4.22\"/>", "4.-1"] {
            assert!(config(schema).is_err(), "{schema}");
        }
    }
}
