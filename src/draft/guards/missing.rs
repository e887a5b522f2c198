//! An event that lacks its pipe's name or its image says too little to drop others like it.

use super::{Case, Reason, ReasonCode, keep};
use crate::normalize::EMPTY;

/// What Sysmon writes where the process was gone before it could look (seen in real logs).
const UNKNOWN_PROCESS: &str = "<unknown process>";

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if case.family.names.iter().any(|name| name == EMPTY) {
        return keep(
            ReasonCode::Missing,
            "The events have no pipe name: nothing tells them from others.".into(),
        );
    }
    let unknown = |image: &String| image == EMPTY || image.eq_ignore_ascii_case(UNKNOWN_PROCESS);
    if case.family.images.iter().any(unknown) {
        return keep(
            ReasonCode::Missing,
            "The events do not say which program it was: it may be any.".into(),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, verdict};

    #[test]
    fn half_a_pair_is_kept() {
        assert_eq!(verdict(Events::created("", APP)), (Verdict::Keep, "missing"));
        assert_eq!(verdict(Events::created(r"\x-pipe", "")), (Verdict::Keep, "missing"));
        assert_eq!(
            verdict(Events::created(r"\x-pipe", "<unknown process>")),
            (Verdict::Keep, "missing")
        );
    }
}
