//! The member `seen` of a line in, the events that it holds added to their place: by host, by kind and user, by day.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::place::{Place, Who};
use super::{NO_DAY, ids};
use crate::baseline::counted::MOST_COUNTED;
use crate::baseline::ids::Ids;
use crate::event::Kind;
use crate::normalize::day::Day;

/// A text that need not be copied where nothing in it is escaped.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Adds the events that `json` holds to `place`; tells how many there are.
pub(super) fn read(json: &str, place: &mut Place<'_>) -> Result<u64, serde_json::Error> {
    let mut events = 0;
    let seen = Seen {
        place,
        events: &mut events,
        of: Of::Hosts,
    };
    seen.deserialize(&mut serde_json::Deserializer::from_str(json))?;
    Ok(events)
}

/// One level of the objects in each other.
struct Seen<'a, 'f> {
    place: &'a mut Place<'f>,
    events: &'a mut u64,
    of: Of<'a>,
}

/// What the members of an object are the events of.
#[derive(Clone, Copy)]
enum Of<'a> {
    Hosts,
    KindsAndUsers(&'a str),
    Days(Who),
    Ids(Who, Day),
}

impl<'de> DeserializeSeed<'de> for Seen<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.of {
            Of::Ids(..) => deserializer.deserialize_str(self),
            _ => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Seen<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.of {
            Of::Hosts => "hosts",
            Of::KindsAndUsers(_) => "kinds and users",
            Of::Days(_) => "days",
            Of::Ids(..) => "identities of events",
        })
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        while let Some(Text(key)) = members.next_key()? {
            let of = match self.of {
                Of::Hosts => Of::KindsAndUsers(&key),
                Of::KindsAndUsers(host) => {
                    let (kind, user) =
                        kind_and_user(&key).ok_or_else(|| M::Error::custom("no kind of event and user"))?;
                    Of::Days(self.place.who(host, kind, user))
                }
                Of::Days(who) | Of::Ids(who, _) => Of::Ids(who, day(&key).ok_or_else(|| M::Error::custom("no day"))?),
            };
            members.next_value_seed(Seen {
                place: &mut *self.place,
                events: &mut *self.events,
                of,
            })?;
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let Of::Ids(who, day) = self.of else {
            return Err(E::custom("a text where none can be"));
        };
        let mut all = Ids::default();
        let read = ids::read(text.as_bytes(), |id| all.add(id)).filter(|events| *events > 0);
        let read = read.ok_or_else(|| E::custom("these are no identities of events"))?;
        *self.events = self.events.saturating_add(read.saturating_mul(who.stands_for));
        self.place.add(who, day, all);
        Ok(())
    }
}

/// `17 CORP\alice`, or of rows that each count 250 events `17x250 CORP\alice`.
fn kind_and_user(text: &str) -> Option<((Kind, u64), &str)> {
    let (kind, user) = text.split_once(' ')?;
    let (kind, counted) = match kind.split_once('x') {
        Some((kind, counted)) => (
            kind,
            counted
                .parse()
                .ok()
                .filter(|counted| (1..=MOST_COUNTED).contains(counted))?,
        ),
        None => (kind, 0),
    };
    Some(((Kind::from_event_id(kind.parse().ok()?)?, counted), user))
}

fn day(text: &str) -> Option<Day> {
    if text == NO_DAY {
        return Some(Day::NONE);
    }
    text.parse().ok().map(Day::from_number).filter(|day| *day != Day::NONE)
}
