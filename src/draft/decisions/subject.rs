//! A candidate in, what a person has to judge of it out: which doubts, of whose programs, about what kind of names.
//!
//! Two candidates of one subject are decided for the same reason. Questions are grouped by it, and a line of the decisions
//! file can name one.

use std::fmt;

use crate::draft::candidate::{Candidate, ReasonCode, Verdict};
use crate::family::Family;
use crate::knowledge::Knowledge;
use crate::normalize::pipe_name::ANONYMOUS;

/// What a person has to judge of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// Codes of the reasons that leave it to a person, sorted: see [`doubts`].
    pub doubts: Vec<ReasonCode>,
    /// Whose programs.
    pub owner: Owner,
    /// What kind of names.
    pub names: NameKind,
}

/// Whose a program is. A folder that is called as a known product is not that product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// Programs that do the same work, whoever made them.
    Role(String),
    /// A known product.
    Product(String),
    /// What lies in this folder, of which nothing is known.
    Folder(String),
}

/// What kind of pipe a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// A pipe without a name, through which a program reads what another that it started prints.
    Anonymous,
    /// A pipe of Windows.
    WellKnown,
    /// Any other name.
    Own,
}

impl Subject {
    /// What is to be judged of a candidate that is left to a person.
    #[must_use]
    pub fn of(candidate: &Candidate, knowledge: &Knowledge) -> Self {
        Self {
            doubts: doubts(candidate),
            owner: Owner::of(&candidate.family, knowledge),
            names: NameKind::of(&candidate.family, knowledge),
        }
    }
}

/// What of two doubts says nothing beside the other.
const SAID_BY_ANOTHER: [(ReasonCode, &[ReasonCode]); 3] = [
    // Of a program that runs what others wrote nobody expects to know the names.
    (ReasonCode::UnknownName, &[ReasonCode::ForeignCode]),
    // What cannot be told from something else has the doubts of that.
    (ReasonCode::Overlap, &[]),
    // The doubt about who makes a pipe is the maker's. Beside another it decides nothing.
    (ReasonCode::Doubtful, &[]),
];

/// The codes of the reasons that leave a candidate to a person, sorted, without what says nothing beside the others.
#[must_use]
pub fn doubts(candidate: &Candidate) -> Vec<ReasonCode> {
    let of_person = candidate
        .reasons
        .iter()
        .filter(|reason| reason.verdict == Verdict::Review);
    let mut doubts: Vec<ReasonCode> = of_person.map(|reason| reason.code).collect();
    doubts.sort_unstable();
    doubts.dedup();
    for (said, by) in SAID_BY_ANOTHER {
        let is_other = |doubt: &ReasonCode| *doubt != said && (by.is_empty() || by.contains(doubt));
        if doubts.iter().any(is_other) {
            doubts.retain(|doubt| *doubt != said);
        }
    }
    doubts
}

impl Owner {
    /// Whose the programs of a family are.
    #[must_use]
    pub fn of(family: &Family, knowledge: &Knowledge) -> Self {
        let image = family.images.first().map_or("", String::as_str);
        Self::of_image(image, knowledge)
    }

    /// Whose a program is.
    #[must_use]
    pub fn of_image(image: &str, knowledge: &Knowledge) -> Self {
        let role = || knowledge.role(image).map(|role| Self::Role(role.to_owned()));
        let product = || {
            knowledge
                .known_product(image)
                .map(|product| Self::Product(product.to_owned()))
        };
        role()
            .or_else(product)
            .unwrap_or_else(|| Self::Folder(folder(image).to_owned()))
    }
}

/// A product's folder: the one below Program Files, else the one that the program lies in.
fn folder(image: &str) -> &str {
    let ends: Vec<usize> = image.match_indices('\\').map(|(at, _)| at).collect();
    let is_installed = ["C:\\Program Files\\", "C:\\Program Files (x86)\\"].iter().any(|head| {
        let begins = image.get(..head.len());
        begins.is_some_and(|begins| begins.eq_ignore_ascii_case(head))
    });
    let end = if is_installed { ends.get(2) } else { ends.last() };
    end.and_then(|end| image.get(..*end)).unwrap_or(image)
}

impl NameKind {
    /// What kind of names a family has.
    #[must_use]
    pub fn of(family: &Family, knowledge: &Knowledge) -> Self {
        let mut names = family.names.iter();
        if family
            .name
            .exact()
            .is_some_and(|name| name.eq_ignore_ascii_case(ANONYMOUS))
        {
            Self::Anonymous
        } else if !family.names.is_empty() && names.all(|name| knowledge.well_known(name).is_some()) {
            Self::WellKnown
        } else {
            Self::Own
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::WellKnown => "well-known",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(name) | Self::Product(name) | Self::Folder(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
