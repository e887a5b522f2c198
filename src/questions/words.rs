//! A question in, the sentences in which it is asked out.

use super::Question;
use crate::draft::candidate::{Candidate, ReasonCode, Verdict};
use crate::draft::decisions::subject::{NameKind, Owner};

/// What is said of a doubt: in the question, and of who could use a yes.
struct Words {
    doubt: ReasonCode,
    which: &'static str,
    gain: &'static str,
}

const WORDS: [Words; 13] = [
    Words {
        doubt: ReasonCode::Remote,
        which: "opened for somebody on another computer",
        gain: "Whoever connects from another computer would not be seen: lateral movement shows here, and the event does not say \
               who it was.",
    },
    Words {
        doubt: ReasonCode::Sensitive,
        which: "through which a computer is taken over",
        gain: "Whoever takes over services, tasks, accounts or credentials by one of these programs would not be seen.",
    },
    Words {
        doubt: ReasonCode::ForeignCode,
        which: "by programs that run what others wrote",
        gain: "An attacker's script that one of these programs runs would use the same pipes, and would not be seen.",
    },
    Words {
        doubt: ReasonCode::Hosted,
        which: "where another program runs PowerShell in itself",
        gain: "Somebody who runs PowerShell from another computer, or from inside of another program, would not be seen.",
    },
    Words {
        doubt: ReasonCode::Writable,
        which: "by a program that its user can replace",
        gain: "A program that somebody puts in the place of this one would use these names unseen.",
    },
    Words {
        doubt: ReasonCode::Stranger,
        which: "by a program that is none of Windows' own",
        gain: "A tool that was put into Windows' folder, and uses these names, would not be seen.",
    },
    Words {
        doubt: ReasonCode::UnknownName,
        which: "with names that are not known to be theirs",
        gain: "Code that was injected into one of these programs, and uses such a name, would not be seen.",
    },
    Words {
        doubt: ReasonCode::Doubtful,
        which: "that only programs make which are in doubt themselves",
        gain: "Who opens the pipe of an attacker that poses as one of these makers would not be seen.",
    },
    Words {
        doubt: ReasonCode::LookAlike,
        which: "whose names look like those of a known family",
        gain: "An attacker who gives pipes the names of known software would not be seen.",
    },
    Words {
        doubt: ReasonCode::Random,
        which: "with names that read as if they were made up",
        gain: "A tool that makes up its names would not be seen where it hits upon this one.",
    },
    Words {
        doubt: ReasonCode::Minority,
        which: "that at most half of the hosts with the program show",
        gain: "What was put on some hosts only, and uses these names, would not be seen.",
    },
    Words {
        doubt: ReasonCode::Sampled,
        which: "of which more names were seen than are kept",
        gain: "An attacker's name among those that were not kept would not be seen.",
    },
    Words {
        doubt: ReasonCode::Overlap,
        which: "that no rule can tell from others which are left to you",
        gain: "A rule for these drops the others too.",
    },
];

impl Question {
    /// What is asked, in one sentence.
    #[must_use]
    pub fn text(&self, candidates: &[Candidate]) -> String {
        let owner = match &self.subject.owner {
            Owner::Role(role) => role.clone(),
            Owner::Product(product) => product.clone(),
            Owner::Folder(folder) => format!("programs in {folder}"),
        };
        if let [only] = self.candidates.as_slice()
            && let Some(candidate) = candidates.get(*only)
        {
            return format!("Exclude {}, {}?", candidate.title(), self.which());
        }
        let names = match self.subject.names {
            NameKind::Anonymous => "anonymous pipes",
            NameKind::WellKnown => "pipes of Windows",
            NameKind::Own => "other pipes",
        };
        format!("Exclude {names} of {owner}, {}?", self.which())
    }

    fn words(&self) -> impl Iterator<Item = &'static Words> {
        WORDS.iter().filter(|words| self.subject.doubts.contains(&words.doubt))
    }

    fn which(&self) -> String {
        let which: Vec<&str> = self.words().map(|words| words.which).collect();
        if which.is_empty() {
            "which a guard leaves to you".to_owned()
        } else {
            which.join(", ")
        }
    }

    /// What an attacker would gain from a yes.
    #[must_use]
    pub fn gain(&self, candidates: &[Candidate]) -> String {
        let gain: Vec<&str> = self.words().map(|words| words.gain).collect();
        if !gain.is_empty() {
            return gain.join(" ");
        }
        // A guard that has no words here has its own.
        let mut first = self
            .candidates
            .first()
            .and_then(|index| candidates.get(*index))
            .into_iter();
        let reason = first.find_map(|candidate| {
            let mut reasons = candidate.reasons.iter();
            reasons.find(|reason| reason.verdict == Verdict::Review)
        });
        reasons_text(reason.map(|reason| reason.text.as_str()))
    }

    /// What stays logged all the same.
    #[must_use]
    pub fn stays(&self) -> String {
        let (programs, use_it) = match self.programs.as_slice() {
            [_] => ("this program", "makes or opens"),
            _ => ("these programs", "make or open"),
        };
        match self.subject.names {
            NameKind::Anonymous => format!(
                "Still logged: every pipe with a name that {programs} {use_it} and that is not excluded by itself, and the \
                 anonymous pipes of all other programs."
            ),
            _ => format!(
                "Still logged: these names in every other program, and every other name in {programs} that is not excluded by \
                 itself."
            ),
        }
    }

    /// Which examples of what attackers do a yes would hide; nothing where it hides none.
    #[must_use]
    pub fn examples(&self) -> Option<String> {
        let first = self.hides.first()?;
        let verb = match first.kind {
            crate::event::Kind::Created => "created by",
            crate::event::Kind::Connected => "opened by",
        };
        Some(format!(
            "A yes hides {} of what attackers do, such as {} {verb} {} ({}).",
            crate::output::counted(self.hidden as u64, "example"),
            first.pipe_name,
            first.image,
            first.what
        ))
    }
}

fn reasons_text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}
