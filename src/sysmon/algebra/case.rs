//! Items and nodes in, the cases in which they match out.

use super::test::Test;
use crate::sysmon::config::{Item, Node, Relation};
use crate::sysmon::field::Field;

/// More cases than these are not looked at: a node by `and` has the product of those of its rules.
const MOST_CASES: usize = 64;

/// Tests that must all be met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Case {
    tests: Vec<Test>,
}

impl Case {
    /// The tests.
    #[must_use]
    pub(crate) fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// This case, where `test` must be met too.
    #[must_use]
    pub(crate) fn and(&self, test: Test) -> Self {
        let mut tests = self.tests.clone();
        tests.push(test);
        Self { tests }
    }

    /// The tests on a field.
    pub(super) fn on(&self, field: Field) -> impl Iterator<Item = &Test> {
        self.tests.iter().filter(move |test| test.field == field)
    }

    /// The fields that it looks at, each once.
    pub(super) fn fields(&self) -> Vec<Field> {
        let is_asked = |field: &Field| self.on(*field).next().is_some();
        Field::ALL.into_iter().filter(is_asked).collect()
    }
}

impl FromIterator<Test> for Case {
    fn from_iter<T: IntoIterator<Item = Test>>(tests: T) -> Self {
        Self {
            tests: tests.into_iter().collect(),
        }
    }
}

/// The cases in which an item matches by itself.
#[must_use]
pub(crate) fn cases_of_item(item: &Item) -> Vec<Case> {
    let tests = item.filters().iter().map(Test::of);
    match item.relation() {
        _ if item.filters().is_empty() => Vec::new(),
        Relation::And => vec![tests.collect()],
        Relation::Or => tests.map(|test| Case { tests: vec![test] }).collect(),
    }
}

/// The cases in which a node matches; `None` where they are too many.
#[must_use]
pub(crate) fn cases_of_node(node: &Node) -> Option<Vec<Case>> {
    if node.relation == Relation::Or {
        return Some(node.items.iter().flat_map(cases_of_item).collect());
    }
    // What must match together: each rule, and of each field one of its loose filters.
    let mut together: Vec<Vec<Case>> = Vec::new();
    let mut loose: [Vec<Case>; Field::ALL.len()] = Default::default();
    for item in &node.items {
        match item {
            Item::Filter(filter) => {
                if let Some(of_field) = loose.get_mut(filter.field as usize) {
                    of_field.extend(cases_of_item(item));
                }
            }
            Item::Rule(rule) if rule.filters.is_empty() => {}
            Item::Rule(_) => together.push(cases_of_item(item)),
        }
    }
    together.extend(loose.into_iter().filter(|cases| !cases.is_empty()));
    if together.is_empty() {
        return Some(Vec::new());
    }
    let count = together
        .iter()
        .try_fold(1usize, |all, cases| all.checked_mul(cases.len()))?;
    if count > MOST_CASES {
        return None;
    }
    let mut cases = vec![Case::default()];
    for alternatives in together {
        let with = |case: &Case| {
            let tests = case.tests.clone();
            alternatives
                .iter()
                .map(move |other| tests.iter().chain(&other.tests).cloned().collect())
                .collect::<Vec<Case>>()
        };
        cases = cases.iter().flat_map(with).collect();
    }
    Some(cases)
}
