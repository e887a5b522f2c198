//! A config in, what counts as one of its rules out, in the order of the file.
//!
//! A rule is what matches for itself: a loose filter, a `Rule` by `and`, and each filter of a `Rule` by `or`. Where a
//! whole node combines by `and`, its rules drop nothing alone: the node itself is one more, and stands before them.

use indexmap::IndexSet;

use crate::sysmon::{
    Condition, Config, Decision, Fate, Field, Filter, Item, ItemId, Match, Node, OnMatch, Place, Relation,
};

/// One rule, and what was counted of it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Where it stands.
    pub place: Place,
    /// The `PipeEvent`, by its position among all.
    pub node: usize,
    /// Its item in that node; `None` for the node as a whole.
    pub item: Option<usize>,
    /// Its filter in a `Rule` by `or`.
    pub filter: Option<usize>,
    /// What a match means; `None` where Sysmon skips the node.
    pub on_match: Option<OnMatch>,
    /// The `name` that RuleName would show.
    pub name: Option<String>,
    /// What it says, for people.
    pub text: String,
    /// Whether it decides by itself, or only together with others of its node.
    pub alone: bool,
    /// Events that it matches.
    pub hits: u64,
    /// Events among these that no other rule of nodes of its kind matches.
    pub unique: u64,
    /// What there is to say of it.
    pub state: State,
}

/// What there is to say of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    /// It matches something that no other rule does, or nothing was counted.
    #[default]
    Used,
    /// Sysmon passes over it, for this reason.
    Ignored(String),
    /// It matches no event.
    Dead {
        /// Why not, in sentences.
        why: String,
        /// Whether it is a mistake in the rule, rather than that no such event happened.
        is_mistaken: bool,
    },
    /// Each of its events is matched by this other rule too, by its position.
    Shadowed(usize),
}

/// All rules, found by what the engine says.
#[derive(Debug)]
pub(super) struct Table {
    rules: Vec<Rule>,
    /// For each node: its own rule, where it has one.
    nodes: Vec<Option<Together>>,
    /// For each node and item: the first of its rules.
    items: Vec<Vec<usize>>,
}

/// The rule that a whole node by `and` is.
#[derive(Debug)]
struct Together {
    rule: usize,
    /// How many items must match at once: see [`Node::needed`].
    needed: usize,
    /// The field of each item that is a loose filter.
    loose: Vec<Option<Field>>,
}

impl Together {
    /// Whether items that match by themselves make the node match.
    fn matches(&self, items: impl Iterator<Item = usize>) -> bool {
        let mut rules = IndexSet::new();
        let mut fields = IndexSet::new();
        for item in items {
            match self.loose.get(item).copied().flatten() {
                Some(field) => fields.insert(field),
                None => rules.insert(item),
            };
        }
        rules.len() + fields.len() == self.needed
    }
}

impl Table {
    pub(super) fn new(config: &Config) -> Self {
        let mut table = Self {
            rules: Vec::new(),
            nodes: Vec::new(),
            items: Vec::new(),
        };
        for (index, node) in config.nodes().iter().enumerate() {
            table.add_node(index, node);
        }
        table
    }

    fn add_node(&mut self, index: usize, node: &Node) {
        let needed = node.needed();
        let state = ignored(node).map_or(State::Used, State::Ignored);
        let blank = Rule {
            place: node.element.place,
            node: index,
            item: None,
            filter: None,
            on_match: node.on_match,
            name: None,
            text: format!("all {needed} of this PipeEvent together"),
            alone: true,
            hits: 0,
            unique: 0,
            state,
        };
        let loose = |item: &Item| match item {
            Item::Filter(filter) => Some(filter.field),
            Item::Rule(_) => None,
        };
        self.nodes.push((needed > 1).then(|| Together {
            rule: self.rules.len(),
            needed,
            loose: node.items.iter().map(loose).collect(),
        }));
        if needed > 1 {
            self.rules.push(blank.clone());
        }
        let mut items = Vec::with_capacity(node.items.len());
        for (position, item) in node.items.iter().enumerate() {
            items.push(self.rules.len());
            let rule = Rule {
                item: Some(position),
                alone: needed == 1,
                ..blank.clone()
            };
            let name = |filters: &[Filter]| filters.iter().find_map(|filter| filter.label.clone());
            if by_or(item) {
                self.rules
                    .extend(item.filters().iter().enumerate().map(|(at, filter)| Rule {
                        place: filter.element.place,
                        filter: Some(at),
                        name: filter.label.clone(),
                        text: phrase(filter),
                        ..rule.clone()
                    }));
            } else {
                let empty = || State::Ignored("It has no filters.".to_owned());
                self.rules.push(Rule {
                    place: item.element().place,
                    name: name(item.filters()),
                    text: text(item.filters()),
                    state: if item.filters().is_empty() {
                        empty()
                    } else {
                        rule.state.clone()
                    },
                    ..rule
                });
            }
        }
        self.items.push(items);
    }

    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    pub(super) fn as_slice(&self) -> &[Rule] {
        &self.rules
    }

    pub(super) fn get(&self, rule: usize) -> Option<&Rule> {
        self.rules.get(rule)
    }

    pub(super) fn get_mut(&mut self, rule: usize) -> Option<&mut Rule> {
        self.rules.get_mut(rule)
    }

    pub(super) fn into_rules(self) -> Vec<Rule> {
        self.rules
    }

    /// The rule that matches.
    pub(super) fn of_match(&self, found: &Match) -> Option<usize> {
        let first = self.of_item(found.item)?;
        Some(first + found.filter.unwrap_or(0))
    }

    /// The first rule of an item.
    pub(super) fn of_item(&self, id: ItemId) -> Option<usize> {
        self.items.get(id.node)?.get(id.item).copied()
    }

    /// The rules of whole nodes that these matches make match.
    pub(super) fn of_nodes<'m>(&'m self, found: &'m [Match]) -> impl Iterator<Item = usize> + 'm {
        let nodes = self
            .nodes
            .iter()
            .enumerate()
            .filter_map(|(at, node)| Some((at, node.as_ref()?)));
        let items = |at| {
            found
                .iter()
                .filter(move |found| found.item.node == at)
                .map(|found| found.item.item)
        };
        nodes
            .filter(move |(at, node)| node.matches(items(*at)))
            .map(|(_, node)| node.rule)
    }

    /// The rule that decided, which is one of those that match unless it is a node as a whole.
    pub(super) fn of_decision(&self, decision: Decision, found: &[Match]) -> Option<usize> {
        let Some(item) = decision.item else {
            return self.nodes.get(decision.node)?.as_ref().map(|node| node.rule);
        };
        let id = ItemId {
            node: decision.node,
            item,
        };
        found
            .iter()
            .find(|found| found.item == id)
            .and_then(|found| self.of_match(found))
    }
}

/// Why Sysmon passes over all of a node.
fn ignored(node: &Node) -> Option<String> {
    match &node.fate {
        Fate::Used => None,
        Fate::Skipped => Some("Sysmon skips this PipeEvent: it has not just one of onmatch and default.".to_owned()),
        Fate::Discarded { field, place } => Some(format!(
            "Sysmon throws this PipeEvent away: pipe events have no field {field} (line {}).",
            place.line
        )),
        Fate::Ignored => {
            Some("Sysmon ignores this PipeEvent: a wrong field in an earlier one ends its reading.".to_owned())
        }
    }
}

/// Whether each filter of an item is a rule of its own.
pub(super) fn by_or(item: &Item) -> bool {
    matches!(item, Item::Rule(_)) && item.relation() == Relation::Or && !item.filters().is_empty()
}

fn text(filters: &[Filter]) -> String {
    let all: Vec<String> = filters.iter().map(phrase).collect();
    match all.is_empty() {
        true => "a Rule without filters".to_owned(),
        false => all.join(" and "),
    }
}

/// What a filter says: `PipeName is \srvsvc`.
pub(super) fn phrase(filter: &Filter) -> String {
    let value = if filter.value.is_empty() {
        "(nothing)"
    } else {
        &filter.value
    };
    format!("{} {} {value}", filter.field, verb(filter.condition))
}

/// The same within a sentence: where a value may end in a full stop, its end must show.
pub(super) fn quoted(filter: &Filter) -> String {
    format!("{} {} `{}`", filter.field, verb(filter.condition), filter.value)
}

/// A condition as a part of a sentence.
fn verb(condition: Condition) -> &'static str {
    match condition {
        Condition::Is => "is",
        Condition::IsNot => "is not",
        Condition::Contains => "contains",
        Condition::ContainsAny => "contains any of",
        Condition::IsAny => "is any of",
        Condition::ContainsAll => "contains all of",
        Condition::Excludes => "lacks",
        Condition::ExcludesAny => "contains none of",
        Condition::ExcludesAll => "lacks one of",
        Condition::BeginWith => "begins with",
        Condition::NotBeginWith => "does not begin with",
        Condition::EndWith => "ends with",
        Condition::NotEndWith => "does not end with",
        Condition::LessThan => "sorts before",
        Condition::MoreThan => "sorts after",
        Condition::Image => "is the file",
    }
}

/// What becomes of an event that no rule matches, and why.
pub(super) fn unmatched(config: &Config) -> &'static str {
    let used: Vec<&Node> = config.nodes().iter().filter(|node| node.is_used()).collect();
    match used.as_slice() {
        [] => "no PipeEvent takes part, and without one Sysmon logs no pipe event",
        [node] if node.on_match == Some(OnMatch::Exclude) => "no rule excludes the event",
        [_] => "no rule includes the event",
        _ => "no rule matches the event, and beside several PipeEvent nodes Sysmon drops what none matches",
    }
}
