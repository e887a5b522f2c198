//! A value as Sigma writes it in, whether a text fits it out.
//!
//! `*` stands for any text and `?` for one character. A backslash takes their meaning from them, and that of a backslash
//! from another one; before anything else it is a mere backslash, so that `\pipe\x` says what it shows (Sigma
//! specification, "Escaping").

use smallvec::SmallVec;

/// One part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// This text.
    Text(String),
    /// Any text, also none.
    Any,
    /// One character.
    One,
}

/// A value with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    parts: Vec<Part>,
    cased: bool,
    /// The parts character by character, folded where case is none.
    tokens: Vec<Token>,
}

impl Glob {
    /// Reads a value.
    pub(super) fn parse(value: &str) -> Self {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = value.chars().peekable();
        while let Some(c) = chars.next() {
            let part = match c {
                '\\' => {
                    text.push(chars.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or(c));
                    continue;
                }
                '*' => Part::Any,
                '?' => Part::One,
                c => {
                    text.push(c);
                    continue;
                }
            };
            push_text(&mut parts, &mut text);
            parts.push(part);
        }
        push_text(&mut parts, &mut text);
        Self::new(parts, false)
    }

    fn new(parts: Vec<Part>, cased: bool) -> Self {
        let tokens = parts.iter().flat_map(|part| tokens(part, cased)).collect();
        Self { parts, cased, tokens }
    }

    /// This text and nothing else, whatever is in it.
    pub(super) fn exact(text: &str) -> Self {
        let mut parts = Vec::new();
        push_text(&mut parts, &mut text.to_owned());
        Self::new(parts, false)
    }

    /// With any text before it.
    pub(super) fn after_any(mut self) -> Self {
        if self.parts.first() != Some(&Part::Any) {
            self.parts.insert(0, Part::Any);
            self.tokens.insert(0, Token::Any);
        }
        self
    }

    /// With any text behind it.
    pub(super) fn before_any(mut self) -> Self {
        if self.parts.last() != Some(&Part::Any) {
            self.parts.push(Part::Any);
            self.tokens.push(Token::Any);
        }
        self
    }

    /// With upper and lower case told apart.
    pub(super) fn cased(self) -> Self {
        Self::new(self.parts, true)
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The only text that fits, where there is only one.
    pub(super) fn only(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The longest fixed text.
    pub(super) fn longest(&self) -> Option<&str> {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Any | Part::One => None,
        });
        texts.max_by_key(|text| text.len())
    }

    /// Whether `text` fits. The last `*` is the only one that has to be tried again, so this takes the product of both
    /// lengths at most.
    pub(super) fn matches(&self, text: &str) -> bool {
        let pattern = &self.tokens;
        let text: SmallVec<[char; 64]> = if self.cased {
            text.chars().collect()
        } else {
            fold(text).collect()
        };
        let (mut at, mut next) = (0, 0);
        let mut again: Option<(usize, usize)> = None;
        while at < text.len() {
            let fits = match (pattern.get(next), text.get(at)) {
                (Some(Token::Any), _) => {
                    again = Some((at, next));
                    next += 1;
                    continue;
                }
                (Some(Token::One), _) => true,
                (Some(Token::Char(expected)), Some(found)) => expected == found,
                _ => false,
            };
            if fits {
                at += 1;
                next += 1;
            } else if let Some((from, any)) = again {
                at = from + 1;
                next = any + 1;
                again = Some((at, any));
            } else {
                return false;
            }
        }
        pattern.iter().skip(next).all(|token| *token == Token::Any)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    Any,
    One,
}

fn tokens(part: &Part, cased: bool) -> Vec<Token> {
    match part {
        Part::Text(text) if cased => text.chars().map(Token::Char).collect(),
        Part::Text(text) => fold(text).map(Token::Char).collect(),
        Part::Any => vec![Token::Any],
        Part::One => vec![Token::One],
    }
}

/// Without case. Sigma leaves open which letters have one; to take all of them for such is the safe side.
fn fold(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

fn push_text(parts: &mut Vec<Part>, text: &mut String) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards_and_escapes_are_those_of_the_specification() {
        for (value, text, fits) in [
            (r"\Posh*", r"\PoshC2", true),
            (r"\Posh*", r"\posh", true),
            (r"\Posh*", r"x\Posh", false),
            (r"\a?c", r"\abc", true),
            (r"\a?c", r"\ac", false),
            // A backslash before nothing special is itself; two are one; escaped wildcards are text.
            (r"\pipe\x", r"\pipe\x", true),
            (r"\\srv", r"\srv", true),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
            (r"a\?b", "a?b", true),
            (r"a\\*", r"a\xyz", true),
            (r"a\\*", "axyz", false),
            (r"\pipe\", r"\pipe\", true),
            ("*a*a*b", "aaaaaaaab", true),
            ("*a*a*b", "aaaaaaaac", false),
            ("", "", true),
            ("*", "", true),
            ("", "x", false),
            (r"\É", r"\é", true),
        ] {
            assert_eq!(Glob::parse(value).matches(text), fits, "{value} {text}");
        }
        assert!(!Glob::parse("aB").cased().matches("ab"));
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_regex(value in r"[ab*?]{0,7}", text in "[ab]{0,9}") {
            let regex = format!("^{}$", value.replace('*', ".*").replace('?', "."));
            prop_assert_eq!(Glob::parse(&value).matches(&text), regex::Regex::new(&regex).unwrap().is_match(&text));
        }

        #[test]
        fn an_exact_text_fits_itself_alone(text in r"[ab*?\\]{0,6}", other in r"[ab*?\\]{0,6}") {
            let glob = Glob::exact(&text);
            prop_assert!(glob.matches(&text) && glob.only() == Some(&text));
            prop_assert_eq!(glob.matches(&other), text == other);
        }
    }
}
