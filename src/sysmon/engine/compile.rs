//! A config in, an [`Engine`] out.
//!
//! Each filter becomes a test on atoms (see [`super::literals`]): that one holds, that it does not, that all of some do.
//! Atoms are numbered in the order in which Sysmon would come to them, so a sorted list of those that hold for an event
//! names, node by node and in document order, every item that could match. An item with none of its atoms in the list
//! and no test that holds without one is false, and touches nothing on the way: leaving it out changes neither the
//! verdict nor the RuleName.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use smallvec::SmallVec;

use super::literals::{Anchor, Atom, Builder};
use super::needles::Needles;
use super::{Engine, Literals};
use crate::sysmon::condition::{Condition, search_items};
use crate::sysmon::config::{Config, Filter, Item, Node, OnMatch, Relation};
use crate::sysmon::field::Field;
use crate::sysmon::fold::{Folding, as_name};

/// What an atom belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    /// Position among the compiled nodes.
    pub(super) node: u32,
    pub(super) item: u32,
    /// Whether it alone can bring the item up: it is not behind another filter of a rule that combines by `and`.
    pub(super) is_first: bool,
}

/// One used node.
#[derive(Debug)]
pub(super) struct CompiledNode {
    /// Position in the config's nodes.
    pub(super) id: usize,
    pub(super) on_match: OnMatch,
    pub(super) relation: Relation,
    pub(super) items: Vec<CompiledItem>,
    /// Items that can hold without any atom: they are asked for every event.
    pub(super) always: Vec<u32>,
    /// How many items must hold for an `and` node to match: each rule, and one loose filter of each field.
    pub(super) needed: usize,
}

#[derive(Debug)]
pub(super) struct CompiledItem {
    pub(super) relation: Relation,
    /// The field of a loose filter, and whether it is the last of its field in the node.
    pub(super) loose: Option<(Field, bool)>,
    pub(super) filters: SmallVec<[CompiledFilter; 1]>,
}

#[derive(Debug)]
pub(super) struct CompiledFilter {
    pub(super) field: Field,
    pub(super) test: Test,
    pub(super) label: Option<Box<str>>,
}

#[derive(Debug)]
pub(super) enum Test {
    Holds(Atom),
    Fails(Atom),
    AllHold(Box<[Atom]>),
    SomeFails(Box<[Atom]>),
    /// The text to compare with, folded: for equality that is no atom.
    Equal(Box<str>),
    Less(Box<str>),
    More(Box<str>),
    /// Whether one of the texts stands in the value: looked for when the filter is asked.
    Found(Box<Needles>),
    NotFound(Box<Needles>),
}

impl Test {
    /// Whether it can hold while none of its atoms does.
    fn holds_without_atoms(&self) -> bool {
        match self {
            Self::Holds(_) | Self::Equal(_) | Self::Found(_) => false,
            Self::AllHold(atoms) => atoms.is_empty(),
            Self::Fails(_) | Self::SomeFails(_) | Self::Less(_) | Self::More(_) | Self::NotFound(_) => true,
        }
    }
}

/// Whether an item can hold, or leave a name behind, for an event of which none of its atoms holds. A rule that combines
/// by `and` stops at its first filter then, unless that one can hold.
fn may_hold_without_atoms(relation: Relation, filters: &[CompiledFilter]) -> bool {
    let deciding = match relation {
        Relation::And => filters.get(..1).unwrap_or_default(),
        Relation::Or => filters,
    };
    deciding.iter().any(|filter| filter.test.holds_without_atoms())
}

pub(super) fn compile(config: &Config, folding: Folding) -> Engine {
    let used = || {
        config
            .nodes()
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_used())
            .rev()
    };
    let of = |on_match| used().filter(move |(_, node)| node.on_match == Some(on_match));
    let mut compiler = Compiler {
        folding,
        owners: Vec::new(),
        literals: Default::default(),
        shared: IndexMap::default(),
    };
    let mut nodes = Vec::new();
    for (id, node) in of(OnMatch::Exclude).chain(of(OnMatch::Include)) {
        let position = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
        nodes.push(compiler.node(id, node, position));
    }
    let default = matches!(nodes.as_slice(), [only] if only.on_match == OnMatch::Exclude);
    let literals: [Literals; Field::ALL.len()] = compiler.literals.map(Builder::build);
    Engine {
        folding,
        nodes,
        literals,
        owners: compiler.owners,
        default,
    }
}

struct Compiler {
    folding: Folding,
    owners: Vec<Owner>,
    literals: [Builder; Field::ALL.len()],
    /// Atoms of which nothing but their holding counts, by field, condition and value.
    shared: IndexMap<(usize, Condition, String), Atom, RandomState>,
}

impl Compiler {
    fn node(&mut self, id: usize, node: &Node, position: u32) -> CompiledNode {
        // From the end, since a loose filter must know whether another of its field follows.
        let mut seen_later = [false; Field::ALL.len()];
        let mut last_of_field: Vec<bool> = node
            .items
            .iter()
            .rev()
            .map(|item| match item {
                Item::Filter(filter) => seen_later
                    .get_mut(filter.field as usize)
                    .is_some_and(|seen| !std::mem::replace(seen, true)),
                Item::Rule(_) => false,
            })
            .collect();
        last_of_field.reverse();
        let mut items = Vec::with_capacity(node.items.len());
        let mut always = Vec::new();
        for ((item, last), index) in node.items.iter().zip(last_of_field).zip(0u32..) {
            let owner = Owner {
                node: position,
                item: index,
                is_first: true,
            };
            let combined = item.relation() == Relation::And;
            let filters = item.filters().iter().enumerate();
            // A rule that combines by `and` is reached through its first filter alone. The event type that many rules ask
            // for behind it is no atom: it would be one hit for each of them in every event.
            let filters: SmallVec<[_; 1]> = filters
                .map(|(i, filter)| self.filter(filter, owner, combined && i > 0))
                .collect();
            if may_hold_without_atoms(item.relation(), &filters) {
                always.push(index);
            }
            let loose = match item {
                Item::Filter(filter) => Some((filter.field, last)),
                Item::Rule(_) => None,
            };
            items.push(CompiledItem {
                relation: item.relation(),
                loose,
                filters,
            });
        }
        let rules = items
            .iter()
            .filter(|i| i.loose.is_none() && !i.filters.is_empty())
            .count();
        let fields = seen_later.iter().filter(|seen| **seen).count();
        CompiledNode {
            id,
            on_match: node.on_match.unwrap_or(OnMatch::Exclude),
            relation: node.relation,
            items,
            always,
            needed: rules + fields,
        }
    }

    fn filter(&mut self, filter: &Filter, owner: Owner, is_behind: bool) -> CompiledFilter {
        let owner = Owner {
            is_first: !is_behind,
            ..owner
        };
        let value = self.folding.fold(&as_name(&filter.value)).into_owned();
        let field = filter.field;
        let test = match filter.condition {
            Condition::LessThan => Test::Less(value.into()),
            Condition::MoreThan => Test::More(value.into()),
            Condition::Is if is_behind && field == Field::EventType => Test::Equal(value.into()),
            Condition::Contains if is_behind => Test::Found(Box::new(Needles::default().with(&value))),
            Condition::Excludes if is_behind => Test::NotFound(Box::new(Needles::default().with(&value))),
            Condition::ContainsAny if is_behind => Test::Found(Box::new(Needles::of_list(&value))),
            Condition::ExcludesAny if is_behind => Test::NotFound(Box::new(Needles::of_list(&value))),
            Condition::ContainsAll => Test::AllHold(self.each(field, &value, owner)),
            Condition::ExcludesAll => Test::SomeFails(self.each(field, &value, owner)),
            condition => match condition.negates() {
                Some(positive) if is_behind => Test::Fails(self.shared(field, positive, value, owner)),
                Some(positive) => Test::Fails(self.atom(field, positive, &value, owner)),
                None => Test::Holds(self.atom(field, condition, &value, owner)),
            },
        };
        CompiledFilter {
            field,
            test,
            label: filter.label.as_deref().map(Box::from),
        }
    }

    fn new_atom(&mut self, owner: Owner) -> Atom {
        let atom = Atom::try_from(self.owners.len()).unwrap_or(Atom::MAX);
        self.owners.push(owner);
        atom
    }

    /// One atom for all that ask for the same thing behind another filter, where it brings nothing up: thousands of rules
    /// that carve out the same names would be thousands of hits in an event that has one of these.
    fn shared(&mut self, field: Field, condition: Condition, value: String, owner: Owner) -> Atom {
        let key = (field as usize, condition, value);
        if let Some(atom) = self.shared.get(&key) {
            return *atom;
        }
        let atom = self.atom(field, condition, &key.2, owner);
        self.shared.insert(key, atom);
        atom
    }

    /// One atom for each item of a list.
    fn each(&mut self, field: Field, value: &str, owner: Owner) -> Box<[Atom]> {
        search_items(value)
            .map(|item| self.atom(field, Condition::Contains, item, owner))
            .collect()
    }

    /// One atom for a whole positive condition.
    fn atom(&mut self, field: Field, condition: Condition, value: &str, owner: Owner) -> Atom {
        let atom = self.new_atom(owner);
        let Some(literals) = self.literals.get_mut(field as usize) else {
            return atom;
        };
        match condition {
            Condition::BeginWith => literals.found(value, Anchor::Start, atom),
            Condition::EndWith => literals.found(value, Anchor::End, atom),
            Condition::Contains => literals.found(value, Anchor::Anywhere, atom),
            Condition::ContainsAny => {
                search_items(value).for_each(|item| literals.found(item, Anchor::Anywhere, atom));
            }
            Condition::IsAny => value.split(';').for_each(|item| literals.equal(item, atom)),
            Condition::Image if !value.contains('\\') => literals.file_name(value, atom),
            _ => literals.equal(value, atom),
        }
        atom
    }
}
