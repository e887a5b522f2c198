//! The kinds of findings, as `findings.md` declares them: a heading with the code, then the severities in bold, then what
//! it means. All that is said of a code anywhere comes from there.

use super::Severity;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// What it is called: people name it in their CI, so it never changes.
    pub code: &'static str,
    /// What it means, what it does in practice, and how it is mended, in Markdown.
    pub text: &'static str,
}

impl Kind {
    /// Whether a finding of this kind may have that severity.
    #[must_use]
    pub fn may_be(&self, severity: Severity) -> bool {
        self.text
            .lines()
            .next()
            .is_some_and(|line| line.contains(&format!("**{severity}")))
    }

    /// The worst that it may be.
    #[must_use]
    pub fn worst(&self) -> Severity {
        let all = [Severity::Error, Severity::Warning, Severity::Note];
        all.into_iter()
            .find(|severity| self.may_be(*severity))
            .unwrap_or(Severity::Note)
    }

    /// Its first sentence after the severities, as plain text.
    #[must_use]
    pub fn summary(&self) -> String {
        let paragraph = self.text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let said = paragraph.rsplit("** ").next().unwrap_or_default();
        let end = said.find(". ").map_or(said.len(), |end| end + 1);
        said.get(..end).unwrap_or(said).replace(['`', '*'], "")
    }
}

/// The page that explains every finding, in Markdown.
#[must_use]
pub fn page() -> &'static str {
    include_str!("findings.md")
}

/// All kinds, in the order of the page.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let sections = page().split("\n### ").skip(1);
    sections.map(|section| {
        let (code, text) = section.split_once('\n').unwrap_or((section, ""));
        // The next group's heading is no part of it.
        let text = text.split("\n## ").next().unwrap_or(text);
        Kind {
            code: code.trim(),
            text: text.trim(),
        }
    })
}

/// The codes of all findings, in the order of the page.
pub fn codes() -> impl Iterator<Item = &'static str> {
    kinds().map(|kind| kind.code)
}

/// The kind of that code.
#[must_use]
pub fn kind(code: &str) -> Option<Kind> {
    kinds().find(|kind| kind.code == code)
}

/// What a code means, what it does in practice, and how it is mended; `None` where there is no such code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    kind(code).map(|kind| kind.text)
}
