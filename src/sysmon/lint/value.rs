//! Findings about a filter's value, whatever field it is for: blanks, quotation marks, what never or always matches.

use super::Severity::{Error, Note, Warning};
use super::{Part, Report, excludes, shown};
use crate::sysmon::condition::Condition;
use crate::sysmon::field::Field;

pub(super) fn check(part: &Part<'_>, report: &mut Report) {
    let filter = part.filter;
    let (value, condition) = (filter.value.as_str(), filter.condition);
    check_field(part, report);
    if value.is_empty() {
        check_empty(part, report);
        return;
    }
    if value.trim() != value && !condition.takes_list() {
        let has_break = value.contains('\n');
        part.add(
            report,
            (if has_break { Error } else { Warning }, "blank-in-value"),
            format!(
                "the value {} has {} around it, and these count: nothing is trimmed",
                shown(value),
                if has_break { "line breaks" } else { "blanks" }
            ),
            "write the value between the tags without any",
        );
    }
    if value.contains('"') && matches!(filter.field, Field::Image | Field::PipeName | Field::User) {
        part.add(
            report,
            (Error, "quotes-in-value"),
            format!(
                "the quotation marks in {} are compared too, and no path has any",
                shown(value)
            ),
            "remove them",
        );
    }
    if value.contains(['*', '?']) {
        part.add(
            report,
            (Warning, "wildcard"),
            format!("Sysmon has no wildcards: {} is compared as it stands", shown(value)),
            "use begin with, end with or contains",
        );
    }
    if ["&lt;", "&gt;", "&amp;", "&quot;"]
        .iter()
        .any(|entity| value.contains(entity))
    {
        part.add(
            report,
            (Error, "escaped-twice"),
            format!("the value was escaped twice: Sysmon compares {}", shown(value)),
            "escape it once: &lt;Anonymous Pipe&gt;",
        );
    }
    if value.contains('%') {
        let too_long = value.encode_utf16().count() >= EXPANSION_BUFFER;
        part.add(
            report,
            (if too_long { Error } else { Warning }, "percent"),
            if too_long {
                "a value with % goes through a buffer of 260 characters, and this one is longer: it never matches"
                    .to_owned()
            } else {
                format!(
                    "% makes Sysmon expand environment variables in {}, for each session anew",
                    shown(value)
                )
            },
            "keep a value with % in a filter of its own, or write the path out",
        );
    }
    if value
        .chars()
        .any(|c| !c.is_ascii() && c.to_lowercase().ne(c.to_uppercase()))
    {
        part.add(
            report,
            (Note, "other-letters"),
            format!(
                "whether Sysmon ignores the case of other than English letters is not known: {}",
                shown(value)
            ),
            "write them in the case that the log shows",
        );
    }
    if matches!(condition, Condition::LessThan | Condition::MoreThan) {
        part.add(
            report,
            (Warning, "order-of-text"),
            format!("{} compares texts, not numbers: 9 comes after 10", condition.name()),
            "name the values with is any or begin with",
        );
    }
}

/// The buffer that environment variables are expanded into (MAX_PATH).
const EXPANSION_BUFFER: usize = 260;

fn check_empty(part: &Part<'_>, report: &mut Report) {
    let condition = part.filter.condition;
    let always = condition.holds("", "x");
    // `image` with an empty value matches a path that ends in a backslash: none does.
    let what = if always {
        format!("{} with an empty value always holds", condition.name())
    } else {
        format!("{} with an empty value never holds", condition.name())
    };
    let silences = always && excludes(part.node);
    part.add(
        report,
        (Error, "empty-value"),
        if silences {
            format!("{what}: alone, it drops every pipe event")
        } else {
            what
        },
        "write the value, or remove the filter",
    );
}

fn check_field(part: &Part<'_>, report: &mut Report) {
    let filter = part.filter;
    match filter.field {
        Field::RuleName => part.add(
            report,
            (Error, "rule-name-field"),
            "RuleName is not set yet when Sysmon filters: it always is -",
            "remove the filter; name rules with the name attribute",
        ),
        Field::ProcessId | Field::ProcessGuid | Field::UtcTime => part.add(
            report,
            (Warning, "passing-field"),
            format!(
                "{} differs from process to process; what this filter does cannot be told here",
                filter.field
            ),
            "filter on PipeName and Image",
        ),
        Field::EventType => check_event_type(part, report),
        Field::PipeName | Field::Image | Field::User => {}
    }
}

fn check_event_type(part: &Part<'_>, report: &mut Report) {
    let filter = part.filter;
    let positive = filter.condition.negates().unwrap_or(filter.condition);
    let value = filter.value.to_ascii_lowercase();
    let meets = |kind: &str| positive.holds(&value, kind);
    if matches!(positive, Condition::LessThan | Condition::MoreThan) || filter.value.is_empty() {
        return;
    }
    if !meets("createpipe") && !meets("connectpipe") {
        part.add(
            report,
            (Error, "event-type-value"),
            format!("EventType is CreatePipe or ConnectPipe, never {}", shown(&filter.value)),
            "write CreatePipe (event 17) or ConnectPipe (event 18)",
        );
    }
}
