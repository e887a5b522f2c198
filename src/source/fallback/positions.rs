//! Values without names in, the fields of a pipe event out: the time and the GUID of the process stand side by side in
//! every schema, and what follows them is the process id, the pipe's name, the image and, since schema 4.80, the user.
//!
//! LogParser's `Strings`, plaso's and Fluent Bit's lists, PowerShell's `Properties`, and messages whose values were put
//! into the wrong places are such values. Nothing is guessed: all five must be what they should be.

use crate::source::meaning::Meaning;
use crate::source::plausible::{is_image, is_process_guid, is_surely_pipe, is_utc_time};
use crate::source::values::number;

/// The fields that were found.
pub(super) type Fields<'a> = Vec<(Meaning, std::borrow::Cow<'a, str>)>;

/// The fields in a list.
pub(super) fn in_list<'a>(list: &[&'a str]) -> Option<Fields<'a>> {
    list.windows(5).enumerate().find_map(|(at, five)| {
        let &[time, guid, id, pipe, image] = five else {
            return None;
        };
        let fits = is_utc_time(time)
            && is_process_guid(guid)
            && number(id).is_some()
            && is_surely_pipe(pipe)
            && is_image(image);
        let user = list.get(at + 5).copied().filter(|user| user.contains('\\'));
        fits.then(|| fields(time, guid, id, pipe.into(), image, user))
    })
}

/// How long a separator may be, in bytes.
const SEPARATOR: usize = 6;
/// How many GUIDs of a text are looked at.
const GUIDS: usize = 16;
/// How long a GUID in braces and a time in UTC are.
const GUID: usize = 38;
const TIME: usize = 23;

/// The fields in a text of values with a separator between, whatever that is: it is what stands between the time and
/// the GUID.
pub(super) fn in_text(text: &str) -> Option<Fields<'_>> {
    memchr::memchr_iter(b'{', text.as_bytes())
        .filter(|at| text.get(*at..at + GUID).is_some_and(is_process_guid))
        .take(GUIDS)
        .find_map(|at| in_text_at(text, at))
}

fn in_text_at(text: &str, at: usize) -> Option<Fields<'_>> {
    let (time, separator) = (1..=SEPARATOR).find_map(|len| {
        let end = at.checked_sub(len)?;
        let time = text.get(end.checked_sub(TIME)?..end)?;
        is_utc_time(time).then_some((time, text.get(end..at)?))
    })?;
    let guid = text.get(at..at + GUID)?;
    let rest = text.get(at + GUID..)?.strip_prefix(separator)?;
    let closing = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ']' | '}' | ')');
    let parts: Vec<&str> = rest.split(separator).take(64).collect();
    let (id, parts) = parts.split_first()?;
    // A pipe's name may hold the separator, a path and a user cannot: the image is the last that is one.
    let image = (1..parts.len()).rev().find(|at| {
        parts
            .get(*at)
            .is_some_and(|part| is_image(part.trim_end_matches(closing)))
    })?;
    let pipe = parts.get(..image)?.join(separator);
    // The list may end behind it, and the text go on. None of these can be in a user's name.
    let ends = |c: char| "\"[]:;|=+*?<>\t\r\n".contains(c);
    let user = parts
        .get(image + 1)
        .and_then(|user| user.split(ends).next())
        .map(|user| user.trim_end_matches(closing))
        .filter(|user| user.contains('\\'));
    let image = parts.get(image)?.trim_end_matches(closing);
    (number(id).is_some() && is_surely_pipe(&pipe)).then(|| fields(time, guid, id, pipe.into(), image, user))
}

fn fields<'a>(
    time: &'a str,
    guid: &'a str,
    id: &'a str,
    pipe: std::borrow::Cow<'a, str>,
    image: &'a str,
    user: Option<&'a str>,
) -> Fields<'a> {
    let mut fields = vec![
        (Meaning::UtcTime, time.into()),
        (Meaning::ProcessGuid, guid.into()),
        (Meaning::ProcessId, id.into()),
        (Meaning::PipeName, pipe),
        (Meaning::Image, image.into()),
    ];
    fields.extend(user.map(|user| (Meaning::User, user.into())));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "{b669e388-a0f3-5edf-5d00-000000000300}";

    fn shown(fields: Option<Fields<'_>>) -> String {
        fields.map_or_else(String::new, |fields| {
            fields
                .iter()
                .skip(2)
                .map(|(_, value)| value.as_ref())
                .collect::<Vec<_>>()
                .join(" & ")
        })
    }

    #[test]
    fn lists_of_every_schema_are_read() {
        let list = [
            "-",
            "CreatePipe",
            "2020-06-10 02:51:02.755",
            GUID,
            "4204",
            r"\ex",
            r"C:\svc.exe",
            r"CORP\x",
        ];
        assert_eq!(shown(in_list(&list)), r"4204 & \ex & C:\svc.exe & CORP\x");
        assert_eq!(shown(in_list(&list[2..7])), r"4204 & \ex & C:\svc.exe");
        for at in 2..7 {
            let mut shifted = list.to_vec();
            shifted.remove(at);
            assert_eq!(shown(in_list(&shifted)), "", "{at}");
        }
    }

    #[test]
    fn the_separator_is_what_stands_between_the_anchors() {
        for separator in ["|", "', '", ", ", "\n", "; "] {
            let text = [
                "['-",
                "2020-06-10 02:51:02.755",
                GUID,
                "4204",
                r"\a|b",
                r"C:\svc.exe",
                r"CORP\x']",
            ]
            .join(separator);
            assert_eq!(shown(in_text(&text)), r"4204 & \a|b & C:\svc.exe & CORP\x", "{text}");
        }
        assert_eq!(
            shown(in_text(
                "UtcTime: 2020-06-10 02:51:02.755 ProcessGuid: {b669e388-a0f3-5edf-5d00-000000000300}"
            )),
            ""
        );
        assert_eq!(shown(in_text(&"{".repeat(100_000))), "");
    }
}
