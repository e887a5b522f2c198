//! Findings about a filter's value, whatever field it is for: blanks, quotation marks, what never or always matches.

use super::Severity::{Error, Note, Warning};
use super::{Part, Report, excludes, shown};
use crate::sysmon::condition::Condition;
use crate::sysmon::field::Field;

pub(super) fn check(part: &Part<'_>, report: &mut Report<'_>) {
    let filter = part.filter;
    let (value, condition) = (filter.value.as_str(), filter.condition);
    check_field(part, report);
    if value.is_empty() {
        check_empty(part, report);
        return;
    }
    if value.trim() != value && !condition.takes_list() {
        let has_break = value.contains('\n');
        part.add_respelled(
            report,
            (if has_break { Error } else { Warning }, "blank-in-value"),
            format!(
                "the value {} has {} around it, and these count: nothing is trimmed",
                shown(value),
                if has_break { "line breaks" } else { "blanks" }
            ),
            "write the value between the tags without any",
            value.trim(),
        );
    }
    // Pipes may be called so; paths and accounts are not.
    if mistaken(part).contains('"') && matches!(filter.field, Field::Image | Field::User) {
        part.add_respelled(
            report,
            (Error, "quotes-in-value"),
            format!(
                "the quotation marks in {} are compared too, and no {} has any",
                shown(value),
                if filter.field == Field::Image {
                    "path"
                } else {
                    "account"
                }
            ),
            "remove them",
            &value.replace('"', ""),
        );
    }
    if mistaken(part).contains(['*', '?']) {
        check_wildcard(part, report);
    }
    if ["&lt;", "&gt;", "&amp;", "&quot;"]
        .iter()
        .any(|entity| value.contains(entity))
    {
        let once = value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        part.add_respelled(
            report,
            (Error, "escaped-twice"),
            format!("the value was escaped twice: Sysmon compares {}", shown(value)),
            "escape it once: &lt;Anonymous Pipe&gt;",
            &once,
        );
    }
    let too_long = value.contains('%') && value.encode_utf16().count() >= EXPANSION_BUFFER;
    if too_long || mistaken(part).contains('%') {
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
    if mistaken(part)
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

/// The value without those items of a list that are one character: whoever lists these means them.
fn mistaken(part: &Part<'_>) -> String {
    let value = &part.filter.value;
    let is_one = value.chars().nth(1).is_none();
    if !part.filter.condition.takes_list() {
        // Before lists, each character that no name may hold has a filter of its own.
        let is_meant = is_one && matches!(part.filter.condition, Condition::Excludes | Condition::Contains);
        return if is_meant { String::new() } else { value.clone() };
    }
    let items = value.split(';').filter(|item| item.chars().nth(1).is_some());
    items.collect::<Vec<_>>().join(";")
}

/// A pattern of one star at an end is a condition of Sysmon.
fn check_wildcard(part: &Part<'_>, report: &mut Report<'_>) {
    let filter = part.filter;
    let value = filter.value.as_str();
    let (inner, condition) = match (value.strip_prefix('*'), value.strip_suffix('*')) {
        (Some(rest), Some(_)) => (rest.strip_suffix('*').unwrap_or_default(), Condition::Contains),
        (Some(rest), None) => (rest, Condition::EndWith),
        (None, Some(rest)) => (rest, Condition::BeginWith),
        (None, None) => ("", Condition::Is),
    };
    let condition = match (filter.condition, condition) {
        (_, Condition::Is) => None,
        (Condition::Is, wanted) => Some(wanted),
        (Condition::IsNot, Condition::Contains) => Some(Condition::Excludes),
        (Condition::IsNot, Condition::BeginWith) => Some(Condition::NotBeginWith),
        (Condition::IsNot, _) => Some(Condition::NotEndWith),
        (asked, wanted) => (asked == wanted || asked == Condition::Contains).then_some(asked),
    };
    let is_plain = !inner.is_empty() && !inner.contains(['*', '?']);
    let condition = condition.filter(|condition| is_plain && condition.since() <= report.mender.config.schema());
    let fix = condition.and_then(|condition| report.mender.rewrite(part.node, filter, condition, inner));
    let finding = part.add(
        report,
        (Warning, "wildcard"),
        format!("Sysmon has no wildcards: {} is compared as it stands", shown(value)),
        match condition.filter(|_| fix.is_some()) {
            Some(condition) => format!("write {} {}", condition.name(), shown(inner)),
            None => "use begin with, end with or contains".to_owned(),
        },
    );
    finding.fix = fix;
}

/// The buffer that environment variables are expanded into (MAX_PATH).
const EXPANSION_BUFFER: usize = 260;

fn check_empty(part: &Part<'_>, report: &mut Report<'_>) {
    let condition = part.filter.condition;
    let always = condition.holds("", "x");
    // `image` with an empty value matches a path that ends in a backslash: none does.
    let what = if always {
        format!("{} with an empty value always holds", condition.name())
    } else {
        format!("{} with an empty value never holds", condition.name())
    };
    let silences = always && excludes(part.node);
    let fix = report.mender.without(part.node, part.item, part.filter);
    let finding = part.add(
        report,
        (Error, "empty-value"),
        if silences {
            format!("{what}: alone, it drops every pipe event")
        } else {
            what
        },
        "write the value, or remove the filter",
    );
    finding.fix = fix;
}

fn check_field(part: &Part<'_>, report: &mut Report<'_>) {
    let filter = part.filter;
    match filter.field {
        Field::RuleName => {
            let fix = report.mender.without(part.node, part.item, filter);
            let finding = part.add(
                report,
                (Error, "rule-name-field"),
                "RuleName is not set yet when Sysmon filters: it always is -",
                "remove the filter; name rules with the name attribute",
            );
            finding.fix = fix;
        }
        Field::ProcessId | Field::ProcessGuid | Field::UtcTime => {
            part.add(
                report,
                (Warning, "passing-field"),
                format!(
                    "{} differs from process to process; what this filter does cannot be told here",
                    filter.field
                ),
                "filter on PipeName and Image",
            );
        }
        Field::EventType => check_event_type(part, report),
        Field::PipeName | Field::Image | Field::User => {}
    }
}

fn check_event_type(part: &Part<'_>, report: &mut Report<'_>) {
    let filter = part.filter;
    let positive = filter.condition.negates().unwrap_or(filter.condition);
    let value = filter.value.to_ascii_lowercase();
    let meets = |kind: &str| positive.holds(&value, kind);
    if matches!(positive, Condition::LessThan | Condition::MoreThan) || filter.value.is_empty() {
        return;
    }
    if !meets("createpipe") && !meets("connectpipe") {
        // What was meant is the event's number, or its name with other letters around.
        let letters: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        let meant = match letters.as_str() {
            "17" | "createpipe" | "pipecreate" | "pipecreated" | "created" => "CreatePipe",
            "18" | "connectpipe" | "pipeconnect" | "pipeconnected" | "connected" => "ConnectPipe",
            _ => "",
        };
        part.add_respelled(
            report,
            (Error, "event-type-value"),
            format!("EventType is CreatePipe or ConnectPipe, never {}", shown(&filter.value)),
            "write CreatePipe (event 17) or ConnectPipe (event 18)",
            meant,
        );
    }
}
