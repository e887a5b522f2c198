//! A config and rules in, the edits that put these where they mean what they say out, or the reason why there is no such
//! place.
//!
//! There must be one exclude node: two silence everything. In a node that combines its items by `and`, a rule would bind all
//! others. Such a node is wrapped in a `RuleGroup` by `or`, where that changes nothing of what it means: it holds nothing, or
//! filters of one field, and stands in no group.

use super::MergeError;
use super::layout::{Layout, Line};
use crate::draft::mark::mark;
use crate::draft::rule::Rule;
use crate::draft::write::evidence;
use crate::sysmon::Edit;
use crate::sysmon::write::{comment, filter};
use crate::sysmon::{Config, Fate, Node, OnMatch, Relation};

/// Where rules were put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// Into the exclude node of this line.
    Node(usize),
    /// Into the exclude node of this line, which got a `RuleGroup` by `or` around it.
    Wrapped(usize),
    /// Into an exclude node of their own, next to the include nodes that decide what is logged.
    NextToIncludes,
    /// Into an exclude node of their own: the config had no pipe rules, and logged no pipe events. Now it does.
    FirstNode,
}

const GROUP: &str = "<RuleGroup name=\"\" groupRelation=\"or\">";

/// The edits that add rules to a config.
pub(super) fn edits(config: &Config, rules: &[Rule]) -> Result<(Vec<Edit>, Placed), MergeError> {
    let layout = Layout::of(config);
    let lines = |depth, in_named_group| lines(rules, depth, in_named_group);
    let Some(node) = find(config)? else {
        let mut all: Vec<Line> = vec![(0, GROUP.into()), (1, "<PipeEvent onmatch=\"exclude\">".into())];
        all.extend(lines(2, false)?);
        all.extend([(1, "</PipeEvent>".into()), (0, "</RuleGroup>".into())]);
        let edit = match config.event_filterings().last() {
            Some(filtering) => layout.append(filtering, "EventFiltering", None, &all),
            None => {
                let mut all: Vec<Line> = all.into_iter().map(|(depth, line)| (depth + 1, line)).collect();
                all.insert(0, (0, "<EventFiltering>".into()));
                all.push((0, "</EventFiltering>".into()));
                layout.append(config.sysmon(), "Sysmon", None, &all)
            }
        };
        let includes = config.nodes().iter().any(Node::is_used);
        return Ok((
            vec![edit],
            if includes {
                Placed::NextToIncludes
            } else {
                Placed::FirstNode
            },
        ));
    };
    let line = node.element.place.line;
    // A label that a rule inherits could show up on an event that the rule does not match after all.
    let group_name = node.group.as_ref().and_then(|group| group.name.as_deref());
    let rules = lines(0, group_name.is_some_and(|name| !name.is_empty()))?;
    let last = node.items.last().map(|item| item.element());
    let mut edits = vec![layout.append(&node.element, "PipeEvent", last, &rules)];
    if node.relation == Relation::Or {
        return Ok((edits, Placed::Node(line)));
    }
    let [before, after] = layout.wrap(&node.element, GROUP, "</RuleGroup>");
    // Of an element that closes itself, the end that the wrapping follows is the one that is edited.
    match edits.first_mut().filter(|edit| edit.at.end == after.at.start) {
        Some(edit) => edit.text.push_str(&after.text),
        None => edits.push(after),
    }
    edits.push(before);
    Ok((edits, Placed::Wrapped(line)))
}

/// Refuses a config whose pipe rules do nothing of what they say: what Sysmon throws away, or two exclude nodes.
pub(super) fn check(config: &Config) -> Result<(), MergeError> {
    for node in config.nodes() {
        match &node.fate {
            Fate::Discarded { field, place } => {
                return no_place(format!(
                    "{place}: pipe events have no {field}, so Sysmon throws this PipeEvent node away and ignores all that \
                     follow; mend it first"
                ));
            }
            Fate::Skipped if !node.is_empty() => {
                return no_place(format!(
                    "{}: this PipeEvent node has both onmatch and default, or neither, so Sysmon passes over it and its \
                     filters; write onmatch=\"exclude\" or onmatch=\"include\" first, or delete it",
                    node.element.place
                ));
            }
            Fate::Used | Fate::Skipped | Fate::Ignored => {}
        }
    }
    let places: Vec<String> = used(config, OnMatch::Exclude)
        .map(|node| node.element.place.line.to_string())
        .collect();
    if places.len() > 1 && used(config, OnMatch::Include).next().is_none() {
        return no_place(format!(
            "it has {} exclude nodes for pipe events (lines {}), and with more than one Sysmon drops every pipe event; \
             make one of them first",
            places.len(),
            places.join(", ")
        ));
    }
    Ok(())
}

fn used(config: &Config, on_match: OnMatch) -> impl Iterator<Item = &Node> {
    config
        .nodes()
        .iter()
        .filter(move |node| node.is_used() && node.on_match == Some(on_match))
}

fn no_place<T>(why: String) -> Result<T, MergeError> {
    Err(MergeError::NoPlace(why))
}

/// The exclude node that takes rules; `None` where there is no exclude node.
fn find(config: &Config) -> Result<Option<&Node>, MergeError> {
    let excludes: Vec<&Node> = used(config, OnMatch::Exclude).collect();
    let Some(last) = excludes.last() else { return Ok(None) };
    if let Some(by_or) = excludes.iter().rev().find(|node| node.relation == Relation::Or) {
        return Ok(Some(by_or));
    }
    let place = last.element.place;
    match (&last.group, last.needed()) {
        (None, 0 | 1) => Ok(Some(last)),
        (Some(_), 0 | 1) => no_place(format!(
            "{place}: this exclude node stands in a RuleGroup by `and`, where one rule would bind all others; write \
             groupRelation=\"or\", which changes nothing of what the node means now"
        )),
        (_, needed) => no_place(format!(
            "{place}: this exclude node drops only what matches {needed} of its items at once, and a rule put there would \
             bind all others; put what belongs together into one <Rule groupRelation=\"and\">, and the node into a \
             <RuleGroup groupRelation=\"or\">"
        )),
    }
}

fn lines(rules: &[Rule], depth: usize, in_named_group: bool) -> Result<Vec<Line>, MergeError> {
    let mut lines = Vec::new();
    for rule in rules {
        lines.push((
            depth,
            comment(&format!("{} {}: {}", mark(rule), rule.product, evidence(rule))),
        ));
        let no_name = if in_named_group { " name=\"\"" } else { "" };
        lines.push((depth, format!("<Rule{no_name} groupRelation=\"and\">")));
        for f in &rule.filters {
            let line = filter(f.field, f.condition, &f.value, None);
            lines.push((
                depth + 1,
                line.map_err(|error| MergeError::Unproved(error.to_string()))?,
            ));
        }
        lines.push((depth, "</Rule>".to_owned()));
    }
    Ok(lines)
}
