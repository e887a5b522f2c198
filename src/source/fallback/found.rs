//! The values of one record in, in whatever places they were found; what they make together out.

use super::names::{Field, Name, Trust};
use super::positions::Fields;
use crate::source::PROVIDER;
use crate::source::meaning::Meaning;
use crate::source::plausible::{is_absent, is_image, is_pipe, is_surely_pipe};
use crate::source::values::{Values, number};

/// Where in a record a value stands, the surest place first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In a text that holds an event: its number in the record.
    Text(u32),
    /// Among the fields of an event.
    Data,
    /// Beside them.
    Row,
    /// In a record around this one.
    Around,
}

impl Place {
    /// Whether what stands in one place is said of the same as what stands in the other.
    fn is_like(self, other: Self) -> bool {
        let kind = |place| match place {
            Self::Text(_) => 0,
            Self::Data => 1,
            Self::Row | Self::Around => 2,
        };
        kind(self) == kind(other)
    }
}

/// A value.
#[derive(Debug, Clone)]
struct Value {
    field: Field,
    trust: Trust,
    rank: usize,
    place: Place,
    text: String,
}

/// What was found in one record.
#[derive(Debug, Default)]
pub(super) struct Found {
    values: Vec<Value>,
    /// The EventID that a title or an `EventType` stands for.
    kind: Option<&'static str>,
    /// Whether Microsoft Defender saw it.
    pub(super) is_defenders: bool,
    texts: u32,
}

/// How many values are kept of a record: those of one event are some dozen.
const VALUES: usize = 4096;

impl Found {
    /// How many values there are, to [`forget`](Self::forget) those that come.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Forgets all values but the first.
    pub(super) fn forget(&mut self, len: usize) {
        self.values.truncate(len);
        (self.kind, self.is_defenders, self.texts) = (None, false, 0);
    }

    /// Makes what was found so far that of a record around those that come. No more of it is kept than tells of a host and
    /// a time: there may be many records in it.
    pub(super) fn surround(&mut self) {
        let wanted = [Meaning::Host, Meaning::Written, Meaning::Provider];
        self.values
            .retain(|value| wanted.iter().any(|meaning| value.field == Field::Is(*meaning)));
        self.values.truncate(16);
        self.values.iter_mut().for_each(|value| value.place = Place::Around);
    }

    /// A place for one more text.
    pub(super) fn next_text(&mut self) -> Place {
        self.texts += 1;
        Place::Text(self.texts)
    }

    /// Takes a value by its name.
    pub(super) fn add(&mut self, name: Name, place: Place, text: &str) {
        if self.values.len() < VALUES && !is_absent(text) && name.field != Field::Other {
            self.values.push(Value {
                field: name.field,
                trust: name.trust,
                rank: name.rank,
                place,
                text: text.to_owned(),
            });
        }
    }

    /// Takes a value whose meaning is known.
    pub(super) fn add_known(&mut self, field: Field, place: Place, text: &str) {
        self.add(
            Name {
                field,
                trust: Trust::Sure,
                rank: 0,
            },
            place,
            text,
        );
    }

    /// Takes a value that counts where there is no other.
    pub(super) fn add_last(&mut self, field: Field, place: Place, text: &str) {
        self.add(
            Name {
                field,
                trust: Trust::Sure,
                rank: usize::MAX,
            },
            place,
            text,
        );
    }

    /// Takes the fields of an event that were found without names.
    pub(super) fn add_fields(&mut self, fields: &Fields<'_>) {
        let place = self.next_text();
        fields
            .iter()
            .for_each(|(meaning, value)| self.add_known(Field::Is(*meaning), place, value));
    }

    /// Takes what a value tells whatever its name is: a title or an `EventType` of pipe events, or Defender's action.
    pub(super) fn tell_kind(&mut self, text: &str) {
        if text.len() > 64 {
            return;
        }
        let begins = |title: &str| {
            text.get(..title.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(title))
        };
        let kind = if begins("Pipe Created") || text.eq_ignore_ascii_case("CreatePipe") {
            "17"
        } else if begins("Pipe Connected") || text.eq_ignore_ascii_case("ConnectPipe") {
            "18"
        } else {
            self.is_defenders |= text == "NamedPipeEvent";
            return;
        };
        self.kind.get_or_insert(kind);
    }

    /// Gives `values` what was found.
    pub(super) fn choose(&self, values: &mut Values) {
        values.clear();
        for meaning in [Meaning::Host, Meaning::RecordId, Meaning::Written] {
            if let Some(text) = self.best(meaning, |value| value.trust != Trust::ByValue) {
                values.set(meaning, text);
            }
        }
        if let Some(provider) = self.provider() {
            values.set(Meaning::Provider, provider);
        }
        if let Some(event_id) = self.event_id() {
            values.set(Meaning::EventId, event_id);
        }
        if let Some((pipe, place)) = self.pipe() {
            values.set(Meaning::PipeName, pipe);
            self.choose_around(place, values);
        }
    }

    /// The values that belong to a pipe's name which stands at `place`.
    fn choose_around(&self, place: Place, values: &mut Values) {
        let of = |meaning| self.near(meaning, place);
        if let Some(image) = self.image(place) {
            values.set(Meaning::Image, &image);
        }
        for meaning in [Meaning::ProcessGuid, Meaning::UtcTime] {
            // Nothing else has these names.
            if let Some(text) = of(meaning).or_else(|| self.best(meaning, |_| true)) {
                values.set(meaning, text);
            }
        }
        for meaning in [Meaning::User, Meaning::Domain, Meaning::ProcessId] {
            if let Some(text) =
                of(meaning).or_else(|| self.best(meaning, |value| self.is_defenders && value.place != Place::Around))
            {
                values.set(meaning, text);
            }
        }
        values.join_user();
    }

    /// The best value of a meaning.
    fn best(&self, meaning: Meaning, fits: impl Fn(&Value) -> bool) -> Option<&str> {
        let all = self
            .values
            .iter()
            .filter(|value| value.field == Field::Is(meaning) && fits(value));
        let best = all.min_by_key(|value| (value.place == Place::Around, value.rank, value.place))?;
        Some(&best.text)
    }

    /// The best value of a meaning in the same place, or in one like it.
    fn near(&self, meaning: Meaning, place: Place) -> Option<&str> {
        self.best(meaning, |value| value.place == place)
            .or_else(|| self.best(meaning, |value| value.place.is_like(place)))
    }

    /// The pipe's name, and where it stands: the surest that can be one and has an image. Where there is none of these,
    /// the surest, so that it can be said what is wrong with it.
    fn pipe(&self) -> Option<(&str, Place)> {
        let mut all: Vec<&Value> = self
            .values
            .iter()
            .filter(|value| value.field == Field::Is(Meaning::PipeName))
            .filter(|value| value.trust != Trust::ByValue || is_surely_pipe(&value.text) && !is_image(&value.text))
            .collect();
        all.sort_by_key(|value| (value.trust == Trust::ByValue, value.place, value.rank));
        let fits =
            |value: &&&Value| is_pipe(&value.text) && self.image(value.place).is_some_and(|image| is_image(&image));
        let pipe = all.iter().find(fits).or_else(|| all.first())?;
        Some((&pipe.text, pipe.place))
    }

    /// Whether the place of the pipe's name holds other names too: values of one event must not be taken for another's.
    pub(super) fn are_several(&self) -> bool {
        let Some((pipe, place)) = self.pipe() else { return false };
        self.values.iter().any(|value| {
            let is_name = value.field == Field::Is(Meaning::PipeName) && value.trust == Trust::Sure;
            is_name
                && value.place == place
                && value.text != pipe
                && is_surely_pipe(&value.text)
                && !is_image(&value.text)
        })
    }

    /// The image that belongs to a pipe's name which stands at `place`.
    fn image(&self, place: Place) -> Option<String> {
        let is_one = |value: &Value| is_image(&value.text);
        let image = self
            .best(Meaning::Image, |value| value.place == place && is_one(value))
            .or_else(|| self.best(Meaning::Image, |value| value.place.is_like(place) && is_one(value)))
            .or_else(|| self.best(Meaning::Image, is_one))
            .or_else(|| self.best(Meaning::Image, |value| value.trust != Trust::ByValue))?;
        // Defender has the folder with the file's name, and in some tables without.
        let file = self
            .values
            .iter()
            .find(|value| value.field == Field::FileName)
            .map(|value| value.text.as_str());
        Some(match file {
            Some(file) if self.is_defenders && !ends_with(image, file) => {
                format!("{}\\{file}", image.trim_end_matches('\\'))
            }
            _ => image.to_owned(),
        })
    }

    fn provider(&self) -> Option<&str> {
        let all = self
            .values
            .iter()
            .filter(|value| value.field == Field::Is(Meaning::Provider));
        let mut all: Vec<&Value> = all.collect();
        all.sort_by_key(|value| {
            (
                value.trust == Trust::ByValue,
                value.place == Place::Around,
                value.rank,
                value.place,
            )
        });
        // What is called a source may be a file, a host or a collector; a provider of Windows has a name like one.
        all.iter().find_map(|value| match (sysmon(&value.text), value.trust) {
            (Some(provider), _) => Some(provider),
            (None, Trust::ByValue) if !value.text.starts_with("Microsoft-Windows-") => None,
            // The channel is not the provider: forwarded events lie in others.
            (None, Trust::ByValue) if value.text.contains('/') => None,
            (None, _) => Some(value.text.as_str()),
        })
    }

    fn event_id(&self) -> Option<&str> {
        if self.is_defenders {
            return self.defenders_kind();
        }
        let told = self.best(Meaning::EventId, |value| {
            number(&value.text).is_some() && value.trust == Trust::Sure
        });
        told.or(self.kind)
            .or_else(|| self.best(Meaning::EventId, |value| number(&value.text).is_some()))
    }

    /// The kind of Defender's event: which end the process is at, or what it did.
    fn defenders_kind(&self) -> Option<&'static str> {
        let of = |field| {
            self.values
                .iter()
                .find(|value| value.field == field)
                .map(|value| value.text.to_ascii_lowercase())
        };
        match (of(Field::PipeEnd).as_deref(), of(Field::FileOperation).as_deref()) {
            (Some("server"), _) => Some("17"),
            (Some("client"), _) => Some("18"),
            (_, Some(operation)) if operation.contains("created") => Some("17"),
            (_, Some(operation)) if operation.contains("opened") => Some("18"),
            _ => None,
        }
    }
}

/// Sysmon's provider, if a text names Sysmon as tools do: by its provider, its channel, or in short. Sysmon for Linux has
/// no pipes.
fn sysmon(text: &str) -> Option<&'static str> {
    let text = text
        .get(..text.floor_char_boundary(128))
        .unwrap_or(text)
        .to_ascii_lowercase();
    let is_short = text.len() < 128 && text.contains("sysmon") && !text.contains("linux");
    (is_short || text.starts_with("microsoft-windows-sysmon")).then_some(PROVIDER)
}

fn ends_with(path: &str, file: &str) -> bool {
    path.len()
        .checked_sub(file.len())
        .and_then(|at| path.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(file))
}
