//! The machines of a fleet: what each is, and how its log is collected.

use crate::layout::Schema;

/// How a machine's log comes to whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The service's own file, copied from the disk.
    Live,
    /// Saved by Event Viewer or `wevtutil epl`.
    Export,
    /// Forwarded to a collector, into one log with other machines.
    Collector,
}

/// A machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Its short name.
    pub name: String,
    /// How its events spell it, each from a day on.
    pub spellings: Vec<(u64, String)>,
    /// Who works at it in office hours; a server, which runs all the time, has nobody.
    pub person: Option<String>,
    /// What runs on it besides Windows; names of the program table.
    pub programs: Vec<&'static str>,
    /// The schema of its Sysmon.
    pub schema: Schema,
    /// How its log is collected.
    pub delivery: Delivery,
    /// Minor version of its log's format.
    pub minor_version: u16,
}

impl Machine {
    /// A workstation.
    #[must_use]
    pub fn workstation(name: &str, person: &str, programs: &[&'static str]) -> Self {
        Self {
            name: name.to_owned(),
            spellings: vec![(0, name.to_owned())],
            person: Some(person.to_owned()),
            programs: programs.to_vec(),
            schema: Schema::V4_80,
            delivery: Delivery::Live,
            minor_version: 1,
        }
    }

    /// A server.
    #[must_use]
    pub fn server(name: &str, programs: &[&'static str]) -> Self {
        Self {
            person: None,
            ..Self::workstation(name, "", programs)
        }
    }

    /// Collected in this way.
    #[must_use]
    pub fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// Spelled so in its events, from `day` on.
    #[must_use]
    pub fn spelled(mut self, day: u64, spelling: &str) -> Self {
        self.spellings.retain(|(from, _)| *from != day);
        self.spellings.push((day, spelling.to_owned()));
        self
    }

    /// With a Sysmon of this schema.
    #[must_use]
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = schema;
        self
    }

    /// With a log of format 3.`minor`.
    #[must_use]
    pub fn minor_version(mut self, minor: u16) -> Self {
        self.minor_version = minor;
        self
    }

    /// Its spelling on a day.
    pub(super) fn spelling(&self, day: u64) -> &str {
        let latest = self
            .spellings
            .iter()
            .filter(|(from, _)| *from <= day)
            .max_by_key(|(from, _)| *from);
        latest.map_or(&self.name, |(_, spelling)| spelling)
    }
}
