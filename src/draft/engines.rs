//! Compiles a draft's rules into the filter engine, for either way in which Windows may fold the case of letters.
//!
//! Sysmon may fold the case of more letters than those of ASCII: what is spelled with any is held against the rules in
//! either way.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::candidate::Candidate;
use super::rule::Rule;
use super::write;
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Config, Engine, Event, Folding};

/// The rules, compiled for either way to fold case.
#[derive(Debug)]
pub(super) struct Engines {
    pub(super) config: Config,
    pub(super) ascii: Engine,
    /// Made when it is asked, which is seldom.
    unicode: OnceLock<Engine>,
    /// Whether both agree on every event in ASCII.
    are_ascii: bool,
}

impl Engines {
    /// The rules that drop an event in either way.
    pub(super) fn dropping(&self, event: &Event<'_>) -> BTreeSet<usize> {
        let mut rules = self.dropping_by_ascii(event);
        if !(self.are_ascii && event.pipe_name.is_ascii() && event.image.is_ascii()) {
            let unicode = self.unicode.get_or_init(|| self.config.engine_with(Folding::Unicode));
            rules.extend(dropping(unicode, event));
        }
        rules
    }

    /// The rules that drop an event where the letters of ASCII alone are folded, as Sysmon is known to do.
    pub(super) fn dropping_by_ascii(&self, event: &Event<'_>) -> BTreeSet<usize> {
        dropping(&self.ascii, event)
    }

    /// Whether they drop anything of what is known of a candidate.
    pub(super) fn touch(&self, candidate: &Candidate) -> bool {
        let family = &candidate.family;
        family.names.iter().any(|name| {
            let mut images = family.images.iter();
            images.any(|image| !self.dropping(&Event::of(family.kind, name, image)).is_empty())
        })
    }
}

/// Rules that Sysmon would not load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotLoadable;

/// The engines of these rules; `None` where there are none.
///
/// # Errors
///
/// Where Sysmon would not load them.
pub(super) fn compile(rules: &[Rule], schema: SchemaVersion) -> Result<Option<Engines>, NotLoadable> {
    if rules.is_empty() {
        return Ok(None);
    }
    let text = write::config(rules, schema).map_err(|_| NotLoadable)?;
    let config = Config::load(text.as_bytes()).map_err(|_| NotLoadable)?;
    let are_ascii = text.is_ascii();
    drop(text);
    Ok(Some(Engines {
        ascii: config.engine(),
        unicode: OnceLock::new(),
        are_ascii,
        config,
    }))
}

fn dropping(engine: &Engine, event: &Event<'_>) -> BTreeSet<usize> {
    let mut matches = Vec::new();
    if engine.outcome(event, &mut matches).logged {
        return BTreeSet::new();
    }
    matches.into_iter().map(|found| found.item.item).collect()
}
