//! A JSON text, or the cells of a row, in; a tree of the values out, laid down in one block of memory.
//!
//! What stands in a string as JSON is a part of the tree too, as deep as exporters wrap it. How many values there may be
//! is bounded: a record of a few MiB could need gigabytes otherwise.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::source::escapes::without_surrogates;

/// How many values a record may hold.
const VALUES: usize = 1_000_000;
/// How deep JSON may stand in strings of JSON.
const DEPTH: u32 = 4;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar,
    Object,
    List,
}

/// The number of a value in its tree.
pub(super) type Id = usize;

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    /// Where its key and its text are in the tree's, each with the place behind it.
    key: (u32, u32),
    text: (u32, u32),
    /// The node behind all that is in it.
    end: u32,
}

/// A tree of values. The first one holds all others.
#[derive(Debug, Default)]
pub(super) struct Tree {
    text: String,
    nodes: Vec<Node>,
}

impl Tree {
    /// The tree of a JSON text; `None` if it is none, or holds too many values.
    pub(super) fn of_json(json: &str) -> Option<Self> {
        let mut tree = Self::default();
        let root = Build {
            tree: &mut tree,
            key: (0, 0),
            depth: 0,
        };
        let json = without_surrogates(json);
        let mut json = serde_json::Deserializer::from_str(&json);
        root.deserialize(&mut json).ok()?;
        json.end().ok()?;
        Some(tree)
    }

    /// The tree of an object with these members.
    pub(super) fn of_members<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut tree = Self::default();
        let root = tree.begin(Kind::Object, (0, 0));
        for (key, value) in members {
            let key = tree.push(key);
            tree.scalar(key, value, 0);
        }
        tree.finish(root);
        tree
    }

    /// The value that holds all others.
    pub(super) fn root(&self) -> Id {
        0
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn kind(&self, id: Id) -> Kind {
        self.nodes.get(id).map_or(Kind::Scalar, |node| node.kind)
    }

    /// The key of a member; empty for an element of a list.
    pub(super) fn key(&self, id: Id) -> &str {
        self.nodes.get(id).map_or("", |node| self.part(node.key))
    }

    /// A value's text: of a string that holds JSON, what stands before that.
    pub(super) fn text(&self, id: Id) -> &str {
        self.nodes.get(id).map_or("", |node| self.part(node.text))
    }

    /// The members of an object, the elements of a list.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> + Clone + '_ {
        let end = self.end(id);
        let first = (id + 1 < end).then_some(id + 1);
        std::iter::successors(first, move |child| Some(self.end(*child)).filter(|next| *next < end))
    }

    fn end(&self, id: Id) -> usize {
        self.nodes.get(id).map_or(id + 1, |node| node.end as usize)
    }

    fn part(&self, (start, end): (u32, u32)) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn push(&mut self, text: &str) -> (u32, u32) {
        let start = self.text.len();
        self.text.push_str(text);
        (short(start), short(self.text.len()))
    }

    fn begin(&mut self, kind: Kind, key: (u32, u32)) -> Id {
        self.nodes.push(Node {
            kind,
            key,
            text: (0, 0),
            end: 0,
        });
        self.nodes.len() - 1
    }

    fn finish(&mut self, id: Id) {
        let end = short(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(id) {
            node.end = end;
        }
    }

    /// Lays a string down: as what it holds, if that is JSON, perhaps behind the header of a collector.
    fn scalar(&mut self, key: (u32, u32), text: &str, depth: u32) {
        let is_json = |at: usize| {
            text.split_at_checked(at)
                .is_some_and(|(head, json)| self.nested(key, head, json, depth + 1))
        };
        if depth < DEPTH && json_in(text).any(is_json) {
            return;
        }
        let text = self.push(text);
        let id = self.begin(Kind::Scalar, key);
        if let Some(node) = self.nodes.get_mut(id) {
            node.text = text;
        }
        self.finish(id);
    }

    fn nested(&mut self, key: (u32, u32), head: &str, json: &str, depth: u32) -> bool {
        let (text_len, count) = (self.text.len(), self.nodes.len());
        let head = self.push(head);
        let closed = json.trim_end().trim_end_matches(']');
        let json = without_surrogates(if json.starts_with('{') { closed } else { json });
        let mut reader = serde_json::Deserializer::from_str(&json);
        let read = Build { tree: self, key, depth }
            .deserialize(&mut reader)
            .and_then(|()| reader.end());
        if read.is_err() {
            self.text.truncate(text_len);
            self.nodes.truncate(count);
            return false;
        }
        if let Some(node) = self.nodes.get_mut(count) {
            node.text = head;
        }
        true
    }
}

/// Texts are of records, which are far shorter than this.
fn short(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// How much may stand before JSON in a string, in bytes.
const HEAD: usize = 512;

/// Where JSON may begin in a string: at its start, or behind what a collector writes before it.
fn json_in(text: &str) -> impl Iterator<Item = usize> + use<> {
    let trimmed = text.trim_end();
    let start = text.len() - text.trim_start().len();
    let is_whole = match text.as_bytes().get(start) {
        Some(b'{') => trimmed.ends_with('}'),
        Some(b'[') => trimmed.ends_with(']'),
        _ => false,
    };
    // Fluent Bit prints a list of a time and the event.
    let has_end = trimmed.ends_with('}') || trimmed.ends_with("}]");
    let head = text.as_bytes().get(..text.len().min(HEAD)).filter(|_| has_end);
    let behind = head
        .and_then(|head| memchr::memmem::find(head, b"{\""))
        .filter(|at| *at != start);
    is_whole.then_some(start).into_iter().chain(behind)
}

/// Builds one value of a tree.
struct Build<'t> {
    tree: &'t mut Tree,
    key: (u32, u32),
    depth: u32,
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.tree.len() >= VALUES {
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl Build<'_> {
    fn number(self, number: impl fmt::Display) {
        self.tree.scalar(self.key, &number.to_string(), DEPTH);
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.tree.scalar(self.key, text, self.depth);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.number("");
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.number("");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let id = self.tree.begin(Kind::List, self.key);
        let depth = self.depth;
        while list
            .next_element_seed(Build {
                tree: self.tree,
                key: (0, 0),
                depth,
            })?
            .is_some()
        {}
        self.tree.finish(id);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let id = self.tree.begin(Kind::Object, self.key);
        let depth = self.depth;
        while let Some(key) = map.next_key_seed(Key(self.tree))? {
            map.next_value_seed(Build {
                tree: self.tree,
                key,
                depth,
            })?;
        }
        self.tree.finish(id);
        Ok(())
    }
}

/// Lays a key down.
struct Key<'t>(&'t mut Tree);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = (u32, u32);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(u32, u32), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = (u32, u32);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<(u32, u32), E> {
        Ok(self.0.push(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree in one line.
    fn shown(tree: &Tree, id: Id) -> String {
        let children = || {
            tree.children(id)
                .map(|child| shown(tree, child))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let text = match tree.kind(id) {
            Kind::Scalar => tree.text(id).to_owned(),
            Kind::Object => format!("{}{{{}}}", tree.text(id), children()),
            Kind::List => format!("[{}]", children()),
        };
        match tree.key(id) {
            "" => text,
            key => format!("{key}={text}"),
        }
    }

    #[test]
    fn json_in_strings_is_a_part_of_the_tree() {
        let json =
            r#"{"a": [1, "x", null], "b": "{\"c\": \"[2]\"}", "d": "host app: {\"e\": 3}", "f": "{no json}", "g": {}}"#;
        let tree = Tree::of_json(json).unwrap();
        assert_eq!(
            shown(&tree, tree.root()),
            "{a=[1 x ] b={c=[2]} d=host app: {e=3} f={no json} g={}}"
        );
        assert!(Tree::of_json("{").is_none());
    }

    #[test]
    fn what_is_too_deep_or_too_much_is_no_tree() {
        assert!(Tree::of_json(&("[".repeat(100_000) + &"]".repeat(100_000))).is_none());
        assert!(Tree::of_json(&format!("[{}1]", "1,".repeat(VALUES))).is_none());
        let mut nested = r#"{"PipeName": "x"}"#.to_owned();
        for _ in 0..8 {
            nested = serde_json::json!({ "a": nested }).to_string();
        }
        let tree = Tree::of_json(&nested).unwrap();
        assert_eq!(tree.len(), DEPTH as usize + 2);
    }
}
