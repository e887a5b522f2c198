//! What a config must log and drop, read from a small text file that is kept beside it in version control.
//!
//! ```text
//! # verdict   kind        pipe        image                               why
//! logged      connected   \wkssvc     C:\Users\alice\Downloads\x.exe      payloads open it
//! dropped     any         \mojo.1.2.3 C:\Program Files\…\chrome.exe       half of all our events
//! ```
//!
//! Fields are set apart by tabs, as many as look well. Pipe and image are what an event would have, not patterns.

use super::event::{Judge, Trial};
use crate::event::Kind;
use crate::lines::{self, LineError};
use crate::output::{counted, grouped};
use crate::sysmon::Event;

/// All expectations of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectations(Vec<Expectation>);

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The line's number, from 1.
    pub line: usize,
    /// Whether the event must be logged.
    pub logged: bool,
    /// Of which kind it is; `None` for both.
    pub kind: Option<Kind>,
    /// The pipe's name.
    pub pipe_name: String,
    /// The program's path.
    pub image: String,
    /// Why it must be so.
    pub why: String,
}

/// An expectation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed<'e> {
    /// The line.
    pub expectation: &'e Expectation,
    /// The kind of event for which it does not hold.
    pub kind: Kind,
    /// What happens instead.
    pub trial: Trial,
    /// Why that happens, as a clause.
    pub reason: String,
}

impl Expectations {
    /// Reads a file of expectations.
    ///
    /// # Errors
    ///
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        lines::read(text, expectation).map(Self)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that do not hold, in the order of the file.
    #[must_use]
    pub fn failed<'e>(&'e self, judge: &Judge<'_>) -> Vec<Failed<'e>> {
        let kinds = |expectation: &Expectation| match expectation.kind {
            Some(kind) => vec![kind],
            None => vec![Kind::Created, Kind::Connected],
        };
        let mut failed = Vec::new();
        for expectation in &self.0 {
            for kind in kinds(expectation) {
                let trial = judge.trial(&Event::of(kind, &expectation.pipe_name, &expectation.image));
                if trial.logged != expectation.logged {
                    let reason = judge.reason(trial.decided_by) + &nearest(judge, &trial);
                    failed.push(Failed {
                        expectation,
                        kind,
                        trial,
                        reason,
                    });
                }
            }
        }
        failed
    }
}

/// How many expectations hold, as a clause.
#[must_use]
pub fn what_holds(failed: &[Failed<'_>], all: usize) -> String {
    // One line for events of both kinds fails once.
    let mut failing: Vec<usize> = failed.iter().map(|failed| failed.expectation.line).collect();
    failing.dedup();
    let (failing, all) = (failing.len() as u64, all as u64);
    match (failing, all) {
        (0, 1) => "The one expectation holds".to_owned(),
        (1, 1) => "The one expectation does not hold".to_owned(),
        (0, _) => format!("All {} hold", counted(all, "expectation")),
        (1, _) => format!("1 of {} does not hold", counted(all, "expectation")),
        _ => format!("{} of {} do not hold", grouped(failing), counted(all, "expectation")),
    }
}

/// The rule that would have decided but for one of its filters, as the rest of a clause.
fn nearest(judge: &Judge<'_>, trial: &Trial) -> String {
    let near = trial.near.first().filter(|_| trial.decided_by.is_none());
    let Some((near, rule)) = near.and_then(|near| Some((near, judge.rules().get(near.rule)?))) else {
        return String::new();
    };
    let failing = near.failing.iter().map(|failing| match failing.why {
        Some(why) => format!("{} ({why})", failing.filter),
        None => failing.filter.clone(),
    });
    let failing = failing.collect::<Vec<_>>().join(", ");
    format!("; nearest is line {}, of which this fails: {failing}", rule.place.line)
}

fn expectation(line: usize, fields: &[&str]) -> Result<Expectation, String> {
    let of = "an expectation is five fields with tabs between: logged or dropped, kind, pipe, image, why";
    let [verdict, kind, pipe_name, image, why] = lines::all(fields, of)?;
    Ok(Expectation {
        line,
        logged: match *verdict {
            "logged" => true,
            "dropped" => false,
            other => return Err(format!("`{other}` is no verdict: write logged or dropped")),
        },
        kind: lines::kind(kind)?,
        pipe_name: (*pipe_name).to_owned(),
        image: (*image).to_owned(),
        why: (*why).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sysmon::Config;

    #[test]
    fn what_does_not_hold_is_named_with_the_rule_that_decided() {
        let config = Config::load(
            br#"<Sysmon schemaversion="4.50"><EventFiltering><RuleGroup groupRelation="or">
                <PipeEvent onmatch="exclude">
                <PipeName>\wkssvc</PipeName>
                <Rule groupRelation="and"><PipeName>\c</PipeName><Image>C:\c.exe</Image></Rule>
                </PipeEvent></RuleGroup></EventFiltering></Sysmon>"#,
        )
        .unwrap();
        let text = "\u{FEFF}# c\n\nlogged\tconnected\t\\wkssvc\t\tC:\\x.exe\tpayloads\r\nlogged\tany\t\\a\tC:\\x.exe\ty\n\
                    dropped\tany\t\\b\tC:\\x.exe\tz\ndropped\tcreated\t\\c\tC:\\x.exe\tz\n";
        let expectations = Expectations::parse(text).unwrap();
        let judge = Judge::new(&config);
        let failed = expectations.failed(&judge);
        let told: Vec<_> = failed
            .iter()
            .map(|f| (f.expectation.line, f.kind, f.reason.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (3, Kind::Connected, r"line 3 matches it: PipeName is \wkssvc"),
                (5, Kind::Created, "no rule excludes the event"),
                (5, Kind::Connected, "no rule excludes the event"),
                (
                    6,
                    Kind::Created,
                    r"no rule excludes the event; nearest is line 4, of which this fails: Image is `C:\c.exe`"
                ),
            ]
        );
    }

    #[test]
    fn a_bad_line_says_how_to_mend_it() {
        for (line, mend) in [
            ("logged\tany\t\\x", "five fields"),
            ("keep\tany\ta\tb\tc", "no verdict"),
            ("logged\tboth\ta\tb\tc", "no kind"),
        ] {
            let error = Expectations::parse(&format!("#\n{line}")).unwrap_err();
            assert!(error.line == 2 && error.what.contains(mend), "{error}");
        }
    }
}
