//! The one name of a pipe that sources spell in several ways.

use super::or_empty;

/// How Sysmon names pipes without a name.
pub const ANONYMOUS: &str = "<Anonymous Pipe>";

/// Some exports escape the text of an event twice (seen in JSON made from rendered XML).
const ANONYMOUS_ESCAPED_TWICE: &str = "&lt;Anonymous Pipe&gt;";

/// The ways in which Windows addresses a pipe; Sysmon logs what comes after, its backslash included.
const PREFIXES: [&str; 2] = [r"\\.\pipe", r"\Device\NamedPipe"];

/// `\\.\pipe\x`, `\Device\NamedPipe\x` and `\x` are one name; no name is `-`.
#[must_use]
pub fn pipe_name(name: &str) -> &str {
    if name == ANONYMOUS_ESCAPED_TWICE {
        return ANONYMOUS;
    }
    for prefix in PREFIXES {
        if let Some((head, rest)) = name.split_at_checked(prefix.len())
            && head.eq_ignore_ascii_case(prefix)
            && rest.starts_with('\\')
        {
            return rest;
        }
    }
    or_empty(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_name_gives_one() {
        for name in [
            r"\srvsvc",
            r"\\.\pipe\srvsvc",
            r"\\.\PIPE\srvsvc",
            r"\Device\NamedPipe\srvsvc",
        ] {
            assert_eq!(pipe_name(name), r"\srvsvc");
        }
        assert_eq!(pipe_name("&lt;Anonymous Pipe&gt;"), "<Anonymous Pipe>");
        assert_eq!(pipe_name("<Anonymous Pipe>"), "<Anonymous Pipe>");
        assert_eq!(pipe_name(""), "-");
    }

    #[test]
    fn nothing_else_is_changed() {
        for name in [
            r"\pipe\x",
            r"\ x ",
            r"\a&lt;b",
            r"\\.\pipex",
            r"\Device\NamedPipe",
            "srvsvc",
            "\\é",
            r"\SrvSvc",
        ] {
            assert_eq!(pipe_name(name), name);
        }
    }
}
