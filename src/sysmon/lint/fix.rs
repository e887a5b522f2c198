//! What a fix is: the edits of a config that do away with a finding, and what they do to what is logged.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::{Finding, LintOptions, lint};
use crate::sysmon::config::{Config, OnMatch, Span};
use crate::sysmon::edit::{Edit, apply};
use crate::sysmon::reject::{LoadError, Place};

/// What becomes of events that Sysmon would log, or drop, before a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Each is logged or dropped as before.
    Keeps,
    /// All that was logged still is; more may be.
    LogsMore,
    /// All that was dropped still is; more may be.
    DropsMore,
}

impl Effect {
    /// The word for it in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Keeps => "keeps",
            Self::LogsMore => "logs-more",
            Self::DropsMore => "drops-more",
        }
    }

    /// Of a node that comes to match more, or less.
    pub(super) fn of(on_match: Option<OnMatch>, matches_more: bool) -> Self {
        match (on_match, matches_more) {
            (Some(OnMatch::Include), true) | (Some(OnMatch::Exclude), false) => Self::LogsMore,
            _ => Self::DropsMore,
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keeps => "keeps every verdict",
            Self::LogsMore => "logs more",
            Self::DropsMore => "drops more",
        })
    }
}

/// The edits that do away with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
    /// What they do to what is logged.
    pub effect: Effect,
    /// What must stay as it is for that to be true: other rules.
    pub(super) rests_on: Vec<Span>,
}

impl Fix {
    pub(super) fn new(effect: Effect, edits: Vec<Edit>) -> Self {
        Self {
            edits,
            effect,
            rests_on: Vec::new(),
        }
    }

    /// Whether it may be applied without a person who looks at it: nothing that was logged is lost.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.effect != Effect::DropsMore
    }

    /// The text of `config` with this fix and no other.
    #[must_use]
    pub fn applied(&self, config: &Config) -> String {
        apply(config.text().as_str(), self.edits.clone())
    }
}

/// Only what a fix does, for JSON; the ranges depend on the file's encoding.
impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.effect.serialize(serializer)
    }
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The finding's code.
    pub code: &'static str,
    /// Where it stood when it was applied.
    pub place: Place,
    /// What it does.
    pub effect: Effect,
}

/// A config after its fixes.
#[derive(Debug)]
pub struct Mended {
    /// The config.
    pub config: Config,
    /// What was applied, in that order.
    pub applied: Vec<Applied>,
}

/// A fix may uncover a finding; so often are findings looked for again.
const ROUNDS: usize = 30;

/// Applies the fixes that are safe, and those that drop more if asked, of the findings that `wanted` leaves. Of fixes that
/// touch one place the first is taken, and what is found after it decides about the others.
///
/// # Errors
///
/// Where Sysmon would not load the result: then a fix is wrong.
pub fn mend(
    config: &Config,
    options: &LintOptions,
    unsafe_too: bool,
    wanted: impl Fn(&Config, Vec<Finding>) -> Vec<Finding>,
) -> Result<Mended, LoadError> {
    let mut config = config.clone();
    let mut applied = Vec::new();
    for _ in 0..ROUNDS {
        let mut round = Round::default();
        let before = applied.len();
        for finding in wanted(&config, lint(&config, options)) {
            if let Some(fix) = &finding.fix
                && (unsafe_too || fix.is_safe())
                && round.takes(fix)
            {
                applied.push(Applied {
                    code: finding.code,
                    place: finding.place,
                    effect: fix.effect,
                });
            }
        }
        if applied.len() == before {
            break;
        }
        let text = apply(config.text().as_str(), round.edits);
        config = config.with_text(&text)?;
    }
    Ok(Mended { config, applied })
}

/// Fixes that are applied together.
#[derive(Default)]
struct Round {
    edits: Vec<Edit>,
    edited: BTreeMap<usize, usize>,
    rested_on: BTreeMap<usize, usize>,
}

impl Round {
    /// Takes a fix, unless it touches what another one changes or rests on.
    fn takes(&mut self, fix: &Fix) -> bool {
        let touches = |spans: &BTreeMap<usize, usize>, span: &Span| {
            let before = spans.range(..=span.end).next_back();
            before.is_some_and(|(_, end)| *end >= span.start)
        };
        let is_free = fix
            .edits
            .iter()
            .all(|edit| !touches(&self.edited, &edit.at) && !touches(&self.rested_on, &edit.at))
            && !fix.rests_on.iter().any(|span| touches(&self.edited, span));
        if is_free {
            for edit in &fix.edits {
                self.edited.insert(edit.at.start, edit.at.end);
            }
            for span in &fix.rests_on {
                self.rested_on.insert(span.start, span.end);
            }
            self.edits.extend(fix.edits.iter().cloned());
        }
        is_free
    }
}

impl Config {
    /// This config with another text, as it is read back from a file of the same encoding.
    ///
    /// # Errors
    ///
    /// Where Sysmon would not load it.
    pub fn with_text(&self, text: &str) -> Result<Self, LoadError> {
        Self::load(&self.text().encode_file(text))
    }
}
