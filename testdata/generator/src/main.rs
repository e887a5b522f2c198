//! Writes logs to look at and to test with.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use pipemine_testdata::Fleet;
use pipemine_testdata::fleet::Summary;

#[derive(Parser)]
#[command(about)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Write the logs of a fleet of hosts: the one in testdata/fleet, or one of any size
    Fleet {
        /// Where the logs go
        folder: PathBuf,
        /// A fleet of so many hosts instead of the six of testdata/fleet
        #[arg(long)]
        hosts: Option<u64>,
        /// How many days
        #[arg(long, default_value_t = 7, requires = "hosts")]
        days: u64,
        /// What everything made up follows from
        #[arg(long, default_value_t = 1, requires = "hosts")]
        seed: u64,
        /// How many pipe events, in percent of an ordinary day's
        #[arg(long, default_value_t = 100, requires = "hosts")]
        activity: u64,
        /// How many other events
        #[arg(long, default_value_t = 20, requires = "hosts")]
        noise: u64,
        /// Write what is true of the logs here: a pipe event a line, as JSON
        #[arg(long)]
        truth: Option<PathBuf>,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().what {
        What::Fleet {
            folder,
            hosts,
            days,
            seed,
            activity,
            noise,
            truth,
        } => {
            let fleet = match hosts {
                None => Fleet::example(),
                Some(hosts) => Fleet {
                    activity,
                    noise,
                    ..Fleet::of(hosts, days, seed)
                },
            };
            let logs = fleet.logs()?;
            logs.write(&folder).with_context(|| folder.display().to_string())?;
            if let Some(path) = truth {
                let mut rows = Vec::new();
                logs.truth.write(&mut rows)?;
                fs::write(&path, rows).with_context(|| path.display().to_string())?;
            }
            write!(io::stdout(), "{}", Summary::of(&logs))?;
        }
    }
    Ok(())
}
