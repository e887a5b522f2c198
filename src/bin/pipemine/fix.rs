//! `check --fix` and `--diff`: applies fixes to a config, or shows what they would change.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use pipemine::check::Options;
use pipemine::output::counted;
use pipemine::sysmon::Config;
use pipemine::sysmon::lint::{Mended, accept, mend};
use similar::TextDiff;

use crate::cli::check::CheckArgs;
use crate::exit::say;
use crate::target::Target;

/// The config after the fixes that were asked for. What somebody accepted is not fixed.
pub(crate) fn mended(args: &CheckArgs, config: &Config, options: &Options) -> anyhow::Result<Mended> {
    let path = args.config.as_deref().unwrap_or(Path::new(""));
    let told = || path.display().to_string();
    let bytes = fs::read(path).with_context(told)?;
    if config.text().encode_file(config.text().as_str()) != bytes {
        bail!(
            "{}: it cannot be written back byte for byte; save it as UTF-8 first",
            told()
        );
    }
    let wanted = |config: &Config, findings| {
        let sorted = accept(config, findings, |code| options.wants(code));
        let mut open = sorted.open;
        open.retain(|finding| options.wants(finding.code));
        open
    };
    let mended = mend(config, &options.lint, args.unsafe_too, wanted).with_context(told)?;
    if mended.config.other_events()? != config.other_events()? {
        bail!(
            "{}: a fix would change more than pipe rules; nothing was written",
            told()
        );
    }
    Ok(mended)
}

/// Writes the fixes into the config.
pub(crate) fn write(args: &CheckArgs, config: Config, options: &Options) -> anyhow::Result<Config> {
    let mended = mended(args, &config, options)?;
    let path = args.config.as_deref().unwrap_or(Path::new(""));
    if mended.applied.is_empty() {
        if !args.sources.quiet {
            say(&format!("{}: nothing to fix", path.display()));
        }
        return Ok(config);
    }
    let target = Target::open(Some(path), &[])?;
    let bytes = mended.config.text().encode_file(mended.config.text().as_str());
    target.write(|out| out.write_all(&bytes))?;
    if !args.sources.quiet {
        for applied in &mended.applied {
            say(&format!(
                "{}: {}: fixed; it {}",
                applied.place, applied.code, applied.effect
            ));
        }
        say(&format!(
            "{}: {} written",
            path.display(),
            match mended.applied.len() {
                1 => "1 fix".to_owned(),
                n => counted(n as u64, "fixe"),
            }
        ));
    }
    Ok(mended.config)
}

/// What changed, as a unified diff.
pub(crate) fn diff(before: &Config, after: &Config, path: Option<&Path>) -> String {
    let name = path.map(|path| path.display().to_string()).unwrap_or_default();
    TextDiff::from_lines(before.text().as_str(), after.text().as_str())
        .unified_diff()
        .header(&name, &name)
        .to_string()
}
