//! Decides what filters can match together: cases in, whether any event meets one, and such an event, out.
//!
//! A [`Case`] is filters that must all hold. Fields do not depend on each other, so a case is empty where the texts that
//! one field may have are. Whether they are is decided by trying texts where only few are possible, and else by a search
//! through an automaton (see [`automaton`]). Only events that Sysmon can write count (see [`written`]).
//!
//! What is said is proved: [`Answer::Never`] is never given for what can match, whichever way Sysmon folds case. Where a
//! proof would take too long, the answer is [`Answer::Unknown`].

mod answer;
mod automaton;
mod case;
mod language;
mod literal;
mod test;
mod written;

#[cfg(test)]
mod tests;

use std::cell::Cell;

use super::field::Field;

pub(crate) use answer::Answer;
pub(crate) use case::{Case, cases_of_item, cases_of_node};
pub(crate) use test::Test;
pub(crate) use written::{IMAGES_WITHOUT_PATH, ROOTS};

use super::engine::Event;

/// So many steps of automata, and texts tried, does one algebra take before it gives up: about a second.
const STEPS: usize = 20_000_000;

/// An event that meets a case: what no filter asks for is made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Example {
    values: [String; Field::ALL.len()],
}

impl Example {
    /// The event as filters see it.
    #[must_use]
    pub(crate) fn event(&self) -> Event<'_> {
        Event {
            event_type: self.value(Field::EventType),
            pipe_name: self.value(Field::PipeName),
            image: self.value(Field::Image),
            user: self.value(Field::User),
        }
    }

    fn value(&self, field: Field) -> &str {
        self.values.get(field as usize).map_or("", String::as_str)
    }
}

/// Answers questions about cases, within a bound on all its work.
#[derive(Debug)]
pub(crate) struct Algebra {
    steps: Cell<usize>,
}

impl Default for Algebra {
    fn default() -> Self {
        Self {
            steps: Cell::new(STEPS),
        }
    }
}

impl Algebra {
    /// An event that meets all tests of `case`.
    #[must_use]
    pub(crate) fn example(&self, case: &Case) -> Answer<Example> {
        let mut values: [String; Field::ALL.len()] = Default::default();
        let mut is_known = true;
        for (field, value) in Field::ALL.into_iter().zip(&mut values) {
            match self.value(field, case) {
                Answer::Never => return Answer::Never,
                Answer::Such(text) => *value = text,
                Answer::Unknown => is_known = false,
            }
        }
        if is_known {
            Answer::Such(Example { values })
        } else {
            Answer::Unknown
        }
    }

    /// A text of `field` that meets all tests of `case` on it.
    pub(crate) fn value(&self, field: Field, case: &Case) -> Answer<String> {
        let tests: Vec<&Test> = case.on(field).collect();
        let answer = language::decide(field, &tests, &self.steps);
        if !matches!(answer, Answer::Never) || tests.iter().all(|test| test.folds_one_way()) {
            return answer;
        }
        // What cannot be in one folding may be in the other.
        let refolded: Vec<Test> = tests.into_iter().map(Test::in_unicode).collect();
        match language::decide(field, &refolded.iter().collect::<Vec<_>>(), &self.steps) {
            Answer::Never => Answer::Never,
            Answer::Such(_) | Answer::Unknown => Answer::Unknown,
        }
    }

    /// Whether it is proved that no event meets `case`.
    #[must_use]
    pub(crate) fn is_empty(&self, case: &Case) -> bool {
        case.fields()
            .into_iter()
            .any(|field| matches!(self.value(field, case), Answer::Never))
    }

    /// Whether it is proved that every event of `inner` is in one of `outer`.
    #[must_use]
    pub(crate) fn is_within(&self, inner: &Case, outer: &[Case]) -> bool {
        if self.is_empty(inner) {
            return true;
        }
        let Some((first, others)) = outer.split_first() else {
            return false;
        };
        // What is not in the first meets its tests up to one that it fails.
        let mut rest = inner.clone();
        for test in first.tests() {
            if self.steps.get() == 0 || !self.is_within(&rest.and(test.negated()), others) {
                return false;
            }
            rest = rest.and(test.clone());
        }
        true
    }

    /// Whether it is proved that every event is in one of `cases`.
    #[must_use]
    pub(crate) fn is_everything(&self, cases: &[Case]) -> bool {
        self.is_within(&Case::default(), cases)
    }
}
