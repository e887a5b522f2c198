//! An event in, the rules that nearly match it out, each with the filters that fail and why.

use super::{Engine, Event};
use crate::sysmon::condition::Condition;
use crate::sysmon::config::{Config, Filter, Item, ItemId, Relation};
use crate::sysmon::field::Field;
use crate::sysmon::fold::as_name;

/// An item that does not match an event but is close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// Which item.
    pub item: ItemId,
    /// The filters that fail, by their position in the item.
    pub failing: Vec<Failing>,
}

/// A filter that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Its position in the item.
    pub filter: usize,
    /// What the event has there.
    pub actual: String,
    /// What is wrong with the filter, where a small change would make it hold.
    pub why: Option<&'static str>,
}

impl Engine {
    /// The items that nearly match `event`: a rule of which some filters hold and some do not, and any filter that would
    /// hold if one common mistake in its value were mended. `config` is the one that this engine was made from.
    #[must_use]
    pub fn near_misses(&self, config: &Config, event: &Event<'_>) -> Vec<NearMiss> {
        let mut near = Vec::new();
        for (node, part) in config.nodes().iter().enumerate().filter(|(_, node)| node.is_used()) {
            for (index, item) in part.items.iter().enumerate() {
                let failing = self.failing(item, event);
                let fails = match item.relation() {
                    Relation::And => !failing.is_empty(),
                    Relation::Or => failing.len() == item.filters().len(),
                };
                let is_rule_in_part = matches!(item, Item::Rule(_)) && failing.len() < item.filters().len();
                let is_close = is_rule_in_part || failing.iter().any(|f| f.why.is_some());
                if fails && is_close {
                    near.push(NearMiss {
                        item: ItemId { node, item: index },
                        failing,
                    });
                }
            }
        }
        near
    }

    fn failing(&self, item: &Item, event: &Event<'_>) -> Vec<Failing> {
        let mut failing = Vec::new();
        for (index, filter) in item.filters().iter().enumerate() {
            let actual = event.value(filter.field);
            if !self.filter_holds(filter.condition, &filter.value, actual) {
                failing.push(Failing {
                    filter: index,
                    actual: actual.to_owned(),
                    why: self.mistake(filter, actual),
                });
            }
        }
        failing
    }

    fn filter_holds(&self, condition: Condition, value: &str, actual: &str) -> bool {
        condition.holds(&self.fold(&as_name(value)), &self.fold(actual))
    }

    /// The one common mistake in a filter's value that keeps it from holding for a field that is `actual`.
    #[must_use]
    pub fn mistake(&self, filter: &Filter, actual: &str) -> Option<&'static str> {
        let value = filter.value.as_str();
        let holds = |condition, value: &str| self.filter_holds(condition, value, actual);
        let condition = filter.condition;
        let trimmed = value.trim();
        let unquoted = trimmed.trim_matches('"');
        let is_positive = condition.negates().is_none();
        if value.is_empty() || !is_positive {
            return None;
        }
        if trimmed != value && holds(condition, trimmed) {
            return Some("the value has blanks or line breaks around it, and these count");
        }
        if unquoted != trimmed && holds(condition, unquoted) {
            return Some("the value has quotation marks in it, and these count");
        }
        let items = || value.split(';').map(str::trim).filter(|item| !item.is_empty());
        if value.contains(';') && !condition.takes_list() && items().any(|item| holds(condition, item)) {
            return Some("this condition takes no list: the semicolon is part of the value");
        }
        let has_blanks = || value.split(';').any(|item| item.trim() != item);
        if condition.takes_list() && has_blanks() && holds(condition, &items().collect::<Vec<_>>().join(";")) {
            return Some("an item of the list has blanks around it, and these count");
        }
        if filter.field == Field::PipeName && !value.starts_with('\\') && holds(condition, &format!("\\{value}")) {
            return Some("the value lacks the backslash that the names of pipes begin with");
        }
        if condition == Condition::Image && holds(condition, value.rsplit('\\').next().unwrap_or(value)) {
            return Some("with a backslash in its value, image compares the whole path");
        }
        if filter.field == Field::Image && condition == Condition::Is && holds(Condition::EndWith, value) {
            return Some("the value is the end of the path only, and is compares all of it");
        }
        None
    }
}
