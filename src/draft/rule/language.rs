//! The names that a family's outline can spell, as an automaton, and the shortest texts that none of them holds.
//!
//! Sysmon's filters cannot say "digits, then a dot, then digits". They can say which texts must not stand anywhere. A
//! text of one character is forbidden where no part of the outline holds it; one of two or three where its characters
//! occur, and never so behind each other: `.m` is in no `\mojo.<pid>.<n>.<n>`, though `\m` is. Followed from the
//! beginning on, these texts leave little but what the outline spells.

use std::collections::BTreeSet;

use indexmap::IndexSet;

use crate::family::outline::{JOINERS, Section};
use crate::template::Variable;

/// A set of ASCII characters, or of places of the outline: one bit each.
type Set = u128;

/// So many characters has the longest text that is looked for.
pub(super) const LONGEST: usize = 3;

/// With more texts a rule would be slow to compare, and none that a person can read.
const MOST_TEXTS: usize = 900;

/// One character of a name, or any number of such.
#[derive(Debug, Clone, Copy)]
struct Place {
    holds: Set,
    repeats: bool,
}

/// All names that an outline can spell, without ASCII case.
#[derive(Debug)]
pub(super) struct Language {
    places: Vec<Place>,
    repeating: Set,
    /// How many places the fixed beginning has.
    begin: usize,
    /// The characters that can be told apart, those that are told alike together.
    symbols: Vec<Symbol>,
}

/// Up to [`LONGEST`] symbols behind each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Word {
    /// Each by its place in the list, from 1; 0 is none.
    symbols: [u8; LONGEST],
}

impl Word {
    fn symbols(&self) -> impl Iterator<Item = usize> + '_ {
        let some = self.symbols.iter().filter(|symbol| **symbol > 0);
        some.map(|symbol| usize::from(*symbol) - 1)
    }

    /// The word's last symbols with one more.
    fn then(self, symbol: usize) -> Self {
        let mut symbols = self.symbols;
        symbols.rotate_left(1);
        // There are no more symbols than characters of ASCII.
        symbols[LONGEST - 1] = u8::try_from(symbol + 1).unwrap_or(0);
        Self { symbols }
    }

    /// So many of the last symbols.
    fn tail(self, length: usize) -> Self {
        let mut symbols = self.symbols;
        symbols.iter_mut().take(LONGEST - length).for_each(|symbol| *symbol = 0);
        Self { symbols }
    }
}

/// Characters that stand in the same places.
#[derive(Debug)]
struct Symbol {
    chars: Vec<char>,
    places: Set,
}

/// What no name of a language holds, and what still can be held where that is forbidden.
#[derive(Debug)]
pub(super) struct Forbidden<'a> {
    language: &'a Language,
    /// Texts, the shorter first.
    pub(super) texts: Vec<String>,
    /// Where each symbol leads from each state, unless it is forbidden. The first state is where the beginning ends.
    moves: Vec<Vec<Option<usize>>>,
    /// Whether there are more texts than are listed: then anything may follow.
    is_cut: bool,
}

impl Forbidden<'_> {
    /// Whether a text, without ASCII case, may stand in a name that begins as those of the language do, and holds nothing
    /// that is forbidden; in doubt, it may.
    pub(super) fn may_hold(&self, text: &str) -> bool {
        let language = self.language;
        let head = language.head();
        if self.is_cut || head.contains(text) {
            return true;
        }
        let Some(symbols) = self.language.symbols_of(text) else {
            // What no list holds is not forbidden either.
            return text
                .chars()
                .all(|c| self.language.holds(c) || !(c.is_ascii_graphic() || c == ' '));
        };
        let within = head.char_indices().filter_map(|(at, _)| head.get(at..));
        let mut within = within
            .filter(|tail| text.starts_with(tail))
            .map(|tail| tail.chars().count());
        let leads = |start, rest: &[usize]| {
            let next = |state: usize, symbol: &usize| *self.moves.get(state)?.get(*symbol)?;
            rest.iter().try_fold(start, next).is_some()
        };
        within.any(|length| leads(0, symbols.get(length..).unwrap_or_default()))
            || (0..self.moves.len()).any(|state| leads(state, &symbols))
    }
}

/// The printable characters of ASCII that an item of a list can be: `;` separates items, and `%` is expanded.
pub(super) fn listable() -> impl Iterator<Item = char> {
    (' '..='~').filter(|c| !matches!(c, ';' | '%') && !c.is_ascii_uppercase())
}

fn bit(index: u32) -> Set {
    1_u128.checked_shl(index).unwrap_or(0)
}

fn set(chars: impl IntoIterator<Item = char>) -> Set {
    let ascii = chars.into_iter().filter(char::is_ascii);
    ascii.fold(0, |set, c| set | bit(u32::from(c.to_ascii_lowercase())))
}

impl Language {
    /// `None` where the outline has more places than are followed.
    pub(super) fn of(outline: &[Section]) -> Option<Self> {
        let (digits, hex) = (set('0'..='9'), set(('0'..='9').chain('a'..='f')));
        let word = set(('0'..='9').chain('a'..='z'));
        let mut places = Vec::new();
        let mut begin = 0;
        for (index, section) in outline.iter().enumerate() {
            let many = |holds| Place { holds, repeats: true };
            let one = |holds| Place { holds, repeats: false };
            match section {
                Section::Text(text) => {
                    places.extend(text.chars().map(|c| one(set([c]))));
                    if index == 0 {
                        begin = places.len();
                    }
                }
                Section::Variable(Variable::Pid | Variable::Number | Variable::Ticks) => places.push(many(digits)),
                Section::Variable(Variable::PidHex | Variable::Hex) => places.push(many(hex)),
                Section::Variable(Variable::Random) => places.push(many(word)),
                Section::Variable(Variable::Guid) => {
                    // How many digits each of its parts has, no text of few characters could tell.
                    places.extend([many(hex), one(set(['-']))].repeat(4));
                    places.push(many(hex));
                }
                Section::Word(also) => places.push(many(word | set(JOINERS.chars()) | set(also.chars()))),
            }
        }
        if places.len() > Set::BITS as usize || begin == 0 || begin == places.len() {
            return None;
        }
        let repeating = positions(&places, |place| place.repeats);
        let mut symbols: Vec<Symbol> = Vec::new();
        for c in listable() {
            let of_c = positions(&places, |place| place.holds & set([c]) != 0);
            match symbols.iter_mut().find(|symbol| symbol.places == of_c) {
                _ if of_c == 0 => {}
                Some(symbol) => symbol.chars.push(c),
                None => symbols.push(Symbol {
                    chars: vec![c],
                    places: of_c,
                }),
            }
        }
        Some(Self {
            places,
            repeating,
            begin,
            symbols,
        })
    }

    /// Whether a part of the outline can hold the character.
    pub(super) fn holds(&self, c: char) -> bool {
        self.places.iter().any(|place| place.holds & set([c]) != 0)
    }

    /// Where a name can be after one more character.
    fn step(&self, at: Set, symbol: usize) -> Set {
        let next = (at << 1) | (at & self.repeating);
        next & self.symbols.get(symbol).map_or(0, |symbol| symbol.places)
    }

    /// Where a text can end that stands anywhere in a name.
    fn anywhere(&self, text: &Word) -> Set {
        let mut symbols = text.symbols();
        let first = symbols.next().and_then(|symbol| self.symbols.get(symbol));
        symbols.fold(first.map_or(0, |symbol| symbol.places), |at, symbol| {
            self.step(at, symbol)
        })
    }

    /// The texts of two and more characters that no name holds, though its parts hold their characters: all those that a
    /// text which begins as the names do meets where it first leaves them.
    pub(super) fn forbidden(&self) -> Forbidden<'_> {
        let mut words: BTreeSet<(usize, Word)> = BTreeSet::new();
        let mut moves = Vec::new();
        let mut is_cut = false;
        let mut count = 0;
        let start = (bit(u32::try_from(self.begin - 1).unwrap_or(0)), self.last_of_head());
        // The places where a name can be, and its last symbols.
        let mut states: IndexSet<(Set, Word), foldhash::fast::RandomState> = IndexSet::from_iter([start]);
        while let Some((at, last)) = states.get_index(moves.len()).copied() {
            let mut of_state = Vec::with_capacity(self.symbols.len());
            for symbol in 0..self.symbols.len() {
                let text = last.then(symbol);
                let mut next = self.step(at, symbol);
                if next == 0 {
                    // The outline is left here: by the shortest text that tells it.
                    let tails = (2..=LONGEST).map(|length| text.tail(length));
                    match tails.into_iter().find(|tail| self.anywhere(tail) == 0) {
                        Some(tail) if words.contains(&(tail.symbols().count(), tail)) => {}
                        Some(tail) if count + self.spellings(tail) <= MOST_TEXTS => {
                            count += self.spellings(tail);
                            words.insert((tail.symbols().count(), tail));
                        }
                        Some(_) => is_cut = true,
                        // No text tells it, as where one more part follows that is like those before.
                        None => next = self.anywhere(&text),
                    }
                }
                let next = (next != 0).then(|| states.insert_full((next, text.tail(LONGEST - 1))).0);
                of_state.push(next);
            }
            moves.push(of_state);
        }
        let mut texts: Vec<String> = words.iter().flat_map(|(_, word)| self.spell(*word)).collect();
        // An item with a blank at an end looks like a slip of whoever wrote the list.
        let all = texts.len();
        texts.retain(|text| text.trim() == text);
        Forbidden {
            language: self,
            is_cut: is_cut || texts.len() < all,
            texts,
            moves,
        }
    }

    /// The last symbols of the beginning; what cannot be listed tells nothing.
    fn last_of_head(&self) -> Word {
        let head = self.head();
        let symbols = head.chars().map(|c| self.symbol(c));
        let last = symbols.fold(Word::default(), |word, symbol| {
            symbol.map_or_else(Word::default, |s| word.then(s))
        });
        last.tail(LONGEST - 1)
    }

    /// How the names begin, without ASCII case; what is no ASCII as one character that no name holds.
    fn head(&self) -> String {
        self.places
            .iter()
            .take(self.begin)
            .map(|place| only(place.holds))
            .collect()
    }

    /// `None` where no name holds one of the characters, or no list.
    fn symbols_of(&self, text: &str) -> Option<Vec<usize>> {
        text.chars().map(|c| self.symbol(c)).collect()
    }

    fn symbol(&self, c: char) -> Option<usize> {
        self.symbols.iter().position(|symbol| symbol.chars.contains(&c))
    }

    /// How many texts a word of symbols stands for.
    fn spellings(&self, word: Word) -> usize {
        word.symbols().map(|symbol| self.symbols[symbol].chars.len()).product()
    }

    /// Texts of which each name holds one, and its beginning alone none: what stands where a part that varies ends. `None`
    /// where nothing fixed follows one.
    pub(super) fn needed(&self) -> Option<Vec<String>> {
        let head = self.head();
        let at = (self.begin..self.places.len().checked_sub(1)?).find(|at| {
            let ends = self.places.get(at + 1).is_some_and(|next| next.holds.count_ones() == 1);
            ends && self.places.get(*at).is_some_and(|place| place.holds.count_ones() > 1)
        })?;
        let (inner, separator) = (self.places.get(at)?, only(self.places.get(at + 1)?.holds));
        let before = self.places.get(at.checked_sub(1)?)?;
        let in_front = if inner.repeats {
            before.holds | inner.holds
        } else {
            before.holds
        };
        let mut texts = Vec::new();
        for c in listable().filter(|c| inner.holds & set([*c]) != 0) {
            let text = format!("{c}{separator}");
            if !head.contains(&text) {
                texts.push(text);
                continue;
            }
            let longer = listable()
                .filter(|c| in_front & set([*c]) != 0)
                .map(|c| format!("{c}{text}"));
            texts.extend(longer.filter(|text| !head.contains(text.as_str())));
        }
        // What cannot be listed would be missing.
        let is_whole = |holds: Set| (0..Set::BITS).filter(|c| holds & bit(*c) != 0).all(is_listable);
        (is_listable(u32::from(separator)) && is_whole(inner.holds) && is_whole(in_front)).then_some(texts)
    }

    /// Each text that a word of symbols stands for.
    fn spell(&self, word: Word) -> Vec<String> {
        word.symbols().fold(vec![String::new()], |texts, symbol| {
            let chars = &self.symbols[symbol].chars;
            texts
                .iter()
                .flat_map(|text| chars.iter().map(move |c| format!("{text}{c}")))
                .collect()
        })
    }
}

fn is_listable(code: u32) -> bool {
    char::from_u32(code).is_some_and(|c| listable().any(|listed| listed == c))
}

/// The one character of a set; a character that no name holds where there are several, or none.
fn only(holds: Set) -> char {
    if holds.count_ones() == 1 {
        char::from_u32(holds.trailing_zeros()).unwrap_or('\0')
    } else {
        '\0'
    }
}

/// The places for which something holds.
fn positions(places: &[Place], holds: impl Fn(&Place) -> bool) -> Set {
    let held = places.iter().enumerate().filter(|(_, place)| holds(place));
    held.fold(0, |set, (index, _)| set | bit(u32::try_from(index).unwrap_or(u32::MAX)))
}
