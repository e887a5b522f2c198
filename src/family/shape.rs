//! What the names, or the images, of one family have in common, as Sysmon's conditions can say it.

use std::fmt;

use crate::template::{Part, Template};

/// One text, or all that begin, go on and end in the same way. Compared without ASCII case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Shape {
    /// This text.
    Exact(String),
    /// Texts with these parts in common.
    Affixes {
        /// How all begin.
        begin: String,
        /// What all contain somewhere behind the beginning, in this order.
        middle: Vec<String>,
        /// How all end; may be empty.
        end: String,
        /// For people: `\mojo.<pid>.<n>.<n>`.
        shown: String,
    },
}

/// A literal between two variables that is shorter than this (a dot, say) is not worth a condition.
const TELLING_MIDDLE: usize = 3;

impl Shape {
    /// The shape of all names of a template that has a variable.
    #[must_use]
    pub fn of_template(template: &Template) -> Self {
        let parts = template.parts();
        let text = |part: Option<&Part>| match part {
            Some(Part::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let begin = text(parts.first());
        let end = if parts.len() > 1 {
            text(parts.last())
        } else {
            String::new()
        };
        let inner = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
        let middle = inner.iter().filter_map(|part| match part {
            Part::Text(text) if letters(text) >= TELLING_MIDDLE => Some(text.clone()),
            _ => None,
        });
        Self::Affixes {
            begin,
            middle: middle.collect(),
            end,
            shown: template.to_string(),
        }
    }

    /// Whether `text` has this shape.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => exact.eq_ignore_ascii_case(text),
            Self::Affixes { begin, middle, end, .. } => {
                let folded = text.to_ascii_lowercase();
                folded.starts_with(&begin.to_ascii_lowercase())
                    && folded.ends_with(&end.to_ascii_lowercase())
                    && middle.iter().all(|part| folded.contains(&part.to_ascii_lowercase()))
            }
        }
    }

    /// A text of the shape, with `filling` in place of each part that varies.
    #[must_use]
    pub fn filled_with(&self, filling: &str) -> String {
        match self {
            Self::Exact(text) => text.clone(),
            Self::Affixes { begin, middle, end, .. } => {
                let literals = std::iter::once(begin).chain(middle).chain([end]);
                literals.map(String::as_str).collect::<Vec<_>>().join(filling)
            }
        }
    }

    /// The text, if it stands for one only.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Exact(text) => Some(text),
            Self::Affixes { .. } => None,
        }
    }

    /// Whether it stands for one text only.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self, Self::Exact(_))
    }

    /// How many letters and digits hold the shape together.
    #[must_use]
    pub fn literal_letters(&self) -> usize {
        match self {
            Self::Exact(text) => letters(text),
            Self::Affixes { begin, middle, end, .. } => {
                letters(begin) + letters(end) + middle.iter().map(|part| letters(part)).sum::<usize>()
            }
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) => f.write_str(text),
            Self::Affixes { shown, .. } => f.write_str(shown),
        }
    }
}

/// How many letters and digits `text` has.
pub(super) fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(name: &str, pid: u32) -> Shape {
        Shape::of_template(&Template::of(name, Some(pid)))
    }

    #[test]
    fn a_template_becomes_what_its_names_have_in_common() {
        let pshost = shape(r"\PSHost.132362371046452983.4204.DefaultAppDomain.powershell", 4204);
        assert!(pshost.matches(r"\pshost.1.2.DEFAULTAPPDOMAIN.powershell"));
        assert!(!pshost.matches(r"\PSHost.1.2.DefaultAppDomain.notepad"));
        assert!(!pshost.matches(r"\x\PSHost.1.2.DefaultAppDomain.powershell"));
        let Shape::Affixes {
            begin,
            middle,
            end,
            shown,
        } = shape(r"\clr-debug-pipe-4204-17-continue-1-in", 4204)
        else {
            panic!("it varies")
        };
        assert_eq!((begin.as_str(), end.as_str()), (r"\clr-debug-pipe-", "-in"));
        assert_eq!(middle, ["-continue-"]);
        assert_eq!(shown, r"\clr-debug-pipe-<pid>-<n>-continue-<n>-in");
    }
}
