//! The cells of a table's row, or an object of JSON, in; what it counts out.

use serde_json::Value as Json;

use super::columns::{self, Columns, Meaning};
use crate::event::{CountedRow, Kind, Millis};
use crate::source::Sink;
use crate::source::csv::cells::Cells;
use crate::source::times::parse as time;

/// No fleet makes more of one pair; a larger number is damage, or forged to make sums overflow.
pub(super) const MOST: u64 = 1 << 36;

/// What a row tells. Several texts of one meaning are those of a list.
#[derive(Debug, Default)]
pub(super) struct Row(Vec<(Meaning, Vec<String>)>);

impl Row {
    pub(super) fn of_cells(cells: &Cells<'_>, columns: &Columns) -> Self {
        let told = columns.0.iter().zip(cells.iter()).filter_map(|(meaning, cell)| {
            let meaning = (*meaning)?;
            let cell = cell.trim();
            // A list in a cell is JSON, as KQL exports it.
            let list = (meaning == Meaning::Host && cell.starts_with('[')).then(|| serde_json::from_str(cell).ok());
            let texts = list.flatten().unwrap_or_else(|| vec![cell.to_owned()]);
            (!cell.is_empty()).then_some((meaning, texts))
        });
        Self(told.collect())
    }

    pub(super) fn of_json(line: &[u8]) -> Option<Self> {
        let object: serde_json::Map<String, Json> = serde_json::from_slice(line.trim_ascii()).ok()?;
        let text = |value: &Json| match value {
            Json::String(text) if !text.is_empty() => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let told = object.iter().filter_map(|(name, value)| {
            let texts: Vec<String> = match value {
                Json::Array(all) => all.iter().filter_map(text).collect(),
                value => text(value).into_iter().collect(),
            };
            Some((columns::meaning(name)?, texts)).filter(|(_, texts)| !texts.is_empty())
        });
        Some(Self(told.collect()))
    }

    /// Whether it is a count, as far as it tells.
    pub(super) fn is_counted(&self) -> bool {
        columns::are_counted(|meaning| self.0.iter().any(|(other, _)| *other == meaning))
    }

    fn all(&self, meaning: Meaning) -> &[String] {
        self.0
            .iter()
            .find(|(other, _)| *other == meaning)
            .map_or(&[], |(_, texts)| texts)
    }

    fn one(&self, meaning: Meaning) -> &str {
        self.all(meaning).first().map_or("", String::as_str)
    }

    fn number(&self, meaning: Meaning) -> Option<u64> {
        whole(self.one(meaning)).parse().ok()
    }

    /// When something was. A query may give a date alone, or `-` for nothing.
    fn time(&self, meaning: Meaning) -> Result<Option<Millis>, &'static str> {
        let text = self.one(meaning);
        if matches!(text, "" | "-") {
            return Ok(None);
        }
        let is_date = text.len() == 10 || meaning == Meaning::Day;
        let date = text.get(..10).filter(|_| is_date);
        let date = date.and_then(|day| time(&format!("{day} 00:00:00.000")));
        let found = if meaning == Meaning::Day {
            date
        } else {
            time(text).or(date)
        };
        found
            .map(Some)
            .ok_or("a counted row whose day or time cannot be read: write it as 2026-01-05 or 2026-01-05T10:00:00Z")
    }

    /// Hands it over, or says why it cannot.
    pub(super) fn tell(&self, sink: &mut dyn Sink) -> Result<(), &'static str> {
        let (pipe_name, image) = (self.one(Meaning::PipeName), self.one(Meaning::Image));
        if pipe_name.is_empty() || image.is_empty() {
            return Err("a counted row without a pipe's name or an image");
        }
        if self.number(Meaning::Kind).is_some_and(|id| !matches!(id, 17 | 18)) {
            return Err("a counted row of an EventID that is neither 17 nor 18");
        }
        let day = self.time(Meaning::Day)?;
        let (first, last) = (self.time(Meaning::First)?.or(day), self.time(Meaning::Last)?.or(day));
        // A number of hosts says nothing of who they are.
        let hosts = self
            .all(Meaning::Host)
            .iter()
            .filter(|host| host.parse::<u64>().is_err());
        let hosts: Vec<&str> = hosts.map(String::as_str).collect();
        let apart = self.number(Meaning::Created).zip(self.number(Meaning::Connected));
        let counts = match apart {
            Some((created, connected)) => vec![(Some(Kind::Created), created), (Some(Kind::Connected), connected)],
            None => {
                let count = self.number(Meaning::Count);
                let count = count.ok_or("a counted row whose count is no whole number")?;
                vec![(kind(self.one(Meaning::Kind)), count)]
            }
        };
        if counts.iter().any(|(_, count)| *count > MOST) || counts.iter().all(|(_, count)| *count == 0) {
            return Err("a counted row whose count is none");
        }
        for (kind, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            sink.counted(&CountedRow {
                kind,
                pipe_name,
                image,
                user: self.one(Meaning::User),
                hosts: &hosts,
                first,
                last,
                count,
            });
        }
        Ok(())
    }
}

/// A whole number as tools write it that know only those with a point.
fn whole(text: &str) -> &str {
    text.strip_suffix(".0").unwrap_or(text)
}

fn kind(text: &str) -> Option<Kind> {
    match whole(text).to_ascii_lowercase().as_str() {
        "17" | "createpipe" | "created" => Some(Kind::Created),
        "18" | "connectpipe" | "connected" => Some(Kind::Connected),
        _ => None,
    }
}
