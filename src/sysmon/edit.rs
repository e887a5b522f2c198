//! A text and edits in, the edited text out; what no edit names stays as it is.

use super::config::Span;

/// One place of a text, and what is to stand there instead. An empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the text.
    pub at: Span,
    /// What takes their place.
    pub text: String,
}

impl Edit {
    /// Puts `text` before the byte `at`.
    pub(crate) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self {
            at: at..at,
            text: text.into(),
        }
    }

    /// Takes a span of `text` out, with the lines that it fills.
    pub(crate) fn remove(text: &str, span: Span) -> Self {
        let before = text.get(..span.start).unwrap_or_default();
        let behind = text.get(span.end..).unwrap_or_default();
        let indented = before.trim_end_matches([' ', '\t']);
        let line_end = [("\r\n", 2), ("\n", 1)]
            .into_iter()
            .find(|(end, _)| behind.starts_with(end));
        let at = match line_end.filter(|_| indented.ends_with('\n')) {
            Some((_, length)) => indented.len()..span.end + length,
            None => span,
        };
        Self {
            at,
            text: String::new(),
        }
    }
}

/// Applies edits that do not overlap.
pub(crate) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in &edits {
        out.push_str(text.get(done..edit.at.start).unwrap_or_default());
        out.push_str(&edit.text);
        done = edit.at.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_insert_replace_and_remove_in_any_order() {
        let edit = |at, text: &str| Edit {
            at,
            text: text.to_owned(),
        };
        let edits = vec![edit(6..6, "!"), edit(0..1, "H"), edit(3..5, "")];
        assert_eq!(apply("hello\n", edits), "Hel\n!");
        assert_eq!(apply("as it is", Vec::new()), "as it is");
    }
}
