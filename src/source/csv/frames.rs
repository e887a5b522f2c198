//! A text in, the extent of the row at its start out, and the character between its cells.

/// How far a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// So many bytes, the line break behind it included.
    Whole(usize),
    /// Beyond the end of the text.
    Unended,
    /// A quote in it is closed where no cell ends: the row was cut off, and another begins in it.
    Broken,
}

/// How far the row at the start of `text` goes. Line breaks in quotes are its own.
pub(super) fn extent(text: &[u8], delimiter: u8) -> Extent {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        if rest.first() == Some(&b'"') {
            let Some(len) = quoted_len(rest) else {
                return Extent::Unended;
            };
            at += len;
            match text.get(at..) {
                Some([] | [b'\r']) | None => return Extent::Unended,
                Some([b'\n', ..]) => return Extent::Whole(at + 1),
                Some([b'\r', b'\n', ..]) => return Extent::Whole(at + 2),
                Some([byte, ..]) if *byte == delimiter => at += 1,
                Some(_) => return Extent::Broken,
            }
        } else {
            match memchr::memchr2(delimiter, b'\n', rest) {
                None => return Extent::Unended,
                Some(len) if rest.get(len) == Some(&b'\n') => return Extent::Whole(at + len + 1),
                Some(len) => at += len + 1,
            }
        }
    }
}

/// How long a cell in quotes is, which are doubled inside.
fn quoted_len(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr(b'"', text.get(at..)?)? + 1;
        match text.get(at) {
            Some(b'"') => at += 1,
            _ => return Some(at),
        }
    }
}

/// The character between the cells of a header: whichever of comma, semicolon, tab and bar is there most often.
pub(in crate::source) fn delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let mut is_quoted = false;
        let is_delimiter = |byte: &&u8| {
            is_quoted ^= **byte == b'"';
            !is_quoted && **byte == delimiter
        };
        header.iter().filter(is_delimiter).count()
    };
    // Of several, `max_by_key` takes the last.
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_outside_quotes() {
        for row in [
            "a,b\n",
            "a,\"b\nc\"\r\n",
            "\"a\"\"\n\"\"\",b\n",
            "\n",
            "a\"b,c\n",
            ",\"\",\n",
        ] {
            let text = format!("{row}\"next\",row\n");
            assert_eq!(extent(text.as_bytes(), b','), Extent::Whole(row.len()), "{row:?}");
            for end in 0..row.len() {
                assert_eq!(extent(&row.as_bytes()[..end], b','), Extent::Unended, "{row:?} {end}");
            }
        }
    }

    #[test]
    fn a_row_that_was_cut_off_is_seen_where_the_next_quote_is() {
        assert_eq!(extent(b"a,\"Pipe Created:\nb,\"Pipe\"\n", b','), Extent::Broken);
    }

    #[test]
    fn delimiters_are_told_by_the_header() {
        assert_eq!(delimiter(b"a,b;c,d"), b',');
        assert_eq!(delimiter(b"\"a,b,c\";\"d\""), b';');
        assert_eq!(delimiter(b"a\tb"), b'\t');
        assert_eq!(delimiter(b"a"), b',');
    }
}
