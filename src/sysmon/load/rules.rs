//! An event element in, its rules out, or what became of it.

use indexmap::IndexSet;
use roxmltree::Node as Xml;

use super::{Loader, children, is};
use crate::sysmon::condition::Condition;
use crate::sysmon::config::{Element, Fate, Filter, Group, Item, Node, OnMatch, Relation, Rule};
use crate::sysmon::field::Field;
use crate::sysmon::reject::{Failure, LoadError, Place};
use crate::sysmon::schema::SchemaVersion;

/// A filter's label may have this many bytes of UTF-8 (RULE_FILTER holds 256 units, and `strlen` is compared).
const MAX_LABEL: usize = 255;

/// Directly in an `EventFiltering`, nodes of schemas after this one combine by `and`.
pub(in crate::sysmon) const LAST_OR_BY_DEFAULT: SchemaVersion = SchemaVersion::new(4, 10);

/// What a pass over one event element came to.
enum Built {
    Node(Vec<Item>),
    WrongField(String, Place),
}

impl Loader<'_, '_> {
    pub(super) fn node(&self, xml: Xml<'_, '_>, series: &[IndexSet<&str>], valid: bool) -> Result<Node, LoadError> {
        let parent = xml.parent_element().filter(|parent| is(*parent, "RuleGroup"));
        let group = parent.map(|g| Group {
            element: self.element(g),
            name: g.attribute("name").map(str::to_owned),
        });
        let relation = match parent.and_then(|g| g.attribute("groupRelation")) {
            Some(word) if word.trim_matches(' ') == "or" => Relation::Or,
            None if self.declared <= LAST_OR_BY_DEFAULT => Relation::Or,
            _ => Relation::And,
        };
        let word = |name| xml.attribute(name).map(|value: &str| value.trim_matches(' '));
        let on_match = match (word("onmatch"), word("default")) {
            (Some("include"), None) | (None, Some("exclude")) => Some(OnMatch::Include),
            (Some("exclude"), None) | (None, Some("include")) => Some(OnMatch::Exclude),
            _ => None,
        };
        let group_name = group.as_ref().and_then(|g| g.name.clone());
        let (items, fate) = match (valid, on_match) {
            // What Sysmon does not look at is read leniently, only to be shown.
            (false, _) => (self.read_anyway(xml, group_name.as_deref()), Fate::Ignored),
            (true, None) => (self.read_anyway(xml, group_name.as_deref()), Fate::Skipped),
            (true, Some(_)) => match self.items(xml, series, group_name.as_deref())? {
                Built::Node(items) => (items, Fate::Used),
                Built::WrongField(field, place) => (
                    self.read_anyway(xml, group_name.as_deref()),
                    Fate::Discarded { field, place },
                ),
            },
        };
        Ok(Node {
            element: self.element(xml),
            on_match,
            relation,
            group,
            items,
            fate,
        })
    }

    /// An element may stand for several event types; the first whose fields fit is taken.
    fn items(&self, xml: Xml<'_, '_>, series: &[IndexSet<&str>], group_name: Option<&str>) -> Result<Built, LoadError> {
        let mut wrong = Built::Node(Vec::new());
        for fields in series {
            match self.items_for(xml, fields, group_name)? {
                Built::Node(items) => return Ok(Built::Node(items)),
                other => wrong = other,
            }
        }
        Ok(wrong)
    }

    fn items_for(
        &self,
        xml: Xml<'_, '_>,
        fields: &IndexSet<&str>,
        group_name: Option<&str>,
    ) -> Result<Built, LoadError> {
        let mut items = Vec::new();
        for child in children(xml) {
            let is_rule = is(child, "Rule");
            if is_rule && !child.has_children() {
                return Err(self
                    .reject(
                        child,
                        "a `Rule` with nothing in it crashes Sysmon's loader",
                        "remove it",
                    )
                    .failing(Failure::Crash));
            }
            let inherited = if is_rule {
                child.attribute("name").or(group_name)
            } else {
                group_name
            };
            let parts = if is_rule {
                children(child).collect()
            } else {
                vec![child]
            };
            let mut filters = Vec::new();
            for part in parts {
                let name = part.tag_name().name();
                if !fields.contains(name) {
                    return Ok(Built::WrongField(name.to_owned(), self.places.at(part.range().start)));
                }
                filters.extend(self.filter(part, inherited)?);
            }
            items.extend(self.item(child, filters));
        }
        Ok(Built::Node(items))
    }

    /// A filter, or nothing for a field that pipe events lack; the checks are made all the same.
    fn filter(&self, xml: Xml<'_, '_>, inherited: Option<&str>) -> Result<Option<Filter>, LoadError> {
        let name = xml.attribute("name");
        let label = name.or(inherited);
        if label.is_some_and(|label| label.len() > MAX_LABEL) {
            return Err(self.reject(
                xml,
                "the name that this filter has or inherits is longer than 255 bytes",
                "shorten it",
            ));
        }
        let written = xml.attribute("condition").unwrap_or_default();
        let binary = self.grammar.binary();
        let Some(condition) = Condition::parse(written).filter(|c| c.since() <= binary) else {
            let mend = match Condition::parse(written) {
                Some(newer) => format!("it needs a Sysmon of schema {} or later", newer.since()),
                None => mend_condition(written),
            };
            return Err(self.reject(xml, format!("there is no condition `{written}`"), mend));
        };
        Ok(Field::parse(xml.tag_name().name()).map(|field| Filter {
            element: self.element(xml),
            field,
            condition,
            value: xml.children().filter(Xml::is_text).filter_map(|t| t.text()).collect(),
            name: name.map(str::to_owned),
            label: label.filter(|label| !label.is_empty()).map(str::to_owned),
        }))
    }

    /// The filters of a node that Sysmon passes over, as far as they can be read.
    fn read_anyway(&self, xml: Xml<'_, '_>, group_name: Option<&str>) -> Vec<Item> {
        let mut items = Vec::new();
        for child in children(xml) {
            let is_rule = is(child, "Rule");
            let inherited = if is_rule {
                child.attribute("name").or(group_name)
            } else {
                group_name
            };
            let parts: Vec<_> = if is_rule {
                children(child).collect()
            } else {
                vec![child]
            };
            let filters = parts
                .into_iter()
                .filter_map(|part| self.filter(part, inherited).ok().flatten())
                .collect();
            items.extend(self.item(child, filters));
        }
        items
    }

    fn item(&self, xml: Xml<'_, '_>, mut filters: Vec<Filter>) -> Option<Item> {
        if !is(xml, "Rule") {
            return filters.pop().map(Item::Filter);
        }
        let written = xml.attribute("groupRelation");
        Some(Item::Rule(Rule {
            element: self.element(xml),
            relation: match written {
                None => Relation::Or,
                Some(word) if word.eq_ignore_ascii_case("or") => Relation::Or,
                Some(_) => Relation::And,
            },
            written_relation: written.map(str::to_owned),
            name: xml.attribute("name").map(str::to_owned),
            filters,
        }))
    }

    pub(super) fn element(&self, xml: Xml<'_, '_>) -> Element {
        let span = xml.range();
        let name_end = span.start + 1 + xml.tag_name().name().len();
        let attributes_end = xml.attributes().map(|a| a.range().end).max().unwrap_or(name_end);
        let closing = self
            .text
            .get(attributes_end..span.end)
            .and_then(|rest| rest.find('>'))
            .unwrap_or_default();
        let start_tag = span.start..attributes_end + closing + 1;
        let end_tag = (start_tag.end < span.end)
            .then(|| self.text.get(start_tag.end..span.end)?.rfind("</"))
            .flatten()
            .map(|at| start_tag.end + at..span.end);
        Element {
            place: self.places.at(span.start),
            span,
            start_tag,
            end_tag,
        }
    }
}

/// The condition that was meant: the guides print names that no Sysmon has.
fn mend_condition(written: &str) -> String {
    let bare: String = written
        .chars()
        .filter(|c| c.is_ascii_alphabetic())
        .collect::<String>()
        .to_ascii_lowercase();
    let singular = bare
        .replace("begins", "begin")
        .replace("ends", "end")
        .replace("starts", "begin");
    let meant = Condition::ALL
        .into_iter()
        .find(|c| c.name().replace(' ', "") == singular);
    match meant {
        Some(meant) => format!("write condition=\"{}\"", meant.name()),
        None => {
            let names: Vec<_> = Condition::ALL.iter().map(|c| c.name()).collect();
            format!("use one of: {}", names.join(", "))
        }
    }
}
