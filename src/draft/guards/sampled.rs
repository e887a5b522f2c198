//! So many names (or programs of one folder) that the baseline keeps a sample: a constant among them, which is the same
//! everywhere, may not be in it. Nor may be the program that made the pipe which is opened.

use super::{Case, Reason, ReasonCode, review};
use crate::template::Template;

/// Names that hold their process's id prove themselves, each by its own event.
pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if case.family.has_all_names || case.family.templates.iter().all(Template::proves_pid) {
        return None;
    }
    review(
        ReasonCode::Sampled,
        "It, its program or its folder has more names than the baseline keeps, and they do not hold the id of their \
         process: an attacker's constant could be among those that were not kept. Draft from fewer hosts or days, or find out what makes so many."
            .into(),
    )
}
