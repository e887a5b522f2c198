//! An object that wraps a list of records in, where the list begins out.

use super::dialects::TRANSPARENT;
use super::frames::{self, Extent};

/// How many objects may be wrapped around the list.
const DEPTH: u32 = 4;

/// Where the first record of the list begins that the object at the start of `text` wraps, as the answer of a search
/// does: `{"took": 5, "hits": {"total": {…}, "hits": [{…`. So an answer of any size can be read record by record.
pub(super) fn list_start(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    let mut depth = 1;
    while depth <= DEPTH {
        at = after_spaces(text, at);
        let key = string(text, at)?;
        at = after_spaces(text, at + key.len());
        at = after_spaces(text, at + usize::from(text.get(at)? == &b':'));
        let wraps = TRANSPARENT
            .iter()
            .any(|(known, _)| key.get(1..key.len() - 1) == Some(known.as_bytes()));
        match text.get(at)? {
            b'[' if wraps => {
                let first = after_spaces(text, at + 1);
                return (text.get(first) == Some(&b'{')).then_some(first);
            }
            b'{' if wraps => {
                at += 1;
                depth += 1;
                continue;
            }
            b'[' | b'{' => match frames::extent(text.get(at..)?) {
                Extent::Whole(len) => at += len,
                _ => return None,
            },
            b'"' => at += string(text, at)?.len(),
            _ => at += text.get(at..)?.iter().position(|byte| b",}".contains(byte))?,
        }
        at = after_spaces(text, at);
        match text.get(at)? {
            b',' => at += 1,
            _ => return None,
        }
    }
    None
}

fn after_spaces(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_ascii_start().len())
}

/// The string that begins at `at`, with its quotes.
fn string(text: &[u8], at: usize) -> Option<&[u8]> {
    let rest = text.get(at..)?;
    match rest.first()? {
        b'"' => match frames::string_len(rest) {
            Extent::Whole(len) => rest.get(..len),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_in_an_answer_is_found() {
        let answer = br#"{"took": 5, "_shards": {"total": [1]}, "hits" : {"total": {"value": 1}, "hits": [ {"_id": 1}"#;
        assert_eq!(list_start(answer), Some(answer.len() - br#"{"_id": 1}"#.len()));
        assert_eq!(list_start(br#"{"results":[{"a"#), Some(12));
    }

    #[test]
    fn other_objects_wrap_none() {
        for text in [
            &br#"{"EventID": 17, "tags": [{"a": 1}]}"#[..],
            br#"{"hits": [1, 2]}"#,
            br#"{"hits": {"hits": {"hits": {"hits": {"hits": [{}]}}}}}"#,
            br#"{"hits"#,
            b"{",
            br#"{"a": 1}"#,
            b"{\"a\": \"\n",
        ] {
            assert_eq!(list_start(text), None, "{}", String::from_utf8_lossy(text));
        }
    }
}
