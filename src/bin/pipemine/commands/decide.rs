//! `pipemine decide`: the questions that a draft leaves to a person.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use pipemine::draft::draft_without_forecast;
use pipemine::output::write;
use pipemine::questions::session::{self, Source, Terminal};
use pipemine::questions::{questions, report};
use pipemine::scan::Scan;

use crate::cli::decide::DecideArgs;
use crate::exit::Exit;
use crate::fingerprint::Fingerprint;
use crate::gather::{exit, gather};
use crate::inputs;
use crate::judging::{Judging, today};
use crate::target::Target;
use crate::view;

use super::draft::{refuse_wildcards, tell_notes};

pub(crate) fn run(args: &DecideArgs) -> anyhow::Result<Exit> {
    let asks = args.view.format.is_none()
        && args.output.path.is_none()
        && io::stdin().is_terminal()
        && io::stdout().is_terminal();
    let mut known = args.known.clone();
    if asks {
        if let Some(path) = known.decisions.as_ref().filter(|path| !path.exists()) {
            // The first answer makes the file.
            Target::open(Some(path), &args.sources.sources)?.write(|_| Ok(()))?;
        }
    } else {
        known.decisions = known.decisions.filter(|path| path.exists());
    }
    let target = Target::open(args.output.path.as_deref(), &files(args))?;
    let format = view::format(&args.view, &target);
    let mut judging = Judging::of(&args.evidence, &known, args.schema, &args.sources)?;
    judging.options.current = args.config.as_deref().map(inputs::config).transpose()?;
    let scan = gather(&args.sources)?;
    if asks {
        let path = known.decisions.as_deref();
        let path = path.ok_or_else(|| anyhow::anyhow!("give --decisions FILE, to which the answers are added"))?;
        ask(&scan, &judging, path)?;
        return Ok(exit(&scan));
    }
    let draft = draft_without_forecast(&scan.baseline, &judging.knowledge, &judging.options);
    refuse_wildcards(&draft)?;
    if !args.sources.quiet {
        tell_notes(&draft.notes);
    }
    let questions = questions(&draft, &scan.baseline, &judging.knowledge, &judging.options);
    let report = if args.classes {
        report::classes(&questions, &draft)
    } else {
        report::report(&questions, &draft)
    };
    target.write(|out| write(&report, format, out))?;
    Ok(exit(&scan))
}

/// Asks one question after the other; each answer is saved at once.
fn ask(scan: &Scan, judging: &Judging, path: &Path) -> anyhow::Result<()> {
    let text = judging.decisions.as_deref().unwrap_or_default();
    let mut before = Fingerprint::with(path, text.as_bytes());
    let mut save = |text: &str| {
        // Somebody else may have saved it meanwhile.
        before.still_holds()?;
        let target = Target::open(Some(path), &[]).map_err(io::Error::other)?;
        target
            .write(|out| out.write_all(text.as_bytes()))
            .map_err(io::Error::other)?;
        before = Fingerprint::with(path, text.as_bytes());
        Ok(())
    };
    let source = Source {
        baseline: &scan.baseline,
        knowledge: &judging.knowledge,
        options: &judging.options,
        decisions: text,
        today: today(),
    };
    let (mut input, mut out) = (io::stdin().lock(), io::stdout().lock());
    let mut terminal = Terminal {
        input: &mut input,
        out: &mut out,
        save: &mut save,
    };
    session::run(source, &mut terminal)?;
    out.flush()?;
    Ok(())
}

/// Everything that must not be overwritten.
fn files(args: &DecideArgs) -> Vec<PathBuf> {
    let files = args.known.files().chain(&args.config);
    args.sources.sources.iter().chain(files).cloned().collect()
}
