//! Groups the candidates that a draft leaves to a person into questions that can be answered as one.
//!
//! A question holds what has one [`Subject`]: one set of doubts, the programs of one product or role, one kind of names.
//! What is created and what is opened is one question. A candidate whose exclusion hides what attackers are known to do is
//! a question by itself, and comes last: see [`Question::hides`].

pub mod lines;
pub mod report;
pub mod session;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::Baseline;
use crate::draft::candidate::{Candidate, Verdict};
use crate::draft::candidate_trial::{Hidden, try_candidates};
use crate::draft::decisions::subject::Subject;
use crate::draft::{Draft, Options};
use crate::knowledge::Knowledge;

/// What a person is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// What it is about.
    pub subject: Subject,
    /// The candidates, by their place in the draft; those with most events first.
    pub candidates: Vec<usize>,
    /// Their events.
    pub events: u64,
    /// The hosts that they were seen on.
    pub hosts: usize,
    /// Their programs, those with most events first, as the draft shows them.
    pub programs: Vec<String>,
    /// How many examples of what attackers do an exclusion would hide.
    pub hidden: usize,
    /// The first of these.
    pub hides: Vec<Hidden>,
}

/// All questions of a draft, in the order in which they are asked: those with most events first, and behind them, one
/// candidate each, those whose exclusion hides an example of what attackers do.
#[must_use]
pub fn questions(draft: &Draft, baseline: &Baseline, knowledge: &Knowledge, options: &Options) -> Vec<Question> {
    let left: BTreeSet<usize> = indices(&draft.candidates);
    if left.is_empty() {
        return Vec::new();
    }
    let trials = try_candidates(&draft.candidates, baseline, knowledge, options);
    let mut groups: BTreeMap<(Subject, Option<usize>), Vec<usize>> = BTreeMap::new();
    for index in left {
        let (Some(candidate), Some(trial)) = (draft.candidates.get(index), trials.get(index)) else {
            continue;
        };
        // What hides an example is asked by itself.
        let by_itself = (trial.hidden > 0).then_some(index);
        groups
            .entry((Subject::of(candidate, knowledge), by_itself))
            .or_default()
            .push(index);
    }
    let mut questions: Vec<Question> = groups
        .into_iter()
        .map(|((subject, by_itself), members)| {
            let trial = by_itself.and_then(|index| trials.get(index));
            Question {
                hidden: trial.map_or(0, |trial| trial.hidden),
                hides: trial.map(|trial| trial.hides.clone()).unwrap_or_default(),
                ..Question::of(subject, members, &draft.candidates)
            }
        })
        .collect();
    sort(&mut questions);
    questions
}

fn indices(candidates: &[Candidate]) -> BTreeSet<usize> {
    let all = candidates.iter().enumerate();
    // What a decision leaves of a family is covered by it as soon as it is seen widely.
    all.filter(|(_, candidate)| candidate.verdict == Verdict::Review && !candidate.is_left_over)
        .map(|(index, _)| index)
        .collect()
}

fn sort(questions: &mut [Question]) {
    questions.sort_by(|a, b| {
        let key = |question: &Question| (question.hidden > 0, std::cmp::Reverse(question.events));
        key(a)
            .cmp(&key(b))
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| a.candidates.cmp(&b.candidates))
    });
}

impl Question {
    fn of(subject: Subject, mut members: Vec<usize>, candidates: &[Candidate]) -> Self {
        let events = |index: &usize| {
            candidates
                .get(*index)
                .map_or(0, |candidate| candidate.family.evidence.events())
        };
        members.sort_by_key(|index| (std::cmp::Reverse(events(index)), *index));
        let of_members = || members.iter().filter_map(|index| candidates.get(*index));
        let hosts: BTreeSet<_> = of_members()
            .flat_map(|candidate| candidate.family.evidence.hosts())
            .collect();
        let mut programs: BTreeMap<String, u64> = BTreeMap::new();
        for candidate in of_members() {
            *programs.entry(candidate.family.image.to_string()).or_default() += candidate.family.evidence.events();
        }
        let mut programs: Vec<(String, u64)> = programs.into_iter().collect();
        programs.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Self {
            subject,
            events: members.iter().map(events).sum(),
            hosts: hosts.len(),
            programs: programs.into_iter().map(|(program, _)| program).collect(),
            hidden: 0,
            hides: Vec::new(),
            candidates: members,
        }
    }

    /// The question in parts: one for each program, or for each candidate where there is one program. None where there is
    /// nothing to split.
    #[must_use]
    pub fn split(&self, candidates: &[Candidate]) -> Vec<Self> {
        if self.candidates.len() < 2 {
            return Vec::new();
        }
        let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in &self.candidates {
            let Some(candidate) = candidates.get(*index) else {
                continue;
            };
            let part = if self.programs.len() > 1 {
                candidate.family.image.to_string()
            } else {
                index.to_string()
            };
            parts.entry(part).or_default().push(*index);
        }
        let part = |members| Self::of(self.subject.clone(), members, candidates);
        let mut parts: Vec<Self> = parts.into_values().map(part).collect();
        sort(&mut parts);
        parts
    }

    /// Whether an exclusion hides an example of what attackers do.
    #[must_use]
    pub fn hides(&self) -> bool {
        self.hidden > 0
    }
}

#[cfg(test)]
mod tests;
