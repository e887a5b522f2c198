//! A loaded config: its PipeEvent nodes in document order, each part with its place in the text.

use std::fmt;
use std::ops::Range;

use super::condition::Condition;
use super::encoding::{Encoding, Text};
use super::field::Field;
use super::position::Places;
use super::reject::Place;
use super::schema::SchemaVersion;

/// Bytes of [`Config::text`].
pub type Span = Range<usize>;

/// A config that Sysmon loads.
#[derive(Debug, Clone)]
pub struct Config {
    pub(super) text: Text,
    pub(super) declared: SchemaVersion,
    pub(super) held_to: SchemaVersion,
    pub(super) sysmon: Element,
    pub(super) filterings: Vec<Element>,
    pub(super) nodes: Vec<Node>,
}

impl Config {
    /// The file's text; all spans are of it.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The schema version that the file declares.
    #[must_use]
    pub fn schema(&self) -> SchemaVersion {
        self.declared
    }

    /// The schema version whose grammar Sysmon holds it to.
    #[must_use]
    pub fn held_to(&self) -> SchemaVersion {
        self.held_to
    }

    /// The places of bytes of the text, in the order in which they are given.
    pub fn places(&self, bytes: impl IntoIterator<Item = usize>) -> Vec<Place> {
        let places = Places::new(self.text.as_str());
        bytes.into_iter().map(|byte| places.at(byte)).collect()
    }

    /// The byte of the file that a byte of the text is stored at.
    #[must_use]
    pub fn byte_in_file(&self, byte: usize) -> usize {
        if self.text.encoding() == Encoding::Utf8 {
            let mark = if self.text.has_bom() { 3 } else { 0 };
            return mark + byte;
        }
        let before = self.text.as_str().get(..byte).unwrap_or_default();
        self.text.encode_file(before).len()
    }

    /// The root element.
    #[must_use]
    pub fn sysmon(&self) -> &Element {
        &self.sysmon
    }

    /// The `EventFiltering` elements in document order.
    #[must_use]
    pub fn event_filterings(&self) -> &[Element] {
        &self.filterings
    }

    /// The `PipeEvent` elements in document order, those that Sysmon passes over included.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The item of that id.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.nodes.get(id.node)?.items.get(id.item)
    }
}

/// A top-level item: a loose filter or a `Rule`, by the positions of its node in [`Config::nodes`] and its own in
/// [`Node::items`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// Which `PipeEvent`.
    pub node: usize,
    /// Which of its items.
    pub item: usize,
}

/// Where an element stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Line and column of its `<`.
    pub place: Place,
    /// All of it.
    pub span: Span,
    /// Its start tag, or its only tag.
    pub start_tag: Span,
    /// Its end tag; an element that closes itself has none.
    pub end_tag: Option<Span>,
}

impl Element {
    /// What is between the tags; empty for an element that closes itself.
    #[must_use]
    pub fn content(&self) -> Span {
        self.start_tag.end..self.end_tag.as_ref().map_or(self.start_tag.end, |tag| tag.start)
    }
}

/// What happens to events that a node matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnMatch {
    /// They are logged.
    Include,
    /// They are dropped.
    Exclude,
}

impl fmt::Display for OnMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
        })
    }
}

/// How several filters combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// All must hold. Between loose filters of one node: one of each field must.
    And,
    /// One must hold.
    Or,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::And => "and",
            Self::Or => "or",
        })
    }
}

/// What became of a node while Sysmon built its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It takes part.
    Used,
    /// Sysmon prints an error and passes over it: it has both `onmatch` and `default`, or neither.
    Skipped,
    /// A `Rule` in it names a field that pipe events lack: the node is thrown away.
    Discarded {
        /// The field.
        field: String,
        /// Where it stands.
        place: Place,
    },
    /// An earlier node was discarded: all later ones are ignored.
    Ignored,
}

/// The `RuleGroup` around a node.
#[derive(Debug, Clone)]
pub struct Group {
    /// Where it stands.
    pub element: Element,
    /// Its `name`, which may be empty.
    pub name: Option<String>,
}

/// One `PipeEvent` element.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub element: Element,
    /// What a match means; `None` only for a skipped node.
    pub on_match: Option<OnMatch>,
    /// How its items combine: as its `RuleGroup` says; without one `and`, for schemas up to 4.1 `or`.
    pub relation: Relation,
    /// Its `RuleGroup`.
    pub group: Option<Group>,
    /// Its loose filters and rules in document order.
    pub items: Vec<Item>,
    /// Whether Sysmon uses it.
    pub fate: Fate,
}

impl Node {
    /// Whether Sysmon uses it.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.fate == Fate::Used
    }

    /// Whether it holds no filter: it then matches nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.iter().all(|item| item.filters().is_empty())
    }

    /// How many items must hold at once for it to match: one where it combines by `or`; by `and` each rule, and one
    /// loose filter of each field.
    #[must_use]
    pub fn needed(&self) -> usize {
        if self.relation == Relation::Or {
            return 1;
        }
        let mut fields = indexmap::IndexSet::new();
        let mut rules = 0;
        for item in &self.items {
            match item {
                Item::Filter(filter) => _ = fields.insert(filter.field),
                Item::Rule(rule) => rules += usize::from(!rule.filters.is_empty()),
            }
        }
        rules + fields.len()
    }
}

/// What stands directly in a node.
#[derive(Debug, Clone)]
pub enum Item {
    /// A field on its own.
    Filter(Filter),
    /// Several fields that belong together.
    Rule(Rule),
}

impl Item {
    /// Its filters: one, or those of the rule.
    #[must_use]
    pub fn filters(&self) -> &[Filter] {
        match self {
            Self::Filter(filter) => std::slice::from_ref(filter),
            Self::Rule(rule) => &rule.filters,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn element(&self) -> &Element {
        match self {
            Self::Filter(filter) => &filter.element,
            Self::Rule(rule) => &rule.element,
        }
    }

    /// How its filters combine.
    #[must_use]
    pub fn relation(&self) -> Relation {
        match self {
            Self::Filter(_) => Relation::And,
            Self::Rule(rule) => rule.relation,
        }
    }

    /// Its own `name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Filter(filter) => filter.name.as_deref(),
            Self::Rule(rule) => rule.name.as_deref(),
        }
    }
}

/// A `Rule` element.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Where it stands.
    pub element: Element,
    /// How its filters combine: `or` where it does not say, `and` for anything but `or`.
    pub relation: Relation,
    /// Its `groupRelation` as written.
    pub written_relation: Option<String>,
    /// Its `name`, which may be empty.
    pub name: Option<String>,
    /// Its filters. A rule without any is ignored.
    pub filters: Vec<Filter>,
}

/// One field with its condition and value.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Where it stands.
    pub element: Element,
    /// Which field it looks at.
    pub field: Field,
    /// How it compares.
    pub condition: Condition,
    /// The text it compares with, exactly as Sysmon has it: nothing is trimmed, comments are gone.
    pub value: String,
    /// Its own `name`, which may be empty.
    pub name: Option<String>,
    /// What it puts into RuleName when it holds: its own name, else its rule's, else its group's. An empty name ends
    /// the search and gives none.
    pub label: Option<String>,
}
