//! A name and a known one in, whether the first is made to be taken for the second out.

/// Shorter names than this have too many neighbours to tell a misspelling from another name.
const SHORTEST_MISSPELT: usize = 6;

/// Whether `name` is `known` with less than half of its letters replaced by such of other alphabets, whichever these
/// are.
pub(in crate::knowledge) fn is_respelt(name: &str, known: &str) -> bool {
    !name.is_ascii()
        && name.chars().filter(char::is_ascii).count() * 2 > known.len()
        && name.chars().count() == known.len()
        && name
            .chars()
            .zip(known.chars())
            .all(|(a, b)| a.eq_ignore_ascii_case(&b) || !a.is_ascii())
}

/// Whether ASCII letters stand beside letters that are made to look like them.
pub(super) fn mixes_scripts(part: &str) -> bool {
    let is_look_alike = |c: char| {
        matches!(u32::from(c),
            0x17F | 0x212A | 0x212B | 0x370..=0x3FF | 0x400..=0x52F | 0x530..=0x58F | 0x13A0..=0x13FF | 0xAB70..=0xABBF | 0xFF21..=0xFF5A
            | 0x1D400..=0x1D7FF | 0x2C80..=0x2CFF | 0x1F00..=0x1FFF | 0xA640..=0xA69F)
    };
    // A word is what is written in one go; `Prüfung данные.exe` mixes nothing.
    part.split(|c: char| !c.is_alphanumeric())
        .any(|word| word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(is_look_alike))
}

/// Whether `name` differs from `known` by one letter put in, left out, changed, or by two swapped.
pub(super) fn is_misspelt(name: &str, known: &str) -> bool {
    let (Some(a), Some(b)) = (exe_stem(name), exe_stem(known)) else {
        return false;
    };
    if b.len() < SHORTEST_MISSPELT || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = |(x, y): (&u8, &u8)| x.eq_ignore_ascii_case(y);
    let head = a.iter().zip(b).take_while(|pair| same(*pair)).count();
    let tail = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|pair| same(*pair))
        .count();
    let (longer, shorter) = (a.len().max(b.len()), a.len().min(b.len()));
    if head + tail >= shorter && longer > shorter {
        return true;
    }
    if a.len() != b.len() || head == a.len() {
        return false;
    }
    let swapped =
        |i: usize| a.get(i).zip(b.get(i + 1)).is_some_and(same) && a.get(i + 1).zip(b.get(i)).is_some_and(same);
    head + tail + 1 == a.len() || (head + tail + 2 == a.len() && swapped(head))
}

fn exe_stem(name: &str) -> Option<&[u8]> {
    let (stem, extension) = name.rsplit_once('.')?;
    extension.eq_ignore_ascii_case("exe").then_some(stem.as_bytes())
}
