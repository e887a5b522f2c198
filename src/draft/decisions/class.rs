//! The `@…` of a line in, which candidates it decides out.
//!
//! A class covers what guards leave to a person, and nothing else. It is bound so that a line which was written today does
//! not answer for what comes tomorrow: a program that was first seen after the line's day is asked about, and doubts under
//! which any program may hide need a product or a role beside them.

use std::fmt;

use super::identity::{ImageName, PipeName};
use super::subject::{Owner, Subject};
use crate::draft::candidate::ReasonCode;
use crate::family::Family;

/// What a line for a class names. What it does not name may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Class {
    /// `@reason:foreign-code+sensitive`: these doubts, and no other.
    reasons: Option<Vec<String>>,
    /// `@product:Slack`, `@role:web servers`, `@folder:C:\Program Files\Contoso`.
    owner: Option<Owner>,
    /// `@kind:anonymous`.
    names: Option<String>,
    /// A pipe, as other lines name it.
    pipe: Option<PipeName>,
    /// A program, as other lines name it.
    image: Option<ImageName>,
    /// As it stands in the line.
    shown: String,
}

/// The words that a class begins with, and what stands behind each.
pub const WORDS: [(&str, &str); 6] = [
    (
        "@reason:",
        "the reasons that leave a candidate to a person, with `+` between: all of them, and no other",
    ),
    ("@product:", "a known product"),
    ("@role:", "programs that do the same work, whoever made them"),
    ("@folder:", "the folder of a product of which nothing is known"),
    ("@kind:", "anonymous, well-known or own: what kind of pipe"),
    ("@any", "any pipe, or any program"),
];

/// Under these doubts any program may hide.
const NEEDS_OWNER: [ReasonCode; 3] = [ReasonCode::ForeignCode, ReasonCode::Remote, ReasonCode::Writable];

impl Class {
    pub(super) fn parse(pipe: &str, image: &str) -> Result<Self, String> {
        let mut class = Self {
            shown: format!("{pipe} with {image}"),
            ..Self::default()
        };
        if !pipe.starts_with('@') {
            class.pipe = Some(PipeName::parse(pipe));
        }
        if !image.starts_with('@') {
            class.image = Some(ImageName::parse(image));
        }
        for field in [pipe, image].into_iter().filter(|field| field.starts_with('@')) {
            for token in tokens(field) {
                class.set(token)?;
            }
        }
        Ok(class)
    }

    fn set(&mut self, token: &str) -> Result<(), String> {
        let (word, value) = token.split_once(':').unwrap_or((token, ""));
        let is_double = match word {
            "@reason" if !value.is_empty() => {
                let mut reasons: Vec<String> = value.split('+').map(|reason| reason.trim().to_owned()).collect();
                reasons.sort();
                reasons.dedup();
                self.reasons.replace(reasons).is_some()
            }
            "@product" if !value.is_empty() => self.owner.replace(Owner::Product(value.to_owned())).is_some(),
            "@role" if !value.is_empty() => self.owner.replace(Owner::Role(value.to_owned())).is_some(),
            "@folder" if !value.is_empty() => self.owner.replace(Owner::Folder(value.to_owned())).is_some(),
            "@kind" if matches!(value, "anonymous" | "well-known" | "own") => {
                self.names.replace(value.to_owned()).is_some()
            }
            "@any" if value.is_empty() => false,
            _ => {
                let words = WORDS.map(|(word, _)| word).join(", ");
                return Err(format!("`{token}` is no class: a class begins with one of {words}"));
            }
        };
        if is_double {
            return Err(format!("`{token}` comes a second time: write a line for each"));
        }
        Ok(())
    }

    /// What an exclusion must name.
    pub(super) fn check(&self) -> Result<(), String> {
        let Some(reasons) = &self.reasons else {
            return Err(
                "a class that is excluded names its reasons: add `@reason:…`, as `pipemine decide --classes` lists \
                        them"
                    .to_owned(),
            );
        };
        let needs = NEEDS_OWNER.map(ReasonCode::word);
        let needs = reasons.iter().find(|reason| needs.contains(&reason.as_str()));
        match needs {
            Some(reason) if self.owner.is_none() && self.image.is_none() => Err(format!(
                "@reason:{reason} alone would cover every program: name a product or a role too (`@product:…`, `@role:…`)"
            )),
            _ => Ok(()),
        }
    }

    /// Whether a candidate is of the class.
    pub(super) fn is_of(&self, family: &Family, subject: &Subject) -> bool {
        let same = |a: &Owner, b: &Owner| {
            std::mem::discriminant(a) == std::mem::discriminant(b) && a.to_string().eq_ignore_ascii_case(&b.to_string())
        };
        self.reasons.as_ref().is_none_or(|reasons| *reasons == words(subject))
            && self.owner.as_ref().is_none_or(|owner| same(owner, &subject.owner))
            && self.names.as_ref().is_none_or(|names| names == subject.names.word())
            && self.pipe.as_ref().is_none_or(|pipe| pipe.is_of(family))
            && self.image.as_ref().is_none_or(|image| image.is_of(family))
    }
}

/// The doubts of a subject in words.
fn words(subject: &Subject) -> Vec<&'static str> {
    subject.doubts.iter().map(|doubt| doubt.word()).collect()
}

/// A field cut before each `@` that begins it or follows a blank.
fn tokens(field: &str) -> impl Iterator<Item = &str> {
    let mut rest = field;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(" @").unwrap_or(rest.len());
        let token = rest.get(..end).unwrap_or_default();
        rest = rest.get(end..).unwrap_or_default().trim_start();
        Some(token.trim_end())
    })
}

/// How a class is written that holds what is of a subject: the fields for pipe and image.
#[must_use]
pub fn fields(subject: &Subject) -> (String, String) {
    let owner = match &subject.owner {
        Owner::Role(name) => format!("@role:{name}"),
        Owner::Product(name) => format!("@product:{name}"),
        Owner::Folder(name) => format!("@folder:{name}"),
    };
    (
        format!("@reason:{} @kind:{}", words(subject).join("+"), subject.names),
        owner,
    )
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excluded(pipe: &str, image: &str) -> Result<(), String> {
        Class::parse(pipe, image).and_then(|class| class.check())
    }

    #[test]
    fn an_exclusion_of_a_class_is_bound() {
        assert_eq!(
            excluded("@reason:foreign-code @kind:anonymous", "@role:shells and script hosts"),
            Ok(())
        );
        assert_eq!(excluded("@reason:unknown-name", "@any"), Ok(()));
        for reason in NEEDS_OWNER.map(ReasonCode::word) {
            let pipe = format!("@reason:sensitive+{reason}");
            assert!(
                excluded(&pipe, "@any").unwrap_err().contains("a product or a role"),
                "{reason}"
            );
            assert_eq!(excluded(&pipe, "@product:Slack"), Ok(()));
        }
        assert!(
            excluded("@kind:own", "@product:Slack")
                .unwrap_err()
                .contains("names its reasons")
        );
    }

    #[test]
    fn what_is_no_class_is_refused() {
        for (pipe, image, mend) in [
            ("@reasons:x", "@any", "begins with one of"),
            ("@kind:any", "@any", "begins with one of"),
            ("@reason:x @reason:y", "@any", "a second time"),
            ("@any", "@product:A @role:B", "a second time"),
            ("@any", "@product:", "begins with one of"),
        ] {
            assert!(Class::parse(pipe, image).unwrap_err().contains(mend), "{pipe} {image}");
        }
    }
}
