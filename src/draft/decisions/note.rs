//! Decisions and what became of their candidates in, what has no effect out, and what a class covers.

use std::collections::BTreeSet;

use super::line::{About, Line, Until, Verb};
use super::{Applied, Decisions, program};
use crate::draft::candidate::{Candidate, Reason, ReasonCode, Verdict};
use crate::normalize::day::Day;
use crate::output::counted;

/// What is said of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line's number.
    pub line: usize,
    /// What it is about.
    pub kind: NoteKind,
    /// In a sentence that begins with the line.
    pub text: String,
}

/// What is said of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// It has a wildcard, which says nothing: nothing may be written until that is mended.
    Refused,
    /// It fits no candidate.
    Unused,
    /// It was to last until a day that is past.
    Expired,
    /// What it excludes is logged all the same.
    Ineffective,
    /// Another line says the contrary.
    Conflict,
    /// What a class covers.
    Class,
}

impl NoteKind {
    /// Whether a person should mend the file.
    #[must_use]
    pub fn is_fault(self) -> bool {
        matches!(self, Self::Refused | Self::Unused | Self::Expired | Self::Ineffective)
    }
}

/// So many candidates stand for all.
const NEAREST: usize = 3;

impl Decisions {
    /// What is to be said of the lines, now that all rules were written and verified.
    pub(in crate::draft) fn notes(&self, applied: &Applied, candidates: &[Candidate]) -> Vec<Note> {
        let mut notes = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let none = BTreeSet::new();
            let fitting = applied.fitting.get(at).unwrap_or(&none);
            let of = |text| format!("{}: {text}", line.title());
            let mut note = |kind, text| {
                notes.push(Note {
                    line: line.number,
                    kind,
                    text: of(text),
                });
            };
            if line.is_expired(self.today) {
                note(NoteKind::Expired, expired(line));
                continue;
            }
            if fitting.is_empty() {
                let too_new = applied.too_new.get(&at).unwrap_or(&none);
                if line.has_wildcard() {
                    note(
                        NoteKind::Refused,
                        format!(
                            "`*` and `?` stand for nothing here: name each candidate{}",
                            nearest(line, candidates)
                        ),
                    );
                } else if too_new.is_empty() {
                    note(
                        NoteKind::Unused,
                        format!("it fits no candidate{}", nearest(line, candidates)),
                    );
                } else {
                    note(
                        NoteKind::Unused,
                        format!(
                            "it covers nothing: the programs of {} were first seen after its day ({})",
                            counted(too_new.len() as u64, "candidate"),
                            titles(too_new, candidates)
                        ),
                    );
                }
                continue;
            }
            if line.verb != Verb::Keep
                && let Some(text) = ineffective(fitting, candidates)
            {
                note(NoteKind::Ineffective, text);
            }
            if let (About::Class(_), Some(day)) = (&line.subject, line.on) {
                note(
                    NoteKind::Class,
                    covers(fitting, applied.too_new.get(&at).unwrap_or(&none), day, candidates),
                );
            }
        }
        for (excluded, kept) in &applied.conflicts {
            let changed = if excluded > kept {
                "; in version 0.1.0 the later line counted"
            } else {
                ""
            };
            notes.push(Note {
                line: *excluded,
                kind: NoteKind::Conflict,
                text: format!("line {excluded} excludes what line {kept} keeps: keep counts{changed}"),
            });
        }
        notes.sort_by_key(|note| (note.line, note.kind));
        notes
    }
}

fn expired(line: &Line) -> String {
    match &line.until {
        Some(Until::Malformed(text)) => {
            format!("`until {text}` is no date, so the line counts as expired; write it as in `until 2027-06-30`")
        }
        Some(Until::Day(day)) => format!("it was to last until {day}, and no longer counts"),
        None => String::new(),
    }
}

/// Why nothing of what a line excludes is dropped; `None` where something is.
fn ineffective(fitting: &BTreeSet<usize>, candidates: &[Candidate]) -> Option<String> {
    let of = || fitting.iter().filter_map(|index| candidates.get(*index));
    // A keep that outranks it is told as a conflict.
    let is_kept_by_decision = |candidate: &Candidate| {
        let first = candidate.reasons.first();
        first.is_some_and(|reason| reason.code == ReasonCode::Decision && reason.verdict == Verdict::Keep)
    };
    if of().any(|candidate| candidate.verdict == Verdict::Exclude || is_kept_by_decision(candidate)) {
        return None;
    }
    let first = of().next()?;
    let is_other = |reason: &&Reason| reason.code != ReasonCode::Decision && reason.verdict == first.verdict;
    let reason = first.reasons.iter().find(is_other);
    let why = reason.map_or("", |reason| reason.text.as_str());
    Some(format!("{} stays logged: {why}", first.title()))
}

fn covers(fitting: &BTreeSet<usize>, too_new: &BTreeSet<usize>, day: Day, candidates: &[Candidate]) -> String {
    let is_new = |index: &usize| {
        let candidate = candidates.get(*index);
        let first = candidate.and_then(|candidate| candidate.family.evidence.first_seen);
        first.is_some_and(|first| Day::split(first).0 > day)
    };
    let new: BTreeSet<usize> = fitting.iter().copied().filter(is_new).collect();
    let mut text = format!("it covers {}", counted(fitting.len() as u64, "candidate"));
    if !new.is_empty() {
        text += &format!(
            ", of which it did not cover {} on its day ({})",
            counted(new.len() as u64, "candidate"),
            titles(&new, candidates)
        );
    }
    if !too_new.is_empty() {
        text += &format!(
            "; it does not cover {} of programs that were first seen later ({})",
            counted(too_new.len() as u64, "candidate"),
            titles(too_new, candidates)
        );
    }
    text
}

fn titles(indices: &BTreeSet<usize>, candidates: &[Candidate]) -> String {
    let some = indices.iter().filter_map(|index| candidates.get(*index)).take(NEAREST);
    let mut text = some.map(Candidate::title).collect::<Vec<_>>().join(", ");
    if indices.len() > NEAREST {
        text.push_str(", …");
    }
    text
}

/// The candidates that a person may have meant: of the same program, or file, with the same pipe first.
fn nearest(line: &Line, candidates: &[Candidate]) -> String {
    let About::One(pipe, image) = &line.subject else {
        return String::new();
    };
    let (pipe, image) = (pipe.to_string(), image.to_string());
    let file = |path: &str| path.rsplit('\\').next().unwrap_or_default().to_ascii_lowercase();
    let distance = |candidate: &Candidate| {
        let family = &candidate.family;
        let same_pipe = family.name.to_string().eq_ignore_ascii_case(&pipe);
        let of_images = |is: &dyn Fn(&String) -> bool| family.images.iter().any(is);
        let same_program = of_images(&|other| program(other) == program(&image));
        let same_file = of_images(&|other| file(other) == file(&image));
        match (same_program, same_file, same_pipe) {
            (true, _, true) => Some(0),
            (_, true, true) => Some(1),
            (true, _, _) => Some(2),
            (_, true, _) => Some(3),
            (_, _, true) => Some(4),
            _ => None,
        }
    };
    let mut near: Vec<(usize, &Candidate)> = candidates
        .iter()
        .filter_map(|candidate| Some((distance(candidate)?, candidate)))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    if near.is_empty() {
        return String::new();
    }
    let near: Vec<String> = near
        .iter()
        .take(NEAREST)
        .map(|(_, candidate)| candidate.title())
        .collect();
    format!("; the nearest: {}", near.join(", "))
}

impl Line {
    /// Whether a pipe or image holds what other programs' patterns are made of.
    fn has_wildcard(&self) -> bool {
        let About::One(pipe, image) = &self.subject else {
            return false;
        };
        let image = image.to_string();
        let image = image
            .strip_prefix(r"\\?\")
            .or_else(|| image.strip_prefix(r"\??\"))
            .unwrap_or(&image);
        [pipe.to_string().replace("<*>", "").as_str(), image]
            .iter()
            .any(|text| text.contains(['*', '?']))
    }
}
