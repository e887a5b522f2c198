//! `pipemine diff`: what is new, gone or changed from one source to another.

use std::path::PathBuf;

use anyhow::bail;
use pipemine::diff::{By, Change, diff, report};
use pipemine::output::write;

use crate::cli::diff::{DiffArgs, DiffBy};
use crate::exit::Exit;
use crate::gather::{exit, gather_from};
use crate::inputs::{self, knowledge};
use crate::target::Target;
use crate::view;

pub(crate) fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let [old, new] = args.sources.sources.as_slice() else {
        bail!("give two sources: the old one, and the new one");
    };
    let inputs: Vec<PathBuf> = args
        .sources
        .sources
        .iter()
        .chain(&args.knowledge)
        .chain(&args.config)
        .cloned()
        .collect();
    let target = Target::open(args.output.path.as_deref(), &inputs)?;
    let format = view::format(&args.view, &target);
    let knowledge = knowledge(args.knowledge.as_deref())?;
    let config = args.config.as_deref().map(inputs::config).transpose()?;
    let [old, new] = [old, new].map(|source| gather_from(&args.sources, std::slice::from_ref(source)));
    let (old, new) = (old?, new?);
    let by = match args.by {
        DiffBy::Family => By::Family,
        DiffBy::Pair => By::Pair,
    };
    let diff = diff(&old.baseline, &new.baseline, by, &knowledge, config.as_ref());
    let report = report(&diff, [&old, &new], args.limit);
    target.write(|out| write(&report, format, out))?;
    let is_new = diff.changes.iter().any(|changed| changed.change == Change::New);
    Ok(match exit(&old) {
        _ if args.exit_code && is_new => Exit::Found,
        Exit::Done => exit(&new),
        partial => partial,
    })
}
