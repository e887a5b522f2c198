//! Byte offsets in, lines and columns out.

use super::reject::Place;

/// A place is known for every so many bytes; in between it is counted.
const STRIDE: usize = 1024;

/// Finds places in a text, in any order, however long its lines are.
#[derive(Debug)]
pub(super) struct Places<'t> {
    text: &'t str,
    /// The place at the first character that begins in each stride.
    known: Vec<(usize, Place)>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut known = vec![(0, Place { line: 1, column: 1 })];
        let mut last = (0, Place { line: 1, column: 1 });
        while last.0 + STRIDE < text.len() {
            let next = text.floor_char_boundary(last.0 + STRIDE);
            last = (next, advance(text, last, next));
            known.push(last);
        }
        Self { text, known }
    }

    /// The place of the character at byte `offset`.
    pub(super) fn at(&self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset);
        let after = self.known.partition_point(|(at, _)| *at <= offset);
        let from = after
            .checked_sub(1)
            .and_then(|i| self.known.get(i))
            .copied()
            .unwrap_or_default();
        advance(self.text, from, offset)
    }
}

/// One place in `text`.
pub(super) fn place_in(text: &str, offset: usize) -> Place {
    advance(
        text,
        (0, Place { line: 1, column: 1 }),
        text.floor_char_boundary(offset),
    )
}

fn advance(text: &str, (from, place): (usize, Place), to: usize) -> Place {
    let passed = text.get(from..to).unwrap_or_default();
    match memchr::memrchr(b'\n', passed.as_bytes()) {
        Some(last) => Place {
            line: place.line + memchr::memchr_iter(b'\n', passed.as_bytes()).count(),
            column: 1 + passed.get(last + 1..).unwrap_or_default().chars().count(),
        },
        None => Place {
            line: place.line,
            column: place.column + passed.chars().count(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let places = Places::new("aé\nb\n");
        let at = |line, column| Place { line, column };
        assert_eq!(places.at(0), at(1, 1));
        assert_eq!(places.at(3), at(1, 3));
        assert_eq!(places.at(4), at(2, 1));
        assert_eq!(places.at(1), at(1, 2));
        assert_eq!(places.at(99), at(3, 1));
    }

    #[test]
    fn long_texts_and_long_lines_are_counted_the_same() {
        let text = "é".repeat(3000) + "\n" + &"ab\n".repeat(2000) + &"x".repeat(5000);
        let places = Places::new(&text);
        for offset in (0..text.len()).step_by(997) {
            assert_eq!(places.at(offset), place_in(&text, offset), "{offset}");
        }
    }
}
