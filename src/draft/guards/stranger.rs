//! A program in the Windows folder that is none of Windows' own: tools for remote execution put theirs there
//! (`C:\Windows\PSEXESVC.exe`, seen in OTRF's captures).

use super::{Case, Reason, ReasonCode, review};
use crate::normalize::EMPTY;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if let Some(image) = case.family.images.iter().find(|image| is_of_the_kernel(image)) {
        return review(
            ReasonCode::Stranger,
            format!(
                "{image} is a process of the kernel's own, which uses no pipes: find out what does so in its name."
            ),
        );
    }
    if !case.is_in_windows() {
        return None;
    }
    let stranger = case
        .family
        .images
        .iter()
        .find(|image| !case.knowledge.is_known_program(image))?;
    review(
        ReasonCode::Stranger,
        format!(
            "{stranger} lies in the Windows folder, but is not among the programs of Windows that are known here. Tools for \
             remote execution put theirs there: make sure whose it is (a `program` line of your own knowledge file makes \
             it known)."
        ),
    )
}

/// A process without a program, such as `Registry` and `MemCompression`. `System` is the SMB server too.
fn is_of_the_kernel(image: &str) -> bool {
    !image.contains(['\\', '/']) && !image.eq_ignore_ascii_case("System") && image != EMPTY
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{Events, SVCHOST, verdict};

    #[test]
    fn the_kernels_processes_use_no_pipes() {
        for image in ["Registry", "MemCompression"] {
            assert_eq!(
                verdict(Events::connected(r"\wkssvc", image)).0,
                Verdict::Review,
                "{image}"
            );
        }
    }

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
