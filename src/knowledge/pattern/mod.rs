//! A pattern's text in, whether a name or a path has its shape out.

use std::fmt;

use smallvec::SmallVec;

mod matcher;
mod notation;
mod outline;

pub(super) use matcher::{PID, Subject, VARIABLE};
pub use outline::Outline;

/// A pattern with less fixed text than this says too little to stand alone.
const SHORTEST_LITERAL: usize = 3;

/// More texts than this are not looked for in place of one pattern.
const MOST_ANCHORS: usize = 64;

/// The shape of a pipe name or of a path.
///
/// The notation is small. A pattern describes the *whole* text, without ASCII case (Sysmon compares so); what stands
/// in angle brackets is variable:
///
/// | written | stands for |
/// |---|---|
/// | `<*>` | any text, also none: `\postex_<*>` is a prefix, `<*>\mshta.exe` a suffix, `<*>\lsadump<*>` a part |
/// | `<+>` | any text of at least one character |
/// | `<name>` | text of at least one character without a backslash: one folder, one part of a name |
/// | `<digits>` `<hex>` `<upper>` `<alnum>` | at least one such character; `<hex:2>` two, `<hex:2-4>` two to four, `<hex:2->` two or more |
/// | `<guid>` | a GUID without braces |
/// | `<pid>` `<pidx>` | a process id, decimal or hexadecimal |
/// | `<stem>` | the image's file name without its extension |
/// | `<a\|b>` | one of these texts, of which one may be empty: `C:\Program Files<\| (x86)>\<*>` |
/// | `<<` | a left angle bracket: `<<Anonymous Pipe>` |
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern {
    text: Box<str>,
    parts: Vec<Part>,
}

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// This text.
    Literal(Box<str>),
    /// One of these texts.
    Choice(Vec<Box<str>>),
    /// Characters of a class, this many.
    Run { class: Class, least: usize, most: usize },
    /// 8-4-4-4-12 hexadecimal digits.
    Guid,
    /// The process id of the event.
    Pid { hex: bool },
    /// The image's file stem.
    Stem,
}

/// What the characters of a run may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Any,
    Name,
    Digits,
    Hex,
    Upper,
    Alnum,
}

impl Class {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Any => true,
            Self::Name => byte != b'\\',
            Self::Digits => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            // Case is folded everywhere, so here too.
            Self::Upper => byte.is_ascii_alphabetic(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
        }
    }

    /// Whether it is so wide that it says nothing of what a template replaced.
    fn is_wide(self) -> bool {
        matches!(self, Self::Any | Self::Name)
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, and how to mend it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = notation::parts(text)?;
        Ok(Self {
            text: text.into(),
            parts,
        })
    }

    /// Whether `text` has this shape.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.fits(&Subject::plain(text))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text that everything of this shape begins with; empty where that is not fixed. A rule that matches by
    /// prefix has to carve this out.
    #[must_use]
    pub fn literal_prefix(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(text)) => text,
            _ => "",
        }
    }

    /// A text that everything of this shape holds: what it begins with, or else the first fixed text that tells it
    /// from others, wherever in the pattern it is.
    #[must_use]
    pub fn telling_literal(&self) -> &str {
        let letters = |text: &&str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let prefix = self.literal_prefix();
        let within = || self.literals().find(|text| letters(text) >= SHORTEST_LITERAL);
        match prefix {
            "" => within().or_else(|| self.longest_literal()).unwrap_or_default(),
            _ => prefix,
        }
    }

    /// The last fixed text.
    #[must_use]
    pub fn last_literal(&self) -> &str {
        let mut texts = self.parts.iter().rev().filter_map(|part| match part {
            Part::Literal(text) => Some(&**text),
            _ => None,
        });
        texts.next().unwrap_or_default()
    }

    /// Whether it describes a single text.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Literal(_)])
    }

    /// Whether it says of some part which characters vary in it, as `<guid>` and `<digits>` do and `<*>` does not.
    #[must_use]
    pub fn tells_what_varies(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Run { class, .. } => !class.is_wide(),
            Part::Guid | Part::Pid { .. } => true,
            Part::Literal(_) | Part::Choice(_) | Part::Stem => false,
        })
    }

    /// Texts of this shape: the shortest, and a usual one where it differs.
    #[must_use]
    pub fn examples(&self) -> SmallVec<[String; 2]> {
        let mut examples = SmallVec::new();
        for usual in [false, true] {
            let mut example = String::new();
            for part in &self.parts {
                part.write_example(usual, &mut example);
            }
            if !examples.contains(&example) {
                examples.push(example);
            }
        }
        examples
    }

    /// Texts that an index can look for: everything of this shape holds one of them. They are the longest that can be had;
    /// of equals the last, since paths begin alike. One that is empty is everywhere.
    pub(super) fn anchors(&self) -> Vec<String> {
        let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min().unwrap_or(0);
        let nothing = || vec![String::new()];
        let mut best = nothing();
        // What the parts just before the next one read, as far as they are fixed.
        let mut before = nothing();
        for part in &self.parts {
            let texts = match part {
                Part::Literal(text) => std::slice::from_ref(text),
                Part::Choice(texts) => texts.as_slice(),
                Part::Run { .. } | Part::Guid | Part::Pid { .. } | Part::Stem => {
                    before = nothing();
                    continue;
                }
            };
            if before.len() * texts.len() > MOST_ANCHORS {
                before = nothing();
            }
            let with =
                |before: &String| -> Vec<String> { texts.iter().map(|text| format!("{before}{text}")).collect() };
            before = before.iter().flat_map(with).collect();
            best = [best, before.clone()]
                .into_iter()
                .max_by_key(shortest)
                .unwrap_or_default();
        }
        best
    }

    /// Refuses a pattern that nearly everything fits.
    ///
    /// # Errors
    /// How to mend it.
    pub(super) fn check_telling(&self) -> Result<(), String> {
        if self
            .longest_literal()
            .is_some_and(|literal| literal.len() >= SHORTEST_LITERAL)
        {
            return Ok(());
        }
        Err(format!(
            "`{self}` has no fixed text of {SHORTEST_LITERAL} characters, so it says too little; add some"
        ))
    }

    /// How much of the shape is fixed: of several patterns that match, the one with most says most.
    pub(super) fn weight(&self) -> usize {
        self.parts.iter().map(Part::weight).sum()
    }

    /// Whether the shape holds a process id.
    pub(super) fn has_pid(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Pid { .. }))
    }

    fn longest_literal(&self) -> Option<&str> {
        self.literals().max_by_key(|literal| literal.len())
    }

    fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(&**text),
            _ => None,
        })
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({})", self.text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Part {
    fn weight(&self) -> usize {
        match self {
            Self::Literal(text) => text.len() * 8,
            Self::Choice(texts) => texts.iter().map(|text| text.len()).min().unwrap_or(0) * 8,
            Self::Guid => 36,
            Self::Run { class, least, .. } if !class.is_wide() => least + 1,
            Self::Pid { .. } | Self::Stem => 2,
            Self::Run { .. } => 0,
        }
    }

    fn write_example(&self, usual: bool, out: &mut String) {
        match self {
            Self::Literal(text) => out.push_str(text),
            Self::Choice(texts) => out.extend(texts.first().map(|text| &**text)),
            Self::Run { class, least, most } => {
                let wanted = if usual {
                    4.clamp(*least, (*most).max(*least))
                } else {
                    *least
                };
                if *class == Class::Any && out.is_empty() && wanted > 0 {
                    // Every pipe name begins with a backslash.
                    out.push('\\');
                }
                let letters = match class {
                    Class::Any | Class::Name | Class::Hex => "7f3a9c",
                    Class::Digits => "482913",
                    Class::Upper => "QWKZRT",
                    Class::Alnum => "k8f2qz",
                };
                out.extend(letters.chars().cycle().take(wanted));
            }
            Self::Guid => out.push_str("4ef6dd6f-2a1b-49f9-a6fd-8b12c8afbbfd"),
            Self::Pid { hex: false } => out.push_str("5688"),
            Self::Pid { hex: true } => out.push_str("1638"),
            Self::Stem => out.push_str("program"),
        }
    }
}

#[cfg(test)]
mod tests;
