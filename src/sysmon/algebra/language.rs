//! Tests on one field in, whether a text meets them all out.

use std::cell::Cell;

use super::answer::{Answer, spend};
use super::literal::{Demand, Literal, Order};
use super::test::Test;
use super::{automaton, written};
use crate::sysmon::condition::{Condition, search_items};
use crate::sysmon::field::Field;

/// Larger demands are only guessed at.
const MOST_TEXT: usize = 20_000;

/// Whether a text that Sysmon can write into `field` meets all tests. All of these are on that field.
pub(super) fn decide(field: Field, tests: &[&Test], steps: &Cell<usize>) -> Answer<String> {
    let written = written::demand(field);
    let is_met = |text: &str| !text.is_empty() && written.allows(text) && tests.iter().all(|test| test.is_met_by(text));
    if let Some(few) = written::few(field) {
        return first(few.iter().copied(), is_met);
    }
    if let Some(exact) = tests.iter().find_map(|test| exact(test)) {
        let cost = exact.len() * tests.iter().map(|test| 1 + test.value.len() / 64).sum::<usize>();
        if !spend(steps, cost) {
            return Answer::Unknown;
        }
        return first(exact.into_iter(), is_met);
    }
    if let Some(text) = guesses(field, tests).into_iter().find(|text| is_met(text)) {
        return Answer::Such(text);
    }
    let mut demand = written;
    for test in tests {
        if !test.demand(&mut demand) {
            return Answer::Never;
        }
    }
    if demand.size() > MOST_TEXT {
        return Answer::Unknown;
    }
    automaton::search(&demand, steps)
}

fn first<'t>(mut texts: impl Iterator<Item = &'t str>, is_met: impl Fn(&str) -> bool) -> Answer<String> {
    texts
        .find(|text| is_met(text))
        .map_or(Answer::Never, |text| Answer::Such(text.to_owned()))
}

/// The only texts that can meet a test, where it names them.
fn exact(test: &Test) -> Option<Vec<&str>> {
    match test.condition {
        Condition::Is if test.holds => Some(vec![&test.value]),
        Condition::Image if test.holds && test.value.contains('\\') => Some(vec![&test.value]),
        Condition::IsAny if test.holds => Some(test.value.split(';').collect()),
        _ => None,
    }
}

/// Texts made of what the tests ask for: nearly always one of them meets all, where any does.
fn guesses(field: Field, tests: &[&Test]) -> Vec<String> {
    let of = |condition| {
        let values = tests
            .iter()
            .filter(move |test| test.holds && test.condition == condition);
        values.map(|test| &*test.value)
    };
    let longest = |condition| of(condition).max_by_key(|value| value.len());
    let start = longest(Condition::BeginWith).unwrap_or(match field {
        Field::PipeName => "\\",
        Field::Image => "c:\\",
        _ => "",
    });
    let mut middle: String = of(Condition::Contains).collect();
    middle.extend(of(Condition::ContainsAny).filter_map(|value| search_items(value).next()));
    middle.extend(of(Condition::ContainsAll).flat_map(search_items));
    let file = longest(Condition::Image).map(|name| format!("\\{name}"));
    let end = longest(Condition::EndWith).unwrap_or_default();
    let end = file
        .filter(|file| file.ends_with(end))
        .unwrap_or_else(|| end.to_owned());
    let plain = |between: &str| format!("{start}{between}{middle}{end}");
    let mut guesses = vec![plain(""), plain("q7"), plain("\\")];
    guesses.extend([end.clone(), middle.clone()]);
    if let Some(rest) = end.strip_prefix('\\').filter(|_| start.ends_with('\\')) {
        guesses.push(format!("{start}{middle}{rest}"));
    }
    guesses
}

impl Test {
    /// Adds what the test asks; `false` where no text meets it.
    fn demand(&self, demand: &mut Demand) -> bool {
        let value = &*self.value;
        let some: Vec<Literal> = match self.condition {
            Condition::LessThan | Condition::MoreThan => {
                let (less, more) = (
                    self.condition == Condition::LessThan,
                    self.condition == Condition::MoreThan,
                );
                demand.orders.push(Order {
                    against: value.to_owned(),
                    less: less == self.holds,
                    equal: !self.holds,
                    more: more == self.holds,
                });
                return true;
            }
            Condition::ContainsAll => {
                // What is found in every text asks for nothing.
                let all = search_items(value)
                    .filter(|item| !item.is_empty())
                    .map(Literal::anywhere);
                if self.holds {
                    demand.some_of.extend(all.map(|literal| vec![literal]));
                    return true;
                }
                let all: Vec<Literal> = all.collect();
                let is_possible = !all.is_empty();
                demand.not_all.push(all);
                return is_possible;
            }
            Condition::Contains => vec![Literal::anywhere(value)],
            Condition::ContainsAny => search_items(value).map(Literal::anywhere).collect(),
            Condition::BeginWith => vec![Literal::start(value)],
            Condition::EndWith => vec![Literal::end(value)],
            Condition::IsAny => value.split(';').map(Literal::whole).collect(),
            Condition::Image if !value.contains('\\') => {
                vec![Literal::whole(value), Literal::end(format!("\\{value}"))]
            }
            // The positive ones of these are all there is; negations are the same, turned round.
            _ => vec![Literal::whole(value)],
        };
        // No field is empty, so that all of it never is; any other empty text is found in every field.
        let is_always = |literal: &Literal| literal.text.is_empty() && !(literal.at_start && literal.at_end);
        if some.iter().any(is_always) {
            return self.holds;
        }
        let some = some.into_iter().filter(|literal| !literal.text.is_empty());
        if self.holds {
            demand.some_of.push(some.collect());
        } else {
            demand.none.extend(some);
        }
        true
    }
}
