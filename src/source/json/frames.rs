//! A text in, the extents of the JSON objects in it out, found without reading them.

/// How deep kinds of brackets are remembered; deeper ones are only counted, and only to the end of the line. So lines
/// that open brackets without end are not each looked at up to the end of the source.
const DEPTH: u32 = 128;

/// How far a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// So many bytes.
    Whole(usize),
    /// Beyond the end of the text.
    Unended,
    /// It is no JSON: it was cut off, and another value begins in it.
    Broken,
}

/// How far the value goes that begins with the bracket at the start of `text`.
///
/// A record that was cut off must not swallow those after it, so two things are heeded that no JSON has: a line break in
/// a string, and a bracket that opens where no value can begin.
pub(super) fn extent(text: &[u8]) -> Extent {
    let mut depth = 0_u32;
    // One bit for each open bracket, the innermost lowest: whether it is a `{`.
    let mut objects = 0_u128;
    let mut before = b':';
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => match string_len(text.get(at..).unwrap_or_default()) {
                Extent::Whole(len) => at += len - 1,
                other => return other,
            },
            b'{' | b'[' => {
                let in_object = depth > 0 && objects & 1 == 1;
                let fits = match before {
                    b':' => depth == 0 || in_object,
                    b'[' | b',' => !in_object,
                    _ => false,
                };
                if !fits && depth <= DEPTH {
                    return Extent::Broken;
                }
                depth += 1;
                objects = objects << 1 | u128::from(byte == b'{');
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                objects >>= 1;
                if depth == 0 {
                    return Extent::Whole(at + 1);
                }
            }
            b'\n' if depth > DEPTH => return Extent::Broken,
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            _ => {}
        }
        before = byte;
        at += 1;
    }
    Extent::Unended
}

/// How long the string is that begins at the start of `text`, its quotes included.
pub(super) fn string_len(text: &[u8]) -> Extent {
    let mut at = 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(next) = memchr::memchr3(b'"', b'\\', b'\n', rest) else {
            return Extent::Unended;
        };
        match rest.get(next) {
            Some(b'"') => return Extent::Whole(at + next + 1),
            Some(b'\n') => return Extent::Broken,
            _ => at += next + 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_end_where_their_bracket_is_closed() {
        for text in [
            "{}",
            r#"{"a": [1, {"b": "}\"{"}], "c": {}}"#,
            "{\n  \"a\": \"\\\\\"\n}",
            "[[], [{}, {}]]",
        ] {
            let followed = format!("{text}, {{}}");
            assert_eq!(extent(followed.as_bytes()), Extent::Whole(text.len()), "{text}");
            for end in 1..text.len() {
                assert_eq!(extent(&text.as_bytes()[..end]), Extent::Unended, "{}", &text[..end]);
            }
        }
    }

    #[test]
    fn a_value_that_was_cut_off_does_not_swallow_the_next() {
        for text in [
            "{\"a\": \"b\n{\"a\": 1}",
            "{\"a\": 1,\n{\"a\": 1}",
            "{\"a\": 1\n{\"a\": 1}",
            "{\"a\": [1\n{\"a\": 1}",
            "{\n{\"a\": 1}",
            "{\"a\"\n{\"a\": 1}",
        ] {
            assert_eq!(extent(text.as_bytes()), Extent::Broken, "{text}");
        }
    }

    #[test]
    fn depth_costs_nothing() {
        let deep = "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000);
        assert_eq!(extent(deep.as_bytes()), Extent::Whole(deep.len()));
    }

    proptest! {
        #[test]
        fn any_json_is_found_whole(value in "\\PC{0,8}", list in proptest::collection::vec("\\PC{0,8}", 0..4)) {
            let json = serde_json::json!({ value: list, "o": { "p": [[{}], {}] } });
            for text in [json.to_string(), serde_json::to_string_pretty(&json).unwrap()] {
                prop_assert_eq!(extent(text.as_bytes()), Extent::Whole(text.len()));
            }
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}:,\"\\\\\n a1]{0,40}") {
            let _ = extent(text.as_bytes());
        }
    }
}
