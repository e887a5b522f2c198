//! A rule's `detection` in, one tree of questions to an event out.

use indexmap::IndexMap;

use super::condition;
use super::fault::Fault;
use super::question::Question;
use super::test::{Leaf, Modifiers};
use super::yaml::{Node, Value};
use super::{PipeEventView, Truth};

/// What a rule asks: its selections, and how its condition combines them.
#[derive(Debug, Clone)]
pub(super) struct Detection {
    pub(super) selections: Vec<Question>,
    pub(super) condition: Question,
}

impl Detection {
    /// Reads the map below `detection`.
    pub(super) fn parse(node: &Node) -> Result<Self, Fault> {
        let Value::Map(map) = &node.value else {
            return Err(node.fault("`detection` is no map"));
        };
        let mut selections: IndexMap<&str, Question> = IndexMap::new();
        for (name, value) in map
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "condition" | "timeframe"))
        {
            selections.insert(name, selection(value)?);
        }
        let conditions = map
            .get("condition")
            .ok_or_else(|| node.fault("`detection` has no condition"))?;
        let mut any = Vec::new();
        for written in conditions.each() {
            let text = written
                .text()
                .ok_or_else(|| written.fault("the condition is no text"))?;
            let names: Vec<&str> = selections.keys().copied().collect();
            any.push(condition::parse(text, &names).map_err(|what| written.fault(what))?);
        }
        if any.is_empty() {
            return Err(conditions.fault("the condition is empty"));
        }
        Ok(Self {
            selections: selections.into_values().collect(),
            condition: Question::Any(any),
        })
    }

    /// Whether the rule fires on `event`, or may.
    pub(super) fn may_fire(&self, event: &PipeEventView<'_>) -> bool {
        self.answer(&self.condition, event) != Truth::No
    }

    fn answer(&self, question: &Question, event: &PipeEventView<'_>) -> Truth {
        match question {
            // The first that fails, or holds, decides.
            Question::All(all) => {
                let mut answer = Truth::Yes;
                for question in all {
                    answer = answer.min(self.answer(question, event));
                    if answer == Truth::No {
                        break;
                    }
                }
                answer
            }
            Question::Any(any) => {
                let mut answer = Truth::No;
                for question in any {
                    answer = answer.max(self.answer(question, event));
                    if answer == Truth::Yes {
                        break;
                    }
                }
                answer
            }
            Question::Not(question) => self.answer(question, event).opposite(),
            Question::Leaf(leaf) => leaf.holds(event),
            Question::Selection(at) => self
                .selections
                .get(*at)
                .map_or(Truth::Maybe, |question| self.answer(question, event)),
        }
    }
}

/// A map asks for all of its items, a list for one of its members.
fn selection(node: &Node) -> Result<Question, Fault> {
    match &node.value {
        Value::Map(map) if !map.is_empty() => {
            let items: Result<_, _> = map.iter().map(|(key, value)| item(key, value)).collect();
            items.map(Question::All)
        }
        Value::List(nodes) if !nodes.is_empty() => {
            let members: Result<_, _> = nodes.iter().map(selection).collect();
            members.map(Question::Any)
        }
        Value::Text(_) => item("", node),
        _ => Err(node.fault("a selection is empty")),
    }
}

/// `field|modifiers: values`
fn item(key: &str, value: &Node) -> Result<Question, Fault> {
    let (field, modifiers) = Modifiers::parse(key);
    let mut tests = Vec::new();
    for one in value.each() {
        let test = modifiers.test(field, one).map_err(|what| one.fault(what))?;
        tests.push(Question::Leaf(Leaf { field, test }));
    }
    if tests.is_empty() {
        return Err(value.fault(format!("`{key}` has no values")));
    }
    let question = if modifiers.all {
        Question::All(tests)
    } else {
        Question::Any(tests)
    };
    Ok(if modifiers.not {
        Question::Not(Box::new(question))
    } else {
        question
    })
}
