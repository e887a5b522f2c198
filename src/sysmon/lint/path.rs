//! Findings about values that no pipe or program is ever called.
//!
//! Logged names of pipes begin with a backslash; anonymous pipes are `<Anonymous Pipe>`. Logged images are full paths
//! with a drive, but for a few that the kernel runs itself.

use super::Severity::Error;
use super::{Part, Report, shown};
use crate::sysmon::condition::Condition;
use crate::sysmon::field::Field;

const ANONYMOUS: &str = "<anonymous pipe>";

/// What Sysmon logs as the image of processes that no file was started for.
const IMAGES_WITHOUT_PATH: [&str; 7] = [
    "-",
    "system",
    "registry",
    "memcompression",
    "memory compression",
    "vmmem",
    "<unknown process>",
];

/// How Windows programs spell pipes; the log has the last part alone, with its backslash.
const PIPE_PREFIXES: [&str; 5] = [
    r"\\.\pipe\",
    r"\device\namedpipe\",
    r"\\?\pipe\",
    r"\??\pipe\",
    r"\pipe\",
];

pub(super) fn check(part: &Part<'_>, report: &mut Report) {
    let filter = part.filter;
    // Other findings say what is wrong with these.
    let is_plain = |value: &str| !value.is_empty() && value.trim() == value && !value.contains(['"', '%', '*', '?']);
    let values: Vec<&str> = match filter.condition {
        Condition::IsAny => filter
            .value
            .split(';')
            .map(str::trim)
            .filter(|item| is_plain(item))
            .collect(),
        _ if is_plain(&filter.value) => vec![&filter.value],
        _ => Vec::new(),
    };
    for value in values {
        let lower = value.to_ascii_lowercase();
        match filter.field {
            Field::PipeName => check_pipe(part, value, &lower, report),
            Field::Image => check_image(part, value, &lower, report),
            _ => {}
        }
    }
}

/// What a value that no field ever equals, or begins with, comes to.
fn comes_to(condition: Condition) -> &'static str {
    match condition.negates() {
        Some(_) => "always holds",
        None => "never matches",
    }
}

fn check_pipe(part: &Part<'_>, value: &str, lower: &str, report: &mut Report) {
    let condition = part.filter.condition;
    let whole = matches!(condition, Condition::Is | Condition::IsNot | Condition::IsAny);
    let start = matches!(condition, Condition::BeginWith | Condition::NotBeginWith);
    if !whole && !start {
        return;
    }
    if let Some(prefix) = PIPE_PREFIXES.iter().find(|prefix| lower.starts_with(**prefix)) {
        let name = value.get(prefix.len()..).unwrap_or_default();
        part.add(
            report,
            (Error, "pipe-path"),
            format!(
                "{} {}: the log has names without {}",
                shown(value),
                comes_to(condition),
                shown(prefix)
            ),
            format!("write {}", shown(&format!("\\{name}"))),
        );
    } else if whole && !lower.starts_with('\\') && ![ANONYMOUS, "-"].contains(&lower)
        || start && !lower.starts_with('\\') && !ANONYMOUS.starts_with(lower) && lower != "-"
    {
        let mend = match lower.contains("anonymous pipe") {
            true => "write &lt;Anonymous Pipe&gt;".to_owned(),
            false => format!("write {}", shown(&format!("\\{value}"))),
        };
        part.add(
            report,
            (Error, "no-backslash"),
            format!(
                "{} {}: names of pipes are logged with a backslash in front",
                shown(value),
                comes_to(condition)
            ),
            mend,
        );
    }
}

fn check_image(part: &Part<'_>, value: &str, lower: &str, report: &mut Report) {
    let condition = part.filter.condition;
    let whole = matches!(condition, Condition::Is | Condition::IsNot | Condition::IsAny);
    let start = matches!(condition, Condition::BeginWith | Condition::NotBeginWith);
    let has_root = has_root(lower);
    if condition == Condition::Image {
        if lower.contains('\\') && !has_root {
            part.add(
                report,
                (Error, "image-with-backslash"),
                format!(
                    "{} never matches: with a backslash in its value, image compares the whole path",
                    shown(value)
                ),
                format!("write {}", shown(value.rsplit('\\').next().unwrap_or(value))),
            );
        }
    } else if whole && !lower.contains('\\') && !IMAGES_WITHOUT_PATH.contains(&lower) {
        part.add(
            report,
            (Error, "image-without-path"),
            format!(
                "{} {}: images are logged with their whole path",
                shown(value),
                comes_to(condition)
            ),
            "write the whole path; the condition image compares the file's name alone, wherever the file is",
        );
    } else if whole && lower.contains('\\') && !has_root || start && !can_begin_an_image(lower) {
        part.add(
            report,
            (Error, "image-without-drive"),
            format!(
                "{} {}: images are logged with their drive",
                shown(value),
                comes_to(condition)
            ),
            match IMAGES_WITHOUT_PATH.contains(&lower.trim_start_matches('\\')) {
                true => "this one has no path: write the name alone",
                false => "begin with C:\\, or use end with",
            },
        );
    }
}

fn can_begin_an_image(lower: &str) -> bool {
    let is_drive = matches!(lower.as_bytes(), [b'a'..=b'z'] | [b'a'..=b'z', b':'] | [b'\\']);
    is_drive || has_root(lower) || IMAGES_WITHOUT_PATH.iter().any(|image| image.starts_with(lower))
}

/// Whether a path begins with a drive, a share or a device.
fn has_root(lower: &str) -> bool {
    let has_drive = matches!(lower.as_bytes(), [b'a'..=b'z', b':', b'\\', ..]);
    has_drive || lower.starts_with(r"\\") || lower.starts_with(r"\device\")
}
