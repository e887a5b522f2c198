//! Where the events of one line of a saved baseline go: texts in, cells of a [`Fold`] out.

use std::borrow::Cow;

use indexmap::IndexSet;
use smallvec::SmallVec;

use crate::baseline::Label;
use crate::baseline::NO_IMAGE;
use crate::baseline::cells::{CellKey, Cells};
use crate::baseline::fold::{Fold, group, intern_text, whole};
use crate::baseline::group::Place as InGroup;
use crate::baseline::ids::Ids;
use crate::baseline::interner::{Interner, number};
use crate::baseline::name::OTHER;
use crate::event::Kind;
use crate::normalize::day::Day;
use crate::normalize::host::short_name;
use crate::normalize::image::image;
use crate::normalize::or_empty;
use crate::normalize::pipe_name::pipe_name;

/// The name whose events a line holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name<'a> {
    /// In this spelling.
    Spelled(&'a str),
    /// In spellings that are not kept, of which this name has too many.
    OtherSpellings(&'a str),
    /// One of those that are not kept, of which the template has too many.
    Other,
}

impl Name<'_> {
    /// Whether this is a spelling of it.
    pub(super) fn is_spelled_as(&self, text: &str) -> bool {
        match self {
            Self::Spelled(name) | Self::OtherSpellings(name) => name.eq_ignore_ascii_case(text),
            Self::Other => false,
        }
    }
}

/// Texts in, the cells of one line out.
#[allow(missing_debug_implementations, reason = "it borrows what has none")]
pub(super) struct Place<'f> {
    hosts: &'f mut Interner,
    users: &'f mut IndexSet<Box<str>, foldhash::fast::RandomState>,
    labels: &'f mut IndexSet<Label, foldhash::fast::RandomState>,
    image: u32,
    cells: &'f mut Cells,
    spelling: u32,
    /// What was added, which need not be in order.
    added: SmallVec<[(CellKey, Cow<'static, Ids>); 1]>,
}

/// A host, a kind and a user, as numbers of the fold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who {
    host: u32,
    label: u32,
    /// How many events each of its identities stands for.
    pub(super) stands_for: u64,
}

impl<'f> Place<'f> {
    /// The place of `name`, which is spelled in other ways too, in the group of a template and an image, which keeps the
    /// names whose hash is at most `limit`.
    pub(super) fn of<'t>(
        fold: &'f mut Fold,
        name: Name<'_>,
        also: impl Iterator<Item = &'t str>,
        template: &str,
        program: &str,
        limit: Option<u64>,
    ) -> Self {
        let image = fold.images.intern(image(program), whole);
        let group = group(&mut fold.groups, template, image.key);
        if let Some(limit) = limit {
            group.limit_to(limit);
        }
        let before = group.room();
        for text in also {
            group.entry(pipe_name(text));
        }
        let (place, spelling) = match name {
            Name::Spelled(name) => {
                let place = group.place(pipe_name(name));
                (place, place.spelling)
            }
            Name::OtherSpellings(name) => (group.place(pipe_name(name)), OTHER),
            Name::Other => (InGroup::NONE, OTHER),
        };
        fold.room += group.room() - before;
        let cells = group.cells_at(place);
        Self {
            hosts: &mut fold.hosts,
            users: &mut fold.users,
            labels: &mut fold.labels,
            image: image.spelling,
            cells,
            spelling,
            added: SmallVec::new(),
        }
    }

    /// The place of all pairs that are not kept.
    pub(super) fn of_others(fold: &'f mut Fold) -> Self {
        Self {
            hosts: &mut fold.hosts,
            users: &mut fold.users,
            labels: &mut fold.labels,
            image: NO_IMAGE,
            cells: &mut fold.others,
            spelling: OTHER,
            added: SmallVec::new(),
        }
    }

    pub(super) fn who(&mut self, host: &str, (kind, counted): (Kind, u64), user: &str) -> Who {
        let host = self.hosts.intern(or_empty(host), short_name);
        let label = Label {
            kind,
            user: intern_text(self.users, or_empty(user)),
            host_spelling: host.spelling,
            image_spelling: self.image,
            counted,
        };
        Who {
            host: host.key,
            label: number(self.labels.insert_full(label).0),
            stands_for: counted.max(1),
        }
    }

    pub(super) fn add(&mut self, who: Who, day: Day, ids: Ids) {
        let key = CellKey {
            host: who.host,
            day,
            label: who.label,
            spelling: self.spelling,
        };
        self.added.push((key, Cow::Owned(ids)));
    }

    /// Adds what the line held to the fold.
    pub(super) fn close(self) {
        self.cells.extend(self.added);
    }
}
