//! A config and a baseline in, the same config with the rules that it lacks out: all else byte for byte as it was.
//!
//! The draft leaves out what the config drops already ([`Options::current`]). The rest goes into the exclude node that is
//! there (`place`), in the file's own indentation, line ends and encoding (`layout`); rules of earlier drafts that the
//! evidence no longer bears out can be told or taken out ([`own`]). `proof` reads the result again and runs it: nothing
//! that must stay is dropped, nothing that was dropped comes back, and all other sections say the same.

mod explain;
mod layout;
pub mod own;
mod place;
mod proof;
mod wrongly_dropped;
mod include_conflict;

use crate::baseline::Baseline;
use crate::draft::rule::Rule;
use crate::draft::verify::Refusal;
use crate::draft::{self, Draft, Options};
use crate::knowledge::Knowledge;
use crate::sysmon::{Config, LoadError, Node, OnMatch};
use crate::sysmon::{Edit, apply_edits};
use own::{Judgement, Prune};
pub use place::Placed;
pub use proof::Dropped;
pub use wrongly_dropped::WronglyDropped;

/// Why a config is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Sysmon would not load it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No rule can be put into it without changing what it means.
    #[error("{0}")]
    NoPlace(String),
    /// Its encoding does not give the same bytes again.
    #[error("it cannot be written back byte for byte: save it as UTF-8")]
    Encoding,
    /// What came out does not keep the promise. Never seen; a file that cannot be vouched for is not written.
    #[error("the merged file would not do what it should: {0}")]
    Unproved(String),
}

/// A config with the rules that it lacked.
#[derive(Debug)]
pub struct Merged {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What it was made of. Its rules are those that were added.
    pub draft: Draft,
    /// Where the rules were put; `None` where there are none.
    pub placed: Option<Placed>,
    /// Whether include nodes decide what is logged, and all else is dropped.
    pub logs_included_only: bool,
    /// What earlier drafts wrote into it.
    pub own: Judgement,
    /// How many events of the baseline the config dropped, and what it drops now.
    pub dropped: Dropped,
    /// The candidates of which it drops what should stay, by rules that it had before.
    pub undue: Vec<WronglyDropped>,
}

/// Merges into the config `file` the rules that `baseline` asks for. Whatever `options` say of a schema or a current
/// config, it is that of the file.
///
/// # Errors
///
/// Where Sysmon would not load the file, where there is no place for a rule in it, or where the result is not proved.
pub fn merge(
    file: &[u8],
    baseline: &Baseline,
    knowledge: &Knowledge,
    options: &Options,
    prune: Prune,
) -> Result<Merged, MergeError> {
    let before = Config::load(file)?;
    if before.text().encode_file(before.text().as_str()) != file {
        return Err(MergeError::Encoding);
    }
    place::check(&before)?;
    let mut draft = draft::draft(baseline, knowledge, &of(&before, options));
    let mut own = match prune {
        Prune::Leave => Judgement::default(),
        Prune::Report | Prune::Apply => own::judge(&before, &draft.candidates, baseline),
    };
    let pruned = match prune {
        Prune::Apply if !own.stale.is_empty() => {
            own.is_applied = true;
            let pruned = edited(&before, own.stale.iter().map(|stale| stale.removal.clone()).collect())?;
            // The forecast is of all rules, whatever the config has of them.
            draft = Draft {
                forecast: draft.forecast,
                ..draft::draft_without_forecast(baseline, knowledge, &of(&pruned, options))
            };
            pruned
        }
        _ => before.clone(),
    };
    overrule_no_wish(&pruned, &mut draft);
    let (after, placed) = add(&pruned, &draft.rules)?;
    let (dropped, undue) = proof::prove((&before, &pruned, &after), &draft, baseline, knowledge, placed)?;
    draft.dropped = dropped.after;
    let bytes = after.text().encode_file(after.text().as_str());
    let includes = |node: &Node| node.is_used() && node.on_match == Some(OnMatch::Include);
    Ok(Merged {
        logs_included_only: after.nodes().iter().any(includes),
        bytes,
        draft,
        placed,
        own,
        dropped,
        undue,
    })
}

/// The options of a draft for this config.
fn of(config: &Config, options: &Options) -> Options {
    Options {
        schema: config.held_to(),
        current: Some(config.clone()),
        ..options.clone()
    }
}

/// Refuses rules that would drop what an include node names.
fn overrule_no_wish(config: &Config, draft: &mut Draft) {
    let mut kept: Vec<Rule> = Vec::new();
    for rule in draft.rules.drain(..) {
        match include_conflict::overruled(config, &rule, &draft.candidates) {
            Some(why) => draft.refused.push(Refusal { rule, why }),
            None => kept.push(rule),
        }
    }
    draft.rules = kept;
}

fn add(config: &Config, rules: &[Rule]) -> Result<(Config, Option<Placed>), MergeError> {
    if rules.is_empty() {
        return Ok((config.clone(), None));
    }
    let (edits, placed) = place::edits(config, rules)?;
    Ok((edited(config, edits)?, Some(placed)))
}

/// The config with these edits, as it is read back from a file.
fn edited(config: &Config, edits: Vec<Edit>) -> Result<Config, MergeError> {
    let text = apply_edits(config.text().as_str(), edits);
    let file = config.text().encode_file(&text);
    Config::load(&file).map_err(|error| MergeError::Unproved(error.to_string()))
}

#[cfg(test)]
mod tests;
