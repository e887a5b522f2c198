//! Lines in, the baselines that they hold out: each whole, or refused.

use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::line::{CHECK, END};
use super::place::{Name, Place};
use super::seen::{self, Text};
use super::{VERSION, ids};
use crate::baseline::Fold;
use crate::baseline::crowd::Limits;
use crate::event::Millis;
use crate::normalize::EMPTY;
use crate::records::{Stretch, Stretches};
use crate::source::saved::{BEGINNING, Line, Lines};

/// Why a baseline is not read. None of it counts: half of what was seen would look like all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where in the source, in bytes from its start.
    pub offset: u64,
    /// What is wrong there.
    pub what: String,
}

/// A whole baseline, as it was read.
#[derive(Debug)]
pub struct Saved {
    /// What it holds.
    pub fold: Fold,
    /// How many events these are.
    pub events: u64,
}

/// Reads all baselines that stand one after another in a source, and hands each, or why it is refused, to `take`.
///
/// # Errors
///
/// Those of the source.
pub fn read(lines: &mut Lines<'_>, mut take: impl FnMut(Result<Saved, Refusal>)) -> io::Result<()> {
    let mut reader: Option<Reader> = None;
    // Where it was said that something is wrong; what follows is passed over, up to the next baseline.
    let mut refused = false;
    let mut end = 0;
    while let Some(line) = lines.next()? {
        end = line.offset + line.text.len() as u64;
        if line.text.starts_with(BEGINNING) {
            if reader.take().is_some() {
                take(Err(incomplete(line.offset)));
            }
            refused = false;
            match header(line.text) {
                Ok(new) => reader = Some(new),
                Err(what) => {
                    refused = true;
                    take(Err(refusal(&line, &what)));
                }
            }
        }
        let Some(open) = &mut reader else {
            if !refused && !line.text.trim_ascii().is_empty() {
                refused = true;
                take(Err(refusal(&line, "no saved baseline begins here")));
            }
            continue;
        };
        match open.line(&line) {
            Ok(false) => {}
            Ok(true) => {
                let Some(whole) = reader.take() else { continue };
                take(Ok(Saved {
                    events: whole.events,
                    fold: whole.fold,
                }));
            }
            Err(what) => {
                reader = None;
                refused = true;
                take(Err(refusal(
                    &line,
                    &format!("a saved baseline is damaged here: {what}"),
                )));
            }
        }
    }
    if reader.is_some() {
        take(Err(incomplete(end)));
    }
    Ok(())
}

fn refusal(line: &Line<'_>, what: &str) -> Refusal {
    let counted = if what.ends_with("begins here") {
        ""
    } else {
        "; none of it is counted"
    };
    Refusal {
        offset: line.offset,
        what: format!("line {}: {what}{counted}", line.number),
    }
}

fn incomplete(offset: u64) -> Refusal {
    let what = "a saved baseline ends here without its last line: it is incomplete, and none of it is counted";
    Refusal {
        offset,
        what: what.to_owned(),
    }
}

/// The first line, whose check is looked at later: what a newer version does with it is not known.
fn header(text: &[u8]) -> Result<Reader, String> {
    #[derive(Deserialize)]
    struct Header {
        version: u64,
    }
    match serde_json::from_slice(text) {
        Ok(Header { version: 1..=VERSION }) => Ok(Reader::default()),
        Ok(Header { version: 0 }) | Err(_) => Err("the first line of a saved baseline is damaged".to_owned()),
        Ok(Header { version }) => Err(format!(
            "a saved baseline of version {version} of the format, of which this program reads up to {VERSION}: \
             use a newer pipemine"
        )),
    }
}

/// Any line but the first.
#[derive(Debug, Deserialize)]
struct Members<'a> {
    #[serde(borrow, default)]
    image: Option<Text<'a>>,
    #[serde(borrow, default)]
    template: Option<Text<'a>>,
    #[serde(borrow, default)]
    images_in: Option<Text<'a>>,
    #[serde(borrow, default)]
    templates_of: Option<Text<'a>>,
    #[serde(default)]
    limit: Option<&'a str>,
    #[serde(default)]
    host_limit: Option<&'a str>,
    /// Of version 3 and before.
    #[serde(default)]
    user_limit: Option<&'a str>,
    #[serde(default)]
    other_users: bool,
    #[serde(default)]
    other_days: bool,
    #[serde(borrow, default)]
    log_of: Option<Text<'a>>,
    #[serde(default)]
    records: Option<(u64, u64)>,
    #[serde(default)]
    written: Option<(i64, i64)>,
    #[serde(borrow, default)]
    pipe: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    also_spelled: Vec<Text<'a>>,
    #[serde(default)]
    other_spellings: bool,
    #[serde(default)]
    other_names: bool,
    #[serde(default)]
    other_pairs: bool,
    #[serde(borrow, default)]
    seen: Option<&'a RawValue>,
    #[serde(borrow, default)]
    end: Option<Trailer<'a>>,
}

#[derive(Debug, Deserialize)]
struct Trailer<'a> {
    lines: u64,
    hosts: u64,
    events: u64,
    sum: &'a str,
}

/// A baseline that is being read.
#[derive(Default)]
struct Reader {
    fold: Fold,
    events: u64,
    lines: u64,
    whole: Xxh3,
    /// The image that names belong to.
    image: Option<String>,
    /// The template that names belong to, and the hash above which its names are not kept.
    template: Option<(String, Option<u64>)>,
}

impl Reader {
    /// Takes a line; tells whether it was the last.
    fn line(&mut self, line: &Line<'_>) -> Result<bool, String> {
        if !fits_its_check(line.text) {
            return Err(if line.is_whole {
                "the line does not fit its check"
            } else {
                "the line is cut off"
            }
            .to_owned());
        }
        let is_first = self.lines == 0;
        let so_far = (self.lines, self.whole.digest());
        self.whole.update(line.text);
        self.whole.update(b"\n");
        self.lines += 1;
        if is_first {
            return Ok(false);
        }
        let members: Members<'_> = serde_json::from_slice(line.text).map_err(|error| error.to_string())?;
        match &members.end {
            Some(end) => self.end(end, so_far).map(|()| true),
            None => self.take(members).map(|()| false),
        }
    }

    /// Takes what a line between the first and the last says.
    fn take(&mut self, members: Members<'_>) -> Result<(), String> {
        match members {
            Members { seen: Some(seen), .. } => return self.seen(&members, seen),
            Members {
                template: Some(Text(template)),
                limit,
                ..
            } => {
                self.template = Some((template.into_owned(), limit.map(number).transpose()?));
            }
            Members {
                images_in: Some(Text(folder)),
                limit: Some(limit),
                ..
            } => {
                self.fold.shares.limit_folder(&folder, number(limit)?);
            }
            Members {
                templates_of: Some(Text(image)),
                limit: Some(limit),
                ..
            } => {
                self.fold.shares.limit_image(&image, number(limit)?);
            }
            Members {
                log_of: Some(Text(host)),
                records: Some((first, last)),
                written: Some((from, until)),
                ..
            } => {
                self.log(&host, (first, Millis(from)), (last, Millis(until)))?;
            }
            Members {
                image: Some(Text(image)),
                ..
            } => {
                (self.image, self.template) = (Some(image.into_owned()), None);
            }
            Members {
                host_limit,
                user_limit,
                other_users,
                other_days,
                ..
            } if host_limit.or(user_limit).is_some() || other_users || other_days => {
                self.fold.limit_to(Limits {
                    hosts: host_limit.map(number).transpose()?,
                    lacks_users: other_users || user_limit.is_some(),
                    lacks_days: other_days,
                });
            }
            _ => return Err("the line says nothing that is known".to_owned()),
        }
        Ok(())
    }

    /// Takes a stretch of the records that logs of a host hold.
    fn log(&mut self, host: &str, first: (u64, Millis), last: (u64, Millis)) -> Result<(), String> {
        let stretch = Stretch::new(first, last).ok_or("the numbers of records do not ascend")?;
        self.fold
            .logs
            .add(&host.to_ascii_lowercase(), &Stretches::from(stretch));
        Ok(())
    }

    fn seen(&mut self, members: &Members<'_>, seen: &RawValue) -> Result<(), String> {
        let mut place = if members.other_pairs {
            if self.fold.shares.is_empty() {
                return Err("pairs are left out, and no limit says which".to_owned());
            }
            Place::of_others(&mut self.fold)
        } else {
            self.place(members)?
        };
        let events = seen::read(seen.get(), &mut place).map_err(|error| error.to_string())?;
        if events == 0 {
            return Err("the line holds no event".to_owned());
        }
        place.close();
        self.events += events;
        Ok(())
    }

    /// Where the events of a line about a name go.
    fn place(&mut self, members: &Members<'_>) -> Result<Place<'_>, String> {
        let context = || self.template.as_ref().ok_or("no template stands before the name");
        let (name, template, limit) = match members {
            Members {
                pipe: Some(Text(pipe)), ..
            } => (Some(pipe), &**pipe, None),
            Members { name, other_names, .. } if name.is_some() || *other_names => {
                let (template, limit) = context()?;
                (name.as_ref().map(|Text(name)| name), template.as_str(), *limit)
            }
            _ => return Err("the line says whose events these are nowhere".to_owned()),
        };
        let name = match name {
            Some(name) if members.other_spellings => Name::OtherSpellings(name),
            Some(name) => Name::Spelled(name),
            None if limit.is_none() => return Err("names are left out, and no limit says which".to_owned()),
            None => Name::Other,
        };
        let own = members.image.as_ref().map(|Text(image)| &**image);
        let image = own.or(self.image.as_deref()).ok_or("no image stands before the name")?;
        let also = members.also_spelled.iter().map(|Text(also)| &**also);
        if also.clone().any(|also| !name.is_spelled_as(also)) {
            return Err("a spelling is of another name".to_owned());
        }
        if !self.fold.shares.keeps(image, template) {
            return Err("a pair stands here that is beyond a limit".to_owned());
        }
        Ok(Place::of(&mut self.fold, name, also, template, image, limit))
    }

    fn end(&self, end: &Trailer<'_>, (lines, sum): (u64, u64)) -> Result<(), String> {
        if cfg!(fuzzing) {
            return Ok(());
        }
        let fit = |what, told: u64, found: u64| {
            if told == found {
                Ok(())
            } else {
                Err(format!("there should be {told} {what}, and there are {found}"))
            }
        };
        let hosts = self.fold.hosts.keys().filter(|host| *host != EMPTY).count() as u64;
        fit("lines before it", end.lines, lines)?;
        fit("events", end.events, self.events)?;
        fit("hosts", end.hosts, hosts)?;
        if u64::from_str_radix(end.sum, 16) == Ok(sum) {
            Ok(())
        } else {
            Err("the lines before it are not those that were written".to_owned())
        }
    }
}

fn number(limit: &str) -> Result<u64, String> {
    u64::from_str_radix(limit, 16).map_err(|_| "the limit is no number".to_owned())
}

/// Whether a line ends with the check of what stands before it.
fn fits_its_check(line: &[u8]) -> bool {
    // No fuzzer guesses a hash; what lies behind it must hold without.
    if cfg!(fuzzing) {
        return true;
    }
    let check = line.strip_suffix(END).and_then(|line| line.split_last_chunk());
    let fits = |(head, check): (&[u8], &[u8; 4])| {
        head.strip_suffix(CHECK)
            .is_some_and(|head| ids::check(xxh3_64(head)) == *check)
    };
    check.is_some_and(fits)
}
