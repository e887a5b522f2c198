//! One JSON value in, its rows out: the values that some dialect asks for, and no others.

use std::fmt::{self, Write};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::embedded;
use super::shapes::{NodeId, ROOT, SHAPES, Slot};
use crate::source::values::{Span, Values};

/// How many keys of a row are kept to name it by, if it is in no known shape.
const FIRST_KEYS: usize = 6;

/// The values of one row.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) values: Values,
    slots: Vec<Option<Span>>,
    /// The first keys of the outermost object.
    pub(super) keys: String,
    keys_kept: usize,
    /// Whether a value was found since the row was begun.
    found: bool,
}

impl Row {
    /// Whether there is nothing in the row.
    pub(super) fn is_empty(&self) -> bool {
        !self.found && self.keys_kept == 0
    }

    /// Makes the row empty, and keeps the room it had.
    pub(super) fn begin(&mut self) {
        self.values.clear();
        self.slots.clear();
        self.slots.resize(SHAPES.slots, None);
        self.keys.clear();
        self.keys_kept = 0;
        self.found = false;
    }

    /// The value in a slot.
    pub(super) fn slot(&self, slot: Slot) -> Option<Span> {
        self.slots.get(slot).cloned().flatten()
    }

    /// Keeps a value in the node's slot, if it has one. Where a key is there twice, the last one counts, as with
    /// Python's, JavaScript's and `jq`'s parsers.
    fn keep(&mut self, node: NodeId, value: &str) {
        let Some(slot) = SHAPES.node(node).and_then(|node| node.slot) else {
            return;
        };
        let span = self.values.push(value);
        if let Some(kept) = self.slots.get_mut(slot) {
            *kept = Some(span);
            self.found = true;
        }
    }

    fn keep_key(&mut self, key: &str) {
        if self.keys_kept < FIRST_KEYS {
            if self.keys_kept > 0 {
                self.keys.push_str(", ");
            }
            self.keys.push_str(key);
            self.keys_kept += 1;
        }
    }
}

/// Goes through one value.
pub(super) struct Walk<'w> {
    pub(super) row: &'w mut Row,
    /// Is given each row that stands in a list of rows, when it is complete. Without it a list is an error.
    pub(super) emit: Option<&'w mut dyn FnMut(&mut Row)>,
}

impl<'de> DeserializeSeed<'de> for &mut Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        At { walk: self, node: ROOT }.deserialize(deserializer)
    }
}

/// A place in the value: the walk, and how far in the tree of keys it has come.
struct At<'a, 'w> {
    walk: &'a mut Walk<'w>,
    node: NodeId,
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Some(named) = SHAPES.node(self.node).and_then(|node| node.names_keys_of) else {
            return deserializer.deserialize_any(self);
        };
        let list = Value::deserialize(deserializer)?;
        for (name, value) in embedded::pairs(&list) {
            let (Some(node), Some(value)) = (SHAPES.step(named, name), value.as_str()) else {
                continue;
            };
            self.walk.row.keep(node, value);
        }
        Ok(())
    }
}

impl At<'_, '_> {
    fn keep_number(self, number: impl fmt::Display) {
        let mut text = NumberText::default();
        if write!(text, "{number}").is_ok() {
            self.walk.row.keep(self.node, text.as_str());
        }
    }
}

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.walk.row.keep(self.node, text);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.keep_number(number);
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.keep_number(number);
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.keep_number(number);
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.node != ROOT {
            // A list where one value is expected: search hits have them. The first one counts.
            let At { walk, node } = self;
            let first = list.next_element_seed(At { walk, node })?;
            if first.is_some() {
                while list.next_element::<IgnoredAny>()?.is_some() {}
            }
            return Ok(());
        }
        loop {
            let walk = &mut *self.walk;
            if !walk.row.is_empty() {
                // The values around a list belong to none of its rows.
                walk.row.begin();
            }
            if list.next_element_seed(At { walk, node: ROOT })?.is_none() {
                return Ok(());
            }
            if !self.walk.row.is_empty() {
                let emit = self.walk.emit.as_mut().ok_or_else(|| A::Error::custom("a list"))?;
                emit(self.walk.row);
                self.walk.row.begin();
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let At { walk, node } = self;
        loop {
            let step = map.next_key_seed(Key { walk: &mut *walk, node })?;
            match step {
                None => return Ok(()),
                Some(Some(node)) => map.next_value_seed(At { walk: &mut *walk, node })?,
                Some(None) => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
    }
}

/// A key of an object in, where it leads out.
struct Key<'a, 'w> {
    walk: &'a mut Walk<'w>,
    node: NodeId,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Option<NodeId>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, '_> {
    type Value = Option<NodeId>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        if self.node == ROOT {
            self.walk.row.keep_key(key);
        }
        Ok(SHAPES.step(self.node, key))
    }
}

/// Room for a number's digits.
#[derive(Default)]
struct NumberText {
    bytes: smallvec::SmallVec<[u8; 32]>,
}

impl NumberText {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }
}

impl Write for NumberText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
