//! Reads what people have decided from a small text file that is kept beside the config in version control, and applies it.
//!
//! ```text
//! # verdict       kind       pipe                      image                       why
//! exclude         connected  \VBoxTrayIPC-<*>          C:\Windows\…\VBoxTray.exe   our virtual desktops
//! keep            any        \ContosoAgent\ipc-0       C:\…\agentsvc.exe           ask the vendor first
//! exclude-anyway  created    \build-<n>                D:\Build\build.exe          only administrators write to D:
//! exclude         any        @reason:doubtful          @product:Google Chrome      only browsers   on 2026-12-01
//! ```
//!
//! Fields are set apart by tabs, as many as look well. Pipe and image are written as `draft --explain` shows them. A
//! decision overrides `review`; what a guard keeps, only `exclude-anyway` excludes. A line on one candidate outranks one for
//! a class, and of two of a rank `keep` outranks `exclude`, in whatever order they stand.
//!
//! - `line` reads a line; `identity` says which candidate it means, `class` which of them;
//! - `subject` says what of a candidate a person has to judge;
//! - `parts` parts a family of which some names were decided and others were not;
//! - `note` tells what has no effect, and what a class covers.

mod class;
mod identity;
mod line;
mod note;
mod parts;
pub mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::candidate::{Candidate, Reason, ReasonCode, Verdict};
use crate::event::Millis;
use crate::knowledge::Knowledge;
use crate::lines::{self, LineError};
use crate::normalize::day::Day;
pub use class::{WORDS as CLASS_WORDS, fields as class_fields};
pub use identity::{program, written};
use line::{About, Line, Verb};
pub use note::{Note, NoteKind};
pub(super) use parts::part;
use subject::Subject;

/// All decisions of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    lines: Vec<Line>,
    /// The day on which they are read; `None` where no date is looked at.
    today: Option<Day>,
}

/// All lines that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DecisionsError(pub Vec<LineError>);

impl fmt::Display for DecisionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { "; " };
            write!(f, "{gap}{error}")?;
        }
        Ok(())
    }
}

/// What became of the lines when they were applied.
#[derive(Debug, Clone, Default)]
pub(super) struct Applied {
    /// For each line the candidates that it fits.
    fitting: Vec<BTreeSet<usize>>,
    /// Lines on one candidate that say both: of `exclude` and of `keep`.
    conflicts: BTreeSet<(usize, usize)>,
    /// For each line of a class, the candidates that it would cover but for a program that was first seen after its day.
    too_new: BTreeMap<usize, BTreeSet<usize>>,
}

impl Decisions {
    /// Reads a file of decisions.
    ///
    /// # Errors
    ///
    /// All lines that cannot be read.
    pub fn parse(text: &str) -> Result<Self, DecisionsError> {
        let (lines, errors) = lines::read_each(text, Line::parse);
        if errors.is_empty() {
            Ok(Self { lines, today: None })
        } else {
            Err(DecisionsError(errors))
        }
    }

    /// The same, as they count on a day: without those that were to last until an earlier one.
    #[must_use]
    pub fn on(self, today: Day) -> Self {
        Self {
            today: Some(today),
            ..self
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether a line on one candidate is about this one.
    #[must_use]
    pub fn fit(&self, candidate: &Candidate) -> bool {
        self.lines.iter().any(|line| line.is_of(candidate))
    }

    /// Applies them.
    pub(super) fn apply(&self, candidates: &mut [Candidate], knowledge: &Knowledge) -> Applied {
        let first_seen = first_seen(candidates);
        let mut applied = Applied {
            fitting: vec![BTreeSet::new(); self.lines.len()],
            ..Applied::default()
        };
        for (index, candidate) in candidates.iter_mut().enumerate() {
            let mut single: Vec<&Line> = Vec::new();
            let mut class: Vec<&Line> = Vec::new();
            let subject = (candidate.verdict == Verdict::Review).then(|| Subject::of(candidate, knowledge));
            for (at, line) in self.lines.iter().enumerate() {
                if line.is_expired(self.today) {
                    continue;
                }
                let fits = match (&line.subject, &subject) {
                    (About::One(..), _) => line.is_of(candidate),
                    (About::Class(of), Some(subject)) => {
                        let is_of = line.is_of_kind(candidate) && of.is_of(&candidate.family, subject);
                        let is_old = line.verb == Verb::Keep || is_seen_by(line.on, candidate, &first_seen);
                        if is_of && !is_old {
                            applied.too_new.entry(at).or_default().insert(index);
                        }
                        is_of && is_old
                    }
                    (About::Class(_), None) => false,
                };
                if fits {
                    applied.fitting[at].insert(index);
                    match line.subject {
                        About::One(..) => single.push(line),
                        About::Class(_) => class.push(line),
                    }
                }
            }
            let kept = single.iter().find(|line| line.verb == Verb::Keep);
            let excluded = single.iter().rfind(|line| line.verb != Verb::Keep);
            if let (Some(kept), Some(excluded)) = (kept, excluded) {
                applied.conflicts.insert((excluded.number, kept.number));
            }
            let rank = if single.is_empty() { &class } else { &single };
            let Some(verb) = rank.iter().map(|line| line.verb).max() else {
                continue;
            };
            let mut saying = rank.iter().filter(|line| line.verb == verb);
            if verb != Verb::Keep && saying.clone().any(|line| line.any_user) {
                open_users(candidate);
            }
            if let Some(line) = saying.next() {
                line.decide(candidate);
            }
        }
        applied
    }
}

/// Makes a candidate one of any user's profile.
fn open_users(candidate: &mut Candidate) {
    let image = candidate.family.images.first();
    if let Some(shape) = image.and_then(|image| identity::of_any_user(image)) {
        candidate.family.image = shape;
        candidate.opens_users = true;
    }
}

/// When each program was first seen, whatever it did.
fn first_seen(candidates: &[Candidate]) -> BTreeMap<String, Millis> {
    let mut first_seen: BTreeMap<String, Millis> = BTreeMap::new();
    for candidate in candidates {
        let Some(first) = candidate.family.evidence.first_seen else {
            continue;
        };
        for image in &candidate.family.images {
            let seen = first_seen.entry(program(image)).or_insert(first);
            *seen = (*seen).min(first);
        }
    }
    first_seen
}

/// Whether all programs of a candidate had been seen by the end of a day.
fn is_seen_by(day: Option<Day>, candidate: &Candidate, first_seen: &BTreeMap<String, Millis>) -> bool {
    candidate.family.images.iter().all(|image| {
        let first = first_seen.get(&program(image));
        first.is_some_and(|first| day.is_some_and(|day| Day::split(*first).0 <= day))
    })
}

impl Line {
    fn is_of_kind(&self, candidate: &Candidate) -> bool {
        self.kind.is_none_or(|kind| kind == candidate.family.kind)
    }

    /// Whether it is on this one candidate.
    fn is_of(&self, candidate: &Candidate) -> bool {
        let About::One(pipe, image) = &self.subject else {
            return false;
        };
        !(candidate.is_left_over && pipe.is_open())
            && self.is_of_kind(candidate)
            && image.is_of(&candidate.family)
            && pipe.is_of(&candidate.family)
    }

    fn decide(&self, candidate: &mut Candidate) {
        let verdict = match (self.verb, candidate.verdict) {
            (Verb::Keep, _) => Verdict::Keep,
            (Verb::ExcludeAnyway, _) | (Verb::Exclude, Verdict::Exclude | Verdict::Review) => Verdict::Exclude,
            (Verb::Exclude, Verdict::Keep) => {
                let text = format!(
                    "It was decided to exclude it ({}), but a guard keeps it: only exclude-anyway says that this is meant.",
                    self.why
                );
                candidate.reasons.push(Reason {
                    code: ReasonCode::Decision,
                    verdict: Verdict::Keep,
                    text,
                });
                return;
            }
        };
        candidate.verdict = verdict;
        let by = self.by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
        let text = format!("Decided: {}{by}.", self.why.trim_end_matches('.'));
        candidate.reasons.insert(
            0,
            Reason {
                code: ReasonCode::Decision,
                verdict,
                text,
            },
        );
    }
}

#[cfg(test)]
mod tests;
