//! Windows' own programs, and browsers, open a known set of pipes; code that was injected into them opens others.

use super::{Case, Reason, ReasonCode, review};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let studied = || {
        case.family
            .images
            .iter()
            .find_map(|image| case.knowledge.studied(image))
    };
    let whose = if case.is_in_windows() {
        "Windows".into()
    } else {
        studied()?.what
    };
    // Through anonymous pipes a program reads what a command that it started prints: a macro's, a web shell's.
    let is_known =
        case.is_well_known() || case.is_own_family() || case.is_service_socket() || case.is_client_of_known_service();
    if is_known {
        return None;
    }
    review(
        ReasonCode::UnknownName,
        format!(
            "A program of {whose}, with a pipe that is not known to be one of its own. Code that was injected into it would \
             look the same: find out which component makes this pipe."
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{Events, SVCHOST, verdict};

    #[test]
    fn an_unknown_pipe_of_a_windows_program_is_for_a_person() {
        for name in [r"\update-channel", r"\evil-4204"] {
            assert_eq!(
                verdict(Events::created(name, SVCHOST).own_pid()),
                (Verdict::Review, "unknown-name"),
                "{name}"
            );
        }
    }

    #[test]
    fn sockets_of_services_are_known_and_those_of_other_programs_are_not() {
        let socket = |image| Events::created(r"\Winsock2\CatalogChangeListener-106c-0", image).own_pid();
        assert_eq!(verdict(socket(SVCHOST)).0, Verdict::Exclude);
        assert_eq!(verdict(socket(r"C:\Windows\System32\notepad.exe")).0, Verdict::Review);
    }

    #[test]
    fn dot_net_in_a_program_of_windows_is_for_a_person() {
        let loaded = Events::created(r"\dotnet-diagnostic-4204", r"C:\Windows\System32\notepad.exe").own_pid();
        assert_eq!(verdict(loaded).0, Verdict::Review);
    }
}
