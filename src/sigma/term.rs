//! A rule in, its alternatives out, and events of each of them.

use super::PipeEventView;
use super::detection::Detection;
use super::example::examples;
use super::glob::Glob;
use super::question::Question;
use super::test::{Field, Leaf, Test};
use super::text::{IMAGE, NAME, USER, texts};
use crate::event::Kind;

/// An event that a rule fires on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Witness {
    /// Created or connected.
    pub kind: Kind,
    /// The pipe's name.
    pub pipe_name: String,
    /// The program's path.
    pub image: String,
    /// Who runs it; empty where that does not matter.
    pub user: String,
}

impl Witness {
    /// As a rule sees it.
    #[must_use]
    pub fn view(&self) -> PipeEventView<'_> {
        PipeEventView {
            kind: self.kind,
            pipe_name: &self.pipe_name,
            image: &self.image,
            user: (!self.user.is_empty()).then_some(&*self.user),
        }
    }
}

/// A rule with more alternatives than this is looked at in part: each is a list of values times other lists.
const MOST: usize = 4096;
/// So many names stand for one alternative.
const NAMES: usize = 2;
/// So many events are made of two sides: long lists of names times long lists of images.
const EVENTS: usize = 1 << 16;

/// What a rule or a filter asks of each field: of every list, one shape.
#[derive(Debug, Clone, Default)]
pub(super) struct Shapes {
    pub(super) name: Vec<Vec<Glob>>,
    pub(super) image: Vec<Vec<Glob>>,
    pub(super) user: Vec<Vec<Glob>>,
}

impl Shapes {
    /// Events that have these shapes and those of `other`; whether a rule fires on them is for the caller to ask.
    pub(super) fn events<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Witness> {
        fn both<'a>(a: &'a [Vec<Glob>], b: &'a [Vec<Glob>]) -> Vec<&'a [Glob]> {
            a.iter().chain(b).map(Vec::as_slice).collect()
        }
        let names = texts(&both(&self.name, &other.name), &NAME);
        // Where no name will do, the other fields need not be looked at.
        let images = if names.is_empty() {
            Vec::new()
        } else {
            texts(&both(&self.image, &other.image), &IMAGE)
        };
        let users = texts(&both(&self.user, &other.user), &USER);
        let events = names.into_iter().flat_map(move |pipe_name| {
            let users = users.clone();
            images.clone().into_iter().flat_map(move |image| {
                let pipe_name = pipe_name.clone();
                users.clone().into_iter().flat_map(move |user| {
                    let (pipe_name, image) = (pipe_name.clone(), image.clone());
                    [Kind::Created, Kind::Connected].map(|kind| Witness {
                        kind,
                        pipe_name: pipe_name.clone(),
                        image: image.clone(),
                        user: user.clone(),
                    })
                })
            })
        });
        events.take(EVENTS)
    }
}

/// Events of each alternative.
pub(super) fn witnesses(detection: &Detection, alternatives: &[Shapes]) -> Vec<Witness> {
    let nothing = Shapes::default();
    let mut all: Vec<Witness> = Vec::new();
    for shapes in alternatives {
        let mut names: Vec<(String, Kind)> = Vec::new();
        let events = shapes.events(&nothing);
        for event in events.filter(|event| detection.may_fire(&event.view())) {
            let is_new = !names
                .iter()
                .any(|(name, kind)| *name == event.pipe_name && *kind == event.kind);
            if is_new {
                names.push((event.pipe_name.clone(), event.kind));
                all.push(event);
            }
            if names.len() == 2 * NAMES {
                break;
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

/// What each alternative of a rule asks for. What it must not be is no part of it: an event made from it has to be tried.
pub(super) fn alternatives(detection: &Detection) -> Vec<Shapes> {
    let asked = |term: &Vec<Asked<'_>>| {
        let mut shapes = Shapes::default();
        for (field, test) in term {
            let list = match test {
                Test::Glob(glob) => vec![glob.clone()],
                Test::Regex(regex) => examples(regex.0.as_str()),
                Test::Null => vec![Glob::exact("")],
                Test::Exists(_) | Test::Undecided => continue,
            };
            match field {
                Field::PipeName => shapes.name.push(list),
                Field::Image => shapes.image.push(list),
                Field::User => shapes.user.push(list),
                Field::EventId | Field::EventType | Field::Anywhere | Field::Other => {}
            }
        }
        shapes
    };
    terms(detection).iter().map(asked).collect()
}

/// The fixed texts of which a name must have one for the rule to fire; `None` where there are no such texts.
pub(super) fn anchors(detection: &Detection) -> Option<Vec<&str>> {
    let terms = terms(detection);
    // Beyond the limit there may be alternatives that are not looked at.
    let anchors = terms.iter().map(|term| {
        let of_names = term.iter().filter_map(|(field, test)| match (field, test) {
            (Field::PipeName, Test::Glob(glob)) => glob.longest(),
            _ => None,
        });
        of_names.max_by_key(|text| text.len())
    });
    anchors.collect::<Option<Vec<_>>>().filter(|_| terms.len() < MOST)
}

/// What the alternatives ask of the name.
pub(super) fn names(detection: &Detection) -> Vec<&Test> {
    let asked = terms(detection).into_iter().flatten();
    asked
        .filter(|(field, _)| *field == Field::PipeName)
        .map(|(_, test)| test)
        .collect()
}

fn terms(detection: &Detection) -> Vec<Vec<Asked<'_>>> {
    positive(detection, &detection.condition)
}

/// What is asked of one field.
type Asked<'a> = (Field, &'a Test);

/// The alternatives in which a question is answered with yes.
fn positive<'a>(detection: &'a Detection, question: &'a Question) -> Vec<Vec<Asked<'a>>> {
    match question {
        Question::All(all) => product(all.iter().map(|question| positive(detection, question))),
        Question::Any(any) => sum(any.iter().map(|question| positive(detection, question))),
        Question::Not(question) => negative(detection, question),
        Question::Leaf(Leaf {
            field: Field::Anywhere,
            test,
        }) => {
            vec![vec![(Field::PipeName, test)], vec![(Field::Image, test)]]
        }
        Question::Leaf(leaf) => vec![vec![(leaf.field, &leaf.test)]],
        Question::Selection(at) => {
            let selection = detection.selections.get(*at);
            selection
                .map(|question| positive(detection, question))
                .unwrap_or_default()
        }
    }
}

/// The alternatives in which a question is answered with no: only a negation in it asks for something.
fn negative<'a>(detection: &'a Detection, question: &'a Question) -> Vec<Vec<Asked<'a>>> {
    match question {
        Question::All(all) => sum(all.iter().map(|question| negative(detection, question))),
        Question::Any(any) => product(any.iter().map(|question| negative(detection, question))),
        Question::Not(question) => positive(detection, question),
        Question::Leaf(_) => vec![Vec::new()],
        Question::Selection(at) => {
            let selection = detection.selections.get(*at);
            selection
                .map(|question| negative(detection, question))
                .unwrap_or_default()
        }
    }
}

fn sum<'a>(lists: impl Iterator<Item = Vec<Vec<Asked<'a>>>>) -> Vec<Vec<Asked<'a>>> {
    let mut all: Vec<Vec<Asked<'a>>> = Vec::new();
    for term in lists.flatten().take(MOST) {
        // That nothing is asked need not be said twice.
        if !term.is_empty() || !all.iter().any(Vec::is_empty) {
            all.push(term);
        }
    }
    all
}

fn product<'a>(lists: impl Iterator<Item = Vec<Vec<Asked<'a>>>>) -> Vec<Vec<Asked<'a>>> {
    let mut all = vec![Vec::new()];
    for list in lists {
        let longer = all
            .iter()
            .flat_map(|before| list.iter().map(move |behind| [&**before, behind].concat()));
        all = longer.take(MOST).collect();
    }
    all
}
