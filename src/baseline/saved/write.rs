//! A baseline in, its text out.

use std::io::{self, Write};

use super::VERSION;
use super::line::{Lines, push_text};
use super::rows::{self, Rows};
use crate::baseline::group::Group;
use crate::baseline::name::{Name, OTHER};
use crate::baseline::{Baseline, GroupKey};
use crate::records::Stretch;

impl Baseline {
    /// Writes it as text: the same bytes for the same logs. See docs/baseline-format.md.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn save(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut lines = Lines::of(self, out);
        let program = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
        let version = match self {
            _ if self.limits.lacks_users || self.limits.lacks_days || !self.logs.is_empty() => VERSION,
            _ if !self.shares.is_empty() || !self.others.is_empty() => 3,
            _ if self.holds_counted() => 2,
            _ => 1,
        };
        write!(
            lines.line(),
            "{{\"pipemine\":\"baseline\",\"version\":{version},\"program\":\"{program}\""
        )?;
        lines.end()?;

        if let Some(limit) = self.limits.hosts {
            write!(lines.line(), "{{\"host_limit\":\"{limit:016x}\"")?;
            lines.end()?;
        }
        for (name, lacks) in [
            ("other_users", self.limits.lacks_users),
            ("other_days", self.limits.lacks_days),
        ] {
            if lacks {
                write!(lines.line(), "{{\"{name}\":true")?;
                lines.end()?;
            }
        }
        for (name, limits) in [
            ("images_in", &self.shares.folders),
            ("templates_of", &self.shares.images),
        ] {
            let mut limits: Vec<(&str, u64)> = limits.iter().map(|(place, limit)| (&**place, *limit)).collect();
            limits.sort_unstable();
            for (place, limit) in limits {
                write!(lines.line(), "{{\"{name}\":")?;
                push_text(place, lines.line());
                write!(lines.line(), ",\"limit\":\"{limit:016x}\"")?;
                lines.end()?;
            }
        }
        for (host, stretches) in self.logs.iter() {
            for Stretch {
                first,
                last,
                from,
                until,
            } in stretches.iter()
            {
                lines.line().extend(b"{\"log_of\":");
                push_text(host, lines.line());
                let (from, until) = (from.0, until.0);
                write!(
                    lines.line(),
                    ",\"records\":[{first},{last}],\"written\":[{from},{until}]"
                )?;
                lines.end()?;
            }
        }
        let others = rows::rows(self, &self.others);
        rows::save(b"{\"other_pairs\":true,\"seen\":{", &others, &mut lines)?;
        let mut of_image: Vec<Vec<(&GroupKey, &Group)>> = self.images.keys().map(|_| Vec::new()).collect();
        for (key, group) in &self.groups {
            if let Some(groups) = of_image.get_mut(key.image as usize) {
                groups.push((key, group));
            }
        }
        for (image, groups) in self.images.keys().zip(of_image) {
            lines.line().extend(b"{\"image\":");
            push_text(image, lines.line());
            lines.end()?;
            for (key, group) in groups {
                self.save_group(image, key, group, &mut lines)?;
            }
        }
        let (count, sum) = lines.so_far();
        let (hosts, events) = (self.hosts(), self.events());
        write!(
            lines.line(),
            "{{\"end\":{{\"lines\":{count},\"hosts\":{hosts},\"events\":{events},\"sum\":\"{sum:016x}\"}}"
        )?;
        lines.end()
    }

    fn save_group(&self, image: &str, key: &GroupKey, group: &Group, lines: &mut Lines<'_>) -> io::Result<()> {
        let template = key.template.as_str();
        let mut names = group
            .names()
            .map(|(name, kept)| {
                let rows = rows::rows(self, &kept.cells);
                let unused = unused(name.as_str(), kept, &rows);
                (name.as_str(), kept, rows, unused)
            })
            .peekable();
        // Most names are their own template, which need not be said.
        let is_plain = group.names().len() == 1
            && group.limit().is_none()
            && matches!(names.peek(), Some((name, .., unused)) if *name == template && unused.is_empty());
        if !is_plain {
            lines.line().extend(b"{\"template\":");
            push_text(template, lines.line());
            if let Some(limit) = group.limit() {
                write!(lines.line(), ",\"limit\":\"{limit:016x}\"")?;
            }
            lines.end()?;
        }
        let member: &[u8] = if is_plain { b"{\"pipe\":" } else { b"{\"name\":" };
        for (name, kept, rows, unused) in names {
            let spelled = |number: u32| kept.spellings(name).nth(number as usize).unwrap_or(name);
            self.save_rows(&rows, image, lines, |spelling, head| {
                head.extend(member);
                push_text(spelled(spelling), head);
                if spelling == OTHER {
                    head.extend(b",\"other_spellings\":true");
                }
                for (nth, text) in unused.iter().enumerate() {
                    head.extend(if nth == 0 { &b",\"also_spelled\":["[..] } else { b"," });
                    push_text(text, head);
                }
                if !unused.is_empty() {
                    head.push(b']');
                }
            })?;
        }
        let Some(others) = group.others() else { return Ok(()) };
        self.save_rows(&rows::rows(self, others), image, lines, |_, head| {
            head.extend(b"{\"other_names\":true");
        })
    }

    /// Writes rows of one name, those of each spelling of name and image apart; `begin` begins their lines.
    fn save_rows(
        &self,
        rows: &Rows<'_>,
        image: &str,
        lines: &mut Lines<'_>,
        begin: impl Fn(u32, &mut Vec<u8>),
    ) -> io::Result<()> {
        for rows in rows.chunk_by(|a, b| (a.spelling, a.image) == (b.spelling, b.image)) {
            let Some(first) = rows.first() else { continue };
            let mut head = lines.head();
            begin(first.spelling, &mut head);
            let spelled = self.images.spelling(first.image);
            if spelled != image {
                head.extend(b",\"image\":");
                push_text(spelled, &mut head);
            }
            head.extend(b",\"seen\":{");
            rows::save(&head, rows, lines)?;
            lines.give_back(head);
        }
        Ok(())
    }
}

/// The spellings of a name that no event is counted under: each event that was read in one of them was read in another
/// one too. They are kept, since which spellings are kept must not depend on what came first.
fn unused<'a>(name: &'a str, kept: &'a Name, rows: &Rows<'_>) -> Vec<&'a str> {
    let is_unused = |number: u32| rows.iter().all(|row| row.spelling != number);
    let numbered = (0..).zip(kept.spellings(name));
    numbered
        .filter(|(number, _)| is_unused(*number))
        .map(|(_, text)| text)
        .collect()
}
