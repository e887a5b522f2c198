//! A program in the Windows folder that is none of Windows' own: tools for remote execution put theirs there
//! (`C:\Windows\PSEXESVC.exe`, seen in OTRF's captures).

use super::{Case, Reason, review};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if !case.is_in_windows() {
        return None;
    }
    let stranger = case
        .family
        .images
        .iter()
        .find(|image| !case.knowledge.is_known_program(image))?;
    review(
        "stranger",
        format!(
            "{stranger} lies in the Windows folder, but is not among the programs of Windows that are known here. Tools for \
             remote execution put theirs there: make sure whose it is (a `program` line of your own knowledge file makes \
             it known)."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Events, SVCHOST, verdict};
    use crate::draft::candidate::Verdict;

    #[test]
    fn an_unknown_program_in_the_windows_folder_is_for_a_person() {
        for image in [
            r"C:\Windows\PSEXESVC.exe",
            r"C:\Windows\kqzbm.exe",
            r"C:\Windows\System32\updatesvc64.exe",
        ] {
            assert_eq!(
                verdict(Events::created("<Anonymous Pipe>", image)).0,
                Verdict::Review,
                "{image}"
            );
        }
        assert_eq!(verdict(Events::connected(r"\wkssvc", SVCHOST)).0, Verdict::Exclude);
    }
}
