//! Attackers: a scenario in, its events on a machine out, each marked as planted.
//!
//! The techniques are published ones; the names are those of public reports and rule sets, or made up.

use super::life::Life;
use super::name::expand;
use super::process::Process;
use crate::time::Time;

const MINUTE: i64 = 60_000;

/// What an attacker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// A renamed PsExec service in `C:\Windows\Temp`: the SMB server (`System`) connects for the remote client to
    /// `\svcctl`, then to the service's own pipes.
    RenamedService,
    /// A post-exploitation profile with a constant name that looks like Chromium's, whose number is nobody's process.
    MojoLookAlike,
    /// An implant opens `\wkssvc`, `\lsass` and `\srvsvc`, as any program may, and makes anonymous pipes.
    SystemPipes,
    /// PowerShell's engine in a program that is no host of it.
    HostedPowerShell,
    /// The same implant with the same pipe wherever it is: on many hosts and days it has all the evidence that an
    /// innocent program has.
    Widespread,
}

impl Scenario {
    /// Its name in the truth.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RenamedService => "renamed-service",
            Self::MojoLookAlike => "mojo-look-alike",
            Self::SystemPipes => "system-pipes",
            Self::HostedPowerShell => "hosted-powershell",
            Self::Widespread => "widespread",
        }
    }

    pub(super) fn play(self, life: &mut Life<'_>, time: Time) {
        let time = time.plus_millis(life.random.range(0, MINUTE as u64) as i64);
        life.planting(self.name(), |life| match self {
            Self::RenamedService => renamed_service(life, time),
            Self::MojoLookAlike => mojo_look_alike(life, time),
            Self::SystemPipes => system_pipes(life, time),
            Self::HostedPowerShell => hosted_powershell(life, time),
            Self::Widespread => widespread(life, time),
        });
    }
}

const SYSTEM: &str = r"NT AUTHORITY\SYSTEM";

/// So many minutes later, and up to one more, as beacons jitter.
fn later(life: &mut Life<'_>, time: Time, minutes: i64) -> Time {
    time.plus_millis(minutes * MINUTE + life.random.range(2_000, MINUTE as u64) as i64)
}

/// A process of the attacker that runs for an hour.
fn start(life: &mut Life<'_>, image: &str, user: &str, time: Time) -> Process {
    life.start_image("planted", image, user, time, time.plus_millis(60 * MINUTE))
}

/// A process as the person at the machine, from a path below their profile.
fn start_as_person(life: &mut Life<'_>, below_profile: &str, time: Time) -> Process {
    let user = life.person();
    let name = user.rsplit('\\').next().unwrap_or_default();
    start(life, &format!(r"C:\Users\{name}\{below_profile}"), &user, time)
}

fn renamed_service(life: &mut Life<'_>, time: Time) {
    let smb = life.start_image("System", "System", SYSTEM, time, time.plus_millis(MINUTE));
    life.connected(&smb, r"\svcctl", time);
    let service = start(life, r"C:\Windows\Temp\svchost.exe", SYSTEM, time.plus_millis(210));
    life.created(&service, r"\svchost", time.plus_millis(260));
    life.connected(&smb, r"\svchost", time.plus_millis(290));
    // The number is the client's process, on the host whose name stands before it.
    let client = life.random.range(400, 2_500) * 4;
    for (i, stream) in (0..).zip(["stdin", "stdout", "stderr"]) {
        let name = format!(r"\svchost-WS-BOB-{client}-{stream}");
        life.created(&service, &name, time.plus_millis(310 + i));
        life.connected(&smb, &name, time.plus_millis(330 + i));
    }
}

fn mojo_look_alike(life: &mut Life<'_>, time: Time) {
    let implant = start_as_person(life, r"AppData\Local\Temp\chrome.exe", time);
    let user = implant.user.clone();
    let child = start(
        life,
        r"C:\Windows\System32\rundll32.exe",
        &user,
        time.plus_millis(1_500),
    );
    for i in 0..3 {
        let name = expand(r"\mojo.5688.8052.183894939787088877{h2}", &implant, &mut life.random);
        let time = later(life, time, i * 11);
        life.created(&implant, &name, time);
        life.connected(&child, &name, time.plus_millis(47));
        life.connected(&implant, &name, time.plus_millis(1_250));
    }
}

fn system_pipes(life: &mut Life<'_>, time: Time) {
    let implant = start_as_person(life, r"Downloads\invoice_2025-0117.exe", time);
    life.created(&implant, "<Anonymous Pipe>", time.plus_millis(900));
    for (i, pipe) in (1..).zip([r"\wkssvc", r"\lsass", r"\srvsvc", r"\wkssvc"]) {
        let time = later(life, time, i * 7);
        life.connected(&implant, pipe, time);
        life.created(&implant, "<Anonymous Pipe>", time.plus_millis(310));
    }
}

fn hosted_powershell(life: &mut Life<'_>, time: Time) {
    let user = life.person();
    let host = start(life, r"C:\Windows\System32\notepad.exe", &user, time);
    let name = expand(
        r"\PSHost.{ticks}.{pid}.DefaultAppDomain.notepad",
        &host,
        &mut life.random,
    );
    life.created(&host, &name, time.plus_millis(640));
    life.created(&host, "<Anonymous Pipe>", time.plus_millis(2_210));
    life.connected(&host, r"\lsass", time.plus_millis(5_040));
}

fn widespread(life: &mut Life<'_>, time: Time) {
    let implant = start(life, r"C:\Users\Public\Libraries\winupd.exe", SYSTEM, time);
    for i in 0..4 {
        let time = later(life, time, i * 9);
        life.created(&implant, r"\winupd_ipc", time.plus_millis(70));
        life.connected(&implant, r"\winupd_ipc", time.plus_millis(95));
    }
}
