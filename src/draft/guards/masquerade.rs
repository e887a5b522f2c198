//! An image that pretends to be another stays logged.

use super::{Case, Reason, ReasonCode, keep};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let found = case
        .family
        .images
        .iter()
        .find_map(|image| Some((image, case.knowledge.masquerade(image)?)));
    let (image, finding) = found?;
    keep(
        ReasonCode::Masquerade,
        format!("{image} is disguised: {} ({}).", finding.what, finding.source),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{Events, verdict};

    #[test]
    fn disguises_are_kept() {
        for image in [
            r"C:\Windows \System32\svchost.exe",
            r"C:\Program Files\x\svchost.exe",
            r"C:\Windows\System32\svch\u{43e}st.exe",
            r"C:\Program Files\App\app.exe:evil.exe",
            r"C:\Program Files\App \app.exe",
            r"C:\Windows\SysWOW64\lsass.exe",
        ] {
            let image = image.replace(r"\u{43e}", "\u{43e}");
            assert_eq!(
                verdict(Events::connected(r"\wkssvc", &image)),
                (Verdict::Keep, "masquerade"),
                "{image}"
            );
        }
    }
}
