//! Identities of events in, the shortest text that a line of JSON can hold out; and back.
//!
//! Each identity is two numbers: the milliseconds since the one before it, and the difference of its record number to that
//! of the one before it. Both are small where a log is in order. They are written as Base64 VLQ, which source maps of
//! JavaScript are written in (ECMA-426): the low five bits first, in digits of six, whose highest bit says that more
//! follow; of a signed number the lowest bit is the sign. Identities that are hashes stand behind a `~`, and begin anew.

use crate::baseline::identity;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Stands before the identities that are hashes.
const HASHES: u8 = b'~';

/// The values of the digits, [`NONE`] for what is none.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        values[DIGITS[value as usize] as usize] = value;
        value += 1;
    }
    values
};
const NONE: u8 = 0xFF;

const BITS: u32 = 5;
const MORE: u64 = 1 << BITS;

/// Appends `ids`, which are sorted.
pub(super) fn write(ids: &[u64], out: &mut Vec<u8>) {
    let mut before = identity::Parts::default();
    for id in ids {
        let parts = identity::parts(*id);
        if parts.is_hash && !before.is_hash {
            out.push(HASHES);
            before = identity::Parts {
                is_hash: true,
                ..identity::Parts::default()
            };
        }
        write_number(u64::from(parts.millis.saturating_sub(before.millis)), out);
        let difference = parts.low.cast_signed() - before.low.cast_signed();
        write_number((difference.unsigned_abs() << 1) | u64::from(difference < 0), out);
        before = parts;
    }
}

/// Hands the identities that `text` holds to `add`, in order and each once; tells how many there are. `None` where it is
/// nothing that [`write`] wrote.
pub(super) fn read(text: &[u8], mut add: impl FnMut(u64)) -> Option<u64> {
    let mut digits = text.iter();
    let mut before = identity::Parts::default();
    let mut last = None;
    let mut count = 0;
    while let Some(first) = digits.as_slice().first() {
        if *first == HASHES && !before.is_hash {
            digits.next();
            before = identity::Parts {
                is_hash: true,
                ..identity::Parts::default()
            };
        }
        let millis = read_number(&mut digits)?;
        let difference = read_number(&mut digits)?;
        let magnitude = (difference >> 1).cast_signed();
        let low = before.low.cast_signed() + if difference & 1 == 1 { -magnitude } else { magnitude };
        let parts = identity::Parts {
            is_hash: before.is_hash,
            millis: before.millis.checked_add(u32::try_from(millis).ok()?)?,
            low: u64::try_from(low).ok()?,
        };
        let id = identity::of_parts(parts)?;
        if last.is_some_and(|last| last >= id) {
            return None;
        }
        add(id);
        (before, last) = (parts, Some(id));
        count += 1;
    }
    Some(count)
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= MORE {
        out.push(digit((number & (MORE - 1)) | MORE));
        number >>= BITS;
    }
    out.push(digit(number));
}

/// The digit of a value below 64.
fn digit(value: u64) -> u8 {
    DIGITS[(value & 0x3F) as usize]
}

fn read_number(digits: &mut std::slice::Iter<'_, u8>) -> Option<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let digit = VALUES
            .get(usize::from(*digits.next()?))
            .copied()
            .filter(|value| *value != NONE)?;
        let value = u64::from(digit) & (MORE - 1);
        // No number of an identity has more than 38 bits.
        if shift >= 40 {
            return None;
        }
        number |= value << shift;
        shift += BITS;
        if u64::from(digit) & MORE == 0 {
            return Some(number);
        }
    }
}

/// So many bits of a hash stand in four digits.
const CHECK_BITS: u32 = 24;

/// The four digits by which damage of a line is found.
pub(super) fn check(hash: u64) -> [u8; 4] {
    let mut bits = hash >> (64 - CHECK_BITS);
    [(); 4].map(|()| {
        let digit = digit(bits);
        bits >>= 6;
        digit
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(ids: &[u64]) -> String {
        let mut out = Vec::new();
        write(ids, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn of(millis: u32, low: u64, is_hash: bool) -> u64 {
        identity::of_parts(identity::Parts { is_hash, millis, low }).unwrap()
    }

    #[test]
    fn what_is_written_is_documented() {
        // docs/baseline-format.md has this example.
        let ids = [
            of(28_800_000, 4711, false),
            of(28_800_017, 4712, false),
            of(28_800_017, 12, true),
        ];
        assert_eq!(written(&ids), "gg9ubumJRC~xg9ubY");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            mut ids in proptest::collection::vec((0u32..86_400_000, 0u64..1 << 36, any::<bool>()), 0..40)
                .prop_map(|all| all.into_iter().map(|(millis, low, hash)| of(millis, low, hash)).collect::<Vec<u64>>())) {
            ids.sort_unstable();
            ids.dedup();
            let mut back = Vec::new();
            prop_assert_eq!(read(written(&ids).as_bytes(), |id| back.push(id)), Some(ids.len() as u64));
            prop_assert_eq!(back, ids);
        }

        #[test]
        fn no_text_panics_and_what_is_read_is_sorted(text in "[A-Za-z0-9+/~]{0,60}|\\PC{0,20}") {
            let mut back = Vec::new();
            let _ = read(text.as_bytes(), |id| back.push(id));
            prop_assert!(back.is_sorted_by(|a, b| a < b));
        }
    }
}
