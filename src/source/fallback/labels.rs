//! A text of labels and values in, `PipeName: \x` and `PipeName=\x`, each value with what its label means out.
//!
//! The labels are those of `names`, in any order. What stands before the label of the pipe's name separates all of them:
//! line breaks, written out or as `\r\n`, tabs, ` ¦ `, commas or blanks.
//!
//! Who names a pipe may write labels into the name. A label that is there twice is the one before the name, and of those
//! behind it the last; where the image follows the name, as in Sysmon's messages, the name goes on to the last such label.

use std::ops::Range;

use super::names::{self, Field, Name};
use crate::source::meaning::Meaning;

/// What separates labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Start,
    Line,
    Escape,
    Tab,
    Bar,
    Comma,
    Blank,
}

#[derive(Debug, Clone, Copy)]
struct Label {
    name: Name,
    /// Where the label begins with what separates it from the value before, and where its value begins.
    start: usize,
    value: usize,
    between: Between,
    /// Whether `=` stands behind it, and not a colon.
    has_sign: bool,
}

/// The longest label, in bytes, and how many blanks may stand between it and its colon.
const LABEL: usize = 40;
const PADDING: usize = 48;
/// How many labels are looked at in a text: a name may be made of thousands.
const LABELS: usize = 4096;

/// The values of a text, each with the name of its label and its place.
pub(super) fn read(text: &str) -> Vec<(Name, Range<usize>)> {
    let mut labels = scan(text);
    let pipe = |label: &Label| label.name.field == Field::Is(Meaning::PipeName);
    let Some(first) = labels.iter().position(pipe).or((!labels.is_empty()).then_some(0)) else {
        return Vec::new();
    };
    let between = match labels.get(first).map(|label| label.between) {
        Some(Between::Start) => labels.get(first + 1).map_or(Between::Start, |label| label.between),
        Some(between) => between,
        None => return Vec::new(),
    };
    labels.retain(|label| label.between == between || label.between == Between::Start);
    let Some(at) = labels.iter().position(pipe) else {
        return spans(text, &labels);
    };
    let mut kept: Vec<Label> = labels.get(..=at).unwrap_or_default().to_vec();
    let before: Vec<Field> = kept.iter().map(|label| label.name.field).collect();
    let behind = labels.get(at + 1..).unwrap_or_default().iter().filter(|label| {
        // Labels of nothing that matters are there in any number.
        label.name.field == Field::Other || !before.contains(&label.name.field)
    });
    let image = |label: &&&Label| label.name.field == Field::Is(Meaning::Image);
    let last_image = behind.clone().rfind(|label| image(&label)).map(|label| label.start);
    match last_image {
        Some(start) => kept.extend(behind.filter(|label| label.start >= start).copied()),
        None => {
            let all: Vec<Label> = behind.copied().collect();
            let is_last = |label: &Label| {
                label.name.field == Field::Other
                    || !all
                        .iter()
                        .any(|other| other.name.field == label.name.field && other.start > label.start)
            };
            kept.extend(all.iter().filter(|label| is_last(label)).copied());
        }
    }
    spans(text, &kept)
}

/// The values of labels.
fn spans(text: &str, labels: &[Label]) -> Vec<(Name, Range<usize>)> {
    let next = |index: usize| labels.get(index + 1).map_or(text.len(), |next| next.start);
    let span = |(index, label): (usize, &Label)| (label.name, value(text, label, next(index)));
    labels.iter().enumerate().map(span).collect()
}

/// Where the value of a label is, which ends at `next` at the latest.
fn value(text: &str, label: &Label, next: usize) -> Range<usize> {
    let next = next.max(label.value);
    let whole = text.get(label.value..next).unwrap_or_default();
    if let Some(len) = quoted(whole) {
        let start = label.value + (whole.len() - whole.trim_start().len()) + 1;
        return start..start + len;
    }
    let (is_pipe, is_last) = (label.name.field == Field::Is(Meaning::PipeName), next == text.len());
    let end = match label.between {
        _ if label.has_sign && label.between == Between::Blank => sign(whole),
        Between::Tab if !is_pipe || is_last => whole.find('\t'),
        Between::Bar if !is_pipe || is_last => whole.find('¦'),
        // The name of a pipe may hold line breaks; a line that is labelled otherwise is no part of it.
        Between::Line | Between::Start if is_pipe => labelled_line(whole),
        Between::Comma => whole.find(", ").filter(|_| !is_pipe),
        _ if is_pipe => None,
        _ => whole.find(['\n', '\t']),
    };
    let value = whole.get(..end.unwrap_or(whole.len())).unwrap_or_default();
    let lead = value.len() - value.trim_start_matches([' ', '\t']).len();
    // A pipe's name in a message of lines may begin and end with blanks, which are its own.
    let (lead, value) = match (label.between, is_pipe) {
        (Between::Line, true) => (lead.min(1), value.trim_end_matches(['\r', '\n'])),
        _ => (lead, value.trim_end()),
    };
    label.value + lead.min(value.len())..label.value + value.len()
}

/// How long the text in quotes is that a value is.
fn quoted(value: &str) -> Option<usize> {
    let inner = value.trim_start().strip_prefix('"')?;
    let ends = |at: &usize| {
        let behind = inner.as_bytes().get(at + 1);
        behind.is_none_or(|byte| byte.is_ascii_whitespace() || b",;]})|".contains(byte))
    };
    memchr::memchr_iter(b'"', inner.as_bytes()).find(ends)
}

/// Where the next `key=` begins in a text of keys with signs, with the blank before it.
fn sign(text: &str) -> Option<usize> {
    memchr::memchr_iter(b'=', text.as_bytes()).find_map(|at| {
        let head = text.get(..at)?;
        let key = head.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "_.-[]".contains(c));
        let is_key = key.len() < head.len() && key.ends_with([' ', '\t']) && !head.ends_with('\\');
        is_key.then(|| key.trim_end().len())
    })
}

/// Where a line begins that is `Words: value`, though nobody knows the label.
fn labelled_line(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'\n', text.as_bytes().get(from..)?) {
        let line = text.get(from + at + 1..)?;
        let line = line.get(..memchr::memchr(b'\n', line.as_bytes()).unwrap_or(line.len()))?;
        let is_labelled = line.split_once(" : ").is_some_and(|(label, _)| {
            let label = label.trim();
            !label.is_empty() && label.len() <= LABEL && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        });
        if is_labelled {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// All labels of a text, in their order.
fn scan(text: &str) -> Vec<Label> {
    let bytes = text.as_bytes();
    let labels = memchr::memchr2_iter(b':', b'=', bytes).filter_map(|at| {
        let has_sign = bytes.get(at) == Some(&b'=');
        let (name, start) = label_before(text, at, has_sign)?;
        let (between, start) = before(bytes, start)?;
        Some(Label {
            name,
            start,
            value: at + 1,
            between,
            has_sign,
        })
    });
    labels.take(LABELS).collect()
}

/// The label that ends before the colon or sign at `at`, and where it begins.
fn label_before(text: &str, at: usize, has_sign: bool) -> Option<(Name, usize)> {
    let bytes = text.as_bytes();
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let head = bytes.get(at.saturating_sub(PADDING)..at)?;
    let end = at - head.iter().rev().take_while(is_blank).count();
    let is_part = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'@') || (**byte == b' ' && !has_sign)
    };
    let head = bytes.get(end.saturating_sub(LABEL)..end)?;
    let start = end - head.iter().rev().take_while(is_part).count();
    let mut start = start + text.get(start..end)?.bytes().take_while(|byte| *byte == b' ').count();
    // A line break that is written out: `\nImage`, `#012Image` (rsyslog).
    let escape = match bytes.get(start.saturating_sub(1)..end)? {
        [b'\\', b'n' | b'r' | b't', ..] => 1,
        [b'#', digits @ ..] => digits.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    start += escape;
    // The longest label: `Event ID`, then `ID`.
    loop {
        let label = text.get(start..end).filter(|label| !label.is_empty())?;
        // The end of a value may stand before it: several words are a label as a whole, or none.
        let name = match label.contains(' ') {
            true => names::find_whole(label),
            false => names::find(&names::words(label).collect::<Vec<_>>()),
        };
        if let Some(name) = name {
            return Some((name, start));
        }
        let word = label.find(' ')?;
        start += word + label.get(word..)?.bytes().take_while(|byte| *byte == b' ').count();
    }
}

/// What stands before a label, and where that begins; `None` where nothing separates it from a value before.
fn before(bytes: &[u8], start: usize) -> Option<(Between, usize)> {
    let mut at = start;
    let mut found = Between::Start;
    while let Some(before) = at.checked_sub(1) {
        let (between, len) = match bytes.get(..=before) {
            Some([.., b'\n']) => (Between::Line, 1),
            Some([.., b'\r']) if found == Between::Line => (Between::Line, 1),
            Some([.., b'\t']) => (Between::Tab, 1),
            Some([.., b' ']) => (Between::Blank, 1),
            Some([.., 0xC2, 0xA6]) => (Between::Bar, 2),
            Some([.., b'|' | b';' | b',']) => (Between::Comma, 1),
            Some([.., b'\\', b'n' | b'r' | b't']) => (Between::Escape, 2),
            Some([.., b'#', b'0', _, _]) => (Between::Escape, 4),
            // What opens a value, or a part of a line: it separates as what stands before it does.
            Some([.., b'"' | b'\'' | b'[' | b'(' | b'{']) if found == Between::Start => (Between::Start, 1),
            _ => break,
        };
        // Blanks separate where nothing else does.
        found = match (found, between) {
            (Between::Line, _) if between != Between::Line => break,
            (Between::Start | Between::Blank | Between::Tab, between) if between != Between::Blank => between,
            (Between::Start, between) => between,
            (found, Between::Blank) => found,
            (found, between) if found == between => found,
            _ => break,
        };
        at -= len;
    }
    match found {
        Between::Blank if at == 0 => Some((Between::Start, at)),
        Between::Start if at > 0 => {
            matches!(bytes.get(at - 1), Some(b':' | b'|' | b'>')).then_some((Between::Blank, at))
        }
        found => Some((found, at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let shown = |(name, span): (Name, Range<usize>)| match name.field {
            Field::Is(meaning) => Some(format!("{meaning:?}={:?}", &text[span])),
            _ => None,
        };
        read(text).into_iter().filter_map(shown).collect::<Vec<_>>().join(" ")
    }

    const FIELDS: [&str; 8] = [
        "RuleName: -",
        "EventType: CreatePipe",
        "UtcTime: 2020-06-10 02:51:02.755",
        "ProcessGuid: {b669e388}",
        "ProcessId: 4204",
        r"PipeName: \ex ample",
        r"Image: C:\Program Files\svc.exe",
        r"User: NT AUTHORITY\SYSTEM",
    ];
    const READ: &str = r#"UtcTime="2020-06-10 02:51:02.755" ProcessGuid="{b669e388}" ProcessId="4204" PipeName="\\ex ample" Image="C:\\Program Files\\svc.exe" User="NT AUTHORITY\\SYSTEM""#;

    #[test]
    fn whatever_separates_labels_ends_values() {
        for separator in [
            "\n", "\r\n", "\n    ", "\t", " ¦ ", " ", "  ", "\\r\\n", "\\n", "#015#012", ", ",
        ] {
            assert_eq!(shown(&FIELDS.join(separator)), READ, "{separator:?}");
            assert_eq!(
                shown(&format!("Pipe Created:{separator}{}", FIELDS.join(separator))),
                READ,
                "{separator:?}"
            );
        }
        let padded = FIELDS.map(|field| field.replacen(": ", "      : ", 1)).join("\r\n");
        assert_eq!(shown(&padded), READ);
        let signs = FIELDS.map(|field| field.replacen(": ", "=", 1));
        assert_eq!(shown(&signs.join("\t")), READ);
        assert_eq!(shown(&signs.join(" ")), READ);
        let quoted = FIELDS.map(|field| field.replacen(": ", "=\"", 1) + "\"");
        assert_eq!(shown(&quoted.join(" ")), READ);
    }

    #[test]
    fn order_makes_no_difference() {
        let mut sorted = FIELDS;
        sorted.sort_unstable();
        for separator in ["\n", " ¦ ", " "] {
            let text = shown(&sorted.join(separator));
            assert!(
                text.starts_with(r#"Image="C:\\Program Files\\svc.exe" PipeName="\\ex ample" ProcessGuid="#),
                "{text}"
            );
        }
    }

    #[test]
    fn a_name_forges_no_other_field() {
        for separator in ["\n", " ", " ¦ ", "\\r\\n"] {
            let forged = format!(r"PipeName: \x{separator}Image: C:\good.exe{separator}User: nobody");
            let mut fields = FIELDS.map(str::to_owned);
            fields[5] = forged;
            let text = shown(&fields.join(separator));
            assert!(
                text.ends_with(r#"Image="C:\\Program Files\\svc.exe" User="NT AUTHORITY\\SYSTEM""#),
                "{text}"
            );
            assert!(text.contains("good.exe"), "{text}");
            fields.sort();
            let text = shown(&fields.join(separator));
            assert!(
                text.starts_with(r#"Image="C:\\Program Files\\svc.exe" PipeName="#),
                "{text}"
            );
        }
    }

    #[test]
    fn other_texts_hold_no_labels() {
        for text in ["", ":", "= = :", "C:\\x.exe", "a: b", "::::", "\n\n:\n"] {
            assert_eq!(shown(text), "", "{text:?}");
        }
        // Work is bounded by the text's length.
        assert!(read(&"Image: ".repeat(100_000)).len() <= LABELS);
        assert_eq!(shown(&":".repeat(1_000_000)), "");
    }
}
