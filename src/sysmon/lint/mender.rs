//! Changes of filters and rules in, fixes with their proved effects out.
//!
//! A node matches more where one of its filters does, whatever combines them, and less where one matches less. So what a
//! changed filter does follows from comparing the two filters; where neither holds whenever the other does, nothing can
//! be said of it, and there is no fix.

use std::cell::RefCell;

use indexmap::IndexMap;

use super::fix::{Effect, Fix};
use crate::sysmon::algebra::{Algebra, Case, Test, cases_of_item};
use crate::sysmon::condition::Condition;
use crate::sysmon::config::{Config, Element, Filter, Item, Node, OnMatch, Relation, Rule, Span};
use crate::sysmon::edit::{Edit, apply};
use crate::sysmon::load::LAST_OR_BY_DEFAULT;
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::write;

/// Makes fixes for one config.
pub(super) struct Mender<'c> {
    pub(super) config: &'c Config,
    pub(super) algebra: Algebra,
    /// Which schemas may be declared without another change.
    declarable: RefCell<IndexMap<SchemaVersion, bool>>,
}

impl<'c> Mender<'c> {
    pub(super) fn new(config: &'c Config) -> Self {
        Self {
            config,
            algebra: Algebra::default(),
            declarable: RefCell::default(),
        }
    }

    pub(super) fn text(&self, span: &Span) -> &'c str {
        self.config.text().as_str().get(span.clone()).unwrap_or_default()
    }

    /// The filter with another value.
    pub(super) fn respell(&self, node: &Node, filter: &Filter, value: &str) -> Option<Fix> {
        self.rewrite(node, filter, filter.condition, value)
    }

    /// The filter with another condition and value.
    pub(super) fn rewrite(&self, node: &Node, filter: &Filter, condition: Condition, value: &str) -> Option<Fix> {
        if value.is_empty() {
            return None;
        }
        let test = Test::new(filter.field, condition, value);
        let effect = self.effect(node, &[Case::from_iter([Test::of(filter)])], &[Case::from_iter([test])])?;
        let mut edits = Vec::new();
        if condition != filter.condition {
            edits.push(self.attribute(&filter.element, filter.field.name(), "condition", condition.name()));
        }
        if value != filter.value {
            let content = filter.element.content();
            // What else stands there, such as a comment, would be lost.
            if content.is_empty() || self.text(&content).contains('<') {
                return None;
            }
            edits.push(Edit {
                at: content,
                text: write::text(value).ok()?,
            });
        }
        (!edits.is_empty()).then(|| Fix::new(effect, edits))
    }

    /// What becomes of events where a node matches `after` instead of `before`, all else being the same. `None` where that
    /// is not known, or where it would drop all or log nothing.
    pub(super) fn effect(&self, node: &Node, before: &[Case], after: &[Case]) -> Option<Effect> {
        let is_within = |inner: &[Case], outer: &[Case]| inner.iter().all(|case| self.algebra.is_within(case, outer));
        let (matches_more, matches_less) = (is_within(before, after), is_within(after, before));
        let is_useless = || match node.on_match {
            Some(OnMatch::Exclude) => matches_more && self.algebra.is_everything(after),
            _ => !matches_more && after.iter().all(|case| self.algebra.is_empty(case)),
        };
        match (matches_more, matches_less) {
            (true, true) => Some(Effect::Keeps),
            (false, false) => None,
            _ if is_useless() => None,
            (matches_more, _) => Some(Effect::of(node.on_match, matches_more)),
        }
    }

    /// A filter for each value in place of one, which holds where one of these does; by a condition that negates, where all
    /// do.
    pub(super) fn split(&self, node: &Node, item: &Item, filter: &Filter, values: &[&str]) -> Option<Fix> {
        if self.text(&filter.element.content()).contains('<') || values.iter().any(|value| value.is_empty()) {
            return None;
        }
        let tests = values
            .iter()
            .map(|value| Test::new(filter.field, filter.condition, value));
        let is_negation = filter.condition.negates().is_some();
        let after: Vec<Case> = match is_negation {
            true => vec![tests.collect()],
            false => tests.map(|test| Case::from_iter([test])).collect(),
        };
        let effect = self.effect(node, &[Case::from_iter([Test::of(filter)])], &after)?;
        let one =
            |value: &str| Some([self.start_tag(filter), &write::text(value).ok()?, self.end_tag(filter)].concat());
        let filters: Vec<String> = values.iter().map(|value| one(value)).collect::<Option<_>>()?;
        let span = &filter.element.span;
        let side_by_side = |filters: &[String]| filters.join(&self.line_break(span.start));
        let edit = match (item, is_negation) {
            (Item::Filter(_), false) => Edit {
                at: span.clone(),
                text: side_by_side(&filters),
            },
            (Item::Filter(_), true) if node.relation == Relation::Or => Edit {
                at: span.clone(),
                text: format!("<Rule groupRelation=\"and\">{}</Rule>", filters.concat()),
            },
            (Item::Rule(rule), true) if rule.relation == Relation::And => Edit {
                at: span.clone(),
                text: side_by_side(&filters),
            },
            (Item::Rule(rule), false) if rule.relation == Relation::Or => Edit {
                at: span.clone(),
                text: side_by_side(&filters),
            },
            // All filters of the rule must hold: each of these needs a rule of its own, which a node by `and` would ask for
            // all at once.
            (Item::Rule(rule), false) if node.relation == Relation::Or => Edit {
                at: rule.element.span.clone(),
                text: self.rules_with(rule, span, &filters),
            },
            _ => return None,
        };
        Some(Fix::new(effect, vec![edit]))
    }

    /// Copies of a rule, each with another text where `span` is.
    fn rules_with(&self, rule: &Rule, span: &Span, texts: &[String]) -> String {
        let all = &rule.element.span;
        let copy = |text: &String| {
            [
                self.text(&(all.start..span.start)),
                text,
                self.text(&(span.end..all.end)),
            ]
            .concat()
        };
        let copies: Vec<String> = texts.iter().map(copy).collect();
        copies.join(&self.line_break(all.start))
    }

    /// A copy of a rule without some of its filters.
    pub(super) fn rule_without(&self, rule: &Rule, unwanted: &[&Filter]) -> String {
        let all = &rule.element.span;
        let mut out = String::new();
        let mut done = all.start;
        for filter in &rule.filters {
            if unwanted.iter().any(|other| other.element.span == filter.element.span) {
                let at = Edit::remove(self.config.text().as_str(), filter.element.span.clone()).at;
                out.push_str(self.text(&(done..at.start)));
                done = at.end;
            }
        }
        out.push_str(self.text(&(done..all.end)));
        out
    }

    /// The edit that takes an element out.
    pub(super) fn removal(&self, element: &Element) -> Edit {
        Edit::remove(self.config.text().as_str(), element.span.clone())
    }

    /// Takes a filter out of its item, or the item out of its node.
    pub(super) fn without(&self, node: &Node, item: &Item, filter: &Filter) -> Option<Fix> {
        let before = cases_of_item(item);
        let rest: Vec<Filter> = item
            .filters()
            .iter()
            .filter(|other| other.element.span != filter.element.span)
            .cloned()
            .collect();
        if rest.is_empty() {
            return (node.relation == Relation::Or)
                .then(|| self.effect(node, &before, &[]))?
                .map(|effect| Fix::new(effect, vec![self.removal(item.element())]));
        }
        let after = match item.relation() {
            Relation::And => vec![rest.iter().map(Test::of).collect()],
            Relation::Or => rest.iter().map(|filter| Case::from_iter([Test::of(filter)])).collect(),
        };
        let effect = self.effect(node, &before, &after)?;
        Some(Fix::new(effect, vec![self.removal(&filter.element)]))
    }

    /// The edit that gives an element's attribute another value.
    pub(super) fn attribute(&self, element: &Element, name: &str, attribute: &str, value: &str) -> Edit {
        let start = element.start_tag.start;
        let tag = self.text(&element.start_tag);
        match attribute_value(tag, name, attribute) {
            Some(span) => Edit {
                at: start + span.start..start + span.end,
                text: value.to_owned(),
            },
            None => Edit::insert(start + 1 + name.len(), format!(" {attribute}=\"{value}\"")),
        }
    }

    /// The config declaring another schema, where no node combines in another way then and Sysmon still loads it.
    pub(super) fn declaring(&self, schema: SchemaVersion) -> Option<Fix> {
        let (declared, sysmon) = (self.config.schema(), self.config.sysmon());
        let edit = self.attribute(sysmon, "Sysmon", "schemaversion", &schema.to_string());
        let mut known = self.declarable.borrow_mut();
        let is_free = *known.entry(schema).or_insert_with(|| {
            let stays = (declared <= LAST_OR_BY_DEFAULT) == (schema <= LAST_OR_BY_DEFAULT);
            let text = apply(self.config.text().as_str(), vec![edit.clone()]);
            (stays || !self.config.has_bare_events()) && self.config.with_text(&text).is_ok()
        });
        is_free.then(|| Fix::new(Effect::Keeps, vec![edit]))
    }

    fn start_tag(&self, filter: &Filter) -> &'c str {
        self.text(&filter.element.start_tag)
    }

    fn end_tag(&self, filter: &Filter) -> &'c str {
        filter.element.end_tag.as_ref().map_or("", |tag| self.text(tag))
    }

    /// What stands between this element and the one before it, if that is a line break; else a blank.
    pub(super) fn line_break(&self, at: usize) -> String {
        let before = self.text(&(0..at));
        let indented = before.trim_end_matches([' ', '\t']);
        let indent = before.get(indented.len()..).unwrap_or_default();
        match indented {
            _ if indented.ends_with("\r\n") => format!("\r\n{indent}"),
            _ if indented.ends_with('\n') => format!("\n{indent}"),
            _ => String::new(),
        }
    }
}

/// Where the value of an attribute stands in a start tag, between its quotation marks.
fn attribute_value(tag: &str, element: &str, attribute: &str) -> Option<Span> {
    let mut at = 1 + element.len();
    loop {
        let rest = tag.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        let rest = tag.get(at..)?;
        let equals = rest.find('=')?;
        let name = rest.get(..equals)?.trim_end();
        at += equals + 1;
        let rest = tag.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        let quote = tag.get(at..)?.chars().next().filter(|c| ['"', '\''].contains(c))?;
        let length = tag.get(at + 1..)?.find(quote)?;
        if name == attribute {
            return Some(at + 1..at + 1 + length);
        }
        at += length + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_found_whatever_stands_before_it() {
        let value = |tag: &'static str| attribute_value(tag, "Rule", "name").map(|span| &tag[span]);
        assert_eq!(value("<Rule name=\"a\">"), Some("a"));
        assert_eq!(value("<Rule groupRelation = 'name=\"x\"' name='b'/>"), Some("b"));
        assert_eq!(value("<Rule\n\tname = \"a > b\" >"), Some("a > b"));
        assert_eq!(value("<Rule groupRelation=\"or\">"), None);
        assert_eq!(value("<Rule>"), None);
    }
}
