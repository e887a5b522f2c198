//! A loaded config in, what is wrong with its pipe filters out: one finding a place, with what it does in practice and
//! the mend.
//!
//! Codes are stable. Each is explained in `findings.md`, which [`explain`] and [`page`] hand out.

mod duplicate;
mod list;
mod node;
mod path;
mod relation;
mod value;
mod version;
mod wide;
mod witness;

use std::fmt;

use serde::Serialize;

pub use witness::{Hidden, Witness, hidden_witnesses};

use super::config::{Config, Filter, Item, ItemId, Node, OnMatch, Relation};
use super::reject::Place;
use super::schema::{NEWEST, SchemaVersion};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; it may well be meant.
    Note,
    /// It probably is not what was meant, or hides more than it says.
    Warning,
    /// It does not do what it says.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its kind, explained by [`explain`].
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The item that it is about, if it is about one.
    #[serde(skip)]
    pub item: Option<ItemId>,
    /// What it does in practice.
    pub what: String,
    /// What to do.
    pub mend: String,
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct LintOptions {
    /// The newest schema of the Sysmon that shall load the config: see [`super::schema::schema_of_release`].
    pub binary: SchemaVersion,
}

impl Default for LintOptions {
    fn default() -> Self {
        Self { binary: NEWEST }
    }
}

/// Everything that is wrong with `config`: the worst first, and what is as bad by place.
#[must_use]
pub fn lint(config: &Config, options: &LintOptions) -> Vec<Finding> {
    let mut report = Report { findings: Vec::new() };
    node::check(config, &mut report);
    version::check(config, options, &mut report);
    for (index, node) in used_nodes(config) {
        let drops_alone = excludes(node) && needed(node) == 1;
        for (position, item) in node.items.iter().enumerate() {
            let id = ItemId {
                node: index,
                item: position,
            };
            relation::check_item(id, node, item, &mut report);
            if drops_alone {
                wide::check_item(id, item, &mut report);
            }
            for filter in item.filters() {
                let part = Part { id, node, filter };
                value::check(&part, &mut report);
                list::check(&part, &mut report);
                path::check(&part, &mut report);
                version::check_filter(config.schema(), &part, &mut report);
            }
        }
    }
    relation::check_nodes(config, &mut report);
    wide::check_nodes(config, &mut report);
    duplicate::check(config, &mut report);
    report
        .findings
        .sort_by(|a, b| (b.severity, a.place, a.code).cmp(&(a.severity, b.place, b.code)));
    report.findings
}

/// The page that explains every finding, in Markdown.
#[must_use]
pub fn page() -> &'static str {
    include_str!("findings.md")
}

/// The codes of all findings, in the order of the page.
pub fn codes() -> impl Iterator<Item = &'static str> {
    sections().map(|(code, _)| code)
}

/// What a code means, what it does in practice, and how it is mended; `None` where there is no such code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    sections().find(|(name, _)| *name == code).map(|(_, text)| text)
}

fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    let sections = page().split("\n### ").skip(1);
    sections.map(|section| {
        let (code, text) = section.split_once('\n').unwrap_or((section, ""));
        // The next group's heading is no part of it.
        let text = text.split("\n## ").next().unwrap_or(text);
        (code.trim(), text.trim())
    })
}

/// Collects findings.
struct Report {
    findings: Vec<Finding>,
}

impl Report {
    fn add(
        &mut self,
        (severity, code): (Severity, &'static str),
        place: Place,
        item: Option<ItemId>,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.findings.push(Finding {
            code,
            severity,
            place,
            item,
            what: what.into(),
            mend: mend.into(),
        });
    }
}

/// A filter and what it stands in.
struct Part<'c> {
    id: ItemId,
    node: &'c Node,
    filter: &'c Filter,
}

impl Part<'_> {
    fn add(
        &self,
        report: &mut Report,
        kind: (Severity, &'static str),
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        report.add(kind, self.filter.element.place, Some(self.id), what, mend);
    }
}

fn used_nodes(config: &Config) -> impl Iterator<Item = (usize, &Node)> {
    config.nodes().iter().enumerate().filter(|(_, node)| node.is_used())
}

fn needed(node: &Node) -> usize {
    node.needed()
}

fn excludes(node: &Node) -> bool {
    node.on_match == Some(OnMatch::Exclude)
}

/// The ways in which an item can hold: each is a set of filters that must hold together.
fn alternatives(item: &Item) -> Vec<Vec<&Filter>> {
    match item.relation() {
        _ if item.filters().is_empty() => Vec::new(),
        Relation::And => vec![item.filters().iter().collect()],
        Relation::Or => item.filters().iter().map(|filter| vec![filter]).collect(),
    }
}

/// A value as it is shown: shortened, with blanks and control characters made visible.
fn shown(value: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = value
        .chars()
        .take(MOST)
        .flat_map(|c| if c == '"' { vec![c] } else { c.escape_debug().collect() })
        .collect();
    // Backslashes are the rule in names, and doubling them would mislead.
    short = short.replace(r"\\", r"\");
    if value.chars().nth(MOST).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}

#[cfg(test)]
mod tests;
