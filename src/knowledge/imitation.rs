//! A pipe's name in, the pipe of Windows that it is made to be taken for out.
//!
//! Two ways are known: hexadecimal digits behind the name, as Cobalt Strike's profiles have them (Sigma 0e7163d4), with or
//! without a separator; and letters, blanks or signs that people do not tell from the real ones (MITRE ATT&CK T1036.005).

use super::masquerade::is_respelt;
use super::{Entry, Knowledge, List, below};

/// So many hexadecimal digits follow a name without a separator: with one digit more or less, it may be another name.
const APPENDED: std::ops::RangeInclusive<usize> = 2..=4;

/// Whether a character separates a name from what was appended to it.
fn is_separator(c: char) -> bool {
    matches!(c, '_' | '.' | '-' | ' ')
}

impl Knowledge {
    /// The pipe of Windows that `name` imitates; `None` where it is one itself.
    #[must_use]
    pub fn imitated(&self, name: &str) -> Option<&Entry> {
        let imitated = below(name).find_map(|name| {
            let digits = name.bytes().rev().take_while(u8::is_ascii_hexdigit).count();
            let joined = APPENDED.filter(|count| *count <= digits);
            let is_apart = name
                .get(..name.len() - digits)
                .is_some_and(|stem| stem.ends_with(is_separator));
            let apart = (digits > 0 && is_apart).then_some(digits);
            // Each digit that is cut off is one of the skeleton's.
            let skeleton = skeleton(name);
            let mut appended = std::iter::once(0).chain(joined).chain(apart);
            appended.find_map(|count| {
                let of_stem = skeleton.get(..skeleton.len() - count)?;
                self.reads_as(name.get(..name.len() - count)?.trim_end_matches(is_separator), of_stem)
            })
        });
        // Most names imitate nothing: that is found out in less time than that they are well known.
        imitated.filter(|_| self.well_known(name).is_none())
    }

    /// The pipe of Windows that a text is, or cannot be told from at a glance.
    #[must_use]
    pub fn looks_like(&self, text: &str) -> Option<&Entry> {
        self.reads_as(text, &skeleton(text))
    }

    /// As [`looks_like`](Self::looks_like), for a text with this skeleton.
    fn reads_as(&self, text: &str, skeleton: &str) -> Option<&Entry> {
        let by_skeleton = self.skeletons.get(skeleton).and_then(|at| self.entries.get(*at));
        by_skeleton.or_else(|| {
            if text.is_ascii() {
                return None;
            }
            let mut exact = self.of_list(List::WellKnown).filter(|pipe| pipe.pattern.is_exact());
            exact.find(|pipe| is_respelt(text, pipe.pattern.literal_prefix()))
        })
    }
}

/// The letters and digits of a text, with those made equal that look alike.
pub(super) fn skeleton(text: &str) -> String {
    let mut skeleton = String::with_capacity(text.len());
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
    skeleton.extend(letters.map(|letter| match letter.to_ascii_lowercase() {
        b'i' | b'1' => 'l',
        b'0' => 'o',
        b'5' => 's',
        b'3' => 'e',
        b'4' => 'a',
        letter => char::from(letter),
    }));
    skeleton
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imitated(name: &str) -> Option<&'static str> {
        let pipe = Knowledge::builtin().imitated(name)?;
        Some(pipe.pattern.literal_prefix())
    }

    #[test]
    fn digits_behind_a_name_of_windows() {
        for (name, like) in [
            (r"\lsass_3f", r"\lsass"),
            (r"\epmapper_0a", r"\epmapper"),
            (r"\atsvc.7c", r"\atsvc"),
            (r"\svcctl-11", r"\svcctl"),
            (r"\eventlog3f2a", r"\eventlog"),
            (r"\LOCAL\lsass_3f2a91", r"\lsass"),
        ] {
            assert_eq!(imitated(name), Some(like), "{name}");
        }
    }

    #[test]
    fn letters_that_look_alike() {
        for (name, like) in [
            ("\\ wkssvc", r"\wkssvc"),
            ("\\lsass.", r"\lsass"),
            ("\\l5ass", r"\lsass"),
            ("\\Isass", r"\lsass"),
            ("\\wks\u{a0}svc", r"\wkssvc"),
            ("\\l\u{e4}sass", r"\lsass"),
            ("\\ls\u{e4}ss", r"\lsass"),
            ("\\l5ass_3f", r"\lsass"),
        ] {
            assert_eq!(imitated(name), Some(like), "{name:?}");
        }
    }

    #[test]
    fn other_names_imitate_none() {
        for name in [
            r"\lsass",
            "<Anonymous Pipe>",
            r"\AppPipe",
            r"\TSVCPIPE-4ef6dd6f-2a1b-49f9-a6fd-8b12c8afbbfd",
            r"\browsers_1",
            r"\eventlog_reader",
            r"\openssh-ssh-agent",
            "",
            "\\",
        ] {
            assert_eq!(imitated(name), None, "{name}");
        }
    }
}
