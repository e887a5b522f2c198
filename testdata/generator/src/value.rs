//! Values of binary XML: a typed value in, its type code, bytes and text out.
//!
//! Type codes: \[MS-EVEN6\] 2.2.12, `ValueType`.

use std::fmt;

use crate::text::Text;
use crate::time::Time;

/// 16 bytes as Windows stores a GUID: the first three groups little endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Of the four 32-bit numbers that Sysmon puts into a `ProcessGuid`: machine, start in seconds since 1970, and two
    /// of its own.
    #[must_use]
    pub fn from_words(words: [u32; 4]) -> Self {
        let mut bytes = [0; 16];
        for (to, from) in bytes.chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&from.to_le_bytes());
        }
        Self(bytes)
    }
}

/// `5770385F-C22A-43E0-BF4C-06F5698FFBD9`, without braces.
impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let b = &self.0;
        let first = u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        let (second, third) = (u16::from_le_bytes([b[4], b[5]]), u16::from_le_bytes([b[6], b[7]]));
        write!(f, "{first:08X}-{second:04X}-{third:04X}-{:02X}{:02X}-", b[8], b[9])?;
        b[10..].iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// A value of an event, with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A string.
    Text(Text),
    /// An 8-bit number.
    U8(u8),
    /// A 16-bit number.
    U16(u16),
    /// A 32-bit number.
    U32(u32),
    /// A 64-bit number.
    U64(u64),
    /// Stored in 32 bits.
    Bool(bool),
    /// A GUID.
    Guid(Guid),
    /// A FILETIME.
    Time(Time),
    /// A security identifier, in its binary form.
    Sid(Vec<u8>),
    /// A 32-bit number shown as hexadecimal.
    Hex32(u32),
    /// A 64-bit number shown as hexadecimal.
    Hex64(u64),
    /// Binary XML of its own: ready-made bytes, right for one place in one chunk only.
    Xml(Vec<u8>),
    /// Bytes of any type, right or wrong: for logs that lie.
    Raw(u8, Vec<u8>),
}

/// Type code of a string.
pub(crate) const STRING: u8 = 0x01;

impl Value {
    /// A string.
    #[must_use]
    pub fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    /// The type code.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Null => 0x00,
            Self::Text(_) => STRING,
            Self::U8(_) => 0x04,
            Self::U16(_) => 0x06,
            Self::U32(_) => 0x08,
            Self::U64(_) => 0x0A,
            Self::Bool(_) => 0x0D,
            Self::Guid(_) => 0x0F,
            Self::Time(_) => 0x11,
            Self::Sid(_) => 0x13,
            Self::Hex32(_) => 0x14,
            Self::Hex64(_) => 0x15,
            Self::Xml(_) => 0x21,
            Self::Raw(code, _) => *code,
        }
    }

    /// Appends the value's bytes. With `nul`, a string ends in NUL, as the event service writes it.
    pub(crate) fn write(&self, nul: bool, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Text(text) => {
                units(text.units(), out);
                if nul {
                    out.extend([0, 0]);
                }
            }
            Self::U8(n) => out.push(*n),
            Self::U16(n) => out.extend(n.to_le_bytes()),
            Self::U32(n) | Self::Hex32(n) => out.extend(n.to_le_bytes()),
            Self::U64(n) | Self::Hex64(n) => out.extend(n.to_le_bytes()),
            Self::Bool(b) => out.extend(u32::from(*b).to_le_bytes()),
            Self::Guid(guid) => out.extend(guid.0),
            Self::Time(time) => out.extend(time.filetime().to_le_bytes()),
            Self::Sid(bytes) | Self::Xml(bytes) | Self::Raw(_, bytes) => out.extend(bytes),
        }
    }

    /// The value as text, as an event's XML shows it.
    #[must_use]
    pub fn to_text(&self) -> Text {
        match self {
            Self::Null | Self::Xml(_) | Self::Raw(..) => Text::default(),
            Self::Text(text) => text.clone(),
            Self::U8(n) => n.to_string().into(),
            Self::U16(n) => n.to_string().into(),
            Self::U32(n) => n.to_string().into(),
            Self::U64(n) => n.to_string().into(),
            Self::Bool(b) => b.to_string().into(),
            // Forwarded events and exports as XML have braces; the digits' case differs by Windows and tool.
            Self::Guid(guid) => format!("{{{guid}}}").to_lowercase().into(),
            Self::Time(time) => time.rfc3339(9).into(),
            Self::Sid(bytes) => sid_text(bytes).into(),
            Self::Hex32(n) => format!("{n:#x}").into(),
            Self::Hex64(n) => format!("{n:#x}").into(),
        }
    }
}

/// Appends UTF-16 units, little endian.
pub(crate) fn units(units: &[u16], out: &mut Vec<u8>) {
    out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
}

/// `S-1-5-18`: \[MS-DTYP\] 2.4.2.2.
fn sid_text(bytes: &[u8]) -> String {
    let Some((head, parts)) = bytes.split_at_checked(8) else {
        return String::new();
    };
    let authority = head[2..].iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
    parts
        .chunks_exact(4)
        .fold(format!("S-{}-{authority}", head[0]), |sid, part| {
            format!(
                "{sid}-{}",
                part.iter().rev().fold(0u32, |all, byte| all << 8 | u32::from(*byte))
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_windows() {
        let system = vec![1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
        assert_eq!(Value::Sid(system).to_text(), "S-1-5-18".into());
        assert_eq!(
            Value::Hex64(0x8000_0000_0000_0000).to_text(),
            "0x8000000000000000".into()
        );
        let guid = Guid::from_words([0x5770_385F, 0x43E0_C22A, 0xF506_4CBF, 0xD9FB_8F69]);
        assert_eq!(guid.to_string(), "5770385F-C22A-43E0-BF4C-06F5698FFBD9");
    }
}
