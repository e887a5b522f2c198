//! A family's names and programs in, whose they are out: by the name of the pipe, and by where the program lies.

use super::{Knowledge, Piece};

/// Whose a pipe and the program at one of its ends are. They may differ: a browser's pipe in another program's hands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whose {
    /// The product that the program belongs to; else its folder or file name.
    pub program: String,
    /// What the pipe's name is known to be, whoever uses it.
    pub pipe: Option<String>,
}

impl Knowledge {
    /// Whose a pipe is, given its template in pieces and one of its names, and whose the program is that uses it.
    #[must_use]
    pub fn whose<'a>(&self, pieces: impl IntoIterator<Item = Piece<'a>>, name: &str, image: &str) -> Whose {
        Whose {
            program: self.product(image).to_owned(),
            pipe: self.pipe(pieces, name, image),
        }
    }

    /// Attackers' names come first, since some are made to look like others; then those of Windows, then those of products.
    fn pipe<'a>(&self, pieces: impl IntoIterator<Item = Piece<'a>>, name: &str, image: &str) -> Option<String> {
        let bad = || self.known_bad(name).map(|bad| bad.what.to_string());
        let of_windows = || {
            let pipe = self.well_known(name).filter(|pipe| !pipe.owners.is_empty())?;
            Some(format!("Windows: {}", pipe.what))
        };
        let dual_use = || self.dual_use(name).map(|tool| tool.what.into_owned());
        let by_name = || {
            let look = self
                .family([Piece::Text(name)], image)
                .filter(|look| look.family.group.is_some())?;
            Some(look.family.what.to_string())
        };
        let found = bad().or_else(of_windows).or_else(dual_use).or_else(by_name);
        found.or_else(|| self.family(pieces, image).map(|look| look.family.what.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose(name: &str, image: &str) -> (String, Option<String>) {
        let whose = Knowledge::builtin().whose([Piece::Text(name)], name, image);
        (whose.program, whose.pipe)
    }

    #[test]
    fn a_pipe_is_named_by_its_name_whoever_uses_it() {
        const EXPLORER: &str = r"C:\Windows\explorer.exe";
        for (name, pipe) in [
            (r"\GoogleDriveFSPipe_alice", Some("Google Drive")),
            (r"\docker_engine", Some("Docker")),
            (r"\lsass", Some("Windows: local security authority")),
            (r"\MerlinPipe", Some("Merlin: command and control")),
            (r"\Supremo_Service", Some("remote control: supremo")),
            (r"\mojo.1.2.3", Some("Chromium: processes of one browser")),
            (r"\AppPipe", None),
        ] {
            assert_eq!(
                whose(name, EXPLORER),
                ("Windows".into(), pipe.map(Into::into)),
                "{name}"
            );
        }
    }

    #[test]
    fn a_program_in_a_profile_or_below_program_data_is_named_by_its_folder() {
        for (image, product) in [
            (
                r"C:\Users\alice\AppData\Local\Programs\Call Manager\Call Manager.exe",
                "Call Manager",
            ),
            (r"C:\Users\alice\AppData\Roaming\Contoso\bin\tool.exe", "Contoso"),
            (r"C:\ProgramData\Contoso\agent.exe", "Contoso"),
            (r"C:\Users\alice\AppData\Local\Temp\x\tool.exe", "tool.exe"),
            (r"C:\Users\alice\Downloads\tool.exe", "tool.exe"),
        ] {
            assert_eq!(whose(r"\AppPipe", image).0, product, "{image}");
        }
    }
}
