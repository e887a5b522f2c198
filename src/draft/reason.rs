//! Lists every reason for a verdict: its code, what it is about, the verdicts it can ask for, and what it says.
//!
//! This is the only place that spells a code. Output shows [`ReasonCode::word`]; `docs/drafts.md` has a paragraph for each,
//! which a test holds against this list.

use std::fmt;

/// What becomes of a candidate. The later outranks the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is proved to be noise: a rule drops it.
    Exclude,
    /// A person must decide.
    Review,
    /// It must stay logged.
    Keep,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::Review => "review",
            Self::Keep => "keep",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a candidate gets its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which guard or later stage gives it.
    pub code: ReasonCode,
    /// What it asks for: one of the code's verdicts.
    pub verdict: Verdict,
    /// In words that teach.
    pub text: String,
}

impl Reason {
    /// A reason with this code.
    #[must_use]
    pub fn new(code: ReasonCode, verdict: Verdict, text: String) -> Self {
        debug_assert!(code.verdicts().contains(&verdict), "{code} does not ask for {verdict}");
        Self { code, verdict, text }
    }
}

/// What a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The program of a created pipe, or the name that it chose: whoever opens this pipe meets the same program.
    Maker,
    /// This candidate alone: how it was seen, how it is spelled, or who asks for its events.
    Candidate,
    /// What happened to the candidate after the guards had judged it: a decision, or its rule.
    Draft,
}

macro_rules! reasons {
    ($($name:ident $word:literal $about:ident [$($verdict:ident),+] $what:literal)+) => {
        /// Every reason for a verdict, in the order of the codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReasonCode {
            $(#[doc = $what] $name,)+
        }

        impl ReasonCode {
            /// All of them, sorted by their words.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code that output shows. It never changes: scripts and decisions rely on it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What it is about.
            #[must_use]
            pub fn about(self) -> About {
                match self { $(Self::$name => About::$about,)+ }
            }

            /// The verdicts that it can ask for, the strictest first.
            #[must_use]
            pub fn verdicts(self) -> &'static [Verdict] {
                match self { $(Self::$name => &[$(Verdict::$verdict),+],)+ }
            }

            /// What it says, in one line.
            #[must_use]
            pub fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }
        }
    };
}

reasons! {
    Decision "decision" Draft [Keep, Exclude] "A person decided."
    Doubtful "doubtful" Candidate [Review] "It opens a pipe that only programs in doubt were seen to make."
    EachHost "each-host" Candidate [Keep] "Each host has a name of its own in this program."
    Evidence "evidence" Candidate [Keep, Exclude] "How widely it was seen: too little, or enough."
    ForeignCode "foreign-code" Maker [Review] "The program runs what others wrote."
    Hosted "hosted" Maker [Review] "PowerShell runs inside another program than its own console."
    Included "included" Candidate [Keep] "The config that the draft is for asks for it."
    Inexpressible "inexpressible" Candidate [Keep] "No filter of Sysmon's can say its name or its path safely."
    KnownBad "known-bad" Maker [Keep] "The name is one that attackers' tools use."
    LookAlike "look-alike" Maker [Keep, Review] "The name looks like a known family's, and something does not fit."
    Masquerade "masquerade" Maker [Keep] "The program pretends to be another."
    Minority "minority" Candidate [Review] "At most half of the hosts that have the program show it."
    Missing "missing" Maker [Keep] "The event lacks the pipe's name or the program."
    Misspelt "misspelt" Candidate [Keep] "The name is spelled to deceive, or as no pipe can be."
    Overlap "overlap" Draft [Keep, Review] "No rule can tell it from what must stay."
    Planted "planted" Candidate [Keep] "It opens a pipe that only programs in untrusted places, or in disguise, were seen to make."
    Random "random" Candidate [Keep, Review] "Nothing in the name tells it from a name that an attacker makes up."
    Remote "remote" Candidate [Review] "The SMB server acts for somebody on another computer."
    Sampled "sampled" Candidate [Review] "There are more names than the baseline keeps."
    Sensitive "sensitive" Candidate [Review] "Computers are taken over, or accounts asked for, through this pipe."
    Sigma "sigma" Candidate [Keep] "A Sigma rule of the team fires on it."
    Squatting "squatting" Maker [Keep] "Another program than its owner creates a pipe of Windows."
    Stranger "stranger" Maker [Review] "The program lies in the Windows folder and is not known to belong to Windows."
    UnknownName "unknown-name" Maker [Review] "A program that attackers inject into uses a name that is not known to be its own."
    Verified "verified" Draft [Keep] "Its rule was refused, or none could be written."
    Writable "writable" Maker [Keep, Review] "Any user can replace the program."
}

impl ReasonCode {
    /// Whether it speaks against the program that makes a pipe, and so against whoever opens it.
    #[must_use]
    pub fn is_about_maker(self) -> bool {
        self.about() == About::Maker
    }

    /// Whether a guard gives it: before anybody decided, and before rules were written and tested.
    #[must_use]
    pub fn is_of_guard(self) -> bool {
        self.about() != About::Draft
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A paragraph of the document that begins with a code: the code, and the verdicts behind it.
    fn documented() -> Vec<(String, String)> {
        let document = include_str!("../../docs/drafts.md");
        let paragraphs = document
            .lines()
            .filter_map(|line| line.strip_prefix("**")?.split_once("** ("));
        let verdicts = |rest: &str| rest.split([')', ';']).next().unwrap().to_owned();
        paragraphs
            .map(|(code, rest)| (code.to_owned(), verdicts(rest)))
            .collect()
    }

    #[test]
    fn the_document_has_a_paragraph_for_each_code_with_its_verdicts() {
        let listed = |code: &ReasonCode| {
            let verdicts: Vec<&str> = code.verdicts().iter().map(|verdict| verdict.word()).collect();
            (code.word().to_owned(), verdicts.join(", or "))
        };
        let mut documented = documented();
        documented.sort();
        assert_eq!(documented, ReasonCode::ALL.iter().map(listed).collect::<Vec<_>>());
    }

    #[test]
    fn codes_sort_as_their_words() {
        assert!(ReasonCode::ALL.is_sorted_by(|a, b| a < b && a.word() < b.word()));
    }

    #[test]
    fn no_other_file_spells_a_code() {
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut spelled = Vec::new();
        for folder in ["draft", "questions", "report", "merge", "listing", "bin"] {
            spell(&src.join(folder), &mut spelled);
        }
        assert!(spelled.is_empty(), "write ReasonCode::…: {spelled:#?}");
    }

    /// Adds each line of code below `folder` that quotes a code which means nothing else there.
    fn spell(folder: &std::path::Path, spelled: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                spell(&path, spelled);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("draft/reason.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
                let is_test = path.ends_with("tests.rs");
                // An option of the command line has the same word.
                let is_option = |line: &str| line.contains("#[arg(");
                let quotes = |line: &&str| ReasonCode::ALL.iter().any(|code| line.contains(&format!("\"{code}\"")));
                let lines = code.lines().filter(|line| !is_test && !is_option(line)).filter(quotes);
                spelled.extend(lines.map(|line| format!("{}: {}", path.display(), line.trim())));
            }
        }
    }
}
