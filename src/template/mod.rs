//! One event's pipe name in, its template out: the name with the parts replaced that the event itself proves variable.
//!
//! `\mojo.4204.7716.11932…` by process 4204 is `\mojo.<pid>.<n>.<n>`; the same name by another process is
//! `\mojo.<n>.<n>.<n>`, another template. A template is a pure function of one event, so that a baseline made of many
//! does not depend on their order. Whether a part *does* vary is not decided here: families are formed later, from all
//! data.

mod run;

use std::fmt::{self, Write};
use std::ops::{Range, RangeInclusive};

use memchr::memchr;

use run::Run;
pub use run::Variable;

/// The parts of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stands in the name.
    Text(String),
    /// A part that was replaced.
    Variable(Variable),
}

/// A pipe name with variable parts, compared without ASCII case where it is a key.
///
/// Inside, a variable is one of Unicode's noncharacters U+FDD0 to U+FDEF, so that no text of a name can pass for one: a
/// noncharacter that really is in a name follows `ESCAPE`. Printed, it reads `\mojo.<pid>.<n>.<n>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template(Box<str>);

/// Stands before a noncharacter that is text.
const ESCAPE: char = '\u{FDEF}';
const MARKS: RangeInclusive<char> = '\u{FDD0}'..='\u{FDEF}';
/// The first byte of each mark.
const MARK_BYTE: u8 = 0xEF;

/// Writes the template of `name`, seen in an event of process `pid`, to `out` in the form that [`Template::from_key`]
/// takes. Tells whether it is the template of the name whatever the process: nothing in the name could be one's id.
pub fn write_key(name: &str, pid: Option<u32>, out: &mut String) -> bool {
    let mut is_of_all = true;
    let bytes = name.as_bytes();
    // What stands before `kept` has been written; what stands between it and `at` is text that stays.
    let (mut kept, mut at) = (0, 0);
    let mut replace = |kept: &mut usize, range: Range<usize>, mark: char| {
        out.push_str(name.get(*kept..range.start).unwrap_or_default());
        out.push(mark);
        *kept = range.end;
    };
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let run = Run::of(rest);
        if run.len == 0 {
            if rest.first_chunk().is_some_and(is_mark) {
                replace(&mut kept, at..at, ESCAPE);
            }
            at += 1;
            continue;
        }
        let end = at + run.len;
        // A GUID may follow a word without a gap: `\iisipm8f0e…-…`.
        let guid = run.len.checked_sub(run::GUID_HEAD).and_then(|before| {
            let start = at + before;
            (bytes.get(end) == Some(&b'-')).then_some(start..start + run::guid(bytes.get(start..)?)?)
        });
        if let Some(guid) = guid {
            at = guid.end;
            replace(&mut kept, guid, Variable::Guid.mark());
            continue;
        }
        if !run.is_word() {
            let text = name.get(at..end).unwrap_or_default();
            is_of_all &= !run::may_be_pid(run, text);
            if let Some((text, variable)) = run::variable_part(run, text, pid) {
                replace(&mut kept, at + text..end, variable.mark());
            }
        }
        at = end;
    }
    out.push_str(name.get(kept..).unwrap_or_default());
    is_of_all
}

/// Whether these bytes are one of [`MARKS`]. All begin with the same byte.
fn is_mark(bytes: &[u8; 3]) -> bool {
    bytes[0] == MARK_BYTE
        && str::from_utf8(bytes).is_ok_and(|text| text.chars().next().is_some_and(|c| MARKS.contains(&c)))
}

impl Template {
    /// The template of a pipe name that an event of process `pid` holds.
    #[must_use]
    pub fn of(name: &str, pid: Option<u32>) -> Self {
        let mut key = String::with_capacity(name.len());
        write_key(name, pid, &mut key);
        Self(key.into())
    }

    /// The template that [`write_key`] wrote.
    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self(key.into())
    }

    /// The form in which templates are kept and compared.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0
    }

    /// Text and variables in the order of the name; texts are never empty, and never follow each other.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = self.0.chars();
        while let Some(c) = chars.next() {
            match Variable::from_mark(c) {
                Some(variable) => {
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    }
                    parts.push(Part::Variable(variable));
                }
                None if c == ESCAPE => text.extend(chars.next()),
                None => text.push(c),
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        parts
    }

    /// Whether it is a plain name, without a variable.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.has_no_mark() || !self.parts().iter().any(|part| matches!(part, Part::Variable(_)))
    }

    /// Whether it is a name and its own key: quickly seen, for most names.
    fn has_no_mark(&self) -> bool {
        !self.0.as_bytes().contains(&MARK_BYTE)
    }

    /// Whether the name holds the id of the process that made the event: the strongest proof of a family there is.
    #[must_use]
    pub fn proves_pid(&self) -> bool {
        self.0
            .chars()
            .any(|c| matches!(Variable::from_mark(c), Some(Variable::Pid | Variable::PidHex)))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = &*self.0;
        while let Some((text, marked)) = memchr(MARK_BYTE, rest.as_bytes()).and_then(|at| rest.split_at_checked(at)) {
            f.write_str(text)?;
            let mut chars = marked.chars();
            match chars.next() {
                Some(ESCAPE) => chars.next().map_or(Ok(()), |c| f.write_char(c))?,
                Some(c) => match Variable::from_mark(c) {
                    Some(variable) => {
                        f.write_char('<')?;
                        f.write_str(variable.word())?;
                        f.write_char('>')?;
                    }
                    None => f.write_char(c)?,
                },
                None => {}
            }
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(name: &str, pid: u32) -> String {
        Template::of(name, Some(pid)).to_string()
    }

    #[test]
    fn the_own_process_id_is_proved_by_the_event() {
        assert_eq!(shown(r"\mojo.4204.7716.11932764512", 4204), r"\mojo.<pid>.<n>.<n>");
        assert_eq!(shown(r"\mojo.4204.7716.11932764512", 9), r"\mojo.<n>.<n>.<n>");
        assert_eq!(
            shown(r"\Winsock2\CatalogChangeListener-3e8-0", 1000),
            r"\Winsock2\CatalogChangeListener-<pidx>-<n>"
        );
        assert_eq!(
            shown(r"\crashpad_4204_QWERTYUIOPASDFGH", 4204),
            r"\crashpad_<pid>_<rand>"
        );
        assert_eq!(
            shown(r"\PSHost.132362371046452983.4204.DefaultAppDomain.powershell", 4204),
            r"\PSHost.<ticks>.<pid>.DefaultAppDomain.powershell"
        );
        assert_eq!(shown(r"\agent4204", 4204), r"\agent<pid>");
    }

    #[test]
    fn words_stay() {
        for name in [
            r"\lsass",
            r"\W32TIME_ALT",
            r"\PIPE_EVENTROOT\CIMV2SCM EVENT PROVIDER",
            "<Anonymous Pipe>",
            r"\SQLLocal\INSTANCE01",
            r"\GoogleCrashServices",
            r"\ProtectedPrefix\LocalService\FTHPIPE",
            "-",
            r"\",
            r"\MICROSOFT##WID\tsql\query",
            r"\VBoxTrayIPC-Administrator",
        ] {
            assert_eq!(shown(name, 4204), name);
            assert!(Template::of(name, None).is_literal());
        }
    }

    #[test]
    fn the_usual_variable_parts() {
        assert_eq!(
            shown(r"\TSVCPIPE-a1b2c3d4-0000-4000-8000-abcdefabcdef", 1),
            r"\TSVCPIPE-<guid>"
        );
        assert_eq!(
            shown(r"\iisipm{A1B2C3D4-0000-4000-8000-abcdefabcdef}", 1),
            r"\iisipm{<guid>}"
        );
        assert_eq!(
            shown(r"\iisipmf841bcac-99e3-4da3-8a41-38d015a7cb49", 1),
            r"\iisipm<guid>"
        );
        assert_eq!(
            shown(r"\AppContracts_xCA082232-282D-4D80-A737-14517325348Ay", 1),
            r"\AppContracts_x<guid>y"
        );
        assert_eq!(shown(r"\uv\000001F2A3B4C5D6-4204", 4204), r"\uv\<hex>-<pid>");
        assert_eq!(
            shown(r"\mojo.5688.8052.183894939787088877a1", 6000),
            r"\mojo.<n>.<n>.<hex>"
        );
        assert_eq!(shown(r"\discord-ipc-0", 1), r"\discord-ipc-<n>");
        assert_eq!(shown(r"\x\x7k2m9qa4z", 1), r"\x\<rand>");
    }

    #[test]
    fn a_name_that_looks_like_a_template_is_none() {
        assert_eq!(Template::of(r"\mojo.<pid>", None).parts().len(), 1);
        assert_ne!(Template::of("\\a\u{FDD0}", None), Template::of(r"\a4204", Some(4204)));
        assert_eq!(
            Template::of("\\a\u{FDD0}\u{FDEF}", None).to_string(),
            "\\a\u{FDD0}\u{FDEF}"
        );
    }

    proptest! {
        #[test]
        fn every_character_is_kept_or_escaped(name in r"[\\a-f.\u{FDD0}\u{FDEF}\u{FDCF}\u{FE00}\u{EFFF}é]{0,20}") {
            let mut plain = String::new();
            for c in name.chars() {
                plain.extend(MARKS.contains(&c).then_some(ESCAPE));
                plain.push(c);
            }
            let template = Template::of(&name, None);
            // Eight letters in a row may be hexadecimal.
            let mut runs = name.split(|c: char| !c.is_ascii_alphanumeric());
            prop_assume!(runs.all(|run| run.len() < 8));
            prop_assert_eq!(template.key(), plain);
            prop_assert_eq!(template.to_string(), name);
        }

        #[test]
        fn a_template_of_all_processes_is_that_of_each(
            before in "[a-gx.-]{0,4}", id in 10_u32..5000, as_hex in any::<bool>(), after in "[a-g.]{0,2}", other in any::<u32>(),
        ) {
            let id_text = if as_hex { format!("{id:x}") } else { id.to_string() };
            let name = format!("{before}{id_text}{after}");
            let mut keys = [String::new(), String::new()];
            let is_of_all = write_key(&name, Some(id), &mut keys[0]);
            prop_assert_eq!(is_of_all, write_key(&name, Some(other), &mut keys[1]));
            prop_assert!(!is_of_all || keys[0] == keys[1], "{:?} of {}", keys, name);
        }

        #[test]
        fn text_that_is_not_replaced_is_kept(name in r"\\[a-zA-Z0-9._<>{}\u{FDD0}\u{FDEF}é-]{0,40}", pid in any::<u32>()) {
            let template = Template::of(&name, Some(pid));
            let mut rest = name.as_str();
            for part in template.parts() {
                if let Part::Text(text) = part {
                    let at = rest.find(text.as_str());
                    prop_assert!(at.is_some(), "{:?} of {:?}", text, name);
                    rest = &rest[at.unwrap() + text.len()..];
                }
            }
            prop_assert!(!template.is_literal() || template.to_string() == name);
        }
    }
}
