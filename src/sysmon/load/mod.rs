//! A config file's bytes in, a [`Config`] or the reason why Sysmon loads none out.
//!
//! First the whole file is held to the grammar, then rules are built event by event, as Sysmon does (xml.cpp,
//! ApplyConfigurationFile): a wrong condition or a label that is too long, in any event, rejects the config; a rule with
//! nothing in it crashes the loader; a field of another event throws its node away and all later ones of that event.

mod rules;

use roxmltree::Node as Xml;
pub(super) use rules::LAST_OR_BY_DEFAULT;

use super::config::{Config, Fate, Node};
use super::document::{self, MAX_BYTES};
use super::encoding::Text;
use super::grammar::Validator;
use super::position::Places;
use super::reject::{Failure, LoadError, Place};
use super::schema::{Grammar, NEWEST, STORED, SchemaVersion};

/// Sysmon counts the nodes of an event in 16 bits.
const MAX_NODES: usize = 65_534;

impl Config {
    /// Loads a config as the newest known Sysmon does.
    ///
    /// # Errors
    ///
    /// Where Sysmon would reject it or crash, with the place, the reason and the mend.
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        Self::load_for(bytes, NEWEST)
    }

    /// Loads a config as a Sysmon does whose newest schema is `binary`.
    ///
    /// # Errors
    ///
    /// Where that Sysmon would reject it or crash.
    pub fn load_for(bytes: &[u8], binary: SchemaVersion) -> Result<Self, LoadError> {
        if bytes.len() > MAX_BYTES {
            let start = Place { line: 1, column: 1 };
            return Err(
                LoadError::rejected(start, "the file is larger than 64 MiB", "split it").failing(Failure::TooLarge)
            );
        }
        let text = Text::decode(bytes)?;
        let document = document::parse(text.as_str())?;
        let loader = Loader::new(text.as_str(), document.root_element(), binary)?;
        loader.validate()?;
        let nodes = loader.build()?;
        let root = loader.root;
        let sysmon = loader.element(root);
        let filterings = children(root)
            .filter(|e| is(*e, "EventFiltering"))
            .map(|e| loader.element(e))
            .collect();
        let (declared, held_to) = (loader.declared, loader.grammar.dtd());
        Ok(Self {
            declared,
            held_to,
            sysmon,
            filterings,
            nodes,
            text,
        })
    }
}

struct Loader<'a, 't> {
    text: &'t str,
    root: Xml<'a, 't>,
    declared: SchemaVersion,
    grammar: Grammar,
    places: Places<'t>,
}

impl<'a, 't> Loader<'a, 't> {
    fn new(text: &'t str, root: Xml<'a, 't>, binary: SchemaVersion) -> Result<Self, LoadError> {
        let places = Places::new(text);
        let place = places.at(root.range().start);
        if !is(root, "Sysmon") {
            return Err(LoadError::rejected(
                place,
                format!("the root element is `{}`", root.tag_name().name()),
                "a config's root is Sysmon, so written",
            ));
        }
        let written = root.attribute("schemaversion").unwrap_or_default();
        let Some(declared) = SchemaVersion::parse(written) else {
            return Err(LoadError::rejected(
                place,
                format!("`{written}` is no schema version"),
                "write schemaversion=\"4.50\"",
            )
            .failing(if written.bytes().any(|b| b.is_ascii_digit()) {
                Failure::Rejected
            } else {
                Failure::Crash
            }));
        };
        let Some(grammar) = Grammar::select(declared, binary) else {
            return Err(LoadError::rejected(
                place,
                format!("schema {declared} is too old: Sysmon accepts {} and later", STORED[0]),
                "write schemaversion=\"4.00\": from 4.20 on, nodes that stand in no RuleGroup combine their filters by and",
            ));
        };
        Ok(Self {
            text,
            root,
            declared,
            grammar,
            places,
        })
    }

    fn validate(&self) -> Result<(), LoadError> {
        let places = Places::new(self.text);
        Validator {
            grammar: &self.grammar,
            text: self.text,
            places,
        }
        .sysmon(self.root)
    }

    /// Builds the rules of every event, and keeps those of pipes.
    fn build(&self) -> Result<Vec<Node>, LoadError> {
        let mut by_event: indexmap::IndexMap<&str, Vec<Xml<'_, '_>>> =
            self.grammar.events().map(|event| (event, Vec::new())).collect();
        for filtering in children(self.root).filter(|e| is(*e, "EventFiltering")) {
            for child in children(filtering) {
                let events = if is(child, "RuleGroup") {
                    children(child).collect()
                } else {
                    vec![child]
                };
                for event in events {
                    if let Some(nodes) = by_event.get_mut(event.tag_name().name()) {
                        nodes.push(event);
                    }
                }
            }
        }
        let mut pipe_nodes = Vec::new();
        for (event, elements) in by_event {
            if let Some(surplus) = elements.get(MAX_NODES) {
                return Err(self.reject(*surplus, format!("more than 65,534 `{event}` elements"), "merge them"));
            }
            let series = self.grammar.series(event);
            let mut valid = true;
            for element in elements {
                let node = self.node(element, &series, valid)?;
                valid = matches!(node.fate, Fate::Used | Fate::Skipped) && valid;
                if event == "PipeEvent" {
                    pipe_nodes.push(node);
                }
            }
        }
        Ok(pipe_nodes)
    }

    fn reject(&self, xml: Xml<'_, '_>, reason: impl Into<String>, mend: impl Into<String>) -> LoadError {
        LoadError::rejected(self.places.at(xml.range().start), reason, mend)
    }
}

fn children<'a, 't>(xml: Xml<'a, 't>) -> impl Iterator<Item = Xml<'a, 't>> {
    xml.children().filter(Xml::is_element)
}

fn is(xml: Xml<'_, '_>, name: &str) -> bool {
    xml.tag_name().name() == name && xml.tag_name().namespace().is_none()
}
