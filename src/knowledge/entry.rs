//! One line of a knowledge file in, one [`Entry`] out.
//!
//! A line is `list<TAB>pattern<TAB>what<TAB>source`, then any number of `<TAB>key=value`. Tabs may be doubled to line
//! columns up. Empty lines and lines that begin with `#` are passed over.

use std::fmt;

use super::pattern::Pattern;
use crate::event::Kind;

/// What an entry says of what fits its pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum List {
    /// A pipe name that attackers' tools use. With `image=`, only by an image of that pattern; with `unless=`, only
    /// by images that are in no [`Host`](Self::Host) entry of that group; each `but=` is a pattern of names that it is not
    /// about, as the filters of a published rule are.
    KnownBad,
    /// A pipe name of a tool that administrators and intruders use alike: remote control, tunnels.
    DualUse,
    /// A pipe name of Windows. Each `owner=` is a pattern of the images that create it.
    WellKnown,
    /// The shape of the names of one kind of software. `of=` names the group of [`Host`](Self::Host) entries that
    /// use it (without it, any program may); `proof=` says which of its events carry the own process id.
    Family,
    /// An image that belongs to a group, named by `of=`.
    Host,
    /// A place that ordinary users can write to.
    Writable,
    /// A place that they cannot, although it lies in one that they can.
    Protected,
    /// Where a program lies that attackers like to be taken for.
    Program,
    /// A program that runs what others wrote. `path=` is where it usually lies.
    ForeignCode,
    /// A program all of whose names are known here: other names in its hands are somebody else's.
    Studied,
    /// A pipe of Windows through which computers are taken over: few local programs have business with it. `unless=` names
    /// the group of hosts that do; with `event=created` it is the pipe's creation that is worth a look.
    Sensitive,
    /// Where a known product installs itself in a user's profile.
    ProfileProduct,
    /// Where a product lies: what its rules are grouped by.
    Product,
    /// A program that does the same work as others, whoever made it: who decides of one decides of all.
    Role,
    /// A path from which attackers run their programs: a single path.
    Payload,
    /// A pipe name as attackers choose them, beside the known bad ones: a single name.
    Bait,
}

impl List {
    /// All lists, in the order in which people read them.
    pub const ALL: [Self; 16] = [
        Self::KnownBad,
        Self::DualUse,
        Self::WellKnown,
        Self::Family,
        Self::Host,
        Self::Writable,
        Self::Protected,
        Self::Program,
        Self::ForeignCode,
        Self::Studied,
        Self::Sensitive,
        Self::ProfileProduct,
        Self::Product,
        Self::Role,
        Self::Payload,
        Self::Bait,
    ];

    /// The word that begins the line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::KnownBad => "known-bad",
            Self::DualUse => "dual-use",
            Self::WellKnown => "well-known",
            Self::Family => "family",
            Self::Host => "host",
            Self::Writable => "writable",
            Self::Protected => "protected",
            Self::Program => "program",
            Self::ForeignCode => "foreign-code",
            Self::Studied => "studied",
            Self::Sensitive => "sensitive",
            Self::ProfileProduct => "profile-product",
            Self::Product => "product",
            Self::Role => "role",
            Self::Payload => "payload",
            Self::Bait => "bait",
        }
    }

    /// The list of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.word() == word)
    }

    /// The keys that an entry of this list may have.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::KnownBad => &["image", "unless", "but"],
            Self::WellKnown => &["owner"],
            Self::Family => &["of", "proof"],
            Self::Host => &["of"],
            Self::Sensitive => &["unless", "event"],
            Self::ForeignCode => &["path"],
            _ => &[],
        }
    }
}

impl Proof {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Creator => "creator",
            Self::Both => "both",
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which events of a family carry the process id of the process that made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Proof {
    /// No event: the shape holds no process id.
    #[default]
    None,
    /// The event of the creator; those who connect have other ids.
    Creator,
    /// Both: creator and client are one process.
    Both,
}

/// One thing that is known, with where it is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the entry says.
    pub list: List,
    /// Of which pipe names or images it says it.
    pub pattern: Pattern,
    /// What these are, in words.
    pub what: Box<str>,
    /// Where this is known from.
    pub source: Box<str>,
    /// `owner=`: images that create a well-known pipe.
    pub owners: Vec<Pattern>,
    /// `image=`: the only images that a known-bad entry is about.
    pub image: Option<Pattern>,
    /// `unless=`: the group whose images a known-bad or sensitive entry is *not* about.
    pub unless: Option<Box<str>>,
    /// `but=`: names that a known-bad entry is not about.
    pub but: Vec<Pattern>,
    /// `event=`: what a sensitive pipe is watched for; that somebody connects to it, unless it says otherwise.
    pub event: Kind,
    /// `of=`: the group that a host belongs to, or that a family's users are in.
    pub group: Option<Box<str>>,
    /// `path=`: where a program usually lies.
    pub path: Option<Box<str>>,
    /// `proof=`: which events of a family carry their own process id.
    pub proof: Proof,
}

impl Entry {
    /// Reads a line; `None` for an empty one and for a comment.
    ///
    /// # Errors
    /// What is wrong with it, and how to mend it.
    pub(super) fn parse(line: &str) -> Result<Option<Self>, String> {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let mut fields = line.split('\t').filter(|field| !field.is_empty());
        let word = fields.next().unwrap_or_default();
        let list = List::from_word(word).ok_or_else(|| {
            let words = List::ALL.map(List::word).join(", ");
            format!("`{word}` is no list; begin the line with one of {words}, and a tab")
        })?;
        let mut need = |name| {
            let field = fields.next().filter(|field| !field.trim().is_empty());
            field.ok_or_else(|| format!("{name} is missing; write list, pattern, what and source, with tabs between"))
        };
        let mut entry = Self {
            list,
            pattern: Pattern::parse(need("the pattern")?)?,
            what: need("what it is")?.into(),
            source: need("its source")?.into(),
            owners: Vec::new(),
            image: None,
            unless: None,
            but: Vec::new(),
            event: Kind::Connected,
            group: None,
            path: None,
            proof: Proof::None,
        };
        for field in fields {
            entry.set(field)?;
        }
        entry.check()?;
        Ok(Some(entry))
    }

    /// Takes a `key=value`.
    fn set(&mut self, field: &str) -> Result<(), String> {
        let keys = self.list.keys();
        let (key, value) = field.split_once('=').unwrap_or((field, ""));
        if !keys.contains(&key) || value.is_empty() {
            return Err(match keys {
                [] => format!(
                    "`{field}` is one field too many: {} takes none after the source",
                    self.list
                ),
                _ => format!(
                    "`{field}` is not understood; {} takes {}=value",
                    self.list,
                    keys.join("=value, ")
                ),
            });
        }
        match key {
            "owner" => self.owners.push(Pattern::parse(value)?),
            "but" => self.but.push(Pattern::parse(value)?),
            "image" => self.image = Some(Pattern::parse(value)?),
            "unless" => self.unless = Some(value.into()),
            "of" => self.group = Some(value.into()),
            "path" => self.path = Some(value.into()),
            "event" => {
                self.event = match value {
                    "created" => Kind::Created,
                    "connected" => Kind::Connected,
                    _ => return Err(format!("`{field}` is not understood; write event=created or connected")),
                }
            }
            _ => {
                self.proof = match value {
                    "none" => Proof::None,
                    "creator" => Proof::Creator,
                    "both" => Proof::Both,
                    _ => {
                        return Err(format!(
                            "`{field}` is not understood; write proof=none, creator or both"
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// What must hold between the fields.
    fn check(&self) -> Result<(), String> {
        match &self.image {
            Some(image) => image.check_telling()?,
            None => self.pattern.check_telling()?,
        }
        for owner in &self.owners {
            owner.check_telling()?;
        }
        if self.list == List::Host && self.group.is_none() {
            return Err("a host needs its group; add a tab and of=group".to_owned());
        }
        if self.list == List::Program && self.program_name().is_none() {
            return Err(
                "a program is given by its path with a plain file name, such as C:\\Windows\\explorer.exe".to_owned(),
            );
        }
        if matches!(self.list, List::Payload | List::Bait) && !self.pattern.is_exact() {
            return Err(format!("a {} is a single text; write it without <...>", self.list));
        }
        if self.pattern.has_pid() != (self.proof != Proof::None) && self.list == List::Family {
            return Err("<pid> or <pidx> and proof=creator or proof=both go together".to_owned());
        }
        Ok(())
    }

    /// The file name of a program, in lower case.
    pub(super) fn program_name(&self) -> Option<String> {
        let (_, name) = self.pattern.as_str().rsplit_once('\\')?;
        (!name.is_empty() && !name.contains(['<', '>'])).then(|| name.to_ascii_lowercase())
    }

    /// Whether the entry depends on who uses the name.
    #[must_use]
    pub fn is_by_image(&self) -> bool {
        self.image.is_some() || self.unless.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read() {
        let line = "well-known\t\\lsass\t\tlocal security\t[MS-LSAD]\towner=C:\\Windows\\System32\\lsass.exe\r\n";
        let entry = Entry::parse(line).unwrap().unwrap();
        assert_eq!(
            (entry.list, &*entry.what, &*entry.source),
            (List::WellKnown, "local security", "[MS-LSAD]")
        );
        assert!(entry.pattern.matches(r"\LSASS"));
        assert_eq!(entry.owners.len(), 1);
        assert_eq!(Entry::parse("# known-bad").unwrap(), None);
        assert_eq!(Entry::parse("  ").unwrap(), None);
    }

    #[test]
    fn a_bad_line_says_how_to_mend_it() {
        for (line, mend) in [
            ("bad\t\\x", "begin the line with one of known-bad"),
            ("known-bad", "the pattern is missing"),
            ("known-bad\t\\abcd\ttool", "its source is missing"),
            ("known-bad\t\\abcd\ttool\t  ", "its source is missing"),
            (
                "known-bad\t\\abcd\ttool\tblog\towner=x",
                "known-bad takes image=value, unless=value, but=value",
            ),
            ("known-bad\t\\abcd\ttool\tblog\timage=", "known-bad takes image="),
            ("bait\t\\abcd\ttool\tblog\tmore", "one field too many"),
            ("host\tC:\\abc.exe\tabc\tblog", "of=group"),
            ("program\tabc.exe\tabc\tblog", "plain file name"),
            ("writable\tC<*>\tabc\tblog", "add some"),
            ("known-bad\t<*>\tabc\tblog\timage=<*>", "add some"),
            ("payload\tC:\\Users\\<*>\tabc\tblog", "single text"),
            ("family\t\\abc.<pid>\tabc\tblog", "go together"),
            (
                "family\t\\abc.<pid>\tabc\tblog\tproof=yes",
                "proof=none, creator or both",
            ),
            (
                "sensitive\t\\abcd\ttool\tblog\tevent=both",
                "event=created or connected",
            ),
        ] {
            let error = Entry::parse(line).unwrap_err();
            assert!(error.contains(mend), "{line}: {error}");
        }
    }
}
