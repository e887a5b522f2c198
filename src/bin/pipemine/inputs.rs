//! Reads the files that several commands are given beside their logs: a config, and what a team knows.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use pipemine::knowledge::Knowledge;
use pipemine::sysmon::{Config, Failure};

/// A config that Sysmon loads.
pub(crate) fn config(path: &Path) -> anyhow::Result<Config> {
    let told = || path.display().to_string();
    let bytes = fs::read(path).with_context(told)?;
    Config::load(&bytes).or_else(|error| {
        let outcome = match error.failure {
            Failure::Rejected => "Sysmon rejects this config",
            Failure::Crash => "Sysmon crashes on this config",
            Failure::TooLarge => "this config cannot be checked",
        };
        bail!("{}: {outcome}: {error}", path.display())
    })
}

/// What comes with the program, and what the user's file adds.
pub(crate) fn knowledge(path: Option<&Path>) -> anyhow::Result<Knowledge> {
    let mut knowledge = Knowledge::builtin().clone();
    if let Some(path) = path {
        let told = || path.display().to_string();
        let text = fs::read_to_string(path).with_context(told)?;
        knowledge.extend(&text).with_context(told)?;
    }
    Ok(knowledge)
}
