//! `pipemine completions` and `pipemine man`: made from the same text as `--help`.

use std::io::{self, Write};

use anyhow::bail;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Exit;

pub(crate) fn run(shell: Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pipemine", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Done)
}

/// The page of one command, or of the program, which names the others.
pub(crate) fn man(of: Option<&str>) -> anyhow::Result<Exit> {
    let mut program = Cli::command();
    // Every page of a command is named, and numbered, as the page of the program names it.
    // A page is of a version, whatever it was built for.
    program = program.disable_help_subcommand(true).long_version(None);
    program.build();
    let command = match of {
        None => &program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command,
            None => bail!("there is no command {name}; `pipemine --help` lists them"),
        },
    };
    let man = clap_mangen::Man::new(command.clone()).source(concat!("pipemine ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render(&mut page)?;
    io::stdout().lock().write_all(&page)?;
    Ok(Exit::Done)
}
