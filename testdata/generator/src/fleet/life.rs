//! What happens on one machine: a machine in, its events of the fleet's days out.

use indexmap::IndexSet;

use super::habit::{CONNECTS, Client, Connect, Often, SERVES, Serve};
use super::machine::Machine;
use super::name::expand;
use super::process::Process;
use super::program::{Account, Program, SYSTEM32};
use super::{Fleet, noise};
use crate::event::Event;
use crate::pipe::PipeEvent;
use crate::random::Random;
use crate::time::Time;
use crate::value::Guid;

/// Version of Edge's runtime before and after the fleet's third day, on which it updates itself.
const EDGE_VERSIONS: [&str; 2] = ["133.0.3065.82", "133.0.3065.92"];

/// An event to be logged.
#[derive(Debug)]
pub(super) struct Happening {
    pub(super) time: Time,
    pub(super) event: Event,
    /// The attacker's scenario it is part of.
    pub(super) planted: Option<&'static str>,
}

/// A machine being simulated.
#[derive(Debug)]
pub(super) struct Life<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) machine: &'a Machine,
    pub(super) random: Random,
    pub(super) happenings: Vec<Happening>,
    processes: Vec<Process>,
    pids: IndexSet<u32>,
    /// Goes into every `ProcessGuid`: a number of the machine's own.
    id: u32,
    sequence: u32,
    scenario: Option<&'static str>,
}

impl<'a> Life<'a> {
    pub(super) fn new(fleet: &'a Fleet, machine: &'a Machine) -> Self {
        let mut random = Random::new(fleet.seed).fork(&machine.name);
        let id = random.range(1 << 28, 1 << 32) as u32;
        Self {
            fleet,
            machine,
            random,
            happenings: Vec::new(),
            processes: Vec::new(),
            pids: IndexSet::new(),
            id,
            sequence: 20,
            scenario: None,
        }
    }

    /// The events, sorted by time. The log begins with the fleet's first day and ends with its last, whatever
    /// ran before and goes on after.
    pub(super) fn into_happenings(self) -> Vec<Happening> {
        let mut happenings = self.happenings;
        let logged = self.fleet.start..self.fleet.day(self.fleet.days);
        happenings.retain(|happening| logged.contains(&happening.time));
        happenings.sort_by_key(|happening| happening.time);
        happenings
    }

    /// Marks what `play` does as part of an attacker's scenario.
    pub(super) fn planting(&mut self, scenario: &'static str, play: impl FnOnce(&mut Self)) {
        self.scenario = Some(scenario);
        play(self);
        self.scenario = None;
    }

    /// All processes end, and their numbers are free again.
    pub(super) fn shut_down(&mut self) {
        self.processes.clear();
        self.pids.clear();
    }

    /// Starts a program of the table.
    pub(super) fn start(&mut self, key: &str, start: Time, end: Time) -> Option<Process> {
        let program = Program::named(key)?;
        let account = match program.account {
            Account::System => r"NT AUTHORITY\SYSTEM".to_owned(),
            Account::LocalService => r"NT AUTHORITY\LOCAL SERVICE".to_owned(),
            Account::NetworkService => r"NT AUTHORITY\NETWORK SERVICE".to_owned(),
            Account::User => self.person(),
        };
        // Each part of Windows writes the directory in its own way, and always in the same way.
        let mut own = Random::new(self.fleet.seed).fork(&self.machine.name).fork(key);
        let system32 = own.pick(&SYSTEM32).copied().unwrap_or_default();
        let edge = EDGE_VERSIONS[usize::from(start >= self.fleet.day(3))];
        let user = account.rsplit('\\').next().unwrap_or_default();
        let image = program
            .image
            .replace("{system32}", system32)
            .replace("{edge}", edge)
            .replace("{user}", user);
        Some(self.start_image(program.key, &image, &account, start, end))
    }

    /// The account of the person at the machine; an administrator's on servers.
    pub(super) fn person(&self) -> String {
        let name = self.machine.person.as_deref().unwrap_or("adm.dave");
        format!(r"{}\{name}", self.fleet.netbios())
    }

    /// Starts any image.
    pub(super) fn start_image(
        &mut self,
        program: &'static str,
        image: &str,
        user: &str,
        start: Time,
        end: Time,
    ) -> Process {
        let pid = if program == "System" { 4 } else { self.free_pid() };
        self.sequence += self.random.range(1, 4) as u32;
        let second = u32::try_from(start.millis() / 1_000).unwrap_or(0);
        let guid = Guid::from_words([self.id, second, self.sequence & 0xFFFF, 0x17 << 16]);
        let process = Process {
            program,
            pid,
            guid,
            image: image.to_owned(),
            user: user.to_owned(),
            start,
            end,
        };
        self.processes.push(process.clone());
        process
    }

    fn free_pid(&mut self) -> u32 {
        loop {
            let pid = self.random.range(150, 4_000) as u32 * 4;
            if self.pids.insert(pid) || self.pids.len() > 3_000 {
                return pid;
            }
        }
    }

    /// The process of a program that runs at `time`.
    pub(super) fn running(&self, program: &str, time: Time) -> Option<Process> {
        self.processes
            .iter()
            .rev()
            .find(|p| p.program == program && p.runs_at(time))
            .cloned()
    }

    /// All that a process does while it runs, on one day of its run.
    pub(super) fn act(&mut self, process: &Process, from: Time, to: Time) {
        let serves = SERVES.iter().filter(|serve| serve.program == process.program);
        for serve in serves {
            match serve.often {
                Often::Start if from == process.start => {
                    let soon = process.start.plus_millis(self.random.range(20, 2_500) as i64);
                    self.serve(process, serve, soon, to);
                }
                Often::Start => {}
                Often::Daily(times) => {
                    for _ in 0..self.fleet.scaled(times, &mut self.random) {
                        let time = self.moment(from, to);
                        self.serve(process, serve, time, to);
                    }
                }
            }
        }
        self.connect_all(process, CONNECTS, from, to);
        if self.random.percent(self.fleet.noise) {
            let event = noise::started(self, process);
            self.log(process.start, event);
        }
    }

    /// Connects as often as `connects` says for the program.
    pub(super) fn connect_all(&mut self, process: &Process, connects: &[Connect], from: Time, to: Time) {
        for connect in connects.iter().filter(|connect| connect.program == process.program) {
            for _ in 0..self.fleet.scaled(connect.daily, &mut self.random) {
                let time = self.moment(from, to);
                self.connected(process, connect.pipe, time);
            }
        }
    }

    /// Makes a pipe, and lets its clients connect: at once, or until `to` where it is one for the whole run.
    fn serve(&mut self, process: &Process, serve: &Serve, time: Time, to: Time) {
        let name = expand(serve.pipe, process, &mut self.random);
        self.created(process, &name, time);
        let mut next = time;
        for _ in 0..serve.connections {
            next = match (serve.often, serve.client) {
                (Often::Start, Client::Helper | Client::Program(_)) => self.moment(time, to),
                _ => next.plus_millis(self.random.range(0, 180) as i64),
            };
            let client = match serve.client {
                Client::Nobody => None,
                Client::Itself => Some(process.clone()),
                Client::Helper => Some(self.start_image("helper", &process.image, &process.user, next, to)),
                Client::Program(key) => self.running(key, next),
            };
            if let Some(client) = client {
                self.connected(&client, &name, next);
            }
        }
    }

    /// A moment between two, in bursts as people and programs work.
    pub(super) fn moment(&mut self, from: Time, to: Time) -> Time {
        let span = u64::try_from(to.millis() - from.millis()).unwrap_or(0);
        let burst = span / 24 * self.random.range(0, 24);
        from.plus_millis((burst + self.random.range(0, (span / 24).max(1))) as i64)
    }

    /// Logs event 17.
    pub(super) fn created(&mut self, process: &Process, name: &str, time: Time) {
        self.pipe(PipeEvent::created(name), process, time);
    }

    /// Logs event 18.
    pub(super) fn connected(&mut self, process: &Process, name: &str, time: Time) {
        self.pipe(PipeEvent::connected(name), process, time);
    }

    fn pipe(&mut self, pipe: PipeEvent, process: &Process, time: Time) {
        let pipe = pipe
            .image(process.image.as_str())
            .user(process.user.as_str())
            .pid(process.pid)
            .guid(process.guid)
            .at(time)
            .schema(self.machine.schema);
        self.log(time, pipe.into());
    }

    /// Logs an event.
    pub(super) fn log(&mut self, time: Time, event: Event) {
        self.happenings.push(Happening {
            time,
            event,
            planted: self.scenario,
        });
    }
}
