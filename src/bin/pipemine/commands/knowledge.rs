//! `pipemine knowledge`: what is known.

use pipemine::listing::entries;
use pipemine::output::write;

use crate::cli::knowledge::KnowledgeArgs;
use crate::exit::Exit;
use crate::inputs;
use crate::target::Target;
use crate::view;

pub(crate) fn run(args: &KnowledgeArgs) -> anyhow::Result<Exit> {
    let inputs: Vec<_> = args.knowledge.iter().cloned().collect();
    let target = Target::open(args.output.path.as_deref(), &inputs)?;
    let format = view::format(&args.view, &target);
    let report = entries(&inputs::knowledge(args.knowledge.as_deref())?, args.list);
    target.write(|out| write(&report, format, out))?;
    Ok(Exit::Done)
}
