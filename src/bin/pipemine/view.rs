//! How a report is shown: the format, the width and the colour that fit where it goes.

use std::io::IsTerminal;

use pipemine::output::Format;

use crate::cli::output::{Colour, FormatName, View};
use crate::target::Target;

/// A table nobody measured the width for.
const UNKNOWN_WIDTH: u16 = 120;

/// The format asked for; by default a table on a terminal, and CSV elsewhere.
pub(crate) fn format(view: &View, target: &Target) -> Format {
    let terminal = matches!(target, Target::Stdout) && std::io::stdout().is_terminal();
    let name = view
        .format
        .unwrap_or(if terminal { FormatName::Table } else { FormatName::Csv });
    match name {
        FormatName::Table => Format::Table {
            width: width(terminal),
            colour: colour(view.color, terminal),
        },
        FormatName::Csv => Format::Csv,
        FormatName::Json => Format::Json,
        FormatName::Jsonl => Format::JsonLines,
    }
}

fn width(terminal: bool) -> u16 {
    let measured = || terminal_size::terminal_size().map(|(width, _)| width.0);
    let asked = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal
        .then(measured)
        .flatten()
        .or_else(asked)
        .unwrap_or(UNKNOWN_WIDTH)
}

fn colour(asked: Colour, terminal: bool) -> bool {
    match asked {
        Colour::Always => true,
        Colour::Never => false,
        // https://no-color.org
        Colour::Auto => {
            let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            terminal && wanted && is_understood()
        }
    }
}

/// A console of Windows prints colours' codes as they are until it is asked to understand them; old ones never do.
fn is_understood() -> bool {
    anstyle_query::windows::enable_ansi_colors().unwrap_or(cfg!(not(windows)))
}
