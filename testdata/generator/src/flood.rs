//! A flood: millions of distinct names, templates, programs, hosts, users or days in, a line of JSON for each event out, as
//! NXLog writes them. Ten pairs are truly frequent in it, and are all that anybody wants to know.

use std::io::{self, Write};

use serde_json::json;

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
}

impl Flood {
    /// All floods.
    pub const ALL: [Self; 6] = [
        Self::Names,
        Self::Templates,
        Self::Images,
        Self::Hosts,
        Self::Users,
        Self::Days,
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
            if nth % 19 == 0 {
                let (name, image) = frequent(nth / 19 % 10);
                line(out, 2 * nth, &name, &image, "WS01", r"CORP\alice", at)?;
            }
            let bits = random.bits();
            let (mut name, mut image) = (r"\srvsvc".to_owned(), r"C:\Windows\System32\flood.exe".to_owned());
            let (mut host, mut user, mut time) = ("WS02".to_owned(), r"CORP\bob".to_owned(), at);
            match self {
                Self::Names => name = format!(r"\mojo.4204.{nth}"),
                Self::Templates => name = words(bits),
                Self::Images => image = format!(r"C:\Users\x\{bits:016x}.exe"),
                Self::Hosts => host = format!("H{bits:016X}"),
                Self::Users => user = format!(r"CORP\{bits:016x}"),
                Self::Days => {
                    host = format!("WS{:03}", bits % 200);
                    time = start.plus_millis(i64::try_from(bits >> 8 & 0xFFFF).unwrap_or_default() * 86_400_000);
                }
            }
            line(out, 2 * nth + 1, &name, &image, &host, &user, time)?;
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

fn line(out: &mut dyn Write, id: u64, name: &str, image: &str, host: &str, user: &str, at: Time) -> io::Result<()> {
    let line = json!({
        "EventID": 18, "SourceName": "Microsoft-Windows-Sysmon", "Hostname": host, "RecordNumber": id,
        "UtcTime": at.sysmon(), "ProcessGuid": "{7f3d96aa-f100-67c4-0000-1000b4040000}", "ProcessId": "4204",
        "PipeName": name, "Image": image, "User": user,
    });
    writeln!(out, "{line}")
}
