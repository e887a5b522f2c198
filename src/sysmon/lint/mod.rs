//! Finds what is wrong with a config's pipe filters: a loaded config in, one finding a place out, with what it does in
//! practice, the mend, and the fix where one is proved.
//!
//! Codes are stable. Each is declared and explained in `findings.md`, which [`explain`] and [`page`] hand out. That
//! something never matches, or is covered, is said where the algebra of conditions proves it.

mod accept;
mod cancel;
mod duplicate;
mod fix;
mod list;
mod mender;
mod never;
mod node;
mod path;
mod registry;
mod relation;
mod release;
mod shadow;
mod value;
mod verify;
mod version;
mod wide;
mod witness;

use std::fmt;

use serde::Serialize;

pub use accept::{Accepted, Sorted, accept};
pub use fix::{Applied, Effect, Fix, Mended, mend};
pub use registry::{Kind, codes, explain, kind, kinds, page};
pub use witness::{Hidden, Witness, hidden_witnesses};

use indexmap::IndexSet;
use mender::Mender;

use super::config::{Config, Filter, Item, ItemId, Node, OnMatch, Relation};
use super::reject::Place;
use super::schema::{NEWEST, ReleaseNumber, SchemaVersion};

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
    /// The edits that do it, where it is proved what they do to what is logged.
    pub fix: Option<Fix>,
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct LintOptions {
    /// The newest schema of the Sysmon that shall load the config: see [`super::schema::schema_of_release`].
    pub binary: SchemaVersion,
    /// The release of Sysmon that shall load it, if one is meant.
    pub release: Option<ReleaseNumber>,
}

impl Default for LintOptions {
    fn default() -> Self {
        Self {
            binary: NEWEST,
            release: None,
        }
    }
}

/// Everything that is wrong with `config`: the worst first, and what is as bad by place.
#[must_use]
pub fn lint(config: &Config, options: &LintOptions) -> Vec<Finding> {
    let mut findings = find(config, options);
    verify::keep_good(config, options, &mut findings);
    findings
}

/// The same with fixes that were not tried.
fn find(config: &Config, options: &LintOptions) -> Vec<Finding> {
    let engine = config.engine();
    let mut report = Report::new(config);
    report.dead = never::find(config, &report);
    node::check(config, &mut report);
    version::check(config, options, &mut report);
    release::check(config, options, &mut report);
    for (index, node) in used_nodes(config) {
        let drops_alone = excludes(node) && needed(node) == 1;
        for (position, item) in node.items.iter().enumerate() {
            let id = ItemId {
                node: index,
                item: position,
            };
            relation::check_item(id, node, item, &mut report);
            never::check_item(id, node, item, &mut report);
            if drops_alone {
                wide::check_item(id, node, item, &mut report);
            } else if needed(node) == 1 {
                wide::check_included(id, node, item, &mut report);
            }
            for filter in item.filters() {
                let part = Part { id, node, item, filter };
                value::check(&part, &mut report);
                list::check(&part, &mut report);
                path::check(&part, &mut report);
                version::check_filter(config, &part, &mut report);
            }
        }
    }
    relation::check_nodes(config, &mut report);
    never::check_nodes(config, &mut report);
    wide::check_nodes(config, &mut report);
    duplicate::check(config, &mut report);
    shadow::check(config, &engine, &mut report);
    cancel::check(config, &engine, &mut report);
    never::check_rest(config, &mut report);
    node::check_silence(config, &engine, &mut report);
    sort(&mut report.findings);
    report.findings
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (b.severity, a.place, a.code).cmp(&(a.severity, b.place, b.code)));
}

/// Collects findings.
struct Report<'c> {
    mender: Mender<'c>,
    findings: Vec<Finding>,
    /// What never matches.
    dead: never::Dead,
    /// What says the same as something before it.
    duplicates: IndexSet<ItemId>,
}

impl<'c> Report<'c> {
    fn new(config: &'c Config) -> Self {
        Self {
            mender: Mender::new(config),
            findings: Vec::new(),
            dead: never::Dead::new(),
            duplicates: IndexSet::new(),
        }
    }

    /// Adds a finding, which has no fix yet.
    fn add(
        &mut self,
        (severity, code): (Severity, &'static str),
        place: Place,
        item: Option<ItemId>,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> &mut Finding {
        let at = self.findings.len();
        self.findings.push(Finding {
            code,
            severity,
            place,
            item,
            what: what.into(),
            mend: mend.into(),
            fix: None,
        });
        &mut self.findings[at]
    }

    /// Whether an item has an error, or one of its filters.
    fn has_error(&self, id: ItemId, filter: Option<Place>) -> bool {
        self.findings.iter().any(|finding| {
            let is_there = filter.is_none_or(|place| finding.place == place);
            finding.item == Some(id) && finding.severity == Severity::Error && is_there
        })
    }

    /// Whether an item has a finding of these codes.
    fn has_any(&self, id: ItemId, codes: &[&str]) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.item == Some(id) && codes.contains(&finding.code))
    }
}

/// A filter and what it stands in.
struct Part<'c> {
    id: ItemId,
    node: &'c Node,
    item: &'c Item,
    filter: &'c Filter,
}

impl Part<'_> {
    fn add<'r>(
        &self,
        report: &'r mut Report<'_>,
        kind: (Severity, &'static str),
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> &'r mut Finding {
        report.add(kind, self.filter.element.place, Some(self.id), what, mend)
    }

    /// The same, with the fix that gives the filter another value.
    fn add_respelled(
        &self,
        report: &mut Report<'_>,
        kind: (Severity, &'static str),
        what: impl Into<String>,
        mend: impl Into<String>,
        value: &str,
    ) {
        let fix = report.mender.respell(self.node, self.filter, value);
        self.add(report, kind, what, mend).fix = fix;
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
