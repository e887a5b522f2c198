//! A scan in, one self-contained page out, in which a person reviews what a draft leaves to be decided.
//!
//! The page has no server and asks the network for nothing. Names are chosen by attackers, so everything in it is data:
//! texts of elements, and JSON in a block that nothing runs; a Content-Security-Policy lets no other script run than the
//! page's own, by its hash. What the page says of a decision is what a draft with it does: see `CandidateTrial`.
//!
//! - `data` is what goes to the page's script, `summary`, `plots` and `table` what is there without scripts;
//! - `page` puts them together with the files in `page/`.

mod bars;
mod curve;
mod data;
mod data_block;
mod hours;
mod markup;
mod page;
mod script;
mod strings;
mod summary;
mod table;
mod tally;

use std::io::{self, Write};

use crate::baseline::Tally;
use crate::draft::candidate::Verdict;
use crate::draft::candidate_index::CandidateIndex;
use crate::draft::candidate_trial::{CandidateTrial, try_candidates};
use crate::draft::decisions::Decisions;
use crate::draft::forecast::{Forecast, forecast};
use crate::draft::{Draft, Options, draft_without_forecast, write};
use crate::knowledge::Knowledge;
use crate::scan::Scan;
use crate::sysmon::Config;
use hours::hours;
use tally::dropped;

/// What a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What was read.
    pub scan: &'a Scan,
    /// What is known.
    pub knowledge: &'a Knowledge,
    /// What drafts are to be like, with what was decided before.
    pub options: &'a Options,
    /// The file of these decisions.
    pub decisions: Option<&'a str>,
    /// The config in use, with its name.
    pub current: Option<(&'a str, &'a Config)>,
}

/// All that a page shows.
#[derive(Debug)]
pub struct Review<'a> {
    source: Source<'a>,
    /// As if nothing had been decided: what the page's decisions are applied to.
    undecided: Draft,
    /// With the decisions of the file, where there is one.
    decided: Option<Draft>,
    forecast: Option<Forecast>,
    alone: Vec<CandidateTrial>,
    /// Events of each candidate that the undecided draft drops.
    dropped: Vec<u64>,
    /// Events of each candidate that the config in use drops.
    current: Option<Vec<u64>>,
    /// Events of each candidate by host and hour of the day.
    hours: Vec<Tally<(u32, u8)>>,
    /// How many pairs that attackers use were tried.
    witnesses: usize,
}

impl<'a> Review<'a> {
    /// Drafts without and with the decisions, and tries every candidate by itself.
    #[must_use]
    pub fn of(source: Source<'a>) -> Self {
        let (baseline, knowledge) = (&source.scan.baseline, source.knowledge);
        let without = Options {
            decisions: Decisions::default(),
            ..source.options.clone()
        };
        let undecided = draft_without_forecast(baseline, knowledge, &without);
        let is_decided = source.options.decisions != Decisions::default();
        let owners = CandidateIndex::of(&undecided.candidates);
        let dropped = |config: &Config| dropped(&config.engine(), &owners, undecided.candidates.len(), baseline);
        let draft = write::config(&undecided.rules, without.schema).ok();
        let draft = draft
            .filter(|_| !undecided.rules.is_empty())
            .and_then(|text| Config::load(text.as_bytes()).ok());
        Self {
            decided: is_decided.then(|| draft_without_forecast(baseline, knowledge, source.options)),
            forecast: forecast(baseline, knowledge, source.options),
            alone: try_candidates(&undecided.candidates, baseline, knowledge, &without),
            dropped: draft.map_or_else(|| vec![0; undecided.candidates.len()], |config| dropped(&config)),
            current: source.current.map(|(_, config)| dropped(config)),
            hours: hours(&owners, undecided.candidates.len(), baseline),
            witnesses: knowledge.attack_witnesses().len(),
            undecided,
            source,
        }
    }

    /// Writes the page.
    ///
    /// # Errors
    ///
    /// What writing to `out` fails with.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        page::write(self, out)
    }

    /// The draft as it would be written now.
    #[must_use]
    pub fn draft(&self) -> &Draft {
        self.decided.as_ref().unwrap_or(&self.undecided)
    }

    /// Candidates, and their events, that the draft as it would be written now gives this verdict.
    fn left(&self, verdict: Verdict) -> (u64, u64) {
        let draft = self.draft();
        (draft.with(verdict).count() as u64, draft.events_with(verdict))
    }
}
