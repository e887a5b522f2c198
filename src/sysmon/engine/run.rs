//! An event's facts in, whether items and nodes hold out (rules.c: MatchFilterGroup, CombineGroupDone).

use std::borrow::Cow;

use smallvec::SmallVec;

use super::compile::{CompiledFilter, CompiledItem, CompiledNode, Owner, Test};
use super::literals::{Atom, Atoms};
use super::{Engine, Event};
use crate::sysmon::config::Relation;
use crate::sysmon::field::Field;
use crate::utf16;

/// What is known of one event before any rule is asked.
pub(super) struct Facts<'a> {
    /// Each field's value, folded.
    values: [Cow<'a, str>; Field::ALL.len()],
    /// The atoms that hold, in rising order.
    pub(super) hits: Atoms,
}

impl Facts<'_> {
    fn holds(&self, atom: Atom) -> bool {
        self.hits.binary_search(&atom).is_ok()
    }

    fn value(&self, field: Field) -> &str {
        self.values.get(field as usize).map_or("", |value| value)
    }
}

impl CompiledFilter {
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        match &self.test {
            Test::Holds(atom) => facts.holds(*atom),
            Test::Fails(atom) => !facts.holds(*atom),
            Test::AllHold(atoms) => atoms.iter().all(|atom| facts.holds(*atom)),
            Test::SomeFails(atoms) => !atoms.iter().all(|atom| facts.holds(*atom)),
            Test::Equal(text) => facts.value(self.field) == &**text,
            Test::Less(text) => utf16::units(facts.value(self.field)).lt(utf16::units(text)),
            Test::Found(needles) => needles.stand_in(facts.value(self.field)),
            Test::NotFound(needles) => !needles.stand_in(facts.value(self.field)),
            Test::More(text) => utf16::units(facts.value(self.field)).gt(utf16::units(text)),
        }
    }
}

impl CompiledItem {
    /// Whether the item holds. Each filter on the way that does overwrites the pending RuleName if it has a label, and
    /// Sysmon never takes that back: a rule that fails after all leaves its name behind.
    pub(super) fn holds<'e>(&'e self, facts: &Facts<'_>, name: &mut Option<&'e str>) -> bool {
        for filter in &self.filters {
            let holds = filter.holds(facts);
            if holds && let Some(label) = &filter.label {
                *name = Some(label);
            }
            match self.relation {
                Relation::Or if holds => return true,
                Relation::And if !holds => return false,
                _ => {}
            }
        }
        // A rule without filters is not there at all.
        self.relation == Relation::And && !self.filters.is_empty()
    }
}

impl Engine {
    pub(super) fn facts<'a>(&self, event: &'a Event<'a>) -> Facts<'a> {
        let values = Field::ALL.map(|field| self.fold(event.value(field)));
        let mut hits = Atoms::new();
        for (value, literals) in values.iter().zip(&self.literals) {
            if !literals.is_empty() {
                literals.look_up(value, &mut hits);
            }
        }
        hits.sort_unstable();
        hits.dedup();
        Facts { values, hits }
    }

    /// Takes the atoms of the node at `position` off the front of `hits`.
    pub(super) fn split_off_hits<'h>(&self, hits: &mut &'h [Atom], position: usize) -> &'h [Atom] {
        let is_own = |atom: &Atom| {
            self.owners
                .get(*atom as usize)
                .is_some_and(|owner| owner.node as usize == position)
        };
        let (own, rest) = hits.split_at(hits.iter().take_while(|atom| is_own(atom)).count());
        *hits = rest;
        own
    }

    /// The items of a node that may hold, in document order.
    pub(super) fn candidates<'e>(
        &'e self,
        node: &'e CompiledNode,
        own: &[Atom],
    ) -> impl Iterator<Item = (usize, &'e CompiledItem)> + use<'e> {
        self.items(node, own, |owner| owner.is_first)
    }

    /// The items of a node of which something holds, in document order.
    pub(super) fn touched<'e>(
        &'e self,
        node: &'e CompiledNode,
        own: &[Atom],
    ) -> impl Iterator<Item = (usize, &'e CompiledItem)> + use<'e> {
        self.items(node, own, |_| true)
    }

    fn items<'e>(
        &'e self,
        node: &'e CompiledNode,
        own: &[Atom],
        counts: fn(&Owner) -> bool,
    ) -> impl Iterator<Item = (usize, &'e CompiledItem)> + use<'e> {
        let hit = own.iter().filter_map(|atom| self.owners.get(*atom as usize));
        let hit = hit.filter(|owner| counts(owner)).map(|owner| owner.item);
        let mut items: SmallVec<[u32; 16]> = hit.chain(node.always.iter().copied()).collect();
        items.sort_unstable();
        items.dedup();
        items
            .into_iter()
            .filter_map(|index| Some((index as usize, node.items.get(index as usize)?)))
    }

    /// The first item of an `or` node that holds.
    pub(super) fn first_match<'e>(
        &'e self,
        node: &'e CompiledNode,
        own: &[Atom],
        facts: &Facts<'_>,
        name: &mut Option<&'e str>,
    ) -> Option<usize> {
        self.candidates(node, own)
            .find(|(_, item)| item.holds(facts, name))
            .map(|(index, _)| index)
    }

    /// Whether an `and` node matches: every rule holds, and of each field among the loose filters one does. Sysmon stops
    /// at the first that cannot be made up for, and passes over a field that already held. `Some` holds the item that
    /// decided, where it was one alone.
    pub(super) fn all_match<'e>(
        &'e self,
        node: &'e CompiledNode,
        facts: &Facts<'_>,
        name: &mut Option<&'e str>,
    ) -> Option<Option<usize>> {
        let mut held = [false; Field::ALL.len()];
        let mut last = None;
        for (index, item) in node
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| !item.filters.is_empty())
        {
            let seen = item.loose.and_then(|(field, _)| held.get_mut(field as usize));
            if seen.as_deref() == Some(&true) {
                continue;
            }
            if item.holds(facts, name) {
                last = Some(index);
                seen.into_iter().for_each(|seen| *seen = true);
            } else if item.loose.is_none_or(|(_, last_of_field)| last_of_field) {
                return None;
            }
        }
        // A node without filters never matches.
        last.map(|_| last.filter(|_| node.needed == 1))
    }
}
