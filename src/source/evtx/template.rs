//! A template's definition in, the numbers of the values that a pipe event needs out.
//!
//! A record is an instance of an outer template, `Event` with `System`, which all events of a provider share, and one of
//! whose values is an instance of an inner template, `EventData`, which all events of one kind and version share.

use std::ops::Range;

use smallvec::SmallVec;

use super::token::{Name, Token, Tokens};
use super::{DATA, Data};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The instance's value with this number.
    Slot(u16),
    /// Text of the definition: where in the chunk, how many bytes.
    Text {
        /// Where it begins.
        offset: usize,
        /// Its size in bytes.
        len: usize,
    },
}

/// Numbers of values that must be present, since the elements around a wanted value depend on them.
type Required = SmallVec<[u16; 4]>;

/// What is needed of an outer template.
#[derive(Debug, Clone, Default)]
pub(super) struct Outer {
    pub(super) provider: Option<Place>,
    pub(super) event_id: Option<Place>,
    pub(super) record_id: Option<Place>,
    pub(super) created: Option<Place>,
    pub(super) computer: Option<Place>,
    /// `EventData`, as binary XML; `None` where that is not all that the event has besides `System`.
    pub(super) body: Option<u16>,
    pub(super) required: Required,
}

/// What is needed of an inner template: for each of [`DATA`]'s fields the number of its value.
#[derive(Debug, Clone, Default)]
pub(super) struct Inner {
    pub(super) utc_time: Option<u16>,
    pub(super) process_guid: Option<u16>,
    pub(super) process_id: Option<u16>,
    pub(super) pipe_name: Option<u16>,
    pub(super) image: Option<u16>,
    pub(super) user: Option<u16>,
    pub(super) required: Required,
}

/// Sets what may be set once.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

impl Outer {
    /// Reads the definition at `offset` of `chunk`; `None` where the twin has to read its instances. And where in the chunk
    /// all bytes are that were read, if they are in one place.
    pub(super) fn parse(chunk: &[u8], offset: u32) -> Option<(Self, Option<Range<usize>>)> {
        /// The wanted elements of `System`.
        #[derive(Clone, Copy, PartialEq, Eq)]
        enum At {
            Elsewhere,
            Provider,
            EventId,
            RecordId,
            TimeCreated,
            Computer,
        }
        let mut outer = Self::default();
        let mut tokens = Tokens::of_definition(chunk, offset)?;
        let mut depth = 0;
        let mut in_system = false;
        let (mut systems, mut bodies) = (0, 0);
        let mut at = At::Elsewhere;
        // `None` in an element's content, else whether the attribute is a wanted one.
        let mut attribute = None;
        loop {
            match tokens.next()? {
                Token::Open(name, dependency) => {
                    depth += 1;
                    match depth {
                        1 if name.is("Event") => {}
                        2 if name.is("System") && bodies == 0 && dependency.is_none() => {
                            in_system = true;
                            systems += 1;
                        }
                        // Data written out, RenderingInfo.
                        2 if name.is_plain() && !name.is("System") => {
                            in_system = false;
                            bodies += 1;
                        }
                        3 if in_system => {
                            at = if name.is("EventID") {
                                At::EventId
                            } else if name.is("Provider") {
                                At::Provider
                            } else if name.is("EventRecordID") {
                                At::RecordId
                            } else if name.is("TimeCreated") {
                                At::TimeCreated
                            } else if name.is("Computer") {
                                At::Computer
                            } else if name.is_plain() {
                                At::Elsewhere
                            } else {
                                return None;
                            };
                            // No pipe event depends on when it was written.
                            if !matches!(at, At::Elsewhere | At::TimeCreated) {
                                outer.required.extend(dependency);
                            }
                        }
                        3.. if at == At::Elsewhere && name.is_plain() => {}
                        _ => return None,
                    }
                }
                Token::Attribute(name) if name.is_plain() => {
                    attribute = Some(match at {
                        At::Provider => name.is("Name"),
                        At::TimeCreated => name.is("SystemTime"),
                        _ => false,
                    });
                }
                Token::Attribute(_) => return None,
                Token::CloseStart => attribute = None,
                Token::CloseEmpty | Token::Close => {
                    depth -= 1;
                    attribute = None;
                    if depth == 2 {
                        at = At::Elsewhere;
                    }
                }
                Token::Slot(slot) if depth == 1 && attribute.is_none() => {
                    outer.body = Some(slot);
                    bodies += 1;
                }
                Token::Char(_) => return None,
                token @ (Token::Slot(_) | Token::Text(..)) => {
                    let place = match token {
                        Token::Slot(slot) => Place::Slot(slot),
                        Token::Text(offset, text) => Place::Text {
                            offset,
                            len: text.len(),
                        },
                        _ => return None,
                    };
                    match (at, attribute) {
                        (At::Provider, Some(true)) => set(&mut outer.provider, place)?,
                        (At::EventId, None) => set(&mut outer.event_id, place)?,
                        (At::TimeCreated, Some(true)) => set(&mut outer.created, place)?,
                        (At::RecordId, None) => set(&mut outer.record_id, place)?,
                        (At::Computer, None) => set(&mut outer.computer, place)?,
                        // Text in the event itself is no shape of Windows.
                        (At::Elsewhere, None) if depth < 2 => return None,
                        _ => {}
                    }
                }
                Token::End => break,
            }
        }
        // An element that depends on its own value is empty without it, which is the same.
        let own = [outer.provider, outer.event_id, outer.record_id, outer.computer];
        outer.required.retain(|slot| !own.contains(&Some(Place::Slot(*slot))));
        if bodies > 1 {
            outer.body = None;
        }
        (systems == 1).then(|| (outer, tokens.extent()))
    }
}

impl Inner {
    /// Reads the definition at `offset` of `chunk`; `None` where the twin has to read its instances. And where in the chunk
    /// all bytes are that were read, if they are in one place.
    pub(super) fn parse(chunk: &[u8], offset: u32) -> Option<(Self, Option<Range<usize>>)> {
        let mut inner = Self::default();
        let mut tokens = Tokens::of_definition(chunk, offset)?;
        let (Token::Open(root, _), Token::CloseStart) = (tokens.next()?, tokens.next()?) else {
            return None;
        };
        if !root.is("EventData") {
            return None;
        }
        // `<Data Name="text">value</Data>` over and over; everything else is for the twin.
        loop {
            let (data, dependency) = match tokens.next()? {
                Token::Open(name, dependency) => (name, dependency),
                Token::Close => break,
                _ => return None,
            };
            let (
                Token::Attribute(attribute),
                Token::Text(_, field),
                Token::CloseStart,
                Token::Slot(slot),
                Token::Close,
            ) = (
                tokens.next()?,
                tokens.next()?,
                tokens.next()?,
                tokens.next()?,
                tokens.next()?,
            )
            else {
                return None;
            };
            if !data.is("Data") || !attribute.is("Name") {
                return None;
            }
            if let Some(place) = inner.place_of(field)? {
                set(place, slot)?;
                inner
                    .required
                    .extend(dependency.filter(|dependency| *dependency != slot));
            }
        }
        matches!(tokens.next()?, Token::End).then(|| (inner, tokens.extent()))
    }

    /// The place for the field's number: `None` for a name that is not plain, `Some(None)` for a field that nobody needs.
    fn place_of(&mut self, name: &[u8]) -> Option<Option<&mut Option<u16>>> {
        let name = Name::new(name);
        let Data {
            utc_time,
            process_guid,
            process_id,
            pipe_name,
            image,
            user,
        } = DATA;
        for (field, place) in [
            (utc_time, &mut self.utc_time),
            (process_guid, &mut self.process_guid),
            (process_id, &mut self.process_id),
            (pipe_name, &mut self.pipe_name),
            (image, &mut self.image),
            (user, &mut self.user),
        ] {
            if name.is(field) {
                return Some(Some(place));
            }
        }
        name.is_plain().then_some(None)
    }
}
