//! A tree in, the first violation of Sysmon's grammar out.
//!
//! Sysmon validates the whole file against a DTD, and one error anywhere rejects all of it (xml.cpp,
//! ApplyConfigurationFile; the DTD is made by manifest.tt).

use roxmltree::{Node, NodeType};

use super::position::Places;
use super::reject::LoadError;
use super::schema::{Content, EventType, Grammar, event_since, field_since, option_since};

/// How an attribute is declared.
#[derive(Clone, Copy)]
enum Values {
    /// Any text.
    Free,
    /// One of two words, case and all. A DTD parser trims blanks from such values.
    OneOf([&'static str; 2]),
}

struct Attribute {
    name: &'static str,
    values: Values,
    required: bool,
}

const fn attribute(name: &'static str, values: Values, required: bool) -> Attribute {
    Attribute { name, values, required }
}

const RELATION: Values = Values::OneOf(["and", "or"]);
const MATCH: Values = Values::OneOf(["include", "exclude"]);
const NONE: &[Attribute] = &[];
const SYSMON: &[Attribute] = &[attribute("schemaversion", Values::Free, true)];
const GROUP: &[Attribute] = &[
    attribute("groupRelation", RELATION, true),
    attribute("name", Values::Free, false),
];
const EVENT: &[Attribute] = &[attribute("onmatch", MATCH, false), attribute("default", MATCH, false)];
const RULE: &[Attribute] = &[
    attribute("groupRelation", Values::Free, false),
    attribute("name", Values::Free, false),
];
const FIELD: &[Attribute] = &[
    attribute("condition", Values::Free, false),
    attribute("name", Values::Free, false),
];

/// Checks a whole tree against the DTD of its schema version.
pub(super) struct Validator<'g, 't> {
    pub(super) grammar: &'g Grammar,
    pub(super) text: &'t str,
    pub(super) places: Places<'t>,
}

type Checked = Result<(), LoadError>;

impl Validator<'_, '_> {
    /// The root and all that is in it.
    pub(super) fn sysmon(&self, root: Node<'_, '_>) -> Checked {
        self.attributes(root, SYSMON)?;
        for child in self.children(root)? {
            match (child.tag_name().name(), self.grammar.option(child.tag_name().name())) {
                ("EventFiltering", _) => self.event_filtering(child)?,
                (_, Some(content)) => self.option(child, content)?,
                _ => {
                    let options = self.grammar.options().map(|o| o.element);
                    let allowed: Vec<_> = ["EventFiltering"].into_iter().chain(options).collect();
                    return Err(self.misplaced(child, &allowed));
                }
            }
        }
        Ok(())
    }

    fn option(&self, node: Node<'_, '_>, content: Content) -> Checked {
        self.attributes(node, NONE)?;
        match content {
            Content::Empty if node.has_children() => Err(self.reject(
                node,
                format!("`{}` must be empty", node.tag_name().name()),
                format!("write <{} />", node.tag_name().name()),
            )),
            Content::Empty => Ok(()),
            Content::Text => self.text_only(node),
        }
    }

    fn event_filtering(&self, node: Node<'_, '_>) -> Checked {
        self.attributes(node, NONE)?;
        for child in self.children(node)? {
            if child.tag_name().name() == "RuleGroup" {
                self.attributes(child, GROUP)?;
                for event in self.children(child)? {
                    self.event(event, &[])?;
                }
            } else {
                self.event(child, &["RuleGroup"])?;
            }
        }
        Ok(())
    }

    fn event(&self, node: Node<'_, '_>, also_allowed: &[&'static str]) -> Checked {
        let event = node.tag_name().name();
        if !self.grammar.is_event(event) {
            let allowed: Vec<_> = also_allowed.iter().copied().chain(self.grammar.events()).collect();
            return Err(self.misplaced(node, &allowed));
        }
        self.attributes(node, EVENT)?;
        for child in self.children(node)? {
            let name = child.tag_name().name();
            if name == "Rule" {
                self.rule(child)?;
            } else if self.grammar.event_has(event, name) {
                self.field(child)?;
            } else {
                let allowed: Vec<_> = ["Rule"].into_iter().chain(self.grammar.fields_of(event)).collect();
                return Err(self.misplaced(child, &allowed));
            }
        }
        Ok(())
    }

    fn rule(&self, node: Node<'_, '_>) -> Checked {
        self.attributes(node, RULE)?;
        for child in self.children(node)? {
            if !self.grammar.has_field(child.tag_name().name()) {
                let allowed: Vec<_> = self.grammar.fields().collect();
                return Err(self.misplaced(child, &allowed));
            }
            self.field(child)?;
        }
        Ok(())
    }

    fn field(&self, node: Node<'_, '_>) -> Checked {
        self.attributes(node, FIELD)?;
        self.text_only(node)
    }

    fn text_only(&self, node: Node<'_, '_>) -> Checked {
        match node.children().find(Node::is_element) {
            Some(inner) => Err(self.reject(
                inner,
                format!(
                    "`{}` may hold text only, but an element stands in it",
                    node.tag_name().name()
                ),
                "write &lt; for a < that is part of the value",
            )),
            None => Ok(()),
        }
    }

    /// The elements in a container; comments and blanks between them are free.
    fn children<'a, 'i>(&self, node: Node<'a, 'i>) -> Result<Vec<Node<'a, 'i>>, LoadError> {
        let mut elements = Vec::new();
        for child in node.children() {
            match child.node_type() {
                NodeType::Element => elements.push(child),
                NodeType::Text => self.blank(node, child)?,
                _ => {}
            }
        }
        Ok(elements)
    }

    fn blank(&self, parent: Node<'_, '_>, text: Node<'_, '_>) -> Checked {
        let container = parent.tag_name().name();
        if !text
            .text()
            .unwrap_or_default()
            .chars()
            .all(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
        {
            return Err(self.reject(
                text,
                format!("text stands directly in `{container}`"),
                "remove it, or make it a comment: <!-- ... -->",
            ));
        }
        // The tree merges a CDATA section with the text around it, and gives the place of the first alone.
        let end = text
            .next_sibling()
            .map_or(parent.range().end, |next| next.range().start);
        if self
            .text
            .get(text.range().start..end)
            .is_some_and(|source| source.contains("<![CDATA["))
        {
            return Err(self.reject(
                text,
                format!("a CDATA section stands directly in `{container}`"),
                "remove it",
            ));
        }
        Ok(())
    }

    fn attributes(&self, node: Node<'_, '_>, declared: &[Attribute]) -> Checked {
        let element = node.tag_name().name();
        for found in node.attributes() {
            let place = self.places.at(found.range().start);
            let name = found.name();
            let known = declared.iter().find(|a| a.name == name && found.namespace().is_none());
            let Some(attribute) = known else {
                let names: Vec<_> = declared.iter().map(|a| a.name).collect();
                return Err(LoadError::rejected(
                    place,
                    format!("`{element}` has no attribute `{name}`"),
                    match (names.iter().find(|n| n.eq_ignore_ascii_case(name)), names.is_empty()) {
                        (Some(right), _) => format!("names are case-sensitive: write {right}"),
                        (None, true) => "remove it".to_owned(),
                        (None, false) => format!("remove it; it may have {}", names.join(" and ")),
                    },
                ));
            };
            if let Values::OneOf([a, b]) = attribute.values
                && ![a, b].contains(&found.value().trim_matches(' '))
            {
                return Err(LoadError::rejected(
                    place,
                    format!("`{name}` of `{element}` is `{}`", found.value()),
                    format!("write {a} or {b}, in lower case"),
                ));
            }
        }
        match declared.iter().find(|a| a.required && node.attribute(a.name).is_none()) {
            Some(missing) => {
                let mend = match missing.name {
                    "schemaversion" => "say which schema it is written for: schemaversion=\"4.50\"",
                    _ => "write groupRelation=\"or\"",
                };
                Err(self.reject(
                    node,
                    format!("`{element}` lacks the attribute `{}`", missing.name),
                    mend,
                ))
            }
            None => Ok(()),
        }
    }

    /// An element where the grammar has none of that name.
    fn misplaced(&self, node: Node<'_, '_>, allowed: &[&str]) -> LoadError {
        let name = node.tag_name().name();
        let parent = node.parent_element().map_or("", |p| p.tag_name().name());
        let dtd = self.grammar.dtd();
        let since = match parent {
            "Sysmon" => option_since(name),
            // A rule may hold the fields of any event.
            "Rule" => EventType::all()
                .filter_map(|event| field_since(event.element, name))
                .min(),
            _ => event_since(name).or_else(|| field_since(parent, name)),
        };
        let since = since.filter(|since| *since > dtd);
        if let Some(since) = since {
            return self.reject(
                node,
                format!("`{name}` exists from schema {since}, but the file is held to schema {dtd}"),
                format!(
                    "declare schemaversion=\"{since}\" where every Sysmon that loads it is new enough, or remove it"
                ),
            );
        }
        let mend = if let Some(right) = allowed.iter().find(|a| a.eq_ignore_ascii_case(name)) {
            format!("names are case-sensitive: write {right}")
        } else if (name, parent) == ("RuleGroup", "RuleGroup") || (name, parent) == ("Rule", "Rule") {
            format!("`{name}` cannot stand in another: move it out")
        } else if self.grammar.has_field(name) && self.grammar.is_event(parent) {
            format!("that is a field of other events; `{parent}` has {}", allowed.join(", "))
        } else if self.grammar.is_event(name) && parent == "Sysmon" {
            "move it into EventFiltering".to_owned()
        } else if allowed.len() <= 10 {
            format!("remove it; allowed are {}", allowed.join(", "))
        } else {
            "remove it, or mend its name".to_owned()
        };
        self.reject(node, format!("`{name}` is not allowed in `{parent}`"), mend)
    }

    fn reject(&self, node: Node<'_, '_>, reason: impl Into<String>, mend: impl Into<String>) -> LoadError {
        LoadError::rejected(self.places.at(node.range().start), reason, mend)
    }
}
