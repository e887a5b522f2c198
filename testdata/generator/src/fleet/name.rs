//! Names with placeholders: a pattern and the process that uses it in, a name out.

use super::process::Process;
use crate::random::Random;

/// Replaces `{pid}`, `{hexpid}`, `{tid}`, `{u64}`, `{u32}`, `{n}`, `{h2}`, `{h10}`, `{H16}`, `{AZ16}`, `{guid}`,
/// `{GUID}`, `{ticks}` and `{user}`. What is no placeholder stays.
pub(super) fn expand(pattern: &str, process: &Process, random: &mut Random) -> String {
    let mut out = String::with_capacity(pattern.len() + 40);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((placeholder, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match value(placeholder, process, random) {
            Some(value) => out.push_str(&value),
            None => out.extend(["{", placeholder, "}"]),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn value(placeholder: &str, process: &Process, random: &mut Random) -> Option<String> {
    Some(match placeholder {
        "pid" => process.pid.to_string(),
        "hexpid" => format!("{:x}", process.pid),
        "tid" => (random.range(300, 5_000) * 4).to_string(),
        "u64" => random.bits().to_string(),
        "u32" => random.range(0, 1 << 32).to_string(),
        "n" => random.range(0, 12).to_string(),
        "h2" => random.text(b"0123456789abcdef", 2),
        "h10" => random.text(b"0123456789abcdef", 10),
        "H16" => random.text(b"0123456789ABCDEF", 16),
        "AZ16" => random.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 16),
        "guid" => guid(random),
        "GUID" => guid(random).to_uppercase(),
        "ticks" => process.start.filetime().to_string(),
        "user" => process.account_name().to_owned(),
        _ => return None,
    })
}

/// A random GUID (RFC 9562, version 4), in lower case, without braces.
pub(super) fn guid(random: &mut Random) -> String {
    let hex = random.text(b"0123456789abcdef", 30);
    let variant = random.text(b"89ab", 1);
    let (first, rest) = hex.split_at(8);
    let (second, rest) = rest.split_at(4);
    let (third, rest) = rest.split_at(3);
    let (fourth, last) = rest.split_at(3);
    format!("{first}-{second}-4{third}-{variant}{fourth}-{last}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;
    use crate::value::Guid;

    #[test]
    fn placeholders_come_from_the_process() {
        let process = Process {
            program: "chrome",
            pid: 0x1A2C,
            guid: Guid::default(),
            image: "chrome.exe".to_owned(),
            user: r"CORP\alice".to_owned(),
            start: Time::from_millis(0),
            end: Time::from_millis(1),
        };
        let mut random = Random::new(3);
        let name = expand(r"\a.{pid}.{hexpid}.{user}.{ticks}.{other}{", &process, &mut random);
        assert_eq!(name, r"\a.6700.1a2c.alice.116444736000000000.{other}{");
        assert_eq!(expand("{guid}", &process, &mut random).len(), 36);
    }
}
