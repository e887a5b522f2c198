//! What can be relied on for packed sources, sound or hostile.

use std::io::{Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Input, Limits, read};
use crate::source::format::Format;
use crate::test_support::Gathered;

const JSON: &str = "{\"EventID\":17,\"PipeName\":\"\\\\a\",\"Image\":\"C:\\\\x.exe\"}\n";
const CSV: &str = "EventID,PipeName,Image\n18,\\b,C:\\x.exe\n";
const XML: &str = "<Events><Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>17</EventID></System><EventData>\
    <Data Name='PipeName'>\\c</Data><Data Name='Image'>C:\\x.exe</Data></EventData></Event></Events>";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n\0";

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        if name.ends_with('/') {
            writer.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// Reads as a file and as a stream, which must give the same.
fn gathered_within(bytes: &[u8], limits: &Limits) -> Gathered {
    let of_file = Gathered::of(|sink| read(Input::File(&mut Cursor::new(bytes)), None, limits, sink));
    let of_stream = Gathered::of(|sink| read(Input::Stream(&mut { bytes }), None, limits, sink));
    assert_eq!(of_file, of_stream);
    of_file
}

fn gathered(bytes: &[u8]) -> Gathered {
    gathered_within(bytes, &Limits::default())
}

fn names(gathered: &Gathered) -> Vec<&str> {
    gathered.events.iter().map(|event| event.pipe_name.as_str()).collect()
}

#[test]
fn what_is_not_packed_is_read_as_it_is() {
    assert_eq!(names(&gathered(JSON.as_bytes())), ["\\a"]);
    assert_eq!(names(&gathered(CSV.as_bytes())), ["\\b"]);
    assert_eq!(names(&gathered(XML.as_bytes())), ["\\c"]);
    let picture = gathered(PNG);
    assert_eq!(
        (picture.passed_over, picture.skips),
        (vec!["a PNG picture".to_owned()], vec![])
    );
}

#[test]
fn streams_are_unpacked() {
    for pack in [gz, zst] {
        assert_eq!(names(&gathered(&pack(JSON.as_bytes()))), ["\\a"]);
        let joined = [pack(JSON.as_bytes()), pack(JSON.as_bytes())].concat();
        assert_eq!(names(&gathered(&joined)), ["\\a", "\\a"]);
        let twice = pack(&gz(CSV.as_bytes()));
        assert_eq!(names(&gathered(&twice)), ["\\b"]);
        let thrice = gathered(&pack(&twice));
        assert_eq!(
            thrice.skips,
            [(0, "it is packed more than twice: unpack it first".to_owned())]
        );
    }
}

#[test]
fn members_are_read_each_by_its_content() {
    let archive = zip(&[
        ("folder/", b""),
        ("folder/a.png", JSON.as_bytes()),
        ("README.json", b"# Logs"),
        ("../../etc/b.csv", CSV.as_bytes()),
        ("c.xml.gz", &gz(XML.as_bytes())),
        ("picture.evtx", PNG),
        ("inner.zip", &zip(&[("a", JSON.as_bytes())])),
    ]);
    let gathered = gathered(&archive);
    assert_eq!(names(&gathered), ["\\a", "\\b", "\\c", "\\a"]);
    assert_eq!(gathered.passed_over, ["text without events", "a PNG picture"]);
    assert_eq!(gathered.skips, []);
    let expected = "folder/ < folder/a.png < README.json < ../../etc/b.csv < c.xml.gz < picture.evtx < inner.zip a < <";
    assert_eq!(gathered.members.join(" "), expected);
}

#[test]
fn a_format_that_is_given_holds_for_what_is_packed() {
    let text = format!("```\nnotes\n\nnotes\n{JSON}");
    for bytes in [text.clone().into_bytes(), gz(text.as_bytes())] {
        let told = |format| Gathered::of(|sink| read(Input::Stream(&mut &bytes[..]), format, &Limits::default(), sink));
        assert_eq!(told(None).passed_over, ["text without events"]);
        assert_eq!(names(&told(Some(Format::Json))), ["\\a"]);
    }
}

#[test]
fn what_was_cut_off_is_read_up_to_there() {
    let many = JSON.repeat(10_000);
    for packed in [gz(many.as_bytes()), zst(many.as_bytes())] {
        let gathered = gathered(&packed[..packed.len() - 9]);
        assert!(
            gathered.skips.iter().any(|(_, what)| what.contains("ends too early")),
            "{:?}",
            gathered.skips
        );
    }
    let random: Vec<u8> = (0..100_000u32)
        .flat_map(|i| format!("{}{}", i.wrapping_mul(2_654_435_761), JSON).into_bytes())
        .collect();
    let packed = gz(&random);
    let gathered = gathered(&packed[..packed.len() / 2]);
    assert!(gathered.events.len() > 10_000, "{}", gathered.events.len());
    assert!(gathered.skips.iter().any(|(_, what)| what.contains("ends too early")));
}

#[test]
fn damage_in_a_member_costs_no_other() {
    let mut archive = zip(&[("a", JSON.repeat(50).as_bytes()), ("b", CSV.as_bytes())]);
    let at = 30 + 1 + 5;
    archive[at..at + 8].fill(0xFF);
    let damaged = gathered(&archive);
    assert!(names(&damaged).contains(&"\\b"), "{damaged:?}");
    assert!(
        damaged.skips.iter().any(|(_, what)| what.contains("damaged")),
        "{:?}",
        damaged.skips
    );
    let cut = gathered(&archive[..archive.len() - 30]);
    assert!(
        cut.skips[0].1.starts_with("a zip that cannot be read: "),
        "{:?}",
        cut.skips
    );
}

#[test]
fn encrypted_members_are_reported() {
    let mut archive = zip(&[("a", JSON.as_bytes()), ("b", CSV.as_bytes())]);
    let central = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
    archive[6] |= 1;
    archive[central + 8] |= 1;
    let gathered = gathered(&archive);
    assert_eq!(gathered.skips, [(0, "it is encrypted".to_owned())]);
    assert_eq!(names(&gathered), ["\\b"]);
}

#[test]
fn a_bomb_is_stopped() {
    let limits = Limits {
        unpacked: 1 << 20,
        ..Limits::default()
    };
    let bomb = JSON.repeat(100_000);
    let why = "it unpacks to more than 1048576 bytes, so the rest is not read; the limit can be raised";
    for packed in [
        gz(bomb.as_bytes()),
        zst(bomb.as_bytes()),
        zip(&[("a", bomb.as_bytes()), ("b", JSON.as_bytes())]),
        gz(&gz(bomb.as_bytes())),
    ] {
        let gathered = gathered_within(&packed, &limits);
        let reported = gathered.skips.iter().filter(|(_, what)| what == why).count();
        assert_eq!(reported, 1, "{:?}", gathered.skips);
        assert!(gathered.events.len() < 50_000);
    }
    let zeros = gathered(&gz(&vec![0; 10 << 20]));
    assert_eq!(zeros.passed_over, ["nothing but zeros"], "they are not even unpacked");
}

#[test]
fn what_packs_too_well_is_stopped() {
    let long = format!("{JSON}{}", " ".repeat(1 << 14)).repeat(1100);
    let limits = Limits {
        free: 16 << 20,
        ..Limits::default()
    };
    let gathered = gathered_within(&zst(long.as_bytes()), &limits);
    let why = "it unpacks to more than 200 times its size, so the rest is not read; the limit can be raised";
    assert!(
        gathered.skips.iter().any(|(_, what)| what == why),
        "{:?}",
        gathered.skips
    );
    assert!(gathered.events.len() >= 1000);
}

/// A stream that fails after a while.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let packed = gz(JSON.as_bytes());
        let left = packed.get(self.0..packed.len() - 10).filter(|left| !left.is_empty());
        let mut left = left.ok_or_else(|| std::io::Error::other("the disk is gone"))?;
        left.read(buf).inspect(|len| self.0 += len)
    }
}

#[test]
fn an_error_of_the_input_is_no_damage() {
    let mut gathered = Gathered::default();
    let read = read(Input::Stream(&mut Failing(0)), None, &Limits::default(), &mut gathered);
    assert_eq!(read.unwrap_err().to_string(), "the disk is gone");
}

proptest! {
    #[test]
    fn damage_never_panics(at in 0usize..400, byte in any::<u8>(), cut in 0usize..400) {
        let mut archive = zip(&[("a", JSON.as_bytes()), ("b.gz", &gz(CSV.as_bytes()))]);
        let len = archive.len();
        archive[at % len] = byte;
        gathered(&archive);
        archive.truncate(cut % len);
        gathered(&archive);
    }
}
