//! Questions in, a report of them out: a table for people, JSON for programs.

use std::collections::BTreeMap;

use super::Question;
use super::lines::Answer;
use crate::draft::Draft;
use crate::draft::candidate::{Candidate, Verdict};
use crate::draft::decisions::subject::Subject;
use crate::draft::decisions::{CLASS_WORDS, class_fields};
use crate::output::{Column, Report, SCHEMA, Section, Value, counted, grouped};
use crate::wording::percent_of;

/// How many names of a candidate stand for it, and candidates for a question.
const EXAMPLES: usize = 3;

/// A report of all questions of a draft.
#[must_use]
pub fn report(questions: &[Question], draft: &Draft) -> Report {
    let column = Column::new;
    let hidden = u16::MAX;
    let columns = vec![
        column("id", "ID", hidden),
        column("number", "", 0),
        column("events", "EVENTS", 0),
        column("share", "SHARE", 0),
        column("share_after", "AFTER", 0),
        column("hosts", "HOSTS", 100),
        column("owner", "PROGRAMS OF", 0),
        column("names", "NAMES", 80),
        column("reasons", "LEFT TO YOU FOR", 90),
        column("hides", "HIDES", 0),
        column("text", "", 0),
        column("gain", "", 0),
        column("examples", "", 0),
        column("stays", "", hidden),
        column("programs", "PROGRAMS", hidden),
        column("candidates", "CANDIDATES", hidden),
        column("exclude", "EXCLUDE", hidden),
        column("keep", "KEEP", hidden),
        column("exclude_any_user", "EXCLUDE ANY USER", hidden),
    ];
    let mut after = draft.dropped;
    let rows = questions.iter().enumerate().map(|(index, question)| {
        after += question.events;
        row(index + 1, question, draft, after)
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    let open = questions.iter().filter(|question| !question.hides()).count();
    let left = draft.with(Verdict::Review).count();
    Report {
        headline: headline(questions, draft),
        members: vec![
            ("schema", Value::Count(SCHEMA)),
            (
                "summary",
                Value::Object(vec![
                    ("events", draft.events.into()),
                    ("dropped", draft.dropped.into()),
                    ("share", share(draft.dropped, draft.events)),
                    ("rules", draft.rules.len().into()),
                    ("candidates", left.into()),
                    ("questions", questions.len().into()),
                    ("hiding_nothing", open.into()),
                ]),
            ),
        ],
        sections: vec![Section {
            key: "questions",
            title: String::new(),
            columns,
            rows,
            cut: 0,
        }],
        closing: Vec::new(),
    }
}

/// A report of the classes that are in a draft: what a line of the decisions file may name in place of one candidate.
#[must_use]
pub fn classes(questions: &[Question], draft: &Draft) -> Report {
    let column = Column::new;
    let mut classes: BTreeMap<&Subject, (usize, u64)> = BTreeMap::new();
    for question in questions {
        let of_class = classes.entry(&question.subject).or_default();
        of_class.0 += question.candidates.len();
        of_class.1 += question.events;
    }
    let rows = classes.into_iter().map(|(subject, (candidates, events))| {
        let (pipe, image) = class_fields(subject);
        vec![pipe.into(), image.into(), candidates.into(), events.into()]
    });
    let words = CLASS_WORDS.map(|(word, what)| format!("  {word:10} {what}"));
    let of_draft = Section {
        key: "classes",
        title: String::new(),
        columns: vec![
            column("pipe", "PIPE", 0),
            column("image", "IMAGE", 0),
            column("candidates", "CANDIDATES", 0),
            column("count", "EVENTS", 0),
        ],
        rows: rows.collect(),
        cut: 0,
    };
    Report {
        headline: ["A line of the decisions file may name a class in its third and fourth field:".to_owned()]
            .into_iter()
            .chain(words)
            .collect(),
        members: vec![("schema", Value::Count(SCHEMA)), ("events", draft.events.into())],
        sections: vec![of_draft],
        closing: Vec::new(),
    }
}

fn headline(questions: &[Question], draft: &Draft) -> Vec<String> {
    let left: usize = questions.iter().map(|question| question.candidates.len()).sum();
    let dropped = percent_of(draft.dropped, draft.events);
    vec![format!(
        "The draft drops {} of {} ({dropped}) and leaves you {} with {}.",
        grouped(draft.dropped),
        counted(draft.events, "event"),
        counted(questions.len() as u64, "question"),
        counted(left as u64, "candidate"),
    )]
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn share(part: u64, all: u64) -> Value {
    Value::Share(if all == 0 { 0.0 } else { part as f64 / all as f64 })
}

fn row(number: usize, question: &Question, draft: &Draft, after: u64) -> Vec<Value> {
    let all = &draft.candidates;
    let text = question.text(all);
    let lines = |answer| Value::Text(question.lines(all, answer, &format!("answered: {text}")));
    vec![
        question.id(all).into(),
        Value::Ordinal(number as u64),
        question.events.into(),
        share(question.events, draft.events),
        share(after, draft.events),
        question.hosts.into(),
        question.subject.owner.to_string().into(),
        question.subject.names.word().into(),
        Value::List(
            question
                .subject
                .doubts
                .iter()
                .map(|doubt| doubt.word().to_owned())
                .collect(),
        ),
        question.hidden.into(),
        Value::Prose(text.clone()),
        Value::Prose(question.gain(all)),
        question.examples().map_or(Value::None, Value::Prose),
        Value::Text(question.stays()),
        Value::List(question.programs.clone()),
        Value::Array(members(question, all).map(candidate).collect()),
        lines(Answer::Exclude),
        lines(Answer::Keep),
        if question.is_in_profile() {
            lines(Answer::ExcludeAnyUser)
        } else {
            Value::None
        },
    ]
}

fn members<'a>(question: &'a Question, all: &'a [Candidate]) -> impl Iterator<Item = &'a Candidate> {
    question.candidates.iter().filter_map(|index| all.get(*index))
}

fn candidate(candidate: &Candidate) -> Value {
    let family = &candidate.family;
    let reasons = candidate.reasons.iter().map(|reason| {
        Value::Object(vec![
            ("guard", reason.code.word().into()),
            ("verdict", reason.verdict.word().into()),
            ("text", reason.text.clone().into()),
        ])
    });
    Value::Object(vec![
        ("kind", family.kind.word().into()),
        ("pipe_name", family.name.to_string().into()),
        ("image", family.image.to_string().into()),
        ("count", family.evidence.events().into()),
        ("hosts", family.evidence.hosts().len().into()),
        ("days", family.evidence.days().len().into()),
        (
            "examples",
            Value::List(family.names.iter().take(EXAMPLES).cloned().collect()),
        ),
        ("reasons", Value::Array(reasons.collect())),
    ])
}

impl Question {
    /// A text by which the question is known in this draft and in the next.
    #[must_use]
    pub fn id(&self, candidates: &[Candidate]) -> String {
        let Subject { doubts, owner, names } = &self.subject;
        let doubts: Vec<&str> = doubts.iter().map(|doubt| doubt.word()).collect();
        let id = format!("{} / {owner} / {names}", doubts.join("+"));
        match members(self, candidates).next().filter(|_| self.hides()) {
            Some(candidate) => format!("{id} / {}", candidate.title()),
            None => id,
        }
    }
}
