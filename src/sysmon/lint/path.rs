//! Findings about values that no pipe or program is ever called.
//!
//! Logged names of pipes begin with a backslash; anonymous pipes are `<Anonymous Pipe>`. Logged images are full paths
//! with a drive, but for a few that the kernel runs itself.

use super::Severity::{Error, Warning};
use super::{Part, Report, shown};
use crate::sysmon::algebra::{IMAGES_WITHOUT_PATH, ROOTS};
use crate::sysmon::condition::Condition;
use crate::sysmon::config::OnMatch;
use crate::sysmon::field::Field;

const ANONYMOUS: &str = "<anonymous pipe>";

/// How Windows programs spell pipes; the log has the last part alone, with its backslash.
const PIPE_PREFIXES: [&str; 5] = [
    r"\\.\pipe\",
    r"\device\namedpipe\",
    r"\\?\pipe\",
    r"\??\pipe\",
    r"\pipe\",
];

/// What people write for the part of a path that pipes have in programs, and not in the log.
const PIPE_WORDS: [&str; 2] = ["pipe", "namedpipe"];

pub(super) fn check(part: &Part<'_>, report: &mut Report<'_>) {
    let filter = part.filter;
    if !matches!(filter.field, Field::PipeName | Field::Image) {
        return;
    }
    // Other findings say what is wrong with these.
    let odd: &[char] = match filter.field {
        Field::Image => &['"', '%', '*', '?'],
        _ => &['%', '*', '?'],
    };
    let is_plain = |value: &str| !value.is_empty() && value.trim() == value && !value.contains(odd);
    let whole: Vec<&str> = match filter.condition {
        condition if condition.takes_list() => filter.value.split(';').collect(),
        _ => vec![&filter.value],
    };
    // What is wrong in several items of a list is mended at once.
    let mended: Vec<String> = whole
        .iter()
        .map(|value| match (filter.field, is_plain(value.trim())) {
            (Field::PipeName, true) => mended_pipe(part, value.trim()).unwrap_or_else(|| (*value).to_owned()),
            _ => (*value).to_owned(),
        })
        .collect();
    let mended = mended.join(";");
    for value in whole {
        let value = if filter.condition.takes_list() {
            value.trim()
        } else {
            value
        };
        if !is_plain(value) {
            continue;
        }
        let lower = value.to_ascii_lowercase();
        match filter.field {
            Field::PipeName => check_pipe(part, value, &lower, &mended, report),
            _ => check_image(part, value, &lower, report),
        }
    }
}

/// A name as the log has it, for one that it never has.
fn mended_pipe(part: &Part<'_>, value: &str) -> Option<String> {
    let (whole, start) = (is_whole(part.filter.condition), is_start(part.filter.condition));
    let lower = value.to_ascii_lowercase();
    if !whole && !start {
        return None;
    }
    if let Some(prefix) = prefix_of(&lower) {
        return Some(format!("\\{}", value.get(prefix.len()..).unwrap_or_default()));
    }
    if !lacks_backslash(&lower, whole) {
        return None;
    }
    if lower.contains("anonymous pipe") {
        return Some("<Anonymous Pipe>".to_owned());
    }
    let bare = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value);
    Some(match bare.starts_with('\\') {
        true => bare.to_owned(),
        false => format!("\\{bare}"),
    })
}

fn is_whole(condition: Condition) -> bool {
    matches!(condition, Condition::Is | Condition::IsNot | Condition::IsAny)
}

fn is_start(condition: Condition) -> bool {
    matches!(condition, Condition::BeginWith | Condition::NotBeginWith)
}

fn prefix_of(lower: &str) -> Option<&'static str> {
    PIPE_PREFIXES.into_iter().find(|prefix| lower.starts_with(*prefix))
}

/// Whether no name equals this text, or begins with it, since all have a backslash in front.
fn lacks_backslash(lower: &str, whole: bool) -> bool {
    match whole {
        true => !lower.starts_with('\\') && ![ANONYMOUS, "-"].contains(&lower),
        false => !lower.starts_with('\\') && !ANONYMOUS.starts_with(lower) && lower != "-",
    }
}

/// What a value that no field ever equals, or begins with, comes to.
fn comes_to(condition: Condition) -> &'static str {
    match condition.negates() {
        Some(_) => "always holds",
        None => "never matches",
    }
}

fn check_pipe(part: &Part<'_>, value: &str, lower: &str, mended: &str, report: &mut Report<'_>) {
    let condition = part.filter.condition;
    let positive = condition.negates().unwrap_or(condition);
    let bare = lower.trim_matches(['\\', '.', '?']);
    let is_path = is_start(condition) && prefix_of(lower).is_some();
    if !is_whole(condition) && !is_path && positive != Condition::EndWith && PIPE_WORDS.contains(&bare) {
        part.add(
            report,
            (Warning, "pipe-word"),
            format!(
                "{} {}: the log has no \\\\.\\pipe in front of names, so this finds only names that have the word in them",
                condition.name(),
                shown(value)
            ),
            "write a part of the names that are meant; begin with `\\` is every pipe with a name",
        );
        return;
    }
    if !is_whole(condition) && !is_start(condition) {
        return;
    }
    if let Some(prefix) = prefix_of(lower) {
        let name = value.get(prefix.len()..).unwrap_or_default();
        part.add_respelled(
            report,
            (Error, "pipe-path"),
            format!(
                "{} {}: the log has names without {}",
                shown(value),
                comes_to(condition),
                shown(prefix)
            ),
            format!("write {}", shown(&format!("\\{name}"))),
            mended,
        );
    } else if lacks_backslash(lower, is_whole(condition)) {
        let mend = match lower.contains("anonymous pipe") {
            true => "write &lt;Anonymous Pipe&gt;".to_owned(),
            false => format!("write {}", shown(&mended_pipe(part, value).unwrap_or_default())),
        };
        part.add_respelled(
            report,
            (Error, "no-backslash"),
            format!(
                "{} {}: names of pipes are logged with a backslash in front",
                shown(value),
                comes_to(condition)
            ),
            mend,
            mended,
        );
    }
}

fn check_image(part: &Part<'_>, value: &str, lower: &str, report: &mut Report<'_>) {
    let condition = part.filter.condition;
    let (whole, start) = (is_whole(condition), is_start(condition));
    let has_root = has_root(lower);
    if condition == Condition::Image {
        if lower.contains('\\') && !has_root {
            let file = value.rsplit('\\').next().unwrap_or(value);
            part.add_respelled(
                report,
                (Error, "image-with-backslash"),
                format!(
                    "{} never matches: with a backslash in its value, image compares the whole path",
                    shown(value)
                ),
                format!("write {}", shown(file)),
                file,
            );
        }
    } else if whole && !lower.contains('\\') && !IMAGES_WITHOUT_PATH.contains(&lower) {
        // In an exclude node that would trust any file so named.
        let is_one = condition == Condition::Is && part.node.on_match == Some(OnMatch::Include);
        let by_name = is_one.then(|| report.mender.rewrite(part.node, part.filter, Condition::Image, value));
        let finding = part.add(
            report,
            (Error, "image-without-path"),
            format!(
                "{} {}: images are logged with their whole path",
                shown(value),
                comes_to(condition)
            ),
            "write the whole path; the condition image compares the file's name alone, wherever the file is",
        );
        finding.fix = by_name.flatten();
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
    has_drive || ROOTS.iter().any(|root| lower.starts_with(root))
}
