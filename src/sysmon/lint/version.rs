//! Findings about schema versions: what the declared one does not promise, what an older Sysmon refuses.

use super::Severity::{Error, Note, Warning};
use super::{LintOptions, Part, Report};
use crate::sysmon::config::Config;
use crate::sysmon::schema::{NEWEST, SchemaVersion, field_since};

pub(super) fn check(config: &Config, options: &LintOptions, report: &mut Report) {
    let declared = config.schema();
    if config.held_to() != declared {
        report.add(
            (Warning, "unknown-schema"),
            config.sysmon().place,
            None,
            format!(
                "no Sysmon known here has schema {declared}: the file is held to schema {}",
                config.held_to()
            ),
            format!("declare {}", config.held_to()),
        );
    }
    if options.binary != NEWEST
        && let Err(error) = Config::load_for(&config.text().encode_file(config.text().as_str()), options.binary)
    {
        report.add(
            (Error, "refused-by-version"),
            error.place,
            None,
            format!(
                "a Sysmon whose newest schema is {} rejects the whole file: {}",
                options.binary, error.reason
            ),
            error.mend,
        );
    }
}

/// What a filter needs that the declared schema lacks.
pub(super) fn check_filter(declared: SchemaVersion, part: &Part<'_>, report: &mut Report) {
    let filter = part.filter;
    let (condition, field) = (filter.condition.since(), field_since("PipeEvent", filter.field.name()));
    if condition > declared {
        part.add(
            report,
            (Note, "condition-after-schema"),
            format!(
                "{} came with schema {condition}: a Sysmon older than that rejects the file",
                filter.condition.name()
            ),
            format!("declare schemaversion=\"{condition}\" or later"),
        );
    } else if let Some(since) = field.filter(|since| *since > declared) {
        part.add(
            report,
            (Note, "field-after-schema"),
            format!(
                "pipe events have {} from schema {since}: an older Sysmon throws the node away",
                filter.field
            ),
            format!("declare schemaversion=\"{since}\" or later"),
        );
    }
}
