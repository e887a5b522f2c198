//! Images that are one program in several folders: of a version, or of a user.

use indexmap::IndexMap;

use super::shape::Shape;
use crate::normalize::fold::{Folded, FoldedRef};

/// The shapes of all images of a baseline.
#[derive(Debug, Default)]
pub(super) struct Images {
    /// How many images each class has.
    members: IndexMap<Folded, usize>,
}

/// A folder that varies, in an image's class.
const VARIABLE: &str = "<>";

impl Images {
    /// Takes note of all images, each given once.
    pub(super) fn new<'a>(images: impl Iterator<Item = &'a str>) -> Self {
        let mut members = IndexMap::new();
        for image in images {
            if let Some(class) = class(image) {
                *members.entry(Folded::new(&class)).or_insert(0) += 1;
            }
        }
        Self { members }
    }

    /// The image itself, unless it is one of several that differ in a version or a user.
    pub(super) fn shape(&self, image: &str) -> Shape {
        let exact = || Shape::Exact(image.to_owned());
        let Some(class) = class(image) else { return exact() };
        match self.members.get(&FoldedRef(&class)) {
            Some(members) if *members >= 2 => affixes(&class, image),
            _ => exact(),
        }
    }
}

/// So many folders stand before a version, the drive among them: `C:\Program Files\Product`. With less, all that begins
/// as one program would be taken for its versions.
const BEFORE_VERSION: usize = 3;

/// The path with the parts left out that name a version or a user; `None` where there is none.
fn class(image: &str) -> Option<String> {
    let mut folders: Vec<&str> = image.split('\\').collect();
    let file = folders.pop()?;
    let mut varies = false;
    let mut under_users = false;
    // Windows' own folders hold such that anybody can write to, and no product's.
    let is_windows = folders
        .get(1)
        .is_some_and(|folder| folder.eq_ignore_ascii_case("Windows"));
    for (depth, folder) in folders.iter_mut().enumerate() {
        if under_users || (depth >= BEFORE_VERSION && !is_windows && is_version(folder)) {
            *folder = VARIABLE;
            varies = true;
        }
        under_users = depth == 1 && folder.eq_ignore_ascii_case("Users");
    }
    folders.push(file);
    varies.then(|| folders.join("\\"))
}

fn affixes(class: &str, image: &str) -> Shape {
    let parts: Vec<&str> = class.split(VARIABLE).collect();
    let (begin, end) = (
        parts.first().copied().unwrap_or_default(),
        parts.last().copied().unwrap_or_default(),
    );
    let shown: Vec<&str> = class
        .split('\\')
        .zip(image.split('\\'))
        .map(|(class, folder)| match class {
            VARIABLE if is_version(folder) => "<version>",
            VARIABLE => "<user>",
            _ => class,
        })
        .collect();
    Shape::Affixes {
        begin: begin.to_owned(),
        middle: parts
            .get(1..parts.len().saturating_sub(1))
            .unwrap_or_default()
            .iter()
            .map(|&p| p.to_owned())
            .collect(),
        end: end.to_owned(),
        shown: shown.join("\\"),
    }
}

/// `103.0.1264.44`, `app-4.36.140`, `4.18.24010.12-0`.
fn is_version(folder: &str) -> bool {
    let number = match folder.split_once('-') {
        Some((word, number)) if !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic()) => number,
        _ => folder,
    };
    let number = number.split_once('-').map_or(number, |(number, _)| number);
    let parts: Vec<&str> = number.split('.').collect();
    parts.len() >= 2
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_users_are_parts_that_vary() {
        let edge =
            |version| format!(r"C:\Program Files (x86)\Microsoft\Edge\Application\{version}\identity_helper.exe");
        let slack = |user, version| format!(r"C:\Users\{user}\AppData\Local\slack\app-{version}\slack.exe");
        let all = [
            edge("92.0.902.67"),
            edge("103.0.1264.44"),
            slack("a", "4.1.0"),
            slack("b", "4.2.0"),
            edge("beta"),
        ];
        let images = Images::new(all.iter().map(String::as_str));
        let shape = images.shape(&all[0]);
        assert_eq!(shape.to_string(), edge("<version>"));
        assert!(shape.matches(&edge("200.1")) && !shape.matches(&edge("200.1").replace("Edge", "Evil")));
        assert_eq!(
            images.shape(&all[2]).to_string(),
            slack("<user>", "").replace("app-", "<version>")
        );
        assert!(images.shape(&all[4]).is_exact());
    }

    #[test]
    fn a_version_without_a_products_folder_before_it_does_not_vary() {
        for folder in [
            r"C:\Program Files (x86)",
            r"C:\Windows\System32",
            r"C:\ProgramData",
            r"D:",
        ] {
            let all = [format!(r"{folder}\1.2.3\x.exe"), format!(r"{folder}\1.2.4\x.exe")];
            let images = Images::new(all.iter().map(String::as_str));
            assert!(images.shape(&all[0]).is_exact(), "{folder}");
        }
    }

    #[test]
    fn one_version_alone_is_an_exact_image() {
        let image = r"C:\Program Files\X\1.2.3\x.exe";
        assert!(Images::new([image].into_iter()).shape(image).is_exact());
        assert!(
            Images::new(["System", "<unknown process>"].into_iter())
                .shape("System")
                .is_exact()
        );
    }
}
