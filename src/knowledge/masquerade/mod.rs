//! The path of an image in, how it pretends to be another out.

mod look_alike;

use std::borrow::Cow;

pub(super) use look_alike::is_respelt;
use look_alike::{is_misspelt, mixes_scripts};

use super::path::{ImagePath, Root};
use super::{Finding, Knowledge};
use crate::normalize::pipe_name::ANONYMOUS;
use crate::utf16;

/// What Sysmon shows for the kernel and its processes, which have no file. No other process can have a bare name: its
/// image is always a path.
const KERNEL: [&str; 3] = ["System", "Registry", "MemCompression"];

/// Microsoft, Pipe Names: "up to 256 characters"; the backslash that Sysmon shows is of these.
const LONGEST_NAME: usize = 256;

/// What stands in the shown name of a family for a part that varies.
const PLACEHOLDERS: [&str; 8] = ["<pid>", "<pidx>", "<guid>", "<n>", "<ticks>", "<hex>", "<rand>", "<*>"];

/// Folders that a path shows off: they stand in for the real ones when an odd letter or another place is used.
const FOLDERS: [&str; 8] = [
    "Windows",
    "System32",
    "SysWOW64",
    "Program Files",
    "Program Files (x86)",
    "ProgramData",
    "Microsoft",
    "Google",
];

/// Extensions of documents, which nobody gives a program but to deceive: `image.jpeg.exe`.
const DOCUMENTS: [&str; 32] = [
    "jpg", "jpeg", "png", "gif", "bmp", "svg", "pdf", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx",
    "txt", "rtf", "csv", "htm", "html", "zip", "rar", "7z", "iso", "mp3", "mp4", "avi", "mov", "eml", "msg", "lnk",
    "url",
];

impl Knowledge {
    /// How `image` pretends to be what it is not, if it does. One finding, the plainest, is given.
    #[must_use]
    pub fn masquerade(&self, image: &str) -> Option<Finding<'_>> {
        if image.is_empty() || KERNEL.iter().any(|name| image.eq_ignore_ascii_case(name)) {
            return None;
        }
        let path = ImagePath::parse(image);
        spelling(image, &path)
            .or_else(|| name(&path))
            .or_else(|| self.place(image, &path))
    }

    /// How the spelling of a pipe's name deceives, or why no pipe of Windows can have it.
    #[must_use]
    pub fn misspelt_name(&self, name: &str) -> Option<Finding<'static>> {
        if name == ANONYMOUS {
            return None;
        }
        let found = |what, source| Some(Finding::fixed(what, source));
        let is_odd = |c: &char| !(' '..='~').contains(c);
        if name.chars().filter(is_odd).any(is_hidden) {
            return found(
                "characters that are not seen, or that turn the text around",
                "MITRE ATT&CK T1036.002",
            );
        }
        if !name.is_ascii() && mixes_scripts(name) {
            return found(
                "Latin letters mixed with look-alikes of another alphabet",
                "UTS #39 5.1 mixed scripts",
            );
        }
        if !name.starts_with('\\') || name.ends_with('\\') || name.contains(r"\\") {
            return found(
                "no backslash at its beginning, or one too many",
                "Microsoft: Pipe Names",
            );
        }
        if name.split('\\').any(|folder| matches!(folder, "." | "..")) {
            return found(
                "a folder `.` or `..`, which means nothing in a pipe's name",
                "Microsoft: Pipe Names",
            );
        }
        if name.len() > LONGEST_NAME && utf16::units(name).count() > LONGEST_NAME {
            return found("more characters than a pipe's name can", "Microsoft: Pipe Names");
        }
        if name.contains('<') && PLACEHOLDERS.iter().any(|placeholder| name.contains(placeholder)) {
            return found(
                "a placeholder of this program's own in it",
                "it would pass for a family",
            );
        }
        None
    }

    /// Names of known programs in other places, misspelt, or in letters of another alphabet.
    fn place(&self, image: &str, path: &ImagePath<'_>) -> Option<Finding<'_>> {
        let name = path.file_name();
        let found = |what: String, source| {
            Some(Finding {
                what: what.into(),
                source,
            })
        };
        if let Some(places) = self.programs.get(&*name.to_ascii_lowercase()) {
            let at_home = path.root != Root::None && places.iter().any(|place| place.matches(image));
            return if at_home || is_copy(path) {
                None
            } else {
                found(
                    format!("`{name}`, a known program's name, outside its folder"),
                    "MITRE ATT&CK T1036.005",
                )
            };
        }
        if let Some(like) = self.programs.keys().find(|known| is_respelt(name, known)) {
            return found(
                format!("`{name}`, which looks like `{like}`"),
                "MITRE ATT&CK T1036.005; UTS #39 confusables",
            );
        }
        let is_vendors = path.is_in("Program Files") || path.is_in("Program Files (x86)");
        let misspelt = |known: &&str| !is_vendors && is_misspelt(name, known);
        let like = self.programs.keys().map(|known| &**known).find(misspelt)?;
        found(format!("`{name}`, one letter off `{like}`"), "MITRE ATT&CK T1036.005")
    }
}

/// Windows keeps copies of its programs in WinSxS, and runs those of its updater from UUS (Sigma e4a6b256 allows both).
fn is_copy(path: &ImagePath<'_>) -> bool {
    let folder = path.components.get(1).filter(|_| path.is_in("Windows"));
    folder.is_some_and(|folder| {
        ["WinSxS", "UUS"]
            .iter()
            .any(|copies| folder.eq_ignore_ascii_case(copies))
    })
}

/// Spellings of a path that Windows never shows for an ordinary program.
fn spelling(image: &str, path: &ImagePath<'_>) -> Option<Finding<'static>> {
    let found = |what, source| Some(Finding::fixed(what, source));
    if image.chars().any(is_hidden) {
        return found(
            "characters that are not seen, or that turn the text around",
            "MITRE ATT&CK T1036.002",
        );
    }
    if path.is_verbatim {
        return found(
            r"a path with a prefix such as `\\?\`",
            "Microsoft: Naming Files, Paths, and Namespaces",
        );
    }
    if path.root == Root::None {
        return found("no full path", "Sysmon gives the full path of every program");
    }
    if image.contains('/') {
        return found(
            "slashes for backslashes",
            "Microsoft: Naming Files, Paths, and Namespaces",
        );
    }
    if path.wanders() {
        return found("a path with `.` or `..`", "MITRE ATT&CK T1036");
    }
    let mut components = path.components.iter();
    if components.any(|component| component.contains(':')) {
        return found(
            "an alternate data stream: a program hidden behind another file",
            "MITRE ATT&CK T1564.004",
        );
    }
    if path.components.iter().any(|component| component.is_empty()) {
        return found("a doubled backslash", "Microsoft: Naming Files, Paths, and Namespaces");
    }
    let is_padded = |component: &&str| {
        component.ends_with('.')
            || component.ends_with(char::is_whitespace)
            || component.starts_with(char::is_whitespace)
    };
    if path.components.iter().any(is_padded) {
        return found(
            "a space or dot at the end of a name, as mock folders have (`C:\\Windows \\System32`)",
            "MITRE ATT&CK T1036.006, T1548.002",
        );
    }
    if path.components.iter().any(|component| is_short_name(component)) {
        return found(
            "a short name (8.3), which hides the real one",
            "Microsoft: [MS-FSCC] 2.1.5.2 8.3 filename",
        );
    }
    None
}

/// Names that deceive by themselves.
fn name(path: &ImagePath<'_>) -> Option<Finding<'static>> {
    let found = |what: Cow<'static, str>, source| Some(Finding { what, source });
    let file = path.file_name();
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let inner = stem.rsplit_once('.').map(|(_, inner)| inner);
    if inner.is_some_and(|inner| DOCUMENTS.iter().any(|known| inner.eq_ignore_ascii_case(known))) {
        return found(
            "a document's extension before the program's".into(),
            "MITRE ATT&CK T1036.007",
        );
    }
    if !extension.eq_ignore_ascii_case("exe") && !path.is_installed() {
        return found("a program without the extension .exe".into(), "MITRE ATT&CK T1036.008");
    }
    let folders = path.components.split_last().map_or(&[][..], |(_, folders)| folders);
    if let Some(real) = folders
        .iter()
        .find_map(|folder| FOLDERS.iter().find(|known| is_respelt(folder, known)))
    {
        return found(
            format!("a folder that looks like `{real}`").into(),
            "MITRE ATT&CK T1036.005; UTS #39 confusables",
        );
    }
    if folders.iter().chain([&stem]).any(|part| mixes_scripts(part)) {
        return found(
            "Latin letters mixed with look-alikes of another alphabet".into(),
            "UTS #39 5.1 mixed scripts",
        );
    }
    let is_system = |pair: &[&str]| {
        let is = |i: usize, name| pair.get(i).is_some_and(|part: &&str| part.eq_ignore_ascii_case(name));
        is(0, "Windows") && (is(1, "System32") || is(1, "SysWOW64"))
    };
    let real = usize::from(path.is_in("Windows"));
    if folders.get(real..).unwrap_or_default().windows(2).any(is_system) {
        return found("Windows' folders in another place".into(), "MITRE ATT&CK T1036.005");
    }
    None
}

/// Control characters, lone surrogates, and characters of no width or that set the direction of text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || utf16::surrogate(c).is_some()
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180E | 0x200B..=0x200F
            | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
            | 0xE0000..=0xE0FFF)
}

/// `PROGRA~1`, `NORA~1.QUE`: up to eight characters that end in `~` and digits, and an extension of up to three.
fn is_short_name(component: &str) -> bool {
    let (stem, extension) = component.rsplit_once('.').unwrap_or((component, ""));
    let Some((head, digits)) = stem.rsplit_once('~') else {
        return false;
    };
    stem.len() <= 8
        && !head.is_empty()
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && extension.len() <= 3
}

#[cfg(test)]
mod tests;
