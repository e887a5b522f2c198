//! Fleets ready-made: the one whose logs lie in `testdata/`, and ones of any size.

use super::{Delivery, Fleet, Machine, Scenario};
use crate::layout::Schema;
use crate::time::Time;

const OFFICE: [&str; 5] = ["chrome", "webview", "teams", "outlook", "onedrive"];
const DEVELOPER: [&str; 8] = [
    "edge",
    "webview",
    "code",
    "git",
    "node",
    "powershell",
    "pwsh",
    "VBoxTray",
];

impl Fleet {
    /// Six machines in the week from Monday, 3 March 2025, with four attackers: the logs in `testdata/fleet`.
    #[must_use]
    pub fn example() -> Self {
        let alice = Machine::workstation("WS-ALICE", "alice", &OFFICE).spelled(0, "WS-ALICE.corp.example");
        let mut bob = vec!["VBoxService"];
        bob.extend(DEVELOPER);
        let bob = Machine::workstation("WS-BOB", "bob.k", &bob)
            .spelled(0, "WS-BOB.corp.example")
            .minor_version(2)
            .delivered(Delivery::Export);
        // It joins the domain on its third day.
        let carol = ["VBoxService", "VBoxTray", "firefox", "edge", "outlook", "excel"];
        let carol = Machine::workstation("WS-CAROL", "carol", &carol)
            .spelled(2, "WS-CAROL.corp.example")
            .delivered(Delivery::Export);
        let sql =
            Machine::server("SRV-SQL", &["sqlservr", "sqlagent", "w3wp", "backup"]).spelled(0, "srv-sql.corp.example");
        let file = Machine::server("SRV-FILE", &["VBoxService", "remoteregistry", "dfsrs", "backup"])
            .spelled(0, "SRV-FILE.corp.example")
            .schema(Schema::V4_21)
            .delivered(Delivery::Export);
        let dc = Machine::server("DC01", &["dns", "remoteregistry"])
            .spelled(0, "DC01.corp.example")
            .delivered(Delivery::Collector);
        let machines = vec![alice, bob, carol, sql, file, dc];
        Self {
            machines,
            activity: 72,
            noise: 8,
            ..Self::empty(20_250_303, 7)
        }
        .attacked(Scenario::MojoLookAlike, "WS-ALICE", 2, 14, 22)
        .attacked(Scenario::MojoLookAlike, "WS-ALICE", 3, 9, 41)
        .attacked(Scenario::SystemPipes, "WS-CAROL", 1, 10, 5)
        .attacked(Scenario::SystemPipes, "WS-CAROL", 2, 9, 17)
        .attacked(Scenario::SystemPipes, "WS-CAROL", 3, 13, 48)
        .attacked(Scenario::RenamedService, "SRV-FILE", 4, 2, 13)
        .attacked(Scenario::HostedPowerShell, "SRV-SQL", 4, 2, 37)
    }

    /// `hosts` machines of all kinds, of which each fourth is a server and each seventh is forwarded, attacked here
    /// and there. More days, hosts and activity make more events; `activity` 100 is an ordinary day's.
    #[must_use]
    pub fn of(hosts: u64, days: u64, seed: u64) -> Self {
        let mut fleet = Self::empty(seed, days);
        for i in 0..hosts {
            let person = format!("user{i:03}");
            let machine = match i % 4 {
                0 => Machine::workstation(&format!("WS-{i:04}"), &person, &OFFICE),
                1 => Machine::workstation(&format!("WS-{i:04}"), &person, &DEVELOPER),
                2 => Machine::workstation(&format!("WS-{i:04}"), &person, &["firefox", "edge", "excel"]),
                _ => Machine::server(&format!("SRV-{i:04}"), &["sqlservr", "sqlagent", "w3wp", "dfsrs"]),
            };
            let delivery = match i {
                _ if i % 7 == 6 => Delivery::Collector,
                _ if i % 2 == 1 => Delivery::Export,
                _ => Delivery::Live,
            };
            let schema = if i % 5 == 4 { Schema::V4_10 } else { Schema::V4_80 };
            let full = format!("{}.{}", machine.name, fleet.domain);
            fleet
                .machines
                .push(machine.spelled(0, &full).delivered(delivery).schema(schema));
        }
        let scenarios = [
            Scenario::MojoLookAlike,
            Scenario::SystemPipes,
            Scenario::RenamedService,
            Scenario::HostedPowerShell,
        ];
        for (i, scenario) in (0..).zip(scenarios) {
            let day = if days == 0 { 0 } else { i % days };
            let machine = fleet.machines.get(i as usize % fleet.machines.len().max(1));
            let Some(name) = machine.map(|machine| machine.name.clone()) else {
                break;
            };
            fleet = fleet.attacked(scenario, &name, day, 11, 20);
        }
        fleet
    }

    fn empty(seed: u64, days: u64) -> Self {
        Self {
            seed,
            start: Time::utc(2025, 3, 3, 0, 0, 0),
            days,
            domain: "corp.example".to_owned(),
            machines: Vec::new(),
            attacks: Vec::new(),
            activity: 100,
            noise: 20,
        }
    }
}
