//! A YAML text in, its documents as trees in which every node knows its line out.
//!
//! The tree is Sigma's view of YAML: a value is nothing, a text, a list or a map. Numbers and flags stay the text they are
//! written as, since Sigma compares text.

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput};

use super::fault::Fault;

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// From 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    /// In the order of the file, each key once.
    Map(IndexMap<String, Node>),
}

/// Deeper trees are refused: no rule is nested like that.
const DEEPEST: usize = 32;
/// A file with more nodes, those that aliases repeat included, is refused.
const MOST_NODES: usize = 1 << 18;

impl Node {
    /// The value of a key, where this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(map) => map.get(key),
            _ => None,
        }
    }

    /// The text, where this is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members of a list; anything else is a list of itself.
    pub(super) fn each(&self) -> &[Self] {
        match &self.value {
            Value::List(nodes) => nodes,
            _ => std::slice::from_ref(self),
        }
    }

    pub(super) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault {
            line: self.line,
            what: what.into(),
        }
    }

    /// This node, and all below it.
    fn nodes(&self) -> usize {
        1 + match &self.value {
            Value::Null | Value::Text(_) => 0,
            Value::List(nodes) => nodes.iter().map(Self::nodes).sum(),
            Value::Map(map) => map.values().map(Self::nodes).sum(),
        }
    }
}

/// Reads all documents of a file.
pub(super) fn documents(text: &str) -> Result<Vec<Node>, Fault> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: IndexMap::new(),
        nodes: 0,
    };
    let mut documents = Vec::new();
    loop {
        let (event, line) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(documents),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event => documents.push(reader.node(event, line, 0)?),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: IndexMap<usize, Node>,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, usize), Fault> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start.line())),
            Some(Err(error)) => Err(error.into()),
            None => Ok((Event::StreamEnd, 0)),
        }
    }

    /// The node that begins with this event.
    fn node(&mut self, event: Event<'t>, line: usize, depth: usize) -> Result<Node, Fault> {
        let fault = |what: &str| Fault {
            line,
            what: what.into(),
        };
        self.nodes += 1;
        if depth > DEEPEST {
            return Err(fault("nested too deep"));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => (scalar(&text, style), anchor),
            Event::SequenceStart(anchor, _) => (Value::List(self.list(depth)?), anchor),
            Event::MappingStart(anchor, _) => (Value::Map(self.map(depth)?), anchor),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| fault("an alias (*name) of what it stands in"))?;
                self.nodes += node.nodes();
                (node.value, 0)
            }
            _ => return Err(fault("a value is missing")),
        };
        if self.nodes > MOST_NODES {
            return Err(fault("more than a rule can hold"));
        }
        let node = Node { line, value };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(nodes),
                (event, line) => nodes.push(self.node(event, line, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<IndexMap<String, Node>, Fault> {
        let mut map = IndexMap::new();
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                return Ok(map);
            }
            let key = self.node(event, line, depth + 1)?;
            let (event, line) = self.next()?;
            let value = self.node(event, line, depth + 1)?;
            let Value::Text(text) = key.value else {
                return Err(key.fault("a key is no text"));
            };
            if map.contains_key(&text) {
                return Err(Fault {
                    line: key.line,
                    what: format!("`{text}` is there twice, and only one of them would count"),
                });
            }
            map.insert(text, value);
        }
    }
}

/// YAML 1.2's core schema knows these for nothing; quoted, they are text.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    match (style, text) {
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
        _ => Value::Text(text.to_owned()),
    }
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        Self {
            line: error.marker().line(),
            what: format!("this is no YAML: {}", error.info()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keys_and_lines() {
        let all = documents("a: 1\nb:\n  - x\n  - null\n  - 'null'\n---\nc: &k [y]\nd: *k\n").unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].get("a").unwrap().text(), Some("1"));
        let list = all[0].get("b").unwrap().each();
        assert_eq!((list[0].text(), list[0].line), (Some("x"), 3));
        assert!(matches!(list[1].value, Value::Null));
        assert_eq!(list[2].text(), Some("null"));
        assert_eq!(all[1].get("d").unwrap().each()[0].text(), Some("y"));
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        for (text, line, what) in [
            ("a: b\nc: [", 2, "no YAML"),
            ("a: 1\na: 2\n", 2, "twice"),
            ("? [a]\n: b\n", 1, "no text"),
            ("a: &a [*a]\n", 1, "alias"),
        ] {
            let fault = documents(text).unwrap_err();
            assert!(fault.what.contains(what), "{text}: {fault:?}");
            assert!(fault.line >= line, "{text}: {fault:?}");
        }
    }

    #[test]
    fn neither_depth_nor_aliases_cost_more_than_the_file() {
        let nested = |depth| documents(&format!("a: {}{}", "[".repeat(depth), "]".repeat(depth)));
        assert!(nested(30).is_ok());
        assert!(nested(40).unwrap_err().what.contains("deep"));
        assert!(nested(50_000).is_err());
        let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = vec![format!("*a{}", level - 1); 8].join(", ");
            laughs += &format!("a{level}: &a{level} [{before}]\n");
        }
        assert!(documents(&laughs).unwrap_err().what.contains("more than"));
    }
}
