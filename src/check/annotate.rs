//! A check's findings in, what a CI service shows at the lines of the config out: SARIF 2.1.0, or GitHub's workflow
//! commands.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::Check;
use super::report::sentence;
use crate::output::escape::visible;
use crate::sysmon::lint::{Fix, kinds};
use crate::sysmon::{Config, Finding, Place, Severity};

/// Writes the findings as SARIF, those that were accepted as suppressed.
///
/// # Errors
///
/// What writing to `out` fails with.
pub fn sarif(check: &Check, config: &Config, path: &Path, out: &mut dyn Write) -> io::Result<()> {
    let uri = uri(path);
    let rules: Vec<Value> = kinds()
        .map(|kind| {
            json!({
                "id": kind.code,
                "shortDescription": {"text": kind.summary()},
                "help": {"text": kind.text, "markdown": kind.text},
                "defaultConfiguration": {"level": level(kind.worst())},
            })
        })
        .collect();
    let mut places = Regions::of(check, config);
    let open: Vec<Value> = check
        .findings
        .iter()
        .map(|finding| result(finding, &mut places, &uri))
        .collect();
    let accepted = check.accepted.iter().map(|accepted| {
        let mut result = result(&accepted.finding, &mut places, &uri);
        result["suppressions"] = json!([{"kind": "inSource", "justification": accepted.reason}]);
        result
    });
    let results: Vec<Value> = open.into_iter().chain(accepted).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "pipemine",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// The regions of all edits, in the order in which they are written.
struct Regions(std::vec::IntoIter<Place>);

impl Regions {
    fn of(check: &Check, config: &Config) -> Self {
        let accepted = check.accepted.iter().map(|accepted| &accepted.finding);
        let fixes = check
            .findings
            .iter()
            .chain(accepted)
            .filter_map(|finding| finding.fix.as_ref());
        let bytes = fixes
            .flat_map(|fix| &fix.edits)
            .flat_map(|edit| [edit.at.start, edit.at.end]);
        Self(config.places(bytes).into_iter())
    }

    fn next(&mut self) -> Value {
        let [start, end] = [(); 2].map(|()| self.0.next().unwrap_or_default());
        json!({
            "startLine": start.line, "startColumn": start.column,
            "endLine": end.line, "endColumn": end.column,
        })
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn message(finding: &Finding) -> String {
    format!("{} Mend: {}", sentence(&finding.what), sentence(&finding.mend))
}

fn result(finding: &Finding, regions: &mut Regions, uri: &str) -> Value {
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": {"text": message(finding)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": finding.place.line, "startColumn": finding.place.column},
        }}],
    });
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([change(fix, regions, uri)]);
    }
    result
}

fn change(fix: &Fix, regions: &mut Regions, uri: &str) -> Value {
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            json!({
                "deletedRegion": regions.next(),
                "insertedContent": {"text": edit.text},
            })
        })
        .collect();
    json!({
        "description": {"text": sentence(&format!("it {}", fix.effect))},
        "artifactChanges": [{"artifactLocation": {"uri": uri}, "replacements": replacements}],
    })
}

/// A path as a relative reference: what is no plain character of a path is written by its bytes.
fn uri(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    let text = |byte: u8| match is_plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    path.bytes().map(text).collect()
}

/// Writes the findings as GitHub's workflow commands.
///
/// # Errors
///
/// What writing to `out` fails with.
pub fn github(check: &Check, path: &Path, out: &mut dyn Write) -> io::Result<()> {
    for finding in &check.findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        writeln!(
            out,
            "::{command} file={},line={},col={},title={}::{}",
            property(&path.to_string_lossy()),
            finding.place.line,
            finding.place.column,
            property(finding.code),
            data(&message(finding))
        )?;
    }
    Ok(())
}

/// A message: whatever would end the line, or be taken for an escape, is escaped.
fn data(text: &str) -> String {
    visible(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Options, check};
    use crate::knowledge::Knowledge;

    const TEXT: &str = "<Sysmon schemaversion=\"4.90\"><EventFiltering>\n<RuleGroup groupRelation=\"or\"><PipeEvent \
                        onmatch=\"include\">\n<!-- pipemine: accept wildcard a, b: so called -->\n<PipeName>\\a*</PipeName>\n\
                        <PipeName>100%,a</PipeName></PipeEvent></RuleGroup></EventFiltering></Sysmon>";

    fn written(write: impl FnOnce(&Check, &Config, &mut dyn Write) -> io::Result<()>) -> String {
        let config = Config::load(TEXT.as_bytes()).unwrap();
        let check = check(&config, None, Knowledge::builtin(), &Options::default());
        let mut out = Vec::new();
        write(&check, &config, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_message_ends_no_command() {
        let text = written(|check, _, out| github(check, Path::new("a,b.xml"), out));
        assert!(
            text.lines()
                .all(|line| line.starts_with("::") && line.contains("file=a%2Cb.xml,line=5,col=1")),
            "{text}"
        );
        assert!(text.contains("::warning ") && text.contains("`100%25,a`"), "{text}");
        assert!(!text.contains("wildcard"), "{text}");
    }

    #[test]
    fn sarif_has_the_rule_the_place_the_fix_and_what_was_accepted() {
        let log: Value = serde_json::from_str(&written(|check, config, out| {
            sarif(check, config, Path::new("a b.xml"), out)
        }))
        .unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        let accepted = results.iter().find(|result| result["ruleId"] == "wildcard").unwrap();
        assert_eq!(accepted["suppressions"][0]["justification"], "a, b: so called");
        let place = &accepted["locations"][0]["physicalLocation"];
        assert_eq!(
            (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
            (&json!("a%20b.xml"), &json!(4))
        );
        assert!(
            accepted["fixes"][0]["artifactChanges"][0]["replacements"]
                .as_array()
                .unwrap()
                .len()
                == 2,
            "{accepted}"
        );
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in results {
            assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "{result}");
        }
    }
}
