//! `pipemine knowledge`: what is known, and `--knowledge FILE` of the other commands.

use std::fs;
use std::path::Path;

use anyhow::Context;
use pipemine::knowledge::Knowledge;
use pipemine::listing::entries;
use pipemine::output::write;

use crate::cli::knowledge::KnowledgeArgs;
use crate::exit::Exit;
use crate::target::Target;
use crate::view;

pub(crate) fn run(args: &KnowledgeArgs) -> anyhow::Result<Exit> {
    let inputs: Vec<_> = args.knowledge.iter().cloned().collect();
    let target = Target::open(args.output.path.as_deref(), &inputs)?;
    let format = view::format(&args.view, &target);
    let report = entries(&knowledge(args.knowledge.as_deref())?, args.list);
    target.write(|out| write(&report, format, out))?;
    Ok(Exit::Done)
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
