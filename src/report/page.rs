//! A review in, the bytes of the page out.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::data::Data;
use super::data_block::data_block;
use super::script::script;
use super::{Review, bars, curve, summary, table};

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");

/// What is put in for each `{{word}}` of the page.
pub(super) fn write(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let data = data_block(&Data::of(review))?;
    let script = script();
    for (number, part) in PAGE.split("{{").enumerate() {
        let (word, rest) = match part.split_once("}}") {
            Some((word, rest)) if number > 0 => (word, rest),
            _ => ("", part),
        };
        match word {
            "policy" => out.write_all(policy(&script).as_bytes())?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "script" => out.write_all(script.as_bytes())?,
            "data" => out.write_all(&data)?,
            "digest" => out.write_all(hex(&Sha256::digest(&data)).as_bytes())?,
            "collected" => summary::collected(review, out)?,
            "tiles" => summary::tiles(review, out)?,
            "losses" => summary::losses(review, out)?,
            "noise" => bars::write(review, out)?,
            "curve" => curve::write(review, out)?,
            "table" => table::write(review, out)?,
            _ => {}
        }
        out.write_all(rest.as_bytes())?;
    }
    Ok(())
}

/// Nothing is loaded, nothing is sent, and no script or style is in force but the page's own.
fn policy(script: &str) -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(STYLE)
    )
}

/// As a Content-Security-Policy names what stands between the tags.
fn hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content.as_bytes())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
