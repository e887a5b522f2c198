//! The course of the days: who starts what when, on a workstation and on a server.

use super::habit::REMOTE;
use super::life::Life;
use super::program::BOOT;
use super::{noise, process::Process};
use crate::time::Time;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What a person's logon starts.
const LOGON: [&str; 5] = ["explorer", "sihost", "taskhostw", "RuntimeBroker", "smartscreen"];

/// Programs that do not run all day: how often, and at most how many minutes.
const SHORT: &[(&str, u64, u64)] = &[
    ("powershell", 2, 45),
    ("pwsh", 1, 60),
    ("cmd", 2, 5),
    ("mmc", 1, 20),
    ("net1", 1, 1),
    ("wsmprovhost", 1, 10),
    ("dotnet", 1, 30),
    ("excel", 1, 90),
];

/// On which of the fleet's days, counted from 0, servers restart after updates, at 03:10.
const PATCH_DAY: u64 = 2;

impl Life<'_> {
    /// Lets the machine live through all days.
    pub(super) fn live(&mut self) {
        if self.machine.person.is_some() {
            self.workstation();
        } else {
            self.server();
        }
    }

    /// People work from Monday to Friday; the fleet's first day is a Monday.
    fn workstation(&mut self) {
        for day in (0..self.fleet.days).filter(|day| day % 7 < 5) {
            let midnight = self.fleet.day(day);
            let boot = midnight.plus_millis(self.jitter(7 * HOUR + 40 * MINUTE, 55 * MINUTE));
            let off = midnight.plus_millis(self.jitter(16 * HOUR + 40 * MINUTE, 100 * MINUTE));
            let mut running = self.boot(boot, off);
            let logon = boot.plus_millis(self.jitter(2 * MINUTE, 8 * MINUTE));
            running.extend(self.log_on(logon, off));
            self.work(&running, off);
            self.maintenance(day);
            self.shut_down();
        }
    }

    /// Servers run through, but for one restart.
    fn server(&mut self) {
        let end = self.fleet.day(self.fleet.days);
        let restart = self.fleet.day(PATCH_DAY).plus_millis(3 * HOUR + 10 * MINUTE);
        let started = self.fleet.start.plus_millis(-9 * 24 * HOUR);
        for (boot, off) in [(started, restart.plus_millis(-3 * MINUTE)), (restart, end)] {
            let mut running = self.boot(boot, off);
            running.extend(self.started(&self.machine.programs, boot, off));
            for day in (0..self.fleet.days).map(|day| (day, self.fleet.day(day))) {
                self.server_day(&running, boot, off, day);
            }
            self.shut_down();
        }
    }

    fn server_day(&mut self, running: &[Process], boot: Time, off: Time, (day, midnight): (u64, Time)) {
        let (from, to) = (midnight.max(boot), midnight.plus_millis(24 * HOUR - 1).min(off));
        if from >= to {
            return;
        }
        for process in running {
            // Of a process that starts on this day, what it does at its start comes too.
            let from = if process.start >= midnight { process.start } else { from };
            self.act(process, from, to);
            self.connect_all(process, REMOTE, from, to);
        }
        if day % 7 < 5 {
            let logon = midnight.plus_millis(self.jitter(9 * HOUR, 6 * HOUR));
            if logon > boot && logon < off {
                let off = logon.plus_millis(self.jitter(20 * MINUTE, 40 * MINUTE)).min(off);
                let mut admin = self.started(&["explorer", "sihost", "taskhostw"], logon, off);
                admin.extend(self.short(&["mmc", "powershell", "wsmprovhost"], logon, off));
                if self.machine.programs.contains(&"VBoxService") {
                    admin.extend(self.start("VBoxTray", logon, off));
                }
                self.work(&admin, off);
            }
        }
        self.maintenance(day);
        self.noise(from, to);
    }

    /// Windows starts its services within the first minute.
    fn boot(&mut self, boot: Time, off: Time) -> Vec<Process> {
        self.started(&BOOT, boot, off)
    }

    fn log_on(&mut self, logon: Time, off: Time) -> Vec<Process> {
        let mut running = self.started(&LOGON, logon, off);
        let programs = self.machine.programs.clone();
        let long: Vec<&str> = programs
            .iter()
            .copied()
            .filter(|key| SHORT.iter().all(|(short, ..)| short != key))
            .collect();
        running.extend(self.started(&long, logon.plus_millis(MINUTE), off));
        running.extend(self.short(&programs, logon, off));
        running
    }

    /// Starts programs one after the other, within a minute or so.
    fn started(&mut self, programs: &[&str], from: Time, off: Time) -> Vec<Process> {
        let mut time = from;
        let mut running = Vec::new();
        for key in programs {
            time = time.plus_millis(self.random.range(90, 3_900) as i64);
            running.extend(self.start(key, time, off));
        }
        running
    }

    /// Starts those of the programs that run now and then.
    fn short(&mut self, programs: &[&str], from: Time, off: Time) -> Vec<Process> {
        let mut running = Vec::new();
        for (key, times, minutes) in SHORT.iter().filter(|(key, ..)| programs.contains(key)) {
            for _ in 0..*times {
                let start = self.moment(from, off);
                let end = start
                    .plus_millis(self.jitter(MINUTE, *minutes as i64 * MINUTE))
                    .min(off);
                running.extend(self.start(key, start, end));
            }
        }
        running
    }

    /// What the processes do until the machine or the person is off.
    fn work(&mut self, running: &[Process], off: Time) {
        for process in running {
            self.act(process, process.start, process.end.min(off));
        }
        if let Some(first) = running.first() {
            self.noise(first.start, off);
        }
    }

    /// A scheduled script of the administrators, every noon on every machine that is on.
    fn maintenance(&mut self, day: u64) {
        let start = self.fleet.day(day).plus_millis(self.jitter(12 * HOUR, 4 * MINUTE));
        let end = start.plus_millis(self.jitter(20_000, 60_000));
        if self.running("lsass", start).is_some()
            && let Some(script) = self.start("inventory", start, end)
        {
            self.act(&script, start, end);
        }
    }

    fn noise(&mut self, from: Time, to: Time) {
        for _ in 0..self.fleet.noise / 2 {
            let time = self.moment(from, to);
            if let Some(event) = noise::any(self, time) {
                self.log(time, event);
            }
        }
    }

    fn jitter(&mut self, base: i64, width: i64) -> i64 {
        base + self.random.range(0, u64::try_from(width).unwrap_or(0)) as i64
    }
}
