//! What people have decided, read from a small text file that is kept beside the config in version control.
//!
//! ```text
//! # verdict       kind       pipe                      image                       why
//! exclude         connected  \VBoxTrayIPC-<*>          C:\Windows\…\VBoxTray.exe   our virtual desktops
//! keep            any        \ContosoAgent\ipc-0       C:\…\agentsvc.exe           ask the vendor first
//! exclude-anyway  created    \build-<n>                D:\Build\build.exe          only administrators write to D:
//! ```
//!
//! Fields are set apart by tabs, as many as look well. Pipe and image are written as `draft --explain` shows them. A
//! decision overrides `review`; what a guard keeps, only `exclude-anyway` excludes.

pub mod subject;

use std::fmt::Write as _;

use super::candidate::{Candidate, Reason, ReasonCode, Verdict};
use crate::event::Kind;

/// All decisions of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions(Vec<Decision>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Decision {
    line: usize,
    verb: Verb,
    kind: Option<Kind>,
    pipe: String,
    image: String,
    why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Exclude,
    ExcludeAnyway,
    Keep,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct DecisionError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl Decisions {
    /// Reads a file of decisions.
    ///
    /// # Errors
    ///
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, DecisionError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut decisions = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let decision = parse_line(line, line_number).map_err(|what| DecisionError {
                line: line_number,
                what,
            })?;
            decisions.push(decision);
        }
        Ok(Self(decisions))
    }

    /// Applies them; where several fit one candidate, the last counts.
    pub fn apply(&self, candidates: &mut [Candidate]) {
        for candidate in candidates {
            if let Some(decision) = self.0.iter().rfind(|decision| decision.fits(candidate)) {
                decision.apply(candidate);
            }
        }
    }

    /// Those that fit no candidate any more.
    #[must_use]
    pub fn stale(&self, candidates: &[Candidate]) -> Vec<String> {
        let stale = self
            .0
            .iter()
            .filter(|decision| !candidates.iter().any(|candidate| decision.fits(candidate)));
        stale
            .map(|decision| format!("line {}: {} with {}", decision.line, decision.pipe, decision.image))
            .collect()
    }
}

fn parse_line(line: &str, number: usize) -> Result<Decision, String> {
    let fields: Vec<&str> = line
        .split('\t')
        .map(str::trim)
        .filter(|field| !field.is_empty())
        .collect();
    let [verb, kind, pipe, image, why] = fields.as_slice() else {
        let mut what = String::from("a decision is five fields with tabs between: verdict, kind, pipe, image, why");
        // Writing to a String cannot fail.
        let _ = write!(what, "; here are {}", fields.len());
        return Err(what);
    };
    Ok(Decision {
        line: number,
        verb: match *verb {
            "exclude" => Verb::Exclude,
            "exclude-anyway" => Verb::ExcludeAnyway,
            "keep" => Verb::Keep,
            other => {
                return Err(format!(
                    "`{other}` is no verdict: write exclude, keep or exclude-anyway"
                ));
            }
        },
        kind: match *kind {
            "any" => None,
            "created" => Some(Kind::Created),
            "connected" => Some(Kind::Connected),
            other => return Err(format!("`{other}` is no kind: write created, connected or any")),
        },
        pipe: (*pipe).to_owned(),
        image: (*image).to_owned(),
        why: (*why).to_owned(),
    })
}

impl Decision {
    fn fits(&self, candidate: &Candidate) -> bool {
        let family = &candidate.family;
        self.kind.is_none_or(|kind| kind == family.kind)
            && family.name.to_string().eq_ignore_ascii_case(&self.pipe)
            && family.image.to_string().eq_ignore_ascii_case(&self.image)
    }

    fn apply(&self, candidate: &mut Candidate) {
        let verdict = match (self.verb, candidate.verdict) {
            (Verb::Keep, _) => Verdict::Keep,
            (Verb::ExcludeAnyway, _) | (Verb::Exclude, Verdict::Exclude | Verdict::Review) => Verdict::Exclude,
            (Verb::Exclude, Verdict::Keep) => {
                let text = format!(
                    "It was decided to exclude it ({}), but a guard keeps it: only exclude-anyway says that this is meant.",
                    self.why
                );
                candidate.reasons.push(Reason {
                    code: ReasonCode::Decision,
                    verdict: Verdict::Keep,
                    text,
                });
                return;
            }
        };
        candidate.verdict = verdict;
        let text = format!("Decided: {}.", self.why.trim_end_matches('.'));
        candidate.reasons.insert(
            0,
            Reason {
                code: ReasonCode::Decision,
                verdict,
                text,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::{Part, Threshold};
    use crate::draft::candidate::judge;
    use crate::family::families;
    use crate::knowledge::Knowledge;
    use crate::test_support::{APP, Events, POWERSHELL, baseline};

    fn candidates() -> Vec<Candidate> {
        let baseline = baseline(&[
            Events::connected(r"\wkssvc", POWERSHELL),
            Events::connected(r"\AppPipe", APP),
            Events::created(r"\PSEXESVC", APP),
        ]);
        judge(
            families(&baseline, Part::ALL),
            Knowledge::builtin(),
            Threshold::default(),
        )
    }

    fn decided(text: &str) -> Vec<(String, Verdict)> {
        let mut all = candidates();
        Decisions::parse(text).unwrap().apply(&mut all);
        all.iter()
            .map(|candidate| (candidate.family.name.to_string(), candidate.verdict))
            .collect()
    }

    #[test]
    fn a_decision_overrides_review_and_a_guard_only_expressly() {
        let text =
            format!("exclude\tany\t\\WKSSVC\t\t{POWERSHELL}\tour scripts\nexclude\tany\t\\PSEXESVC\t{APP}\tours\n");
        let verdicts = decided(&text);
        assert!(verdicts.contains(&(r"\wkssvc".into(), Verdict::Exclude)));
        assert!(verdicts.contains(&(r"\PSEXESVC".into(), Verdict::Keep)));
        let text = format!("exclude-anyway\tcreated\t\\PSEXESVC\t{APP}\tours\nkeep\tany\t\\AppPipe\t{APP}\tno\n");
        let verdicts = decided(&text);
        assert!(verdicts.contains(&(r"\PSEXESVC".into(), Verdict::Exclude)));
        assert!(verdicts.contains(&(r"\AppPipe".into(), Verdict::Keep)));
    }

    #[test]
    fn the_last_decision_counts_as_if_it_were_the_only_one() {
        let keep = format!("keep\tany\t\\wkssvc\t{POWERSHELL}\tnot yet\n");
        let exclude = format!("exclude\tconnected\t\\wkssvc\t{POWERSHELL}\tour scripts\n");
        let verdict = |text: String| {
            let verdicts = decided(&text);
            verdicts.iter().find(|(name, _)| name == r"\wkssvc").unwrap().1
        };
        assert_eq!(verdict(format!("{keep}{exclude}")), Verdict::Exclude);
        assert_eq!(verdict(format!("{exclude}{keep}")), Verdict::Keep);
    }

    #[test]
    fn what_fits_nothing_is_reported() {
        let decisions = Decisions::parse("\u{FEFF}# c\n\nkeep\tany\t\\gone\tC:\\x.exe\twhy\r\n").unwrap();
        assert_eq!(decisions.stale(&candidates()), [r"line 3: \gone with C:\x.exe"]);
    }

    #[test]
    fn a_bad_line_says_how_to_mend_it() {
        for (line, mend) in [
            ("exclude\tany\t\\x", "five fields"),
            ("drop\tany\ta\tb\tc", "no verdict"),
            ("keep\tboth\ta\tb\tc", "no kind"),
        ] {
            let error = Decisions::parse(&format!("#\n{line}")).unwrap_err();
            assert!(error.line == 2 && error.what.contains(mend), "{error}");
        }
    }
}
