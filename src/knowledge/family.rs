//! A template and an image in, the software whose names look so out.

use super::path::stem;
use super::pattern::{PID, Subject, VARIABLE};
use super::{Entry, Knowledge, List, Proof};

/// One piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stands in the name.
    Text(&'a str),
    /// A part that was replaced because it is the event's own process id.
    Pid,
    /// Any other part that was replaced.
    Variable,
}

/// What the process id in a template of a family says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PidProof {
    /// It is the event's own: the name was made by, or for, this very process.
    Proved,
    /// It is another process's: right for those who connect where [`Entry::proof`] is [`Proof::Creator`], and a sign
    /// of a look-alike elsewhere.
    NotOwn,
    /// The names of this family hold none.
    None,
}

/// A family that a template belongs to, or pretends to.
#[derive(Debug, Clone, Copy)]
pub struct FamilyMatch<'a> {
    /// The family.
    pub family: &'a Entry,
    /// What its process id says.
    pub pid: PidProof,
    /// Whether the image is one that uses this family. Where it is not, the name is somebody else's.
    pub is_user: bool,
}

impl Knowledge {
    /// The family of names that a template looks like, as used by `image`: of several, one that `image` does use, and
    /// then the one with most fixed text.
    ///
    /// The template comes in pieces and not as text, so that no pipe can pass for one by being named
    /// `\mojo.<pid>.<n>.<n>`.
    #[must_use]
    pub fn family<'a>(&self, pieces: impl IntoIterator<Item = Piece<'a>>, image: &str) -> Option<FamilyMatch<'_>> {
        let text = marked(pieces);
        let stem = stem(image);
        let found = self.fitting(List::Family, &text, &Subject::template(&text, stem, false));
        let matched = found.into_iter().map(|family| FamilyMatch {
            family,
            pid: match family.proof {
                Proof::None => PidProof::None,
                _ if family.pattern.fits(&Subject::template(&text, stem, true)) => PidProof::Proved,
                _ => PidProof::NotOwn,
            },
            is_user: family.group.as_ref().is_none_or(|group| self.is_host(group, image)),
        });
        // Of equals, the last is the best: what comes first has most fixed text.
        matched
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .max_by_key(|matched| matched.is_user)
    }

    /// Whether `image` is listed as a host of `group`, such as `powershell` or `chromium`.
    #[must_use]
    pub fn is_host(&self, group: &str, image: &str) -> bool {
        self.all(List::Host, image)
            .into_iter()
            .any(|host| host.group.as_deref() == Some(group))
    }
}

/// One text of the pieces, in which marks stand for what was replaced; marks that really are in the name become
/// another character, which no pattern has.
fn marked<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => {
                text.extend(part.chars().map(|c| {
                    if matches!(c, PID | VARIABLE) {
                        char::REPLACEMENT_CHARACTER
                    } else {
                        c
                    }
                }));
            }
            Piece::Pid => text.push(PID),
            Piece::Variable => text.push(VARIABLE),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use Piece::{Pid, Text, Variable};

    const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
    const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

    fn family(pieces: &[Piece<'_>], image: &str) -> Option<(PidProof, bool)> {
        let found = Knowledge::builtin().family(pieces.iter().copied(), image)?;
        Some((found.pid, found.is_user))
    }

    #[test]
    fn a_proved_process_id_is_told_from_a_look_alike() {
        let own = [Text(r"\mojo."), Pid, Text("."), Variable, Text("."), Variable];
        assert_eq!(family(&own, CHROME), Some((PidProof::Proved, true)));
        assert_eq!(family(&own, r"C:\Users\a\chrome.exe"), Some((PidProof::Proved, false)));
        let other = [Text(r"\mojo."), Variable, Text("."), Variable, Text("."), Variable];
        assert_eq!(family(&other, CHROME), Some((PidProof::NotOwn, true)));
        let constant = [Text(r"\mojo.5688.8052.1838")];
        assert_eq!(family(&constant, CHROME), Some((PidProof::NotOwn, true)));
        let elsewhere = [Text(r"\mojo."), Variable, Text("."), Pid, Text("."), Variable];
        assert_eq!(
            family(&elsewhere, CHROME),
            Some((PidProof::NotOwn, true)),
            "it proves nothing in another place"
        );
    }

    #[test]
    fn a_name_that_spells_a_template_is_none() {
        assert_eq!(family(&[Text(r"\mojo.<pid>.<n>.<n>")], CHROME), None);
        assert_eq!(family(&[Text("\\mojo.\u{FDD0}.\u{FDD1}.\u{FDD1}")], CHROME), None);
    }

    #[test]
    fn powershell_names_its_host() {
        let pieces = |stem| {
            [
                Text(r"\PSHost."),
                Variable,
                Text("."),
                Pid,
                Text(".DefaultAppDomain."),
                Text(stem),
            ]
        };
        assert_eq!(
            family(&pieces("powershell"), POWERSHELL),
            Some((PidProof::Proved, true))
        );
        assert_eq!(family(&pieces("notepad"), POWERSHELL), None, "another program's name");
        let notepad = r"C:\Windows\System32\notepad.exe";
        assert_eq!(family(&pieces("notepad"), notepad), Some((PidProof::Proved, false)));
    }

    #[test]
    fn families_without_a_process_id() {
        let pieces = [Text(r"\VBoxTrayIPC-alice")];
        assert_eq!(
            family(&pieces, r"C:\Windows\System32\VBoxService.exe"),
            Some((PidProof::None, true))
        );
        assert_eq!(family(&pieces, CHROME), Some((PidProof::None, false)));
        let winsock = [Text(r"\Winsock2\CatalogChangeListener-"), Pid, Text("-"), Variable];
        assert_eq!(family(&winsock, r"D:\any.exe"), Some((PidProof::Proved, true)));
        assert_eq!(family(&[Text(r"\lsass")], CHROME), None);
        let anonymous = [Text("<Anonymous Pipe>")];
        assert_eq!(
            family(&anonymous, r"C:\Windows\System32\cmd.exe"),
            Some((PidProof::None, true))
        );
        assert_eq!(family(&anonymous, r"C:\Temp\cmd.exe"), Some((PidProof::None, false)));
    }

    #[test]
    fn a_shape_of_two_groups_is_used_by_both() {
        let pieces = [Text(r"\uv\"), Variable, Text("-"), Pid];
        for image in [CHROME, r"C:\Program Files\nodejs\node.exe"] {
            assert_eq!(family(&pieces, image), Some((PidProof::Proved, true)), "{image}");
        }
    }
}
