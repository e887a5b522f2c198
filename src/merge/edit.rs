//! A text and edits in, the edited text out; what no edit names stays as it is.

use crate::sysmon::Span;

/// One place of a text, and what is to stand there instead. An empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Bytes of the text.
    pub(super) at: Span,
    /// What takes their place.
    pub(super) text: String,
}

/// Applies edits that do not overlap.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
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
