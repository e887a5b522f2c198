//! Reads the small text files that people keep in version control: one entry a line, its fields set apart by tabs.

use crate::event::Kind;

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct LineError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong, and how to mend it.
    pub what: String,
}

/// What `read` makes of each line, given its number from 1 and its fields. Empty lines, and those that begin with `#`, say
/// nothing. Several tabs stand for one, so that columns may look well; blanks around a field are none of it.
///
/// # Errors
///
/// The first line that `read` refuses.
pub(crate) fn read<T>(text: &str, read: impl FnMut(usize, &[&str]) -> Result<T, String>) -> Result<Vec<T>, LineError> {
    let (entries, errors) = read_each(text, read);
    errors.into_iter().next().map_or(Ok(entries), Err)
}

/// As [`read`], with all lines that `read` refuses: who mends a file wants to mend it once.
pub(crate) fn read_each<T>(
    text: &str,
    mut read: impl FnMut(usize, &[&str]) -> Result<T, String>,
) -> (Vec<T>, Vec<LineError>) {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let fields = text.split('\t').map(str::trim).filter(|field| !field.is_empty());
        match read(line, &fields.collect::<Vec<_>>()) {
            Ok(entry) => entries.push(entry),
            Err(what) => errors.push(LineError { line, what }),
        }
    }
    (entries, errors)
}

/// Takes all fields of a line, or says what it is made of (`an expectation is five fields with tabs between: …`).
///
/// # Errors
///
/// Where there are more fields or fewer.
pub(crate) fn all<'f, 't, const N: usize>(fields: &'f [&'t str], of: &str) -> Result<&'f [&'t str; N], String> {
    fields
        .try_into()
        .map_err(|_| format!("{of}; here are {}", fields.len()))
}

/// Reads the field that says which events are meant: `None` is both kinds.
///
/// # Errors
///
/// Where it is none of the three words.
pub(crate) fn kind(field: &str) -> Result<Option<Kind>, String> {
    match field {
        "any" => Ok(None),
        "created" => Ok(Some(Kind::Created)),
        "connected" => Ok(Some(Kind::Connected)),
        other => Err(format!("`{other}` is no kind: write created, connected or any")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_what_lies_between_tabs() {
        let text = "\u{FEFF}# a\n\n  \na\t\t b c \r\nd\te\n";
        let lines = read(text, |line, fields| Ok(format!("{line}: {}", fields.join("|")))).unwrap();
        assert_eq!(lines, ["4: a|b c", "5: d|e"]);
        let error = read(text, |_, fields| {
            all::<2>(fields, "two").and_then(|fields| kind(fields[0]))
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "line 4: `a` is no kind: write created, connected or any"
        );
        assert_eq!(
            all::<3>(&["a"], "an x is three").unwrap_err(),
            "an x is three; here are 1"
        );
        assert_eq!([kind("any"), kind("created")], [Ok(None), Ok(Some(Kind::Created))]);
    }
}
