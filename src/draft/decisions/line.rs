//! A line of the decisions file in, what it decides out.

use super::class::Class;
use super::identity::{ImageName, PipeName};
use crate::event::Kind;
use crate::lines;
use crate::normalize::day::Day;

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) verb: Verb,
    /// Created or connected; `None` for both.
    pub(super) kind: Option<Kind>,
    pub(super) subject: About,
    pub(super) why: String,
    /// Who decided.
    pub(super) by: Option<String>,
    /// The day on which it was decided, by which a class is bound.
    pub(super) on: Option<Day>,
    pub(super) until: Option<Until>,
    /// Whether a rule may be for any user's profile, and not only for those that were seen.
    pub(super) any_user: bool,
}

/// What the pipe and the image of a line name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    /// One candidate.
    One(PipeName, ImageName),
    /// All candidates of a class.
    Class(Class),
}

/// The later outranks the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    Exclude,
    ExcludeAnyway,
    Keep,
}

/// The last day on which a line counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Until {
    Day(Day),
    /// What stands there is no date. The line does not count: a typing error must not make it last for ever.
    Malformed(String),
}

impl Verb {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::ExcludeAnyway => "exclude-anyway",
            Self::Keep => "keep",
        }
    }
}

const FIELDS: &str = "a decision is five fields with tabs between: verdict, kind, pipe, image, why; behind these may stand \
                      `by NAME`, `on DATE`, `until DATE` and `any user`";

impl Line {
    pub(super) fn parse(number: usize, fields: &[&str]) -> Result<Self, String> {
        let (Some(five), Some(more)) = (fields.get(..5), fields.get(5..)) else {
            return Err(format!("{FIELDS}; here are {}", fields.len()));
        };
        let [verb, kind, pipe, image, why] = five else {
            return Err(FIELDS.to_owned());
        };
        let mut line = Self {
            number,
            verb: match *verb {
                "exclude" => Verb::Exclude,
                "exclude-anyway" => Verb::ExcludeAnyway,
                "keep" => Verb::Keep,
                other => {
                    return Err(format!(
                        "`{other}` is no verdict: write exclude, keep or exclude-anyway"
                    ));
                }
            },
            kind: lines::kind(kind)?,
            subject: about(pipe, image)?,
            why: (*why).to_owned(),
            by: None,
            on: None,
            until: None,
            any_user: false,
        };
        for field in more {
            line.set(field)?;
        }
        line.check()?;
        Ok(line)
    }

    fn set(&mut self, field: &str) -> Result<(), String> {
        let (word, value) = field.split_once(' ').unwrap_or((field, ""));
        let value = value.trim();
        match word {
            "by" if !value.is_empty() => self.by = Some(value.to_owned()),
            "on" => {
                let day = Day::parse(value);
                self.on = Some(day.ok_or_else(|| format!("`{field}`: write the day as in `on 2026-12-01`"))?);
            }
            "until" => {
                let day = Day::parse(value);
                self.until = Some(day.map_or_else(|| Until::Malformed(value.to_owned()), Until::Day));
            }
            "any" if value == "user" => self.any_user = true,
            _ => {
                return Err(format!(
                    "`{field}` is not understood; behind the reason may stand `by NAME`, `on DATE`, `until DATE` and `any user`"
                ));
            }
        }
        Ok(())
    }

    /// What must hold between the fields.
    fn check(&self) -> Result<(), String> {
        if self.any_user && self.verb == Verb::Keep {
            return Err("`any user` opens a rule, and `keep` has none: leave it out".to_owned());
        }
        let About::Class(class) = &self.subject else {
            return Ok(());
        };
        if self.verb == Verb::ExcludeAnyway {
            return Err(
                "a class takes `exclude` or `keep`: what a guard keeps is overruled one candidate at a time".to_owned(),
            );
        }
        if self.verb == Verb::Exclude && self.on.is_none() {
            return Err(
                "an exclusion of a class needs its day, so that programs which come later are asked about: add a tab \
                        and `on DATE`, the last day of the logs that it was decided by"
                    .to_owned(),
            );
        }
        if self.verb == Verb::Exclude {
            class.check()
        } else {
            Ok(())
        }
    }

    /// Whether it does not count any more on this day.
    pub(super) fn is_expired(&self, today: Option<Day>) -> bool {
        match (&self.until, today) {
            (None, _) => false,
            (Some(Until::Malformed(_)), _) => true,
            (Some(Until::Day(last)), Some(today)) => today > *last,
            (Some(Until::Day(_)), None) => false,
        }
    }

    /// The line as people know it.
    pub(super) fn title(&self) -> String {
        match &self.subject {
            About::One(pipe, image) => format!("line {}: {} {pipe} with {image}", self.number, self.verb.word()),
            About::Class(class) => format!("line {}: {} {class}", self.number, self.verb.word()),
        }
    }
}

fn about(pipe: &str, image: &str) -> Result<About, String> {
    if pipe.starts_with('@') || image.starts_with('@') {
        return Class::parse(pipe, image).map(About::Class);
    }
    Ok(About::One(PipeName::parse(pipe), ImageName::parse(image)))
}
