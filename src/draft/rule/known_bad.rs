//! A family of names in, the texts out that tell every known-bad name from those of its shape.
//!
//! A rule for a shape such as `\mojo.<pid>.<n>.<n>` can say how the names begin and end, and not that no folder follows:
//! it would hold `\mojo.1\postex_ab` too, and `\LOCAL\mojo.` begins as a bad name does below its folder. So each bad name
//! gets a text to be recognised by, as short as the shape allows: `\p` is in no name of this shape, `\m` is. What is too
//! short costs at most a little noise, so in doubt a text is longer, and never left out.

use crate::family::{Family, Shape};
use crate::knowledge::{FixedTexts, Knowledge};
use crate::template::{Part, Variable};

/// Texts without ASCII case, sorted; every known-bad name that a rule for the shape would hold has one in it, and no name
/// of the family that is known has, unless it is bad itself. Empty for a single name.
pub(super) fn texts(family: &Family, knowledge: &Knowledge) -> Vec<String> {
    let Shape::Affixes { begin, middle, end, .. } = &family.name else {
        return Vec::new();
    };
    let own = Own::of(family, begin, middle, end);
    let mut texts: Vec<&str> = Vec::new();
    for bad in knowledge.fixed_texts() {
        // They are sorted, and most are told by the same short text as the one before.
        let is_told = texts.last().is_some_and(|text| bad.begins.starts_with(text));
        if !is_told && may_end_so(bad, &own.end) {
            texts.extend(Some(own.tell(bad)).filter(|text| !text.is_empty()));
        }
    }
    texts.sort_unstable();
    // A shorter text is in all names that a longer one with it is in. Sorted, it stands before those that begin with it.
    texts.dedup_by(|text, before| text.starts_with(*before));
    // Nearly all of those with a backslash have no other, so that only those without one can be within them.
    let parts: Vec<&str> = texts.iter().copied().filter(|text| !text.starts_with('\\')).collect();
    let holds_another = |text: &str| {
        let others = if text.rfind('\\') > Some(0) { &texts } else { &parts };
        others
            .iter()
            .any(|other| other.len() < text.len() && text.contains(*other))
    };
    let shortest = texts.iter().filter(|text| !holds_another(text));
    shortest.map(|text| (*text).to_owned()).collect()
}

/// Whether a bad name can end as the names of a shape do.
fn may_end_so(bad: &FixedTexts, end: &str) -> bool {
    !bad.is_exact || bad.begins.ends_with(end) || end.ends_with(&*bad.begins)
}

/// What the names of a shape hold. Without ASCII case.
struct Own {
    /// The names and the fixed texts, each from each of its backslashes on; sorted.
    tails: Vec<String>,
    literals: Vec<String>,
    end: String,
    /// What follows a backslash.
    heads: Vec<Head>,
}

/// What follows a backslash in the names of a shape.
struct Head {
    text: String,
    /// Whether a part that varies follows.
    is_open: bool,
    /// Where that part is made of hexadecimal digits: what may follow it.
    after_hex: Option<String>,
}

impl Own {
    fn of(family: &Family, begin: &str, middle: &[String], end: &str) -> Self {
        let after_hex = after_hex(family, begin);
        let literals: Vec<String> = std::iter::once(begin)
            .chain(middle.iter().map(String::as_str))
            .chain([end])
            .map(str::to_ascii_lowercase)
            .collect();
        let last = literals.len() - 1;
        let heads = literals.iter().enumerate().flat_map(|(i, literal)| {
            let mut heads: Vec<Head> = literal
                .split('\\')
                .skip(1)
                .map(|text| Head {
                    text: text.to_owned(),
                    is_open: false,
                    after_hex: after_hex.clone().filter(|_| i == 0),
                })
                .collect();
            if let Some(head) = heads.last_mut() {
                head.is_open = i < last;
            }
            heads
        });
        let names = family.names.iter().map(|name| name.to_ascii_lowercase());
        let all = names.chain(literals.iter().cloned());
        let mut tails: Vec<String> = all.flat_map(from_backslashes).collect();
        tails.sort_unstable();
        Self {
            heads: heads.collect(),
            tails,
            literals,
            end: end.to_ascii_lowercase(),
        }
    }

    /// The shortest text that tells a bad name from the own ones.
    fn tell<'a>(&self, bad: &'a FixedTexts) -> &'a str {
        let whole = &*bad.begins;
        if self.literals.iter().any(|literal| literal.contains(whole)) {
            // It begins as the family does: `\Winsock2\CatalogChangeListener-<3 hex>-0,` is told by its comma.
            return &bad.ends;
        }
        if !whole.starts_with('\\') {
            return whole;
        }
        let mut beginnings = whole.char_indices().skip(2).filter_map(|(at, _)| whole.get(..at));
        beginnings.find(|text| !self.may_hold(text)).unwrap_or(whole)
    }

    /// Whether an own name may hold a text that begins with a backslash; in doubt, it may.
    fn may_hold(&self, text: &str) -> bool {
        let folder = text.strip_prefix('\\').unwrap_or(text);
        text.ends_with(char::is_whitespace)
            || self.is_held(text)
            || self.heads.iter().any(|head| head.may_become(folder))
    }

    /// Whether a name that was seen, or a fixed text, holds a text that begins with a backslash.
    fn is_held(&self, text: &str) -> bool {
        let first = self.tails.partition_point(|tail| tail.as_str() < text);
        self.tails.get(first).is_some_and(|tail| tail.starts_with(text))
    }
}

/// A text from each of its backslashes on.
fn from_backslashes(text: String) -> Vec<String> {
    let tails = text.match_indices('\\').filter_map(|(at, _)| text.get(at..));
    tails.map(str::to_owned).collect()
}

impl Head {
    /// Whether `text` can be what follows the backslash, or the beginning of it.
    fn may_become(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(self.text.as_str()) else {
            return self.text.starts_with(text);
        };
        let Some(after) = self.after_hex.as_ref().filter(|_| self.is_open) else {
            return self.is_open;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let next = rest.get(digits..).and_then(|rest| rest.chars().next());
        next.is_none_or(|next| digits > 0 && after.contains(next))
    }
}

/// The characters that may follow the first part that varies, if the events prove that part to be hexadecimal digits.
fn after_hex(family: &Family, begin: &str) -> Option<String> {
    let mut after = String::new();
    for template in &family.templates {
        let parts = template.parts();
        let [Part::Text(text), Part::Variable(variable), rest @ ..] = parts.as_slice() else {
            return None;
        };
        if !text.eq_ignore_ascii_case(begin) || matches!(variable, Variable::Random | Variable::Guid) {
            return None;
        }
        match rest.first() {
            Some(Part::Text(text)) => after.extend(text.chars().next().map(|c| c.to_ascii_lowercase())),
            Some(Part::Variable(_)) => return None,
            None => {}
        }
    }
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Part as All;
    use crate::family::families;
    use crate::test_support::{CHROME, Events, baseline};

    fn texts_of(name: &str) -> Vec<String> {
        let all = families(&baseline(&[Events::created(name, CHROME).own_pid()]), All::ALL);
        texts(&all[0], Knowledge::builtin())
    }

    #[test]
    fn texts_are_as_short_as_the_shape_allows() {
        let mojo = texts_of(r"\mojo.4204.7716.11932764512");
        for text in [
            r"\p",
            r"\g",
            r"\ms",
            r"\mojo_",
            r"\mojo.5688.8052.183894939787088877",
            "thisispipe",
        ] {
            assert!(mojo.contains(&text.to_owned()), "{text}: {mojo:?}");
        }
        assert!(mojo.join(";").len() < 400, "{mojo:?}");
    }

    #[test]
    fn a_part_of_hexadecimal_digits_is_no_word() {
        let uv = texts_of(r"\uv\00000193C5A1F0A0-4204");
        assert!(
            uv.contains(&r"\p".to_owned()) && uv.contains(&r"\f4c3".to_owned()),
            "{uv:?}"
        );
        assert!(!uv.iter().any(|text| text == r"\a" || text == r"\u"), "{uv:?}");
    }

    #[test]
    fn what_begins_as_the_family_does_is_told_by_the_rest() {
        let socket = texts_of(r"\Winsock2\CatalogChangeListener-106c-0");
        assert!(socket.contains(&"-0,".to_owned()), "{socket:?}");
        assert!(
            !socket
                .iter()
                .any(|text| r"\winsock2\catalogchangelistener-106c-0".contains(text))
        );
    }

    /// Every bad name asked by itself, and every text held against all others.
    fn texts_slowly(family: &Family, knowledge: &Knowledge) -> Vec<String> {
        let Shape::Affixes { begin, middle, end, .. } = &family.name else {
            return Vec::new();
        };
        let own = Own::of(family, begin, middle, end);
        let bad = knowledge.fixed_texts().iter().filter(|bad| may_end_so(bad, &own.end));
        let mut texts: Vec<&str> = bad.map(|bad| own.tell(bad)).filter(|text| !text.is_empty()).collect();
        texts.sort_unstable();
        texts.dedup();
        let is_needed = |text: &&&str| !texts.iter().any(|other| other != *text && text.contains(other));
        texts.iter().filter(is_needed).map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_passed_over_is_told_all_the_same() {
        // Bad names that begin alike, lie within each other or below folders, hold blanks, or are told by their ends.
        let ours = [
            r"\mojo<*>",
            r"\mojo.4<*>",
            r"\mojo.4204",
            r"\mojo.4204.7716.1<*>",
            r"\ ab",
            r"\  ab",
            r"\LOCAL\mojo.<*>",
            r"\LOCAL\ab",
            "<*>ojo.42<*>",
            "<*>.77<*>",
            r"<*>\ab<*>",
            r"\Winsock2\CatalogChangeListener-<hex>-<digits>x",
            r"\uv\<hex>z",
            r"\ab\abc",
            r"\ab\ab\abc",
        ];
        let mut knowledge = Knowledge::builtin().clone();
        for pattern in ours {
            // What says too little alone is refused, as in a user's file.
            let _ = knowledge.extend(&format!("known-bad\t{pattern}\tours\ttest\n"));
        }
        assert!(knowledge.fixed_texts().len() > Knowledge::builtin().fixed_texts().len() + 9);
        for name in [
            r"\mojo.4204.7716.11932764512",
            r"\LOCAL\mojo.4204.7716.11932764512",
            r"\uv\00000193C5A1F0A0-4204",
            r"\Winsock2\CatalogChangeListener-106c-0",
            r"\abc\def-4204-ghi",
            r"\a b-4204",
            r"\4204",
            r"\PSHost.133928667427830828.4204.DefaultAppDomain.powershell",
            r"\x4204\y\z.exe",
        ] {
            let all = families(&baseline(&[Events::created(name, CHROME).own_pid()]), All::ALL);
            for knowledge in [Knowledge::builtin(), &knowledge] {
                assert_eq!(texts(&all[0], knowledge), texts_slowly(&all[0], knowledge), "{name}");
            }
        }
    }
}
