//! The message that Windows makes of a pipe event in, its fields out.
//!
//! ```text
//! Pipe Created:
//! RuleName: -
//! EventType: CreatePipe
//! UtcTime: 2019-09-06 13:49:35.428
//! ProcessGuid: {747f3d96-393e-5d72-0000-0010ad443200}
//! ProcessId: 6908
//! PipeName: \kekeo_tsssp_endpoint
//! Image: c:\Users\IEUser\Desktop\kekeo.exe
//! User: MSEDGEWIN10\IEUser
//! ```
//!
//! It is in English on every Windows, since Sysmon's manifest has no other language. Its lines end with CR LF or, from
//! tools of other systems, with LF.

use std::ops::Range;

use memchr::memmem;

use super::meaning::Meaning;

/// The fields before the pipe's name.
const BEFORE: [Meaning; 3] = [Meaning::UtcTime, Meaning::ProcessGuid, Meaning::ProcessId];

/// The fields of a message and where they are in it, or `None` if it is no pipe event's.
///
/// A pipe's name may hold line breaks, and then what looks like further fields: who names the pipe would choose the
/// image in the log. So the name goes on to the *last* line that begins with `Image: `. A path cannot hold a line
/// break, so what follows that line is Windows' own.
pub(super) fn fields(message: &str) -> Option<impl Iterator<Item = (Meaning, Range<usize>)> + use<>> {
    let name = after(message, "PipeName:", 0)?;
    let image = memmem::rfind(message.get(name..)?.as_bytes(), b"\nImage:");
    let (name_end, image) = match image {
        Some(at) => {
            let image = name + at + "\nImage:".len();
            (name + at, Some((Meaning::Image, value(message, image))))
        }
        None => (value(message, name).end, None),
    };
    let name = trimmed(message, name..name_end);
    let behind = image.as_ref().map_or(name_end, |(_, image)| image.end);
    let user = after(message, "User:", behind).map(|at| (Meaning::User, value(message, at)));
    let head = message.get(..name.start).unwrap_or_default();
    let before = BEFORE.map(|meaning| {
        let at = after(head, label(meaning), 0)?;
        Some((meaning, value(message, at)))
    });
    Some(
        before
            .into_iter()
            .flatten()
            .chain([(Meaning::PipeName, name)])
            .chain(image)
            .chain(user),
    )
}

fn label(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::UtcTime => "UtcTime:",
        Meaning::ProcessGuid => "ProcessGuid:",
        _ => "ProcessId:",
    }
}

/// Where the value of the field with this label begins: the label stands at a line's start.
fn after(message: &str, label: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memmem::find(message.as_bytes().get(at..)?, label.as_bytes())?;
        if at == 0 || message.as_bytes().get(at - 1) == Some(&b'\n') {
            return Some(at + label.len());
        }
        at += label.len();
    }
}

/// The value that begins at `start` and ends with its line.
fn value(message: &str, start: usize) -> Range<usize> {
    let rest = message.as_bytes().get(start..).unwrap_or_default();
    let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    trimmed(message, start..start + len)
}

/// A value without the one space before it and the line's end behind it. What else is around it may be its own.
fn trimmed(message: &str, span: Range<usize>) -> Range<usize> {
    let text = message.get(span.clone()).unwrap_or_default();
    let start = span.start + usize::from(text.starts_with(' '));
    let end = span.end - usize::from(text.ends_with('\r'));
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of a message, as `Meaning=value` in a line each.
    fn shown(message: &str) -> Option<String> {
        let shown = fields(message)?
            .map(|(meaning, span)| format!("{meaning:?}={:?}\n", &message[span]))
            .collect();
        Some(shown)
    }

    const MESSAGE: &str = "Pipe Created:\nRuleName: -\nEventType: CreatePipe\nUtcTime: 2019-09-06 13:49:35.428\n\
        ProcessGuid: {747f3d96-393e-5d72-0000-0010ad443200}\nProcessId: 6908\nPipeName: \\kekeo\n\
        Image: c:\\kekeo.exe\nUser: NT AUTHORITY\\SYSTEM";

    #[test]
    fn line_ends_make_no_difference() {
        let expected = shown(MESSAGE).unwrap();
        insta::assert_snapshot!(expected, @r#"
        UtcTime="2019-09-06 13:49:35.428"
        ProcessGuid="{747f3d96-393e-5d72-0000-0010ad443200}"
        ProcessId="6908"
        PipeName="\\kekeo"
        Image="c:\\kekeo.exe"
        User="NT AUTHORITY\\SYSTEM"
        "#);
        let windows = MESSAGE.replace('\n', "\r\n") + "\r\n";
        assert_eq!(shown(&windows).unwrap(), expected);
    }

    #[test]
    fn a_name_that_holds_lines_forges_no_image() {
        let name = "\\x\nImage: C:\\Windows\\System32\\svchost.exe\nUser: nobody";
        let message = MESSAGE.replace("\\kekeo\n", &format!("{name}\n"));
        let shown = shown(&message).unwrap();
        assert!(
            shown.contains(&format!("PipeName={name:?}\nImage=\"c:\\\\kekeo.exe\"\n")),
            "{shown}"
        );
        assert!(shown.ends_with("User=\"NT AUTHORITY\\\\SYSTEM\"\n"), "{shown}");
    }

    #[test]
    fn spaces_in_a_name_are_its_own() {
        let message = "PipeName:  \\a \r\nImage: \r\n";
        assert_eq!(shown(message).unwrap(), "PipeName=\" \\\\a \"\nImage=\"\"\n");
    }

    #[test]
    fn other_messages_are_none() {
        for message in [
            "",
            "Process Create:\r\nImage: x",
            "CommandLine: PipeName: x",
            "PipeName",
        ] {
            assert_eq!(shown(message), None, "{message}");
        }
        assert_eq!(shown("PipeName:").unwrap(), "PipeName=\"\"\n");
    }
}
