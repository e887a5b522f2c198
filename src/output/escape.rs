//! Text that an attacker may have chosen in, text that does nothing by itself out.
//!
//! A character that a terminal would obey, that would turn the reading direction, or that cannot be seen is written as
//! `\u{1b}`. So is a lone surrogate, which no Unicode text can hold. Only JSON gives every name back exactly.

use std::borrow::Cow;
use std::fmt::Write;

use crate::utf16;

/// Whether `c` would do something, or hide, where it is printed.
///
/// Control characters (C0, DEL, C1), the directional formatting characters of Unicode's bidirectional algorithm, line and
/// paragraph separators, zero-width characters, interlinear annotations, tags, and what stands for a lone surrogate.
#[must_use]
pub fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
        || utf16::surrogate(c).is_some()
}

/// Whether all of it is text of a typewriter, as nearly all is: looked at many bytes at a time.
#[must_use]
pub fn is_typed(text: &str) -> bool {
    text.bytes()
        .fold(true, |typed, byte| typed & matches!(byte, b' '..=b'~'))
}

/// `text` with everything visible, on one line.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_typed(text) || !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_active(c) {
            let code = utf16::surrogate(c).map_or(u32::from(c), u32::from);
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\u{{{code:x}}}");
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}
