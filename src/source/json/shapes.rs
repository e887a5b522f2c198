//! The mapping table in, a tree of keys out, in which a reader goes down as it goes down in an object.

use std::sync::LazyLock;

use indexmap::IndexMap;

use super::dialects::{DIALECTS, Dialect, TRANSPARENT};
use crate::source::meaning::Meaning;

/// A place where a value is kept that some dialect asks for.
pub(super) type Slot = usize;

/// A node of the tree.
pub(super) type NodeId = usize;

/// The root of the tree.
pub(super) const ROOT: NodeId = 0;

type Keys = IndexMap<&'static str, NodeId, foldhash::fast::FixedState>;

/// What is known of one path.
#[derive(Debug, Default)]
pub(super) struct Node {
    keys: Keys,
    /// Where a value at this path is kept.
    pub(super) slot: Option<Slot>,
    /// The node whose keys are listed here as names, if this is such a list.
    pub(super) names_keys_of: Option<NodeId>,
}

/// A dialect, its paths resolved.
#[derive(Debug)]
pub(super) struct Shape {
    /// Which slots hold what: where several hold the same, the first one that is there counts.
    pub(super) meanings: Vec<(Meaning, Vec<Slot>)>,
    pub(super) pipe_name: Option<Slot>,
    pub(super) event_id: Vec<Slot>,
    pub(super) provider: Vec<Slot>,
    pub(super) texts: Vec<Slot>,
}

/// All dialects.
#[derive(Debug)]
pub(super) struct Shapes {
    nodes: Vec<Node>,
    pub(super) shapes: Vec<Shape>,
    /// How many slots there are.
    pub(super) slots: usize,
}

/// The shapes of [`DIALECTS`].
pub(super) static SHAPES: LazyLock<Shapes> = LazyLock::new(|| Shapes::of(DIALECTS));

impl Shapes {
    fn of(dialects: &[Dialect]) -> Self {
        let wrapping = TRANSPARENT.iter().map(|(key, _)| (*key, ROOT)).collect();
        let root = Node {
            keys: wrapping,
            ..Node::default()
        };
        let mut shapes = Self {
            nodes: vec![root],
            shapes: Vec::new(),
            slots: 0,
        };
        for dialect in dialects {
            let shape = shapes.shape(dialect);
            shapes.shapes.push(shape);
        }
        shapes
    }

    fn shape(&mut self, dialect: &Dialect) -> Shape {
        let fields = dialect.fields;
        let named = [
            (Meaning::PipeName, fields.pipe_name),
            (Meaning::Image, fields.image),
            (Meaning::User, fields.user),
            (Meaning::Domain, fields.domain),
            (Meaning::ProcessId, fields.process_id),
            (Meaning::ProcessGuid, fields.process_guid),
            (Meaning::UtcTime, fields.utc_time),
        ];
        let around = [
            (Meaning::Provider, dialect.provider),
            (Meaning::EventId, dialect.event_id),
            (Meaning::Host, dialect.host),
            (Meaning::RecordId, dialect.record_id),
            (Meaning::Written, dialect.written),
        ];
        let mut meanings: Vec<(Meaning, Vec<Slot>)> = Vec::new();
        for (meaning, paths) in around {
            meanings.push((meaning, self.slots_of(paths)));
        }
        for (meaning, name) in named {
            let slot = (!name.is_empty()).then(|| self.slot(dialect.under, name));
            meanings.push((meaning, slot.into_iter().collect()));
        }
        if !dialect.under.is_empty() {
            let fields = self.path(dialect.under, "");
            let list = self.path(dialect.under, "Data");
            if let Some(list) = self.nodes.get_mut(list) {
                list.names_keys_of = Some(fields);
            }
        }
        Shape {
            pipe_name: (!fields.pipe_name.is_empty()).then(|| self.slot(dialect.under, fields.pipe_name)),
            event_id: self.slots_of(dialect.event_id),
            provider: self.slots_of(dialect.provider),
            texts: self.slots_of(dialect.texts),
            meanings,
        }
    }

    fn slots_of(&mut self, paths: &[&'static str]) -> Vec<Slot> {
        paths.iter().map(|path| self.slot("", path)).collect()
    }

    /// The node of a path, which is made if it is new.
    fn path(&mut self, under: &'static str, path: &'static str) -> NodeId {
        let mut at = ROOT;
        let keys = under.split('.').chain(path.split('.'));
        for key in keys.filter(|key| !key.is_empty()) {
            let new = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else { break };
            at = *node.keys.entry(key).or_insert(new);
            if at == new {
                self.nodes.push(Node::default());
            }
        }
        at
    }

    /// The slot of a path, which is made if it is new.
    fn slot(&mut self, under: &'static str, path: &'static str) -> Slot {
        let (at, next) = (self.path(under, path), self.slots);
        let Some(node) = self.nodes.get_mut(at) else {
            return next;
        };
        let slot = *node.slot.get_or_insert(next);
        self.slots = self.slots.max(slot + 1);
        slot
    }

    /// The node of a path's beginning.
    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// Where a key leads from a node: down, back to where it came from if it only wraps what matters, or nowhere.
    ///
    /// A key with dots is a path.
    pub(super) fn step(&self, from: NodeId, key: &str) -> Option<NodeId> {
        let node = self.nodes.get(from)?;
        if let Some(&id) = node.keys.get(key) {
            return Some(id);
        }
        if let Some(id) = key.strip_prefix('@').and_then(|key| node.keys.get(key)) {
            // xmltodict: an XML element's attribute.
            return Some(*id);
        }
        match key {
            // evtx_dump: an XML element's attributes.
            "#attributes" => return Some(from),
            // evtx_dump, xmltodict: an element's text beside its attributes. Velociraptor: a number.
            "#text" | "Value" if node.slot.is_some() => return Some(from),
            _ => {}
        }
        let (first, rest) = key.split_once('.')?;
        self.step(*node.keys.get(first)?, rest)
    }
}
