//! `pipemine check`: what a config would log and drop, and what is wrong with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use pipemine::check::annotate;
use pipemine::check::event::Judge;
use pipemine::check::expectations::{Expectations, Failed, what_holds};
use pipemine::check::{Check, Contents, Options, Show, check, report, report_trial};
use pipemine::event::Kind;
use pipemine::normalize::pipe_name::pipe_name;
use pipemine::output::{Format, write};
use pipemine::sysmon::schema::{NEWEST, ReleaseNumber};
use pipemine::sysmon::{Config, Event, LintOptions, Severity, lint};

use crate::cli::check::{Annotate, CheckArgs};
use crate::exit::{Exit, say};
use crate::fix;
use crate::gather::{exit, gather};
use crate::inputs::{self, knowledge};
use crate::sigma;
use crate::target::Target;
use crate::view;

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let target = Target::open(args.output.path.as_deref(), &inputs(args))?;
    if let Some(code) = &args.explain {
        let text = lint::explain(code).unwrap_or_default();
        target.write(|out| writeln!(out, "{code}\n\n{text}"))?;
        return Ok(Exit::Done);
    }
    let format = view::format(&args.view, &target);
    let config = inputs::config(args.config.as_deref().unwrap_or(Path::new("")))?;
    if let Some(name) = &args.pipe {
        let report = trial(args, &config, name, matches!(format, Format::Table { .. }));
        target.write(|out| write(&report, format, out))?;
        return Ok(Exit::Done);
    }
    let (binary, release) = (args.schema, args.sysmon_version);
    let known = binary.or_else(|| release.and_then(ReleaseNumber::schema));
    let mut options = Options {
        lint: LintOptions {
            binary: known.unwrap_or(NEWEST),
            release,
        },
        ignore: args.ignore.clone(),
        only: args.only.clone(),
        sigma: Vec::new(),
    };
    if args.diff {
        let mended = fix::mended(args, &config, &options)?;
        let diff = fix::diff(&config, &mended.config, args.config.as_deref());
        target.write(|out| out.write_all(diff.as_bytes()))?;
        return Ok(Exit::Done);
    }
    let config = match args.fix {
        true => fix::write(args, config, &options)?,
        false => config,
    };
    let knowledge = knowledge(args.knowledge.as_deref())?;
    let sigma = sigma::rules(args.sigma.as_deref(), &args.sigma_skip, args.sources.quiet)?;
    let expectations = args.expect.as_deref().map(expectations).transpose()?;
    let scan = if args.sources.sources.is_empty() {
        None
    } else {
        Some(gather(&args.sources)?)
    };
    options.sigma = sigma;
    let check = check(&config, scan.as_ref().map(|scan| &scan.baseline), &knowledge, &options);
    let failed = expectations.as_ref().map(|all| all.failed(&Judge::new(&config)));
    let expected = failed.as_deref().zip(expectations.as_ref().map(Expectations::len));
    let default = match (&scan, &expected) {
        (Some(_), _) => Show::Logged,
        (None, Some(_)) => Show::Expectations,
        (None, None) if args.sigma.is_some() => Show::Asleep,
        (None, None) => Show::Findings,
    };
    let contents = Contents {
        show: args.show.map_or(default, Into::into),
        limit: args.limit,
        for_people: matches!(format, Format::Table { .. }),
    };
    let path = args.config.as_deref().unwrap_or(Path::new(""));
    match args.annotate {
        Some(Annotate::Sarif) => target.write(|out| annotate::sarif(&check, &config, path, out))?,
        Some(Annotate::Github) => target.write(|out| annotate::github(&check, path, out))?,
        None => {
            let report = report(&check, &config, scan.as_ref(), expected, contents);
            target.write(|out| write(&report, format, out))?;
        }
    }
    if let Some((failed, all)) = expected {
        // A table says so itself.
        let is_told_already = failed.is_empty() && contents.for_people;
        if !args.sources.quiet && !is_told_already {
            say(&what_holds(failed, all));
        }
    }
    Ok(match &scan {
        _ if is_found(args, &check, failed.as_deref()) => Exit::Found,
        Some(scan) => exit(scan),
        None => Exit::Done,
    })
}

/// Everything that must not be overwritten.
fn inputs(args: &CheckArgs) -> Vec<PathBuf> {
    let files = [&args.config, &args.expect, &args.knowledge, &args.sigma];
    args.sources
        .sources
        .iter()
        .chain(files.into_iter().flatten())
        .cloned()
        .collect()
}

fn expectations(path: &Path) -> anyhow::Result<Expectations> {
    let told = || path.display().to_string();
    let text = fs::read_to_string(path).with_context(told)?;
    let expectations = Expectations::parse(&text).with_context(told)?;
    if expectations.is_empty() {
        bail!(
            "{}: there is no expectation in it: each is a line of five fields with tabs between, logged or dropped, kind, \
             pipe, image, why",
            told()
        );
    }
    Ok(expectations)
}

fn trial(args: &CheckArgs, config: &Config, name: &str, for_people: bool) -> pipemine::output::Report {
    let event = Event {
        event_type: "",
        pipe_name: pipe_name(name),
        image: args.image.as_deref().unwrap_or_default(),
        user: args.user.as_deref().unwrap_or_default(),
    };
    let kinds = args
        .event_type
        .map_or_else(|| vec![Kind::Created, Kind::Connected], |kind| vec![kind]);
    report_trial(&Judge::new(config), &event, &kinds, for_people)
}

/// Whether there is what was asked to be told by the exit code.
fn is_found(args: &CheckArgs, check: &Check, failed: Option<&[Failed<'_>]>) -> bool {
    let asked = args
        .fail_on
        .map(Severity::from)
        .or(args.exit_code.then_some(Severity::Warning));
    let is_found = |asked| !check.asleep.is_empty() || check.findings.iter().any(|finding| finding.severity >= asked);
    failed.is_some_and(|failed| !failed.is_empty()) || asked.is_some_and(is_found)
}
