//! What candidates are judged by: arguments in, what the library drafts with out.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use pipemine::baseline::Threshold;
use pipemine::draft::Options;
use pipemine::draft::decisions::Decisions;
use pipemine::event::Millis;
use pipemine::knowledge::Knowledge;
use pipemine::normalize::day::Day;
use pipemine::sysmon::schema::SchemaVersion;

use crate::cli::judging::{Evidence, Known};
use crate::cli::sources::Sources;
use crate::gather::threads;
use crate::inputs::knowledge;
use crate::sigma;

pub(crate) struct Judging {
    pub(crate) knowledge: Knowledge,
    pub(crate) options: Options,
    /// The text of the decisions.
    pub(crate) decisions: Option<String>,
}

impl Judging {
    pub(crate) fn of(
        evidence: &Evidence,
        known: &Known,
        schema: SchemaVersion,
        sources: &Sources,
    ) -> anyhow::Result<Self> {
        let knowledge = knowledge(known.knowledge.as_deref())?;
        let sigma = sigma::rules(known.sigma.as_deref(), &known.sigma_skip, sources.quiet)?;
        let decided = known.decisions.as_ref().map(|path| {
            let told = || path.display().to_string();
            let text = fs::read_to_string(path).with_context(told)?;
            let decisions = Decisions::parse(&text).with_context(told)?.on(today());
            anyhow::Ok((text, decisions))
        });
        let (text, decisions) = decided.transpose()?.unzip();
        Ok(Self {
            knowledge,
            options: Options {
                threshold: Threshold {
                    hosts: evidence.min_hosts.max(1),
                    days: evidence.min_days.max(1),
                },
                schema,
                decisions: decisions.unwrap_or_default(),
                sigma,
                threads: threads(sources),
                ..Options::default()
            },
            decisions: text,
        })
    }
}

/// The day in UTC, by which decisions expire.
pub(crate) fn today() -> Day {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    Day::split(Millis(millis)).0
}
