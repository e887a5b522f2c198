//! A document of a Sigma file in, a rule out, if it is one for pipe events.

use super::PipeEventView;
use super::detection::Detection;
use super::fault::Fault;
use super::term::{self, Shapes, Witness};
use super::yaml::{Node, Value};

/// A Sigma rule for pipe events.
#[derive(Debug, Clone)]
pub struct SigmaRule {
    /// Its title, as people name it.
    pub title: String,
    /// Its id; empty where it has none.
    pub id: String,
    /// Its level, such as `high`; empty where it has none.
    pub level: String,
    /// The file that it is from, below the folder that was read.
    pub file: String,
    /// The line in it where the rule begins, from 1.
    pub line: usize,
    pub(super) detection: Detection,
    /// What each of its alternatives asks for.
    pub(super) alternatives: Vec<Shapes>,
    witnesses: Vec<Witness>,
}

impl SigmaRule {
    /// Reads a document; `None` where it is no rule for pipe events.
    pub(super) fn parse(document: &Node, file: &str) -> Option<Result<Self, Fault>> {
        if !is_for_pipes(document) {
            return None;
        }
        let Some(detection) = document.get("detection") else {
            // A correlation or a filter of other rules has none.
            let is_of_others = ["correlation", "filter"].iter().any(|key| document.get(key).is_some());
            return (!is_of_others).then(|| Err(document.fault("it has no detection")));
        };
        let text = |key| {
            document
                .get(key)
                .and_then(Node::text)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        Some(Detection::parse(detection).map(|detection| {
            let alternatives = term::alternatives(&detection);
            Self {
                title: text("title"),
                id: text("id"),
                level: text("level"),
                file: file.to_owned(),
                line: document.line,
                witnesses: term::witnesses(&detection, &alternatives),
                alternatives,
                detection,
            }
        }))
    }

    /// Whether it fires on this event, or may: what an unknown field decides counts as firing.
    #[must_use]
    pub fn matches(&self, event: &PipeEventView<'_>) -> bool {
        self.detection.may_fire(event)
    }

    /// Events that it fires on: one or two for each alternative of its selections, beside its filters. An alternative that
    /// no event can be made for has none.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// What a person finds it by: its title, and the beginning of its id.
    #[must_use]
    pub fn name(&self) -> String {
        let title = if self.title.is_empty() { &self.file } else { &self.title };
        match self.id.get(..8) {
            Some(id) => format!("{title} ({id})"),
            None => title.clone(),
        }
    }
}

/// Category `pipe_created` of Windows, or Sysmon's log where the rule asks for the ids of pipe events itself.
fn is_for_pipes(document: &Node) -> bool {
    let Some(source) = document.get("logsource") else {
        return false;
    };
    let is = |key, word: &str| {
        let text = source.get(key).and_then(Node::text);
        text.is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
    };
    let of_windows = source.get("product").is_none() || is("product", "windows");
    let by_id = || is("service", "sysmon") && document.get("detection").is_some_and(asks_for_pipe_ids);
    of_windows && (is("category", "pipe_created") || by_id())
}

fn asks_for_pipe_ids(node: &Node) -> bool {
    let is_id = |node: &Node| matches!(node.text(), Some("17" | "18"));
    match &node.value {
        Value::Map(map) => map.iter().any(|(key, value)| {
            let field = key.split('|').next().unwrap_or_default();
            field.eq_ignore_ascii_case("EventID") && value.each().iter().any(is_id) || asks_for_pipe_ids(value)
        }),
        Value::List(nodes) => nodes.iter().any(asks_for_pipe_ids),
        Value::Null | Value::Text(_) => false,
    }
}
