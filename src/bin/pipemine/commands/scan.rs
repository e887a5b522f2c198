//! `pipemine scan`: unique pairs by frequency.

use pipemine::listing::{By, Filter, hosts, list};
use pipemine::output::{Format, write};

use crate::cli::scan::{ByName, ScanArgs};
use crate::exit::Exit;
use crate::gather::{exit, gather};
use crate::target::Target;
use crate::view;

pub(crate) fn run(args: &ScanArgs) -> anyhow::Result<Exit> {
    let target = Target::open(args.output.path.as_deref(), &args.sources.sources)?;
    let format = view::format(&args.view, &target);
    let scan = gather(&args.sources)?;
    let filter = Filter {
        min_count: args.filter.min_count,
        min_hosts: args.filter.min_hosts,
        min_days: args.filter.min_days,
        limit: args.limit,
        headline: matches!(format, Format::Table { .. }),
    };
    let report = match args.by {
        ByName::Pair => list(&scan, By::Pair, filter),
        ByName::Pipe => list(&scan, By::Pipe, filter),
        ByName::Image => list(&scan, By::Image, filter),
        ByName::Family => list(&scan, By::Family, filter),
        ByName::Host => hosts(&scan, filter),
    };
    target.write(|out| write(&report, format, out))?;
    let exit = exit(&scan);
    // The program ends here: giving back millions of names one by one would be for nothing.
    std::mem::forget((report, scan));
    Ok(exit)
}
