//! Writes logs to look at and to test with.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use pipemine_testdata::fleet::Summary;
use pipemine_testdata::{Export, Fleet, Flood};

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
        /// Write each machine's events in this form too: evtx-dump, nxlog, winlogbeat, event-viewer-xml, wevtutil-xml,
        /// evtxecmd-csv
        #[arg(long, value_parser = export_named)]
        export: Option<Export>,
    },
    /// Write millions of events that differ, with ten frequent pairs among them, to standard output
    Flood {
        /// What differs: names, templates, images, hosts, users, days, clocks, crossed, programs, cases, processes, long
        #[arg(value_parser = flood_named)]
        what: Flood,
        /// How many events
        #[arg(default_value_t = 20_000_000)]
        count: u64,
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
            export,
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
            if let Some(export) = export {
                for machine in &fleet.machines {
                    let path = folder.join(format!("{}.{}.{}", machine.name, export.name(), export.extension()));
                    let file = export.file(&fleet.events(machine));
                    fs::write(&path, file).with_context(|| path.display().to_string())?;
                }
            }
            if let Some(path) = truth {
                let mut rows = Vec::new();
                logs.truth.write(&mut rows)?;
                fs::write(&path, rows).with_context(|| path.display().to_string())?;
            }
            write!(io::stdout(), "{}", Summary::of(&logs))?;
        }
        What::Flood { what, count } => {
            let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
            what.write(count, &mut out)?;
            out.flush()?;
        }
    }
    Ok(())
}

fn export_named(name: &str) -> Result<Export, String> {
    let found = Export::ALL.into_iter().find(|export| export.name() == name);
    found.ok_or_else(|| format!("one of {}", Export::ALL.map(Export::name).join(", ")))
}

fn flood_named(name: &str) -> Result<Flood, String> {
    let found = Flood::ALL.into_iter().find(|flood| flood.name() == name);
    found.ok_or_else(|| format!("one of {}", Flood::ALL.map(Flood::name).join(", ")))
}
