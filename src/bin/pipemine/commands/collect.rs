//! `pipemine collect`: a config to begin with.

use pipemine::collect::{config, known_bad};

use crate::cli::collect::CollectArgs;
use crate::exit::Exit;
use crate::inputs::knowledge;
use crate::target::Target;

pub(crate) fn run(args: &CollectArgs) -> anyhow::Result<Exit> {
    let inputs: Vec<_> = args.knowledge.iter().cloned().collect();
    let target = Target::open(args.output.path.as_deref(), &inputs)?;
    let text = if args.known_bad {
        known_bad(args.schema, &knowledge(args.knowledge.as_deref())?)
    } else {
        Ok(config(args.schema))
    };
    let text = text.map_err(anyhow::Error::msg)?;
    target.write(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Done)
}
