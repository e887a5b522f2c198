//! The path of an image in, its root and its components out.

use smallvec::SmallVec;

/// What a path begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// `C:\`: the letter, in lower case.
    Drive(char),
    /// `\\server\share` or `\\?\UNC\server\share`.
    Network,
    /// `\Device\…` and other paths of the object manager, shadow copies among them.
    Device,
    /// No path: a bare name, or one relative to something.
    None,
}

/// The path of an image, taken apart.
#[derive(Debug, Clone)]
pub(super) struct ImagePath<'a> {
    pub(super) root: Root,
    /// What lies between the backslashes (or slashes) after the root; the last is the file name.
    pub(super) components: SmallVec<[&'a str; 8]>,
    /// Whether it begins with `\\?\`, `\\.\` or `\??\`.
    pub(super) is_verbatim: bool,
}

/// The drive that Windows and Program Files lie on. A log does not say so; all the logs at hand agree, and a system
/// that boots from another letter is so rare that its folders are better taken for user-writable ones, until a
/// `protected` line says otherwise.
pub(super) const SYSTEM_DRIVE: char = 'c';

const VERBATIM: [&str; 3] = [r"\\?\", r"\\.\", r"\??\"];

impl<'a> ImagePath<'a> {
    pub(super) fn parse(image: &'a str) -> Self {
        let stripped = VERBATIM.iter().find_map(|prefix| image.strip_prefix(prefix));
        let path = stripped.unwrap_or(image);
        let is_separator = |c| matches!(c, '\\' | '/');
        let mut start = path.chars();
        let (root, rest) = match (start.next(), start.next(), start.next()) {
            (Some(letter), Some(':'), Some(c)) if letter.is_ascii_alphabetic() && is_separator(c) => {
                (Root::Drive(letter.to_ascii_lowercase()), start.as_str())
            }
            _ if stripped.is_some() => match path.split_at_checked(4) {
                Some((unc, rest)) if unc.eq_ignore_ascii_case(r"UNC\") => (Root::Network, rest),
                _ => (Root::Device, path),
            },
            (Some(a), Some(b), c) if is_separator(a) && is_separator(b) => {
                (Root::Network, path.get(2..).filter(|_| c.is_some()).unwrap_or_default())
            }
            (Some(a), ..) if is_separator(a) => (Root::Device, path.get(1..).unwrap_or_default()),
            _ => (Root::None, path),
        };
        Self {
            root,
            components: rest.split(is_separator).collect(),
            is_verbatim: stripped.is_some(),
        }
    }

    pub(super) fn file_name(&self) -> &'a str {
        self.components.last().copied().unwrap_or_default()
    }

    /// The component after the root, if it is a folder.
    pub(super) fn first_folder(&self) -> Option<&'a str> {
        self.components.first().copied().filter(|_| self.components.len() > 1)
    }

    /// Whether it lies in this folder of the system drive.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.root == Root::Drive(SYSTEM_DRIVE)
            && self
                .first_folder()
                .is_some_and(|first| first.eq_ignore_ascii_case(folder))
    }

    /// Whether it lies where only administrators may install programs: in Windows or in Program Files.
    pub(super) fn is_installed(&self) -> bool {
        SYSTEM_FOLDERS.iter().any(|folder| self.is_in(folder))
    }

    /// Whether a component is `.` or `..`, so that the path leads elsewhere than it reads.
    pub(super) fn wanders(&self) -> bool {
        self.components.iter().any(|component| matches!(*component, "." | ".."))
    }
}

/// The folders of the system drive's root in which only administrators may write.
const SYSTEM_FOLDERS: [&str; 3] = ["Windows", "Program Files", "Program Files (x86)"];

/// The file name without its last extension.
pub(super) fn stem(image: &str) -> &str {
    let name = image.rsplit_once('\\').map_or(image, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_told_apart() {
        for (image, root, components) in [
            (r"C:\Windows\x.exe", Root::Drive('c'), &["Windows", "x.exe"][..]),
            ("d:/a/x.exe", Root::Drive('d'), &["a", "x.exe"]),
            (r"\\?\C:\x.exe", Root::Drive('c'), &["x.exe"]),
            (r"\??\C:\x.exe", Root::Drive('c'), &["x.exe"]),
            (r"\\srv\share\x.exe", Root::Network, &["srv", "share", "x.exe"]),
            (r"\\?\UNC\srv\share\x.exe", Root::Network, &["srv", "share", "x.exe"]),
            (r"\Device\Mup\x.exe", Root::Device, &["Device", "Mup", "x.exe"]),
            (r"\\?\GLOBALROOT\x.exe", Root::Device, &["GLOBALROOT", "x.exe"]),
            ("System", Root::None, &["System"]),
            ("C:x.exe", Root::None, &["C:x.exe"]),
            ("Ä:\\x.exe", Root::None, &["Ä:", "x.exe"]),
            ("", Root::None, &[""]),
            (r"\\", Root::Network, &[""]),
        ] {
            let path = ImagePath::parse(image);
            assert_eq!((path.root, path.components.as_slice()), (root, components), "{image}");
        }
    }
}
