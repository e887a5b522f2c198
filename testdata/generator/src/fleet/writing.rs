//! A fleet in, its log files and their truth out.

use std::path::Path;
use std::{fs, io};

use super::life::{Happening, Life};
use super::{Delivery, Fleet, Machine};
use crate::event::{Event, Provider};
use crate::log::{Form, Log, TooLarge};
use crate::random::Random;
use crate::time::Time;
use crate::truth::{Row, Truth};
use crate::value::Value;

const COLLECTED: &str = "collector/ForwardedEvents.evtx";
/// How many of an exported machine's last events were forwarded too: a real overlap of two sources.
const FORWARDED_TOO: usize = 12;

/// A log file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path, relative to the fleet's folder, with `/`.
    pub path: String,
    /// How many records it holds.
    pub records: u64,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// All log files of a fleet, and what is true of them.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// The logs.
    pub files: Vec<File>,
    /// The pipe events in them.
    pub truth: Truth,
}

impl Files {
    /// Writes the logs below `folder`, which need not exist.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        for file in &self.files {
            let path = folder.join(&file.path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, &file.bytes)?;
        }
        Ok(())
    }
}

impl Fleet {
    /// Lets the fleet live, and writes its logs.
    ///
    /// # Errors
    /// [`TooLarge`] where an event does not fit into a chunk.
    pub fn logs(&self) -> Result<Files, TooLarge> {
        let mut files = Files::default();
        let mut collected = Vec::new();
        for machine in &self.machines {
            let happenings = self.happenings(machine);
            match machine.delivery {
                Delivery::Collector => collected.extend(happenings),
                Delivery::Live => {
                    let path = format!("{}/Microsoft-Windows-Sysmon%4Operational.evtx", machine.name);
                    let log = Log::new(machine.spelling(0)).form(Form::Live);
                    self.write_log(log.minor_version(machine.minor_version), path, &happenings, &mut files)?;
                }
                Delivery::Export => {
                    let path = format!("{}-sysmon.evtx", machine.name);
                    let log = Log::new(machine.spelling(0)).form(Form::Export);
                    self.write_log(log.minor_version(machine.minor_version), path, &happenings, &mut files)?;
                    let late = happenings.len().saturating_sub(FORWARDED_TOO);
                    collected.extend(happenings.into_iter().skip(late));
                }
            }
        }
        if self
            .machines
            .iter()
            .any(|machine| machine.delivery == Delivery::Collector)
        {
            collected.extend(self.foreign());
            collected.sort_by_key(|happening| happening.time);
            collected
                .iter_mut()
                .for_each(|happening| happening.event.rendered = true);
            let log = Log::new("WEC01").form(Form::Forwarded);
            self.write_log(log, COLLECTED.to_owned(), &collected, &mut files)?;
        }
        Ok(files)
    }

    /// The events of a machine, with its name and their numbers: for exports, and for logs of a test's own making.
    #[must_use]
    pub fn events(&self, machine: &Machine) -> Vec<Event> {
        self.happenings(machine)
            .into_iter()
            .map(|happening| happening.event)
            .collect()
    }

    /// A machine's events, numbered and with its name in them.
    fn happenings(&self, machine: &Machine) -> Vec<Happening> {
        let mut life = Life::new(self, machine);
        life.live();
        for attack in self.attacks.iter().filter(|attack| attack.machine == machine.name) {
            attack.scenario.play(&mut life, self.start.plus_millis(attack.at));
        }
        let mut happenings = life.into_happenings();
        let mut id = Random::new(self.seed).fork(&machine.name).range(10_000, 900_000);
        for happening in &mut happenings {
            id += 1;
            happening.event.record_id = Some(id);
            happening.event.computer = Some(machine.spelling(self.day_of(happening.time)).into());
        }
        happenings
    }

    fn day_of(&self, time: Time) -> u64 {
        u64::try_from((time.millis() - self.start.millis()) / 86_400_000).unwrap_or(0)
    }

    /// Events with a pipe event's number that are none: other providers count for themselves.
    fn foreign(&self) -> impl Iterator<Item = Happening> {
        (0..self.days).map(|day| {
            let time = self.day(day).plus_millis(15_480_000);
            let id = 17 + u16::from(day % 2 == 1);
            let mut event = Event::new(
                Provider::classic("Microsoft-Windows-WindowsUpdateClient"),
                "System",
                id,
                time,
            )
            .data("updatelist", Value::text("2025-03 Cumulative Update (KB5053602)"));
            event.qualifiers = Some(0);
            event.computer = Some(format!("DC01.{}", self.domain).into());
            event.record_id = Some(40_100 + day);
            Happening {
                time,
                event,
                planted: None,
            }
        })
    }

    fn write_log(
        &self,
        mut log: Log,
        path: String,
        happenings: &[Happening],
        files: &mut Files,
    ) -> Result<(), TooLarge> {
        for Happening { event, planted, .. } in happenings {
            let placed = log.push(event)?;
            let host = event.computer.as_ref().map(ToString::to_string).unwrap_or_default();
            files.truth.rows.extend(Row::of(event, &host, &path, placed, *planted));
        }
        let records = happenings.len() as u64;
        files.files.push(File {
            path,
            records,
            bytes: log.into_bytes(),
        });
        Ok(())
    }
}
