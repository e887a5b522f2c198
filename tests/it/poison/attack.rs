//! What an attacker does while the baseline is collected: the same on every host and every day.

use pipemine::event::{Kind, Millis, PipeEvent};
use pipemine_testdata::Random;

/// One thing that he does. In name and image, what stands in braces differs:
///
/// | written | becomes |
/// |---|---|
/// | `{pid}` `{pidx}` | the id of the process that does it, decimal and hexadecimal |
/// | `{other}` | the id of another process |
/// | `{n}` `{u64}` `{hex2}` `{hex8}` `{AZ16}` `{guid}` `{ticks}` | digits, letters, … made up anew each time |
/// | `{random6}` `{word}` | random letters, or such as can be spoken: one for each host |
/// | `{host}` `{day}` | where and when |
/// | `{i}` | the number of the repetition, from 0 |
#[derive(Debug, Clone)]
pub(super) struct Deed {
    kind: Kind,
    name: String,
    image: String,
    times: u64,
}

/// A pipe is made.
pub(super) fn created(name: &str, image: &str) -> Deed {
    Deed {
        kind: Kind::Created,
        name: name.to_owned(),
        image: image.to_owned(),
        times: 1,
    }
}

/// A pipe is opened.
pub(super) fn connected(name: &str, image: &str) -> Deed {
    Deed {
        kind: Kind::Connected,
        ..created(name, image)
    }
}

/// Pipes of these names are made and opened by one program.
pub(super) fn used<'a>(names: impl IntoIterator<Item = &'a str>, image: &str) -> Vec<Deed> {
    let both = |name| [created(name, image), connected(name, image)];
    names.into_iter().flat_map(both).collect()
}

/// Pipes of these names are made and opened by each of these programs.
pub(super) fn used_in<'a>(
    names: impl IntoIterator<Item = &'a str> + Clone,
    images: impl IntoIterator<Item = &'a str>,
) -> Vec<Deed> {
    images
        .into_iter()
        .flat_map(|image| used(names.clone(), image))
        .collect()
}

/// One name is made and opened by each of these programs.
pub(super) fn used_by<'a>(name: &str, images: impl IntoIterator<Item = &'a str>) -> Vec<Deed> {
    images.into_iter().flat_map(|image| used([name], image)).collect()
}

impl Deed {
    /// So many times on each host and day.
    pub(super) fn times(self, times: u64) -> Self {
        Self { times, ..self }
    }

    /// All events on one host and day.
    pub(super) fn play(&self, host: &str, day: i64, midnight: Millis, events: &mut Vec<Trace>) {
        for i in 0..self.times {
            let mut random = Random::new(u64::try_from(day).unwrap() * 7_919 + i)
                .fork(&self.name)
                .fork(host);
            let pid = u32::try_from(random.range(500, 8_000)).unwrap() * 4;
            let mut of_host = Random::new(0).fork(&self.name).fork(host);
            let fill = |text: &str, random: &mut Random, of_host: &mut Random| {
                let digits = |random: &mut Random, len| random.text(b"123456789", len);
                let hex = |random: &mut Random, len| random.text(b"0123456789abcdef", len);
                let mut text = text
                    .replace("{pid}", &pid.to_string())
                    .replace("{pidx}", &format!("{pid:x}"))
                    .replace("{other}", &(pid + 4 * 977).to_string())
                    .replace("{host}", host)
                    .replace("{day}", &day.to_string())
                    .replace("{i}", &i.to_string());
                let mut each = |hole: &str, value: &mut dyn FnMut() -> String| {
                    while text.contains(hole) {
                        text = text.replacen(hole, &value(), 1);
                    }
                };
                each("{n}", &mut || digits(random, 4));
                each("{u64}", &mut || digits(random, 19));
                each("{hex2}", &mut || hex(random, 2));
                each("{hex8}", &mut || hex(random, 8));
                each("{AZ16}", &mut || random.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 16));
                each("{ticks}", &mut || format!("1338{}", digits(random, 14)));
                each("{guid}", &mut || {
                    let mut part = |len| hex(random, len);
                    format!("{}-{}-{}-{}-{}", part(8), part(4), part(4), part(4), part(12))
                });
                each("{random6}", &mut || of_host.text(b"abcdefghijklmnopqrstuvwxyz", 6));
                each("{word}", &mut || {
                    (0..3)
                        .map(|_| of_host.text(b"bdfgklmnprstv", 1) + &of_host.text(b"aeiou", 1))
                        .collect()
                });
                text
            };
            let second = i64::try_from(random.range(0, 80_000)).unwrap();
            events.push(Trace {
                kind: self.kind,
                name: fill(&self.name, &mut random, &mut of_host),
                image: fill(&self.image, &mut random, &mut of_host),
                host: host.to_owned(),
                time: Millis(midnight.0 + second * 1000),
                pid,
            });
        }
    }
}

/// An event, by itself.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) image: String,
    pub(super) host: String,
    pub(super) time: Millis,
    pub(super) pid: u32,
}

impl Trace {
    /// As a source gives it.
    pub(super) fn event(&self, record_id: u64) -> PipeEvent<'_> {
        PipeEvent {
            kind: self.kind,
            pipe_name: &self.name,
            image: &self.image,
            user: r"CORP\alice",
            host: &self.host,
            time: Some(self.time),
            process_id: Some(self.pid),
            process_guid: "",
            record_id: Some(record_id),
        }
    }
}
