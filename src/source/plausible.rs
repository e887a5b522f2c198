//! A value of an exported text in, whether it can be what it is said to be out.
//!
//! What a `.evtx` holds is counted as it stands. In exported text a message may be rendered with the wrong template, a
//! column may be shifted, and what is absent may be written as a word.

use crate::normalize::pipe_name::ANONYMOUS;

/// How exporters write that there is no value, in small letters. Sources: Sysmon and Kibana (`-`), Kibana and Excel
/// (`(empty)`, `(blank)`), Splunk and .NET (`(null)`, `NULL`), `EventData` in Microsoft Sentinel and pandas (`None`, `NaN`).
const ABSENT: [&str; 15] = [
    "",
    "-",
    "--",
    "(null)",
    "<null>",
    "null",
    "nil",
    "none",
    "n/a",
    "nan",
    "undefined",
    "(empty)",
    "(blank)",
    "(none)",
    "not available",
];

/// What Windows calls processes that have no path, in small letters, and what Sysmon writes where it knows none.
const NO_PATHS: [&str; 9] = [
    "system",
    "registry",
    "secure system",
    "memcompression",
    "memory compression",
    "vmmem",
    "vmmemwsl",
    "system idle process",
    "<unknown process>",
];

/// Whether a text stands for no value.
pub(super) fn is_absent(value: &str) -> bool {
    let value = value.trim();
    value.len() <= 13 && ABSENT.iter().any(|absent| value.eq_ignore_ascii_case(absent))
}

/// Whether a program may have this image: a whole path, or one of the names that Windows gives to processes without one.
pub(super) fn is_image(value: &str) -> bool {
    let is_rooted = match value.as_bytes() {
        [drive, b':', b'\\' | b'/', ..] => drive.is_ascii_alphabetic(),
        // A share of a server, and `\\?\` before a long path.
        [b'\\', b'\\', server @ ..] => {
            let server_len = server.iter().position(|byte| *byte == b'\\');
            server_len.is_some_and(|len| len > 0 && server.get(..len) != Some(b"."))
        }
        [b'\\', b'?', b'?', b'\\', ..] => true,
        _ => {
            begins_with(value, r"\Device\") && !begins_with(value, r"\Device\NamedPipe\")
                || begins_with(value, r"\SystemRoot\")
        }
    };
    let is_path = is_rooted && !value.contains(['\n', '\r', '\t', '\0']);
    is_path || NO_PATHS.iter().any(|name| value.eq_ignore_ascii_case(name))
}

/// Whether a pipe may have this name, as far as that can be told: nearly any text is one. What is the value of another
/// field is none.
pub(super) fn is_pipe(value: &str) -> bool {
    if value.starts_with('\\') || value == ANONYMOUS {
        return true;
    }
    let is_path = matches!(value.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    let is_other = is_path || is_insert(value) || is_process_guid(value) || is_utc_time(value) || is_event_type(value);
    !is_other && !is_absent(value)
}

/// Whether it is the name of a pipe and of nothing else.
pub(super) fn is_surely_pipe(value: &str) -> bool {
    value == ANONYMOUS || value.starts_with('\\') && value.len() > 1 && !begins_with(value, r"\\?\")
}

/// Whether a process may have this GUID: hexadecimal digits and dashes, in braces as Sysmon writes them, or without.
pub(super) fn is_guid(value: &str) -> bool {
    let inner = value.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    let has_form = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    match inner {
        // What is in braces stands for one, whatever took the digits out.
        Some(inner) => !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        None => value.contains('-') && value.len() >= 32 && has_form(value),
    }
}

/// Whether it is a GUID as it is written out, and nothing else: an anchor among values without names.
pub(super) fn is_process_guid(value: &str) -> bool {
    let inner = value
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .unwrap_or(value);
    let mut parts = inner.split('-');
    let fits = [8, 4, 4, 4, 12].iter().all(|len| {
        parts
            .next()
            .is_some_and(|part| part.len() == *len && part.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    fits && parts.next().is_none()
}

/// Whether it is a time as Sysmon writes it.
pub(super) fn is_utc_time(value: &str) -> bool {
    crate::normalize::time::parse_utc_time(value).is_some()
}

/// Whether it is the place of a value that was not there when the message was made: `%6`.
pub(super) fn is_insert(value: &str) -> bool {
    value.strip_prefix('%').is_some_and(|digits| {
        !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether it is what Sysmon writes into the field `EventType` of pipe events.
pub(super) fn is_event_type(value: &str) -> bool {
    value.eq_ignore_ascii_case("CreatePipe") || value.eq_ignore_ascii_case("ConnectPipe")
}

/// Whether the backslashes of an image were doubled, as tools do that escape what is escaped already (Wazuh, CEF): each
/// run of them is even, which no path has that begins with a drive.
pub(super) fn is_escaped_twice(image: &str) -> bool {
    let rest = match image.as_bytes() {
        [_, b':', rest @ ..] | rest @ [b'\\', b'\\', b'\\', b'\\', ..] => rest,
        _ => return false,
    };
    rest.starts_with(br"\\") && rest.split(|byte| *byte != b'\\').all(|run| run.len() % 2 == 0)
}

fn begins_with(value: &str, prefix: &str) -> bool {
    value
        .get(..prefix.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_paths_or_names_of_the_kernel() {
        for image in [
            r"C:\svc.exe",
            "System",
            "Registry",
            "<unknown process>",
            r"\\srv\share\a.exe",
            r"\\?\C:\a.exe",
            r"\Device\HarddiskVolume3\a.exe",
            "MemCompression",
            r"\SystemRoot\System32\smss.exe",
            "D:/tools/a.exe",
        ] {
            assert!(is_image(image), "{image}");
        }
        for other in [
            "",
            "-",
            "%6",
            "svc.exe",
            r"\srvsvc",
            r"NT AUTHORITY\SYSTEM",
            r"\Device\NamedPipe\x",
            "6908",
            r"\\.\pipe\x",
            "{747f3d96-393e-5d72-0000-0010ad443200}",
            "C:\\a\nb",
            "2019-09-06 13:49:35.428",
        ] {
            assert!(!is_image(other), "{other}");
        }
    }

    #[test]
    fn values_of_other_fields_are_no_pipes() {
        for pipe in [
            r"\srvsvc",
            r"\\.\pipe\x",
            "<Anonymous Pipe>",
            r"\C:\x",
            r"\",
            "srvsvc",
            r"\a b",
        ] {
            assert!(is_pipe(pipe), "{pipe}");
        }
        for other in [
            "",
            "-",
            "(null)",
            "%5",
            r"C:\svc.exe",
            "{747f3d96-393e-5d72-0000-0010ad443200}",
            "2019-09-06 13:49:35.428",
            "CreatePipe",
        ] {
            assert!(!is_pipe(other), "{other}");
        }
    }

    #[test]
    fn guids_and_inserts_have_a_form() {
        for guid in [
            "{b669e388}",
            "{747f3d96-393e-5d72-0000-0010ad443200}",
            "747F3D96-393E-5D72-0000-0010AD443200",
        ] {
            assert!(is_guid(guid), "{guid}");
        }
        for other in [
            "",
            "6908",
            "{}",
            "{a b}",
            r"\srvsvc",
            "2019-09-06 13:49:35.428",
            "12-34",
        ] {
            assert!(!is_guid(other), "{other}");
        }
        assert!(is_insert("%6") && is_insert("%12"));
        assert!(!is_insert("%") && !is_insert("%SystemRoot%") && !is_insert("%123"));
    }

    #[test]
    fn doubled_backslashes_are_seen_by_the_image() {
        for image in [r"C:\\Windows\\a.exe", r"\\\\srv\\share\\a.exe"] {
            assert!(is_escaped_twice(image), "{image}");
        }
        for image in [
            r"C:\Windows\a.exe",
            r"\\srv\share\a.exe",
            r"C:\\Windows\a.exe",
            "System",
            "",
            "C:/a",
        ] {
            assert!(!is_escaped_twice(image), "{image}");
        }
    }
}
