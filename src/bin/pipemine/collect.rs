//! `pipemine collect`: the config of the first step.

use pipemine::collect::config;

use crate::cli::CollectArgs;
use crate::exit::Exit;
use crate::target::Target;

pub(crate) fn run(args: &CollectArgs) -> anyhow::Result<Exit> {
    let target = Target::open(args.output.path.as_deref(), &[])?;
    let text = config(&args.schema).map_err(anyhow::Error::msg)?;
    target.write(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Done)
}
