//! The command line: arguments in, a stage of the library run, its result written, an exit code out.

mod cli;
mod commands;
mod current;
mod exit;
mod fingerprint;
mod fix;
mod gather;
mod inputs;
mod interrupt;
mod judging;
mod progress;
mod sigma;
mod target;
mod view;
mod wildcards;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use cli::{Cli, Command};
use commands::{baseline, check, collect, completions, decide, diff, draft, knowledge, report, scan};
use exit::Exit;

/// A draft makes and frees millions of small texts: with the allocators of glibc, musl and Windows that takes a quarter of
/// its time or more.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let mut cli = Cli::parse();
    if let Some(sources) = cli.command.sources_mut() {
        wildcards::expand(sources);
    }
    interrupt::watch();
    let done = match &cli.command {
        Command::Collect(args) => collect::run(args),
        Command::Scan(args) => scan::run(args),
        Command::Draft(args) => draft::run(args),
        Command::Decide(args) => decide::run(args),
        Command::Check(args) => check::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Baseline(args) => baseline::run(args),
        Command::Report(args) => report::run(args),
        Command::Knowledge(args) => knowledge::run(args),
        Command::Completions(args) => completions::run(args.shell),
        Command::Man(args) => completions::man(args.of.as_deref()),
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
