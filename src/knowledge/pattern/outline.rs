//! A pattern in, what a comparison by beginning, parts and end can say of it out.

use super::{Part, Pattern};

/// What all texts of a shape have in common. Classes of characters and their counts are lost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// How they begin; all of the text where there is only one.
    pub begin: String,
    /// What they hold behind that, in this order.
    pub middle: Vec<String>,
    /// How they end.
    pub end: String,
    /// Whether there is only one.
    pub is_exact: bool,
    /// Whether they hold at least one character more than what is said here.
    pub is_longer: bool,
}

/// A pattern with more alternatives than this is not taken apart.
const ALTERNATIVES: usize = 64;

impl Pattern {
    /// The outlines of a pattern: one for each of its alternatives.
    #[must_use]
    pub fn outlines(&self) -> Vec<Outline> {
        let mut all: Vec<Vec<Piece<'_>>> = vec![Vec::new()];
        for part in &self.parts {
            let pieces: Vec<Piece<'_>> = match part {
                Part::Literal(text) => vec![Piece::Text(text)],
                Part::Choice(texts) if all.len() * texts.len() <= ALTERNATIVES => {
                    texts.iter().map(|text| Piece::Text(text)).collect()
                }
                Part::Choice(texts) => vec![Piece::Variable(texts.iter().all(|text| !text.is_empty()))],
                Part::Run { least, .. } => vec![Piece::Variable(*least > 0)],
                Part::Guid | Part::Pid { .. } | Part::Stem => vec![Piece::Variable(true)],
            };
            let longer = all.iter().flat_map(|before| {
                pieces.iter().map(move |piece| {
                    let mut pieces = before.clone();
                    pieces.push(*piece);
                    pieces
                })
            });
            all = longer.collect();
        }
        all.iter().map(|pieces| Outline::of(pieces)).collect()
    }
}

#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    /// Whether it has at least one character.
    Variable(bool),
}

impl Outline {
    fn of(pieces: &[Piece<'_>]) -> Self {
        let mut outline = Self {
            is_exact: true,
            ..Self::default()
        };
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Variable(is_longer) => {
                    outline.is_longer |= is_longer;
                    let text = std::mem::take(&mut text);
                    if outline.is_exact {
                        outline.begin = text;
                    } else if !text.is_empty() {
                        outline.middle.push(text);
                    }
                    outline.is_exact = false;
                }
            }
        }
        if outline.is_exact {
            outline.begin = text;
        } else {
            outline.end = text;
        }
        outline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fixed_is_kept_and_alternatives_are_told_apart() {
        let read = |text: &str| {
            let all = Pattern::parse(text).unwrap().outlines().into_iter();
            let show = |outline: Outline| {
                let more = if outline.is_longer { "+" } else { "" };
                let kind = if outline.is_exact { "=" } else { "" };
                format!(
                    "{kind}{}|{}|{}{more}",
                    outline.begin,
                    outline.middle.join(","),
                    outline.end
                )
            };
            all.map(show).collect::<Vec<_>>()
        };
        assert_eq!(read(r"\abc"), [r"=\abc||"]);
        assert_eq!(read(r"\abc<*>"), [r"\abc||"]);
        assert_eq!(read(r"\abc<hex:2-4>"), [r"\abc||+"]);
        assert_eq!(read(r"<*>\MSSE-<*>-server<*>"), [r"|\MSSE-,-server|"]);
        assert_eq!(read(r"<*>\x.exe"), [r"||\x.exe"]);
        assert_eq!(
            read(r"C:\Program Files<| (x86)>\<name>\a.exe"),
            [r"C:\Program Files\||\a.exe+", r"C:\Program Files (x86)\||\a.exe+"]
        );
        assert_eq!(read("<*>"), ["||"]);
    }
}
