//! Bytes in, a fleet's pipe events out: few hosts, days, programs and names, so that they meet, and now and then a text of
//! any kind.

use arbitrary::{Arbitrary, Result, Unstructured};
use pipemine::baseline::{Baseline, Fold, Occurrences};
use pipemine::event::{Kind, Millis, PipeEvent};
use pipemine::utf16;

#[derive(Debug, Clone)]
pub struct Owned {
    pub kind: Kind,
    pub name: String,
    pub image: String,
    pub user: String,
    pub host: String,
    pub time: Option<Millis>,
    pub process_id: Option<u32>,
    pub record_id: Option<u64>,
}

const NAMES: [&str; 16] = [
    r"\lsass",
    r"\LSASS",
    r"\mojo.4204.77.1",
    r"\mojo.4210.9.12",
    r"\srvsvc",
    r"\Winsock2\CatalogChangeListener-318-0",
    r"\MSSE-1234-server",
    r"\postex_ssh_4242",
    r"\VBoxTrayIPC-alice",
    r"\VBoxTrayIPC-bob",
    r"\chrome.4204.1.2",
    r"\a b;c",
    "<Anonymous Pipe>",
    r"\PSEXESVC",
    r"\{0f6cbf2a-3f5b-4d6f-9d2e-111111111111}",
    "",
];
const IMAGES: [&str; 8] = [
    r"C:\Windows\System32\svchost.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    "System",
    r"C:\Users\alice\AppData\Local\Temp\x.exe",
    r"C:\Windows\System32\rundll32.exe",
    r"c:\windows\SYSTEM32\SVCHOST.EXE",
    r"C:\Program Files\Oracle\VirtualBox Guest Additions\VBoxTray.exe",
    r"C:\a;b.exe",
];

fn text(u: &mut Unstructured<'_>, known: &[&str]) -> Result<String> {
    if !u.ratio(1, 8)? {
        return Ok((*u.choose(known)?).to_owned());
    }
    let mut text = String::new();
    let units: Vec<u16> = if u.arbitrary()? {
        Vec::<u8>::arbitrary(u)?.into_iter().take(24).map(u16::from).collect()
    } else {
        Vec::<u16>::arbitrary(u)?.into_iter().take(24).collect()
    };
    utf16::push_units(units, &mut text);
    Ok(text)
}

impl Owned {
    /// Adds it to a fold.
    pub fn add_to(&self, fold: &mut Fold, occurrences: &Occurrences) {
        let event = PipeEvent {
            kind: self.kind,
            pipe_name: &self.name,
            image: &self.image,
            user: &self.user,
            host: &self.host,
            time: self.time,
            process_id: self.process_id,
            process_guid: "{g}",
            record_id: self.record_id,
        };
        fold.add(&event, occurrences);
    }

    /// Whether its log numbers its events.
    #[allow(dead_code)]
    pub fn is_numbered(&self) -> bool {
        self.record_id.is_some()
    }
}

impl<'a> Arbitrary<'a> for Owned {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let day: i64 = u.int_in_range(0..=7)?;
        let time = match u.int_in_range(0..=15)? {
            0 => None,
            1 => Some(Millis(i64::arbitrary(u)? >> 16)),
            _ => Some(Millis(1_767_225_600_000 + day * 86_400_000 + u.int_in_range(0..=900)?)),
        };
        let process_id = u.int_in_range(4200..=4211)?;
        let name = if u.arbitrary()? {
            format!(r"\mojo.{process_id}.{}", u.int_in_range(0..=40)?)
        } else {
            text(u, &NAMES)?
        };
        Ok(Self {
            kind: if u.arbitrary()? { Kind::Created } else { Kind::Connected },
            name,
            image: text(u, &IMAGES)?,
            user: (*u.choose(&["-", r"CORP\alice", r"NT AUTHORITY\SYSTEM"])?).to_owned(),
            host: (*u.choose(&["WS01", "ws01.corp.example", "WS02", "WS03", "-"])?).to_owned(),
            time,
            process_id: u.ratio(7, 8)?.then_some(process_id),
            record_id: u.ratio(7, 8)?.then_some(u.int_in_range(0..=5000)?),
        })
    }
}

/// The baseline of these events.
pub fn baseline(events: &[Owned]) -> Baseline {
    let mut fold = Fold::default();
    let occurrences = Occurrences::default();
    events.iter().for_each(|event| event.add_to(&mut fold, &occurrences));
    fold.finish()
}
