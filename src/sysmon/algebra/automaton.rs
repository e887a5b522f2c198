//! A demand on a text in, the shortest text that meets it out, or the proof that there is none.
//!
//! All that is looked for is found at once by an Aho-Corasick automaton, between a byte for the text's start and one for its
//! end, so that what must stand at one of these is looked for like the rest. The search goes through the states of that
//! automaton, each with what was found on the way, breadth first and each once. Characters that nothing asks for are all
//! alike, so that one of them stands for the others; where order counts, one stands for those between any two.

use std::cell::Cell;
use std::collections::VecDeque;

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use foldhash::fast::RandomState;
use indexmap::IndexSet;
use smallvec::SmallVec;

use super::answer::{Answer, spend};
use super::literal::{Demand, Literal, Order};
use crate::utf16;

/// Bytes that no UTF-8 has.
const START: u8 = 0xFE;
const END: u8 = 0xFF;

/// More states than these are not looked through.
const MOST_STATES: usize = 30_000;

/// Characters of which at least one is asked for by nothing, mostly.
const OTHERS: &str = "qzxjkv0123456789_-~";

type Bits = u64;

pub(super) fn search(demand: &Demand, steps: &Cell<usize>) -> Answer<String> {
    let Some(machine) = Machine::new(demand) else {
        return Answer::Unknown;
    };
    machine.search(steps).unwrap_or(Answer::Unknown)
}

/// How what was read so far compares with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Compared {
    /// The same as its first units.
    SameUpTo(usize),
    Less,
    More,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    place: StateID,
    found: Bits,
    compared: SmallVec<[Compared; 2]>,
}

struct Machine<'d> {
    automaton: NFA,
    /// For each pattern, what finding it means.
    meanings: Vec<Meaning>,
    /// All of these must be found.
    needed: Bits,
    /// Of each, one must not be found.
    not_all: Vec<Bits>,
    orders: Vec<(Vec<u16>, &'d Order)>,
    alphabet: Vec<char>,
}

#[derive(Clone, Copy)]
enum Meaning {
    Found(u32),
    Forbidden,
}

impl<'d> Machine<'d> {
    /// `None` where too much is asked at once, or an order against characters of two units.
    fn new(demand: &'d Demand) -> Option<Self> {
        let of_two_units = |order: &Order| order.against.chars().any(|c| c.len_utf16() > 1);
        if demand.orders.iter().any(of_two_units) {
            return None;
        }
        let mut patterns = Vec::new();
        let mut meanings = Vec::new();
        let mut add = |literal: &Literal, meaning| {
            patterns.push(pattern(literal));
            meanings.push(meaning);
        };
        let mut bit = 0;
        for some in &demand.some_of {
            some.iter().for_each(|literal| add(literal, Meaning::Found(bit)));
            bit += 1;
        }
        let needed = (1 as Bits).checked_shl(bit)? - 1;
        let mut not_all = Vec::new();
        for all in &demand.not_all {
            let first = bit;
            for literal in all {
                add(literal, Meaning::Found(bit));
                bit += 1;
            }
            not_all.push(
                (1 as Bits)
                    .checked_shl(bit)?
                    .checked_sub((1 as Bits).checked_shl(first)?)?,
            );
        }
        demand.none.iter().for_each(|literal| add(literal, Meaning::Forbidden));
        // A text that holds a byte of the marks alone keeps the automaton from being empty.
        patterns.push(vec![START, START]);
        meanings.push(Meaning::Forbidden);
        Some(Self {
            automaton: NFA::new(&patterns).ok()?,
            meanings,
            needed,
            not_all,
            orders: demand
                .orders
                .iter()
                .map(|order| (utf16::units(&order.against).collect(), order))
                .collect(),
            alphabet: alphabet(demand),
        })
    }

    fn search(&self, steps: &Cell<usize>) -> Option<Answer<String>> {
        let mut begin = State {
            place: self.automaton.start_state(Anchored::No).ok()?,
            found: 0,
            compared: self.orders.iter().map(|_| Compared::SameUpTo(0)).collect(),
        };
        begin = self.read(&begin, &[START])?;
        // The states come in the order in which they were found, each with the one before it. The first stands for no
        // text: it is not among those that were seen, since a text that leads there counts.
        let mut seen: IndexSet<State, RandomState> = IndexSet::default();
        let mut origins: Vec<(Option<usize>, char)> = Vec::new();
        let mut queue: VecDeque<Option<usize>> = VecDeque::from([None]);
        while let Some(at) = queue.pop_front() {
            let from = match at {
                None => begin.clone(),
                Some(at) => seen.get_index(at)?.clone(),
            };
            if !spend(steps, self.alphabet.len()) || seen.len() > MOST_STATES {
                return Some(Answer::Unknown);
            }
            for c in &self.alphabet {
                let Some(next) = self.step(&from, *c) else { continue };
                let (index, is_new) = seen.insert_full(next);
                if !is_new {
                    continue;
                }
                origins.push((at, *c));
                if self.accepts(seen.get_index(index)?) {
                    return Some(Answer::Such(text(&origins, index)));
                }
                queue.push_back(Some(index));
            }
        }
        Some(Answer::Never)
    }

    /// Reads a character; `None` where something forbidden is found, or what is found can no longer do.
    fn step(&self, from: &State, c: char) -> Option<State> {
        let mut next = self.read(from, c.encode_utf8(&mut [0; 4]).as_bytes())?;
        let unit = |text: &str| utf16::units(text).collect::<SmallVec<[u16; 2]>>();
        for ((against, order), compared) in self.orders.iter().zip(&mut next.compared) {
            for unit in unit(c.encode_utf8(&mut [0; 4])) {
                if let Compared::SameUpTo(at) = *compared {
                    *compared = match against.get(at) {
                        Some(other) if unit == *other => Compared::SameUpTo(at + 1),
                        Some(other) if unit < *other => Compared::Less,
                        _ => Compared::More,
                    };
                }
            }
            match compared {
                Compared::Less if !order.less => return None,
                Compared::More if !order.more => return None,
                _ => {}
            }
        }
        Some(next)
    }

    fn read(&self, from: &State, bytes: &[u8]) -> Option<State> {
        let mut next = from.clone();
        for byte in bytes {
            next.place = self.automaton.next_state(Anchored::No, next.place, *byte);
            if self.automaton.is_match(next.place) {
                for index in 0..self.automaton.match_len(next.place) {
                    let pattern = self.automaton.match_pattern(next.place, index);
                    match self.meanings.get(pattern.as_usize())? {
                        Meaning::Found(bit) => next.found |= (1 as Bits) << bit,
                        Meaning::Forbidden => return None,
                    }
                }
            }
        }
        Some(next)
    }

    /// Whether a text that ends here meets the demand.
    fn accepts(&self, state: &State) -> bool {
        let Some(end) = self.read(state, &[END]) else {
            return false;
        };
        let is_sorted = |((against, order), compared): (&(Vec<u16>, &Order), &Compared)| match compared {
            Compared::SameUpTo(at) if *at == against.len() => order.equal,
            // A text that ends first sorts first.
            Compared::SameUpTo(_) | Compared::Less => order.less,
            Compared::More => order.more,
        };
        end.found & self.needed == self.needed
            && self.not_all.iter().all(|all| end.found & all != *all)
            && self.orders.iter().zip(&end.compared).all(is_sorted)
    }
}

fn pattern(literal: &Literal) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(literal.text.len() + 2);
    bytes.extend(literal.at_start.then_some(START));
    bytes.extend(literal.text.bytes());
    bytes.extend(literal.at_end.then_some(END));
    bytes
}

/// The characters that are asked for, and those that stand for all others.
fn alphabet(demand: &Demand) -> Vec<char> {
    let lists = demand.some_of.iter().chain(&demand.not_all).flatten();
    let mut chars: IndexSet<char> = lists
        .chain(&demand.none)
        .flat_map(|literal| literal.text.chars())
        .collect();
    let orders: Vec<char> = demand.orders.iter().flat_map(|order| order.against.chars()).collect();
    chars.extend(orders.iter().copied());
    // A folded text has no capital letter.
    let next = |c: char| (c..).skip(1).find(|c| !c.is_ascii_uppercase());
    let previous = |c: char| ('\0'..c).rev().find(|c| !c.is_ascii_uppercase());
    if !orders.is_empty() {
        let asked: Vec<char> = chars.iter().copied().collect();
        chars.extend(asked.into_iter().flat_map(|c| [previous(c), next(c)]).flatten());
        // What takes two units stands between U+D7FF and U+E000.
        chars.extend(['\0', '\u{E000}', '\u{FFFD}', '\u{10000}']);
    }
    let other = OTHERS.chars().chain('\u{4E00}'..).find(|c| !chars.contains(c));
    let mut alphabet: Vec<char> = other.into_iter().collect();
    alphabet.extend(chars);
    alphabet
}

/// The text that leads to a state.
fn text(origins: &[(Option<usize>, char)], last: usize) -> String {
    let mut chars = Vec::new();
    let mut at = Some(last);
    while let Some(&(origin, c)) = at.and_then(|at| origins.get(at)) {
        chars.push(c);
        at = origin;
    }
    chars.into_iter().rev().collect()
}
