//! One run of ASCII letters and digits in, what it is out: text, or a variable of some kind.

/// What a variable part of a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variable {
    /// The event's own ProcessId, decimal.
    Pid,
    /// The event's own ProcessId, hexadecimal.
    PidHex,
    /// A GUID, without braces.
    Guid,
    /// Decimal digits.
    Number,
    /// A time of 18 digits in units of 100 ns: of .NET (since year 1) or of Windows (since 1601).
    Ticks,
    /// Hexadecimal digits.
    Hex,
    /// Letters and digits without a word in them.
    Random,
}

use Variable::{Guid, Hex, Number, Pid, PidHex, Random, Ticks};

const ALL: [(Variable, char, &str); 7] = [
    (Pid, '\u{FDD0}', "pid"),
    (PidHex, '\u{FDD1}', "pidx"),
    (Guid, '\u{FDD2}', "guid"),
    (Number, '\u{FDD3}', "n"),
    (Ticks, '\u{FDD4}', "ticks"),
    (Hex, '\u{FDD5}', "hex"),
    (Random, '\u{FDD6}', "rand"),
];

impl Variable {
    pub(crate) fn mark(self) -> char {
        ALL.iter().find(|row| row.0 == self).map_or('\u{FDD3}', |row| row.1)
    }

    pub(super) fn from_mark(mark: char) -> Option<Self> {
        ALL.iter().find(|row| row.1 == mark).map(|row| row.0)
    }

    /// The word that people read between angle brackets.
    #[must_use]
    pub fn word(self) -> &'static str {
        ALL.iter().find(|row| row.0 == self).map_or("n", |row| row.2)
    }
}

/// What a text begins with: letters and digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// How many.
    pub(super) len: usize,
    has_digit: bool,
    is_number: bool,
    is_hex: bool,
}

impl Run {
    pub(super) fn of(text: &[u8]) -> Self {
        let (mut len, mut some, mut all) = (0, 0, u8::MAX);
        for byte in text {
            let class = CLASSES[usize::from(*byte)];
            if class == 0 {
                break;
            }
            some |= class;
            all &= class;
            len += 1;
        }
        Self {
            len,
            has_digit: some & DIGIT != 0,
            is_number: all & DIGIT != 0,
            is_hex: all & HEX_DIGIT != 0,
        }
    }

    /// Whether it is seen at once that no part of it varies: most words are short, and have no digit.
    pub(super) fn is_word(self) -> bool {
        !self.has_digit && !self.is_hex && self.len < SHORTEST_LETTERS
    }
}

/// What a byte is: nothing of a run, or some of these.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        classes[byte as usize] = if byte.is_ascii_alphanumeric() {
            LETTER_OR_DIGIT
        } else {
            0
        } | if byte.is_ascii_digit() { DIGIT } else { 0 }
            | if byte.is_ascii_hexdigit() { HEX_DIGIT } else { 0 };
        byte += 1;
    }
    classes
};
const LETTER_OR_DIGIT: u8 = 1;
const DIGIT: u8 = 2;
const HEX_DIGIT: u8 = 4;

/// How many hexadecimal digits a GUID has before its first hyphen.
pub(super) const GUID_HEAD: usize = 8;

/// The length of the GUID that `bytes` begins with (36), if there is one that no further hexadecimal digit follows.
pub(super) fn guid(bytes: &[u8]) -> Option<usize> {
    const LEN: usize = 36;
    let (head, tail) = bytes.split_at_checked(LEN)?;
    let well_formed = head.iter().enumerate().all(|(i, b)| match i {
        GUID_HEAD | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    (well_formed && !tail.first().is_some_and(u8::is_ascii_hexdigit)).then_some(LEN)
}

/// The variable part of a run, whose text this is: how much text stands before it, and what it is.
pub(super) fn variable_part(run: Run, text: &str, pid: Option<u32>) -> Option<(usize, Variable)> {
    if let Some(variable) = variable(run, text, pid) {
        return Some((0, variable));
    }
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &text[stem.len()..];
    (number.len() >= SHORTEST_GLUED_PID && is_pid(number, pid)).then_some((stem.len(), Pid))
}

/// Whether a run, whose text this is, could be a process id, or end in one.
pub(super) fn may_be_pid(run: Run, text: &str) -> bool {
    let ends_in_digits = || {
        let end = text.as_bytes().last_chunk::<SHORTEST_GLUED_PID>();
        end.is_some_and(|end| end.iter().all(u8::is_ascii_digit))
    };
    run.is_hex || ends_in_digits()
}

/// Fewer digits at the end of a word equal a process id by chance too often (`tsvc64`).
const SHORTEST_GLUED_PID: usize = 3;

fn variable(run: Run, text: &str, pid: Option<u32>) -> Option<Variable> {
    if run.is_number {
        return Some(match () {
            () if is_pid(text, pid) => Pid,
            () if is_pid_hex(text, pid) => PidHex,
            () if is_ticks(text) => Ticks,
            () => Number,
        });
    }
    if run.is_hex {
        if is_pid_hex(text, pid) {
            return Some(PidHex);
        }
        // Three digits and letters are no word; of letters alone, `face` and `decade` are.
        if (run.has_digit && run.len >= 3) || run.len >= 8 {
            return Some(Hex);
        }
    }
    is_random(run, text).then_some(Random)
}

fn is_pid(run: &str, pid: Option<u32>) -> bool {
    pid.is_some_and(|pid| pid > 9 && is_number(run, pid, 10))
}

fn is_pid_hex(run: &str, pid: Option<u32>) -> bool {
    pid.is_some_and(|pid| pid > 15 && is_number(run, pid, 16))
}

/// Whether `run` is this number. Most that are not have another last digit.
fn is_number(run: &str, number: u32, radix: u32) -> bool {
    let last = run.bytes().last().and_then(|byte| char::from(byte).to_digit(radix));
    last == Some(number % radix) && u32::from_str_radix(run, radix) == Ok(number)
}

/// 18 digits from 13… (Windows, 2012 on) or 63… (.NET, 1997 on), for a generation.
fn is_ticks(run: &str) -> bool {
    run.len() == 18 && ["13", "14", "63", "64"].iter().any(|begin| run.starts_with(begin))
}

/// Random letters and digits: no word is spelled so. A wrong guess hides nothing, since a template with one name gets
/// a rule for this name alone.
fn is_random(run: Run, text: &str) -> bool {
    let bytes = text.as_bytes();
    if run.has_digit {
        let changes = bytes
            .windows(2)
            .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
            .count();
        return run.len >= 8 && changes >= 3;
    }
    let shouted = || bytes.iter().all(u8::is_ascii_uppercase);
    (run.len >= 14 && shouted()) || (run.len >= SHORTEST_LETTERS && longest_without_vowel(bytes) >= 5)
}

/// Fewer letters without a digit are not random, whatever they are.
const SHORTEST_LETTERS: usize = 12;

fn longest_without_vowel(letters: &[u8]) -> usize {
    letters
        .split(|b| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0)
}
