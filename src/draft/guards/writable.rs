//! An image that any user can replace: to exclude it is to exclude whatever is put there.

use super::{Case, Reason, ReasonCode, keep, review};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let found = case
        .family
        .images
        .iter()
        .find_map(|image| Some((image, case.knowledge.writable(image)?)));
    let (image, finding) = found?;
    let products: Option<Vec<&str>> = case
        .family
        .images
        .iter()
        .map(|image| case.knowledge.known_product_in_profile(image))
        .collect();
    match products.as_deref() {
        Some([product, ..]) => review(
            ReasonCode::Writable,
            format!(
                "{product} lies in {}, where its user can write: to exclude it opens these names to any program that is \
                 put in its place. If that risk is taken, it should be for a family that holds the process id.",
                finding.what
            ),
        ),
        _ => keep(
            ReasonCode::Writable,
            format!(
                "{image} lies in {}, where any user can put a program ({}).",
                finding.what, finding.source
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{Events, verdict};

    #[test]
    fn nothing_in_a_place_that_users_can_write_to_is_excluded() {
        for image in [
            r"C:\Users\alice\Downloads\payload.exe",
            r"C:\Windows\Temp\x1.exe",
            r"C:\Windows\Tasks\agent.exe",
            r"C:\ProgramData\agent\agent.exe",
            r"C:\PerfLogs\agent.exe",
            r"C:\$Recycle.Bin\S-1-5-21-1\agent.exe",
            r"C:\agent.exe",
            r"C:\Tools\agent.exe",
            r"D:\Program Files\agent\agent.exe",
            r"\\server\share\agent.exe",
        ] {
            assert_eq!(
                verdict(Events::connected(r"\wkssvc", image)),
                (Verdict::Keep, "writable"),
                "{image}"
            );
        }
    }

    #[test]
    fn a_known_product_in_a_profile_is_for_a_person() {
        let teams = r"C:\Users\alice\AppData\Local\Microsoft\Teams\current\Teams.exe";
        let own = Events::created(r"\mojo.4204.8052.1838949397870888770", teams).own_pid();
        assert_eq!(verdict(own).0, Verdict::Review);
    }
}
