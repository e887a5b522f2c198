//! Findings about schema versions: what the declared one does not promise, what an older Sysmon refuses.

use super::Severity::{Error, Note, Warning};
use super::{LintOptions, Part, Report};
use crate::sysmon::config::Config;
use crate::sysmon::schema::{NEWEST, SchemaVersion, field_since};

pub(super) fn check(config: &Config, options: &LintOptions, report: &mut Report<'_>) {
    let declared = config.schema();
    if config.held_to() != declared {
        let fix = report.mender.declaring(config.held_to());
        let finding = report.add(
            (Warning, "unknown-schema"),
            config.sysmon().place,
            None,
            format!(
                "no Sysmon known here has schema {declared}: the file is held to schema {}",
                config.held_to()
            ),
            format!("declare {}", config.held_to()),
        );
        finding.fix = fix;
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
pub(super) fn check_filter(config: &Config, part: &Part<'_>, report: &mut Report<'_>) {
    let (filter, declared) = (part.filter, config.schema());
    let (condition, field) = (filter.condition.since(), field_since("PipeEvent", filter.field.name()));
    if condition > declared {
        let fix = report.mender.declaring(condition);
        let mend = declaring(condition, fix.is_some());
        let finding = part.add(
            report,
            (Note, "condition-after-schema"),
            format!(
                "{} came with schema {condition}: a Sysmon older than that rejects the file",
                filter.condition.name()
            ),
            mend,
        );
        finding.fix = fix;
    } else if let Some(since) = field.filter(|since| *since > declared) {
        let fix = report.mender.declaring(since);
        let mend = declaring(since, fix.is_some());
        let finding = part.add(
            report,
            (Note, "field-after-schema"),
            format!(
                "pipe events have {} from schema {since}: an older Sysmon throws the node away",
                filter.field
            ),
            mend,
        );
        finding.fix = fix;
    }
}

fn declaring(schema: SchemaVersion, is_free: bool) -> String {
    let declare = format!("declare schemaversion=\"{schema}\" or later");
    match is_free {
        true => declare,
        false => format!(
            "{declare}, and look at what it changes: up to 4.10 an event that stands in no RuleGroup combines its filters by \
             or, later by and"
        ),
    }
}
