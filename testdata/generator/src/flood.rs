//! A flood: millions of distinct names, programs, hosts, users, days and what else a log may vary in, a line of JSON for each
//! event out, as NXLog writes them. Ten pairs are truly frequent in it, and are all that anybody wants to know.

use std::io::{self, Write};

use serde::Serialize;

use crate::random::Random;
use crate::time::Time;

/// What there are millions of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flood {
    /// Names of one program and one shape: `\mojo.<pid>.<n>`.
    Names,
    /// Names that have no shape in common, of one program.
    Templates,
    /// Programs.
    Images,
    /// Hosts that know the same name.
    Hosts,
    /// Users.
    Users,
    /// Days and hosts: two hundred hosts whose clocks jump.
    Days,
    /// Days of one host, most of which no calendar of Windows has.
    Clocks,
    /// Hosts by days by users: two hundred of each.
    Crossed,
    /// Hosts by users by programs: two hundred of each.
    Programs,
    /// Spellings of one program.
    Cases,
    /// Processes, of a log that does not number its events.
    Processes,
    /// Names of two hundred letters.
    Long,
}

impl Flood {
    /// All floods.
    pub const ALL: [Self; 12] = [
        Self::Names,
        Self::Templates,
        Self::Images,
        Self::Hosts,
        Self::Users,
        Self::Days,
        Self::Clocks,
        Self::Crossed,
        Self::Programs,
        Self::Cases,
        Self::Processes,
        Self::Long,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Templates => "templates",
            Self::Images => "images",
            Self::Hosts => "hosts",
            Self::Users => "users",
            Self::Days => "days",
            Self::Clocks => "clocks",
            Self::Crossed => "crossed",
            Self::Programs => "programs",
            Self::Cases => "cases",
            Self::Processes => "processes",
            Self::Long => "long",
        }
    }

    /// Writes `count` events that differ, and among them those of the [frequent] pairs, one in twenty.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(self, count: u64, out: &mut dyn Write) -> io::Result<()> {
        let mut random = Random::new(7);
        let start = Time::utc(2026, 1, 5, 0, 0, 0);
        for nth in 0..count {
            let at = start.plus_millis(i64::try_from(nth / 40).unwrap_or_default());
            let numbered = self != Self::Processes;
            let id = |id: u64| numbered.then_some(id);
            if nth % 19 == 0 {
                let (name, image) = frequent(nth / 19 % 10);
                let event = Line {
                    id: id(2 * nth),
                    name: &name,
                    image: &image,
                    host: "WS01",
                    user: r"CORP\alice",
                    process: 4204,
                };
                event.write(at, out)?;
            }
            let bits = random.bits();
            let days = |days: u64| start.plus_millis(i64::try_from(days).unwrap_or_default() * 86_400_000);
            let (mut name, mut image) = (r"\srvsvc".to_owned(), r"C:\Windows\System32\flood.exe".to_owned());
            let (mut host, mut user, mut time) = ("WS02".to_owned(), r"CORP\bob".to_owned(), at);
            let mut process = 4204;
            match self {
                Self::Names => name = format!(r"\mojo.4204.{nth}"),
                Self::Templates => name = words(bits),
                Self::Images => image = format!(r"C:\Users\x\{bits:016x}.exe"),
                Self::Hosts => host = format!("H{bits:016X}"),
                Self::Users => user = format!(r"CORP\{bits:016x}"),
                Self::Days => {
                    host = format!("WS{:03}", bits % 200);
                    time = days(bits >> 8 & 0xFFFF);
                }
                Self::Clocks => time = days(bits % 2_900_000),
                Self::Crossed => {
                    host = format!("WS{:03}", bits % 200);
                    user = format!(r"CORP\u{}", (bits >> 16) % 200);
                    time = days((bits >> 32) % 200);
                }
                Self::Programs => {
                    host = format!("WS{:03}", bits % 200);
                    user = format!(r"CORP\u{}", (bits >> 16) % 200);
                    image = format!(r"C:\Program Files\{}.exe", (bits >> 32) % 200);
                }
                Self::Cases => image = cased(r"C:\Windows\System32\spellingsofaprogram.exe", bits),
                Self::Processes => process = bits >> 40,
                Self::Long => name = format!(r"\{nth:0199}"),
            }
            let event = Line {
                id: id(2 * nth + 1),
                name: &name,
                image: &image,
                host: &host,
                user: &user,
                process,
            };
            event.write(time, out)?;
        }
        Ok(())
    }
}

/// A name of six words, none of which is random or a number.
fn words(bits: u64) -> String {
    const WORDS: [&str; 32] = [
        "agent", "audio", "backup", "bridge", "cache", "client", "config", "control", "core", "crash", "device",
        "driver", "event", "file", "frame", "group", "index", "launch", "local", "media", "monitor", "network",
        "notify", "policy", "print", "queue", "report", "server", "session", "spool", "status", "update",
    ];
    let word = |nth: u32| {
        WORDS
            .get(usize::try_from(bits >> (5 * nth) & 31).unwrap_or_default())
            .copied()
    };
    format!(r"\{}", (0..6).filter_map(word).collect::<Vec<_>>().join("-"))
}

/// The name and program of one of the ten frequent pairs.
#[must_use]
pub fn frequent(nth: u64) -> (String, String) {
    let letter = char::from(b'a' + u8::try_from(nth % 10).unwrap_or_default());
    (
        format!(r"\often-{letter}"),
        format!(r"C:\Windows\System32\{letter}svc.exe"),
    )
}

/// The text with a capital for each of the bits that is set.
fn cased(text: &str, bits: u64) -> String {
    let cased = |(nth, c): (usize, char)| match bits >> (nth % 64) & 1 {
        1 => c.to_ascii_uppercase(),
        _ => c.to_ascii_lowercase(),
    };
    text.chars().enumerate().map(cased).collect()
}

/// One event, but for its time.
struct Line<'a> {
    id: Option<u64>,
    name: &'a str,
    image: &'a str,
    host: &'a str,
    user: &'a str,
    process: u64,
}

/// As NXLog names it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    #[serde(rename = "EventID")]
    event_id: u32,
    source_name: &'a str,
    hostname: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_number: Option<u64>,
    utc_time: String,
    process_guid: String,
    process_id: String,
    pipe_name: &'a str,
    image: &'a str,
    user: &'a str,
}

impl Line<'_> {
    fn write(&self, at: Time, out: &mut dyn Write) -> io::Result<()> {
        let line = Written {
            event_id: 18,
            source_name: "Microsoft-Windows-Sysmon",
            hostname: self.host,
            record_number: self.id,
            utc_time: at.sysmon(),
            process_guid: format!("{{7f3d96aa-f100-67c4-0000-1000{:08x}}}", self.process),
            process_id: self.process.to_string(),
            pipe_name: self.name,
            image: self.image,
            user: self.user,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")
    }
}
