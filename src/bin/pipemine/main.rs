//! The command line: arguments in, a stage of the library run, its result written, an exit code out.

mod check;
mod baseline;
mod cli;
mod collect;
mod completions;
mod diff;
mod draft;
mod exit;
mod gather;
mod interrupt;
mod knowledge;
mod progress;
mod scan;
mod sigma;
mod target;
mod view;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use exit::Exit;

fn main() -> ExitCode {
    let cli = Cli::parse();
    interrupt::watch();
    let done = match &cli.command {
        Command::Collect(args) => collect::run(args),
        Command::Scan(args) => scan::run(args),
        Command::Draft(args) => draft::run(args),
        Command::Check(args) => check::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Baseline(args) => baseline::run(args),
        Command::Knowledge(args) => knowledge::run(args),
        Command::Completions(args) => completions::run(args.shell),
        Command::Man => completions::man(),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) if exit::is_closed_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            exit::complain(&error);
            Exit::Failed.into()
        }
    }
}
