//! A zip in, its members read.

use std::borrow::Cow;
use std::io::{self, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::budget::{Budget, Unpacked};
use super::{Input, ReadSeek, read_any};
use crate::source::Sink;

/// How many members a zip may say it has. Its whole list is held in memory.
const MEMBERS: u64 = 200_000;

/// How far from a zip's end its end record may begin: the longest comment, and the records themselves.
const END: u64 = 0xFFFF + 22 + 20;

/// Reads all members; those that cannot be read are skipped, those that hold no events passed over.
pub(super) fn read(file: &mut dyn ReadSeek, depth: u32, budget: &Budget, sink: &mut dyn Sink) -> io::Result<()> {
    let len = file.seek(SeekFrom::End(0))?;
    if depth == 0 {
        budget.add_packed(len);
    }
    if claimed_members(file, len)? > MEMBERS {
        sink.skip(0, "a zip of more than 200,000 members: unpack it first".into());
        return Ok(());
    }
    file.rewind()?;
    let mut archive = match ZipArchive::new(file) {
        Ok(archive) => archive,
        Err(error) => {
            sink.skip(0, format!("a zip that cannot be read: {}", words(&error)).into());
            return Ok(());
        }
    };
    for i in 0..archive.len() {
        if budget.is_spent() {
            return Ok(());
        }
        let name = match archive.name_for_index(i) {
            Some(Ok(name)) => name.into_owned(),
            _ => format!("member {}", i + 1),
        };
        sink.enter(&name);
        member(&mut archive, i, depth, budget, sink)?;
        sink.leave();
    }
    Ok(())
}

fn member(
    archive: &mut ZipArchive<&mut dyn ReadSeek>,
    index: usize,
    depth: u32,
    budget: &Budget,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    match archive.by_index(index) {
        Ok(member) if member.is_dir() => Ok(()),
        Ok(member) if member.is_symlink() => {
            sink.pass_over("a symbolic link".into());
            Ok(())
        }
        Ok(member) => {
            let mut unpacked = Unpacked::new(member, budget);
            read_any(Input::Stream(&mut unpacked), None, depth + 1, budget, sink)?;
            unpacked.report(sink);
            Ok(())
        }
        Err(error) => {
            sink.skip(0, words(&error));
            Ok(())
        }
    }
}

fn words(error: &ZipError) -> Cow<'static, str> {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => "it is encrypted".into(),
        ZipError::CompressionMethodNotSupported(method) => {
            format!("it is packed by method {method}, which is not known").into()
        }
        ZipError::Io(error) => format!("it cannot be read: {error}").into(),
        error => error.to_string().into(),
    }
}

/// How many members a zip of more than 65,535 says it has (its ZIP64 end record); for smaller ones 0.
fn claimed_members(file: &mut dyn ReadSeek, len: u64) -> io::Result<u64> {
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(len.saturating_sub(END)))?;
    io::Read::read_to_end(&mut io::Read::take(&mut *file, END), &mut end)?;
    let mut claimed = 0;
    for at in memchr::memmem::find_iter(&end, b"PK\x06\x07") {
        let record_at = end
            .get(at + 8..)
            .and_then(|bytes| bytes.first_chunk())
            .map(|bytes| u64::from_le_bytes(*bytes));
        let Some(record_at) = record_at else { continue };
        let mut record = [0; 40];
        file.seek(SeekFrom::Start(record_at.min(len)))?;
        if io::Read::read_exact(file, &mut record).is_ok()
            && let Some(count) = record.last_chunk()
        {
            claimed = claimed.max(u64::from_le_bytes(*count));
        }
    }
    Ok(claimed)
}
