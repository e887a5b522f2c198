//! Any UTF-16 in a `str`, without loss.
//!
//! Windows allows any sequence of 16-bit units in a pipe name, lone surrogates included; a Rust `str` does not. A lone
//! surrogate is kept as one character of a block of its own: `U+D800 + x` becomes `U+10F800 + x`, the last 2,048 code
//! points of the private plane 16. So that no other name can be confused with it, a character of that block which is
//! really in the text is kept as its two surrogates, each mapped alone. The mapping is therefore one to one.

/// The first character of the block that stands for lone surrogates.
const BLOCK: u32 = 0x10_F800;
const SURROGATES: u32 = 0xD800;

/// Appends `units` to `out`.
pub fn push_units(units: impl IntoIterator<Item = u16>, out: &mut String) {
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(c) => push_char(c, out),
            Err(lone) => push_surrogate(lone.unpaired_surrogate(), out),
        }
    }
}

/// Appends a character of real text to `out`.
pub fn push_char(c: char, out: &mut String) {
    if u32::from(c) >= BLOCK {
        let mut pair = [0; 2];
        for unit in c.encode_utf16(&mut pair) {
            push_surrogate(*unit, out);
        }
    } else {
        out.push(c);
    }
}

/// Appends a lone surrogate to `out`.
pub fn push_surrogate(unit: u16, out: &mut String) {
    let code = BLOCK + (u32::from(unit) - SURROGATES);
    out.extend(char::from_u32(code));
}

/// The surrogate that `c` stands for, if it is of the block.
#[must_use]
pub fn surrogate(c: char) -> Option<u16> {
    let x = u32::from(c).checked_sub(BLOCK)?;
    u16::try_from(SURROGATES + x).ok()
}

/// The UTF-16 units of `text`, as Windows had them.
pub fn units(text: &str) -> impl Iterator<Item = u16> {
    text.chars().flat_map(|c| {
        let mut pair = [0; 2];
        let len = match surrogate(c) {
            Some(unit) => {
                pair[0] = unit;
                1
            }
            None => c.encode_utf16(&mut pair).len(),
        };
        pair.into_iter().take(len)
    })
}

/// Whether `text` holds something that no Unicode text can hold.
#[must_use]
pub fn has_lone_surrogate(text: &str) -> bool {
    text.chars().any(|c| surrogate(c).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_units_survive(all in proptest::collection::vec(
            prop_oneof![any::<u16>(), 0xD7F0u16..0xE010, Just(0xDBFE), Just(0xDBFF)], 0..40)) {
            let mut text = String::new();
            push_units(all.iter().copied(), &mut text);
            prop_assert_eq!(units(&text).collect::<Vec<_>>(), all);
        }
    }

    #[test]
    fn a_lone_surrogate_never_equals_real_text() {
        let (mut lone, mut real) = (String::new(), String::new());
        push_units([0xD800], &mut lone);
        push_char('\u{10F800}', &mut real);
        assert_ne!(lone, real);
        assert!(has_lone_surrogate(&lone));
    }
}
