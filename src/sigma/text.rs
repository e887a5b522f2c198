//! Shapes that a field must have all at once in, texts that have them out.
//!
//! This is how two filters are held against each other: where a text is found that both take, both take it. Not finding one
//! is no proof that there is none, since the fill between fixed parts is a guess; what a pipe name or a path usually has
//! there is tried.

use super::glob::{Glob, Part};

/// How texts of a field look where nothing says so.
#[derive(Debug)]
pub(super) struct Manner {
    /// Where nothing is asked of the field.
    free: &'static [&'static str],
    /// Before a part that may stand anywhere.
    before: &'static [&'static str],
    /// Between two that may stand apart.
    between: &'static [&'static str],
    /// Behind one.
    behind: &'static [&'static str],
    /// Whether people would believe it.
    is_usual: fn(&str) -> bool,
}

/// Pipe names.
pub(super) const NAME: Manner = Manner {
    free: &[r"\7f3a9c", r"\wkssvc", r"\lsass", r"\svcctl", "<Anonymous Pipe>"],
    before: &["", r"\", r"\7f3a"],
    between: &["7f3a", ""],
    behind: &["", "7f3a"],
    is_usual: |text| text.starts_with('\\') || text == "<Anonymous Pipe>",
};

/// Paths of programs: first one that an attacker brought, then programs that he likes.
pub(super) const IMAGE: Manner = Manner {
    free: &[
        r"C:\Users\Public\payload.exe",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\System32\rundll32.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        "System",
    ],
    before: &["", "C", r"C:\Users\Public", "C:", r"C:\Users\Public\"],
    between: &["", "7f3a"],
    behind: &["", "payload.exe", r"\payload.exe", ".exe"],
    is_usual: |text| {
        let is_program = text.to_ascii_lowercase().ends_with(".exe");
        text == "System" || is_program && text.find(':') == Some(1) && text.rfind(":\\") == Some(1)
    },
};

/// Accounts.
pub(super) const USER: Manner = Manner {
    free: &[""],
    before: &["", r"CORP\"],
    between: &[""],
    behind: &["", "alice"],
    is_usual: |text| text.contains('\\'),
};

/// So many texts are made up for one question. Those that stand whole in a filter are all given.
const MADE_UP: usize = 32;
/// So many ways to meet several shapes are tried.
const TRIED: usize = 4096;
/// So many of these begin alike: filters that spare one may take another.
const ALIKE: usize = 2;

/// Texts that have one shape of each list, usual ones first.
pub(super) fn texts(shapes: &[&[Glob]], manner: &Manner) -> Vec<String> {
    if shapes.is_empty() {
        return manner.free.iter().map(|text| (*text).to_owned()).collect();
    }
    let mut ways: Vec<Vec<&Glob>> = vec![Vec::new()];
    for list in shapes {
        let longer = ways.iter().flat_map(|way| {
            list.iter().map(move |glob| {
                let mut way = way.clone();
                way.push(glob);
                way
            })
        });
        ways = longer.take(TRIED).collect();
    }
    let mut found: Vec<String> = Vec::new();
    for way in ways {
        meet(&way, manner, &mut found);
    }
    found.sort_by_key(|text| !(manner.is_usual)(text));
    found
}

/// Adds texts that have all of these shapes.
fn meet(shapes: &[&Glob], manner: &Manner, found: &mut Vec<String>) {
    let fits = |text: &str| shapes.iter().all(|glob| glob.matches(text));
    if let Some(only) = shapes.iter().find_map(|glob| glob.only()) {
        if fits(only) && !found.iter().any(|text| text == only) {
            found.push(only.to_owned());
        }
        return;
    }
    let Some(fixed) = Fixed::of(shapes).filter(|_| found.len() < MADE_UP) else {
        return;
    };
    let given = |text: &Option<String>, else_: &[&str]| match text {
        Some(text) => vec![text.clone()],
        None => else_.iter().map(|text| (*text).to_owned()).collect(),
    };
    for begin in given(&fixed.begin, manner.before) {
        let mut usual = 0;
        for end in given(&fixed.end, manner.behind) {
            for between in manner.between {
                let text = fixed.text(&begin, &end, between);
                if usual < ALIKE && fits(&text) && !found.contains(&text) {
                    usual += usize::from((manner.is_usual)(&text));
                    found.push(text);
                }
            }
        }
    }
}

/// What several shapes have in fixed places.
struct Fixed {
    begin: Option<String>,
    middle: Vec<String>,
    end: Option<String>,
}

impl Fixed {
    /// `None` where two of them cannot both be.
    fn of(shapes: &[&Glob]) -> Option<Self> {
        let mut fixed = Self {
            begin: None,
            middle: Vec::new(),
            end: None,
        };
        let mut middle: Vec<String> = Vec::new();
        for glob in shapes {
            let mut pieces = pieces(glob);
            let last = pieces.pop().unwrap_or_default();
            let first = if pieces.is_empty() {
                None
            } else {
                Some(pieces.remove(0))
            };
            middle.extend(pieces);
            if let Some(first) = first.filter(|first| !first.is_empty()) {
                widen(&mut fixed.begin, first, starts_with)?;
            }
            if !last.is_empty() {
                widen(&mut fixed.end, last, ends_with)?;
            }
        }
        for (index, part) in middle.iter().enumerate() {
            let holds = |other: &String| contains(other, part);
            let in_end = fixed.begin.iter().chain(&fixed.end).any(holds);
            let in_other = middle
                .iter()
                .enumerate()
                .any(|(at, other)| holds(other) && (other.len() > part.len() || at < index));
            if !part.is_empty() && !in_end && !in_other {
                fixed.middle.push(part.clone());
            }
        }
        Some(fixed)
    }

    /// All of it between `begin` and `end`. Where these are made up, nothing more need be between.
    fn text(&self, begin: &str, end: &str, between: &str) -> String {
        let mut gap = if self.begin.is_some() { between } else { "" };
        let mut text = begin.to_owned();
        for part in &self.middle {
            text = join(&text, part, gap);
            gap = between;
        }
        if self.end.is_none() {
            gap = "";
        }
        join(&text, end, gap)
    }
}

/// Keeps the longer of two texts of which one must hold the other.
fn widen(kept: &mut Option<String>, new: String, holds: impl Fn(&str, &str) -> bool) -> Option<()> {
    match kept {
        Some(old) if holds(old, &new) => {}
        Some(old) if !holds(&new, old) => return None,
        _ => *kept = Some(new),
    }
    Some(())
}

/// What stands between the `*` of a shape; one character for a `?`.
fn pieces(glob: &Glob) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for part in glob.parts() {
        match (part, pieces.last_mut()) {
            (Part::Text(text), Some(last)) => last.push_str(text),
            (Part::One, Some(last)) => last.push('7'),
            _ => pieces.push(String::new()),
        }
    }
    pieces
}

/// Both texts with `between`; without it, a backslash that both have is there once.
fn join(left: &str, right: &str, between: &str) -> String {
    match right.strip_prefix('\\') {
        Some(rest) if between.is_empty() && left.ends_with('\\') => format!("{left}{rest}"),
        _ => format!("{left}{between}{right}"),
    }
}

fn starts_with(text: &str, part: &str) -> bool {
    text.to_lowercase().starts_with(&part.to_lowercase())
}

fn ends_with(text: &str, part: &str) -> bool {
    text.to_lowercase().ends_with(&part.to_lowercase())
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(shapes: &[&str], manner: &Manner) -> Vec<String> {
        let lists: Vec<Vec<Glob>> = shapes.iter().map(|text| vec![Glob::parse(text)]).collect();
        let lists: Vec<&[Glob]> = lists.iter().map(Vec::as_slice).collect();
        texts(&lists, manner)
    }

    #[test]
    fn a_text_has_all_shapes_and_looks_like_one_of_its_field() {
        for (shapes, manner, text) in [
            (vec![r"\MSSE-*", "*-server*"], NAME, r"\MSSE-7f3a-server"),
            (vec!["*thisispipe*"], NAME, r"\thisispipe"),
            (vec![r"\mojo.*", r"\mojo.5688.*", "*88"], NAME, r"\mojo.5688.7f3a88"),
            (vec![r"\a?c*"], NAME, r"\a7c"),
            (vec![r"*\scrcons.exe"], IMAGE, r"C:\Users\Public\scrcons.exe"),
            (vec![r"*:\Windows\Temp\\*"], IMAGE, r"C:\Windows\Temp\payload.exe"),
            (
                vec![
                    r"C:\Program Files\\*",
                    r"*\Microsoft SQL Server\\*",
                    r"*\Binn\SQLPS.exe",
                ],
                IMAGE,
                r"C:\Program Files\Microsoft SQL Server\Binn\SQLPS.exe",
            ),
        ] {
            assert_eq!(
                met(&shapes, &manner).first().map(String::as_str),
                Some(text),
                "{shapes:?}"
            );
        }
    }

    #[test]
    fn shapes_that_exclude_each_other_have_none() {
        for shapes in [[r"\a*", r"\b*"], [r"\a", r"\b*"], [r"*x", r"*y"]] {
            assert!(met(&shapes, &NAME).is_empty(), "{shapes:?}");
        }
    }
}
