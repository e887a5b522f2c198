//! A field in, what Sysmon can write into it out.
//!
//! Logged names of pipes begin with a backslash; anonymous pipes are `<Anonymous Pipe>`. Logged images are full paths, but
//! for a few that the kernel runs itself. A field without a value is `-`.

use super::literal::{Demand, Literal};
use crate::sysmon::field::Field;

const ANONYMOUS: &str = "<anonymous pipe>";
const NO_VALUE: &str = "-";

/// What Sysmon logs as the image of processes that no file was started for, folded.
pub(crate) const IMAGES_WITHOUT_PATH: [&str; 8] = [
    NO_VALUE,
    "system",
    "registry",
    "memcompression",
    "memory compression",
    "vmmem",
    "secure system",
    "<unknown process>",
];

/// What else than a drive a path begins with: shares and devices, and the object manager's names for both.
pub(crate) const ROOTS: [&str; 4] = [r"\\", r"\device\", r"\??\", r"\systemroot\"];

/// No name of a file has these (Microsoft, "Naming Files, Paths, and Namespaces").
const NOT_IN_PATHS: [&str; 3] = ["\"", "*", "|"];

/// The texts that a field can have, where they are few.
pub(super) fn few(field: Field) -> Option<&'static [&'static str]> {
    match field {
        Field::EventType => Some(&["createpipe", "connectpipe", NO_VALUE]),
        Field::RuleName => Some(&[NO_VALUE]),
        _ => None,
    }
}

/// What the texts of any other field have in common.
pub(super) fn demand(field: Field) -> Demand {
    match field {
        Field::PipeName => Demand {
            some_of: vec![vec![
                Literal::start("\\"),
                Literal::whole(ANONYMOUS),
                Literal::whole(NO_VALUE),
            ]],
            ..Demand::default()
        },
        Field::Image => {
            let drives = ('a'..='z').map(|drive| format!("{drive}:\\"));
            let roots = drives.clone().chain(ROOTS.map(str::to_owned)).map(Literal::start);
            let others = IMAGES_WITHOUT_PATH.into_iter().map(Literal::whole);
            // Several paths with semicolons between are no path: a colon ends no folder's name.
            let lists = drives.map(|drive| Literal::anywhere(format!(";{drive}")));
            Demand {
                some_of: vec![roots.chain(others).collect()],
                none: NOT_IN_PATHS.into_iter().map(Literal::anywhere).chain(lists).collect(),
                ..Demand::default()
            }
        }
        // Account names cannot have quotation marks (Microsoft, "Naming conventions in Active Directory").
        Field::User => Demand {
            none: vec![Literal::anywhere("\"")],
            ..Demand::default()
        },
        _ => Demand::default(),
    }
}
