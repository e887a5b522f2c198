//! A field with its modifiers and one value in, whether an event fits it out.

use std::fmt;

use regex::{Regex, RegexBuilder};

use super::glob::Glob;
use super::yaml::{Node, Value};
use super::{PipeEventView, Truth};
use crate::event::Kind;

/// What a rule can ask of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    PipeName,
    Image,
    User,
    EventId,
    EventType,
    /// Any of the texts: what Sigma calls a keyword.
    Anywhere,
    /// A field that is not known here: the process's id, what a log collector adds.
    Other,
}

impl Field {
    fn parse(name: &str) -> Self {
        let known = [
            ("PipeName", Self::PipeName),
            ("Image", Self::Image),
            ("User", Self::User),
            ("EventID", Self::EventId),
            ("EventType", Self::EventType),
            ("", Self::Anywhere),
        ];
        let found = known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or(Self::Other, |(_, field)| field)
    }
}

/// How a value is compared.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Glob(Glob),
    Regex(Expression),
    /// The field has no value.
    Null,
    /// Whether the field has a value.
    Exists(bool),
    /// What cannot be decided here.
    Undecided,
}

/// A regular expression that was compiled.
#[derive(Clone)]
pub(super) struct Expression(pub(super) Regex);

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.0)
    }
}

/// One field with one value.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) field: Field,
    pub(super) test: Test,
}

impl Leaf {
    /// Whether an event fits.
    pub(super) fn holds(&self, event: &PipeEventView<'_>) -> Truth {
        match self.field {
            Field::PipeName => self.fits(event.pipe_name),
            Field::Image => self.fits(event.image),
            Field::User => event.user.map_or(Truth::Maybe, |user| self.fits(user)),
            Field::EventId => self.fits(id(event.kind)),
            Field::EventType => self.fits(event.kind.event_type()),
            Field::Anywhere => {
                let texts = [Some(event.pipe_name), Some(event.image), event.user];
                texts
                    .into_iter()
                    .flatten()
                    .map(|text| self.fits(text))
                    .max()
                    .unwrap_or(Truth::No)
            }
            Field::Other => Truth::Maybe,
        }
    }

    fn fits(&self, text: &str) -> Truth {
        // Sysmon writes `-` for a field without a value.
        let empty = matches!(text, "" | "-");
        match &self.test {
            Test::Glob(glob) => (glob.matches(text) || empty && glob.only() == Some("")).into(),
            Test::Regex(regex) => regex.0.is_match(text).into(),
            Test::Null => empty.into(),
            Test::Exists(exists) => (empty != *exists).into(),
            Test::Undecided => Truth::Maybe,
        }
    }
}

/// The event's id as text.
pub(super) fn id(kind: Kind) -> &'static str {
    match kind {
        Kind::Created => "17",
        Kind::Connected => "18",
    }
}

/// The left side of an item: `PipeName|contains|all`.
#[derive(Debug, Default)]
pub(super) struct Modifiers {
    place: Option<Place>,
    regex: bool,
    /// The letters after `re`: i, m, s.
    flags: Vec<char>,
    cased: bool,
    exists: bool,
    undecided: bool,
    /// All values have to fit, not one of them.
    pub(super) all: bool,
    /// No value may fit.
    pub(super) not: bool,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Anywhere,
    Begin,
    End,
}

impl Modifiers {
    /// Reads the left side. What a modifier that is not known here asks for cannot be decided, and counts as met.
    pub(super) fn parse(key: &str) -> (Field, Self) {
        let mut words = key.split('|').map(str::trim);
        let field = Field::parse(words.next().unwrap_or_default());
        let mut modifiers = Self::default();
        for word in words {
            match word.to_ascii_lowercase().as_str() {
                "contains" => modifiers.place = Some(Place::Anywhere),
                "startswith" => modifiers.place = Some(Place::Begin),
                "endswith" => modifiers.place = Some(Place::End),
                "re" => modifiers.regex = true,
                flag @ ("i" | "m" | "s") if modifiers.regex => modifiers.flags.extend(flag.chars()),
                "cased" => modifiers.cased = true,
                "exists" => modifiers.exists = true,
                "all" => modifiers.all = true,
                "neq" => modifiers.not = true,
                // Values that stand elsewhere, in another field or in the team's own lists; and what is not known here.
                _ => modifiers.undecided = true,
            }
        }
        (field, modifiers)
    }

    /// The test of one value.
    pub(super) fn test(&self, field: Field, value: &Node) -> Result<Test, String> {
        if field == Field::Other || self.undecided {
            return Ok(Test::Undecided);
        }
        let text = match &value.value {
            Value::Null => return Ok(Test::Null),
            Value::Text(text) => text,
            Value::List(_) | Value::Map(_) => return Err("a value is a text, a number or null".into()),
        };
        if self.exists {
            return match text.to_ascii_lowercase().as_str() {
                "true" | "yes" => Ok(Test::Exists(true)),
                "false" | "no" => Ok(Test::Exists(false)),
                _ => Err("`exists` takes true or false".into()),
            };
        }
        if self.regex {
            // Look-around and back-references are not known here.
            return Ok(self.regex(text).map_or(Test::Undecided, Test::Regex));
        }
        let glob = Glob::parse(text);
        let glob = match self.place {
            Some(Place::Anywhere) => glob.after_any().before_any(),
            Some(Place::Begin) => glob.before_any(),
            Some(Place::End) => glob.after_any(),
            // A keyword is looked for in the whole event.
            None if field == Field::Anywhere => glob.after_any().before_any(),
            None => glob,
        };
        Ok(Test::Glob(if self.cased { glob.cased() } else { glob }))
    }

    fn regex(&self, text: &str) -> Option<Expression> {
        let has = |flag| self.flags.contains(&flag);
        let built = RegexBuilder::new(text)
            .case_insensitive(has('i'))
            .multi_line(has('m'))
            .dot_matches_new_line(has('s'))
            .build();
        built.ok().map(Expression)
    }
}
