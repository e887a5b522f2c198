//! A pattern's text in, whether a name or a path has its shape out.
//!
//! The notation is small. A pattern describes the *whole* text, without ASCII case (Sysmon compares so); what stands
//! in angle brackets is variable:
//!
//! | written | stands for |
//! |---|---|
//! | `<*>` | any text, also none: `\postex_<*>` is a prefix, `<*>\mshta.exe` a suffix, `<*>\lsadump<*>` a part |
//! | `<+>` | any text of at least one character |
//! | `<name>` | text of at least one character without a backslash: one folder, one part of a name |
//! | `<digits>` `<hex>` `<upper>` `<alnum>` | at least one such character; `<hex:2>` two, `<hex:2-4>` two to four, `<hex:2->` two or more |
//! | `<guid>` | a GUID without braces |
//! | `<pid>` `<pidx>` | a process id, decimal or hexadecimal |
//! | `<stem>` | the image's file name without its extension |
//! | `<a\|b>` | one of these texts, of which one may be empty: `C:\Program Files<\| (x86)>\<*>` |
//! | `<<` | a left angle bracket: `<<Anonymous Pipe>` |

use std::fmt;

use smallvec::SmallVec;

mod matcher;

pub(super) use matcher::{PID, Subject, VARIABLE};

/// Longer patterns are refused: no pipe name or path that a pattern is written for comes near.
const LONGEST: usize = 1024;
/// A pattern with less fixed text than this says too little to stand alone.
const SHORTEST_LITERAL: usize = 3;
/// Variable parts in one pattern; more are refused, since each costs a pass.
const MOST_PARTS: usize = 32;

/// The shape of a pipe name or of a path. Its notation is described [above](self).
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
        if text.len() > LONGEST {
            return Err(format!("the pattern is longer than {LONGEST} bytes; shorten it"));
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            literal.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('<') {
                literal.push('<');
                rest = after;
                continue;
            }
            let Some((word, after)) = rest.split_once('>') else {
                return Err("a `<` has no `>`; write `<<` for the character itself".to_owned());
            };
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal).into()));
            }
            parts.push(part(word)?);
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal.into()));
        }
        let pattern = Self {
            text: text.into(),
            parts,
        };
        if pattern.parts.len() > MOST_PARTS {
            return Err(format!("the pattern has more than {MOST_PARTS} parts; use fewer"));
        }
        Ok(pattern)
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

    /// The first fixed text, wherever in the pattern it is.
    #[must_use]
    pub fn first_literal(&self) -> &str {
        let literal = |part: &'_ Part| matches!(part, Part::Literal(_));
        match self.parts.iter().find(|part| literal(part)) {
            Some(Part::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether it describes a single text.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Literal(_)])
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

    /// The longest fixed text, which an index can look for; of equals the last, since paths begin alike.
    pub(super) fn anchor(&self) -> Option<&str> {
        self.literals().max_by_key(|literal| literal.len())
    }

    /// Refuses a pattern that nearly everything fits.
    ///
    /// # Errors
    /// How to mend it.
    pub(super) fn check_telling(&self) -> Result<(), String> {
        if self.anchor().is_some_and(|literal| literal.len() >= SHORTEST_LITERAL) {
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

/// Reads what stands in angle brackets.
fn part(word: &str) -> Result<Part, String> {
    if word.contains('|') {
        return Ok(Part::Choice(word.split('|').map(Into::into).collect()));
    }
    let any = |least| Part::Run {
        class: Class::Any,
        least,
        most: usize::MAX,
    };
    let (name, count) = word.split_once(':').unwrap_or((word, "1-"));
    let class = match name {
        "*" => return Ok(any(0)),
        "+" => return Ok(any(1)),
        "guid" => return Ok(Part::Guid),
        "pid" => return Ok(Part::Pid { hex: false }),
        "pidx" => return Ok(Part::Pid { hex: true }),
        "stem" => return Ok(Part::Stem),
        "name" => Class::Name,
        "digits" => Class::Digits,
        "hex" => Class::Hex,
        "upper" => Class::Upper,
        "alnum" => Class::Alnum,
        _ => {
            return Err(format!(
                "`<{word}>` is unknown; write `<<` for a left angle bracket, or one of <*> <+> <name> <digits> <hex> \
                 <upper> <alnum> <guid> <pid> <pidx> <stem>"
            ));
        }
    };
    let (least, most) = counts(count)
        .ok_or_else(|| format!("`<{word}>` has a bad count; write it as <{name}:2>, <{name}:2-4> or <{name}:2->"))?;
    Ok(Part::Run { class, least, most })
}

fn counts(text: &str) -> Option<(usize, usize)> {
    let (least, most) = match text.split_once('-') {
        None => {
            let exact = text.parse().ok()?;
            (exact, exact)
        }
        Some((least, "")) => (least.parse().ok()?, usize::MAX),
        Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
    };
    (least >= 1 && least <= most && least <= LONGEST).then_some((least, most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(text)
    }

    #[test]
    fn a_pattern_describes_the_whole_text_without_case() {
        assert!(matches(r"\lsass", r"\LSASS"));
        assert!(!matches(r"\lsass", r"\lsassw"));
        assert!(!matches(r"\lsass", r"\x\lsass"));
        assert!(!matches(r"\größe", r"\GRÖSSE"), "Sysmon folds A to Z only");
        assert!(!matches(r"\größe", r"\grÖße"), "Sysmon folds A to Z only");
    }

    #[test]
    fn each_word_of_the_notation() {
        for (pattern, yes, no) in [
            (r"\postex_<*>", r"\postex_", r"\postex"),
            (r"\wkssvc<+>", r"\wkssvc1", r"\wkssvc"),
            (r"<*>\mshta.exe", r"C:\x\MSHTA.exe", r"C:\x\mshta.exe.txt"),
            (r"<*>\lsadump<*>", r"\a\lsadumpb", r"\a\lsadum"),
            (r"<*>\MSSE-<*>-server<*>", r"\MSSE-1337-server", r"\MSSE-server"),
            (r"C:\Users\<name>\x.exe", r"C:\Users\a b\x.exe", r"C:\Users\a\b\x.exe"),
            (r"\ntsvcs<hex:2-4>", r"\ntsvcsa1f", r"\ntsvcsa1f00"),
            (r"\ntsvcs<hex:2->", r"\ntsvcsa1f00", r"\ntsvcsa"),
            (r"\abc<digits:3>", r"\abc123", r"\abc12"),
            (
                r"\crashpad_<digits>_<upper:16>",
                r"\crashpad_1_QWERTYUIOPASDFGH",
                r"\crashpad_1_QWERTYUIOPASDFG",
            ),
            (r"\abc<alnum>", r"\abcz9", r"\abcz_9"),
            (
                r"\TSVC-<guid>",
                r"\tsvc-4EF6dd6f-2a1b-49f9-a6fd-8b12c8afbbfd",
                r"\tsvc-4ef6dd6f2a1b49f9a6fd8b12c8afbbfd",
            ),
            (r"\mojo.<pid>.<digits>", r"\mojo.1.2", r"\mojo.a.2"),
            (r"\Cat-<pidx>-<digits>", r"\Cat-3e8-0", r"\Cat-3g8-0"),
            (
                r"C:\Program Files<| (x86)>\<*>",
                r"c:\program files (X86)\a",
                r"C:\Program Files (arm)\a",
            ),
            (
                r"C:\Windows\<System32|SysWOW64>\a.exe",
                r"C:\windows\syswow64\a.exe",
                r"C:\Windows\System\a.exe",
            ),
            (r"<<Anonymous Pipe>", "<anonymous pipe>", r"\<Anonymous Pipe>"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(!matches(pattern, no), "{pattern} {no}");
        }
    }

    #[test]
    fn a_bad_pattern_says_how_to_mend_it() {
        for (pattern, mend) in [
            (r"\abc<hex", "write `<<`"),
            (r"\abc<what>", "one of <*>"),
            (r"\abc<hex:0>", "<hex:2-4>"),
            (r"\abc<hex:4-2>", "<hex:2-4>"),
        ] {
            let error = Pattern::parse(pattern).unwrap_err();
            assert!(error.contains(mend), "{error}");
        }
        assert!(Pattern::parse(&"\\x".repeat(4000)).is_err());
    }

    #[test]
    fn the_prefix_is_what_every_match_begins_with() {
        let prefix = |text| Pattern::parse(text).unwrap().literal_prefix().to_owned();
        assert_eq!(prefix(r"\postex_<*>"), r"\postex_");
        assert_eq!(prefix(r"<*>\lsadump<*>"), "");
        assert_eq!(prefix(r"C:\Program Files<| (x86)>\a"), r"C:\Program Files");
    }

    proptest! {
        #[test]
        fn any_pattern_matches_its_own_examples(
            parts in proptest::collection::vec(prop_oneof![
                Just("<*>"), Just("<+>"), Just("<name>"), Just("<hex:2-4>"), Just("<digits>"), Just("<upper:16>"),
                Just("<guid>"), Just("<pid>"), Just("<pidx>"), Just("<|x>"), Just("<<"), Just(r"\ab"), Just("é.")
            ], 0..8)
        ) {
            let pattern = Pattern::parse(&format!("\\abc{}", parts.concat())).unwrap();
            for example in pattern.examples() {
                prop_assert!(pattern.matches(&example), "{pattern} {example}");
                prop_assert!(example.starts_with(pattern.literal_prefix()));
            }
        }

        #[test]
        fn nothing_makes_it_panic(pattern in r"[\\a<>:|*+0-9-]{0,20}", text in ".{0,20}") {
            if let Ok(pattern) = Pattern::parse(&pattern) {
                prop_assert!(!pattern.examples().is_empty());
                prop_assert!(pattern.matches(&text) == pattern.matches(&text.to_ascii_uppercase()));
            }
        }
    }

    #[test]
    fn a_hostile_name_costs_little() {
        let pattern = Pattern::parse(r"<*>\aaa<*>\aaa<hex><*>\aab<name><*>x").unwrap();
        assert!(!pattern.matches(&r"\aaa".repeat(20_000)));
    }
}
