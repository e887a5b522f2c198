//! Knowledge in, a report of its entries out: what is known, and where from.

use crate::event::Kind;
use crate::knowledge::{Entry, Knowledge, List, Proof};
use crate::output::{Column, Report, SCHEMA, Section, Value, grouped};

/// The report of `knowledge`: the entries of one list, or of all, in the order of the files.
#[must_use]
pub fn entries(knowledge: &Knowledge, list: Option<List>) -> Report {
    let all = knowledge
        .list()
        .filter(|entry| list.is_none_or(|list| entry.list == list));
    let rows: Vec<Vec<Value>> = all.map(row).collect();
    let count = rows.len() as u64;
    let of_list = list.map(|list| format!(" in the list {list}")).unwrap_or_default();
    let entries = if count == 1 { "entry" } else { "entries" };
    Report {
        headline: vec![format!("{} {entries}{of_list}", grouped(count))],
        members: vec![("schema", Value::Count(SCHEMA))],
        sections: vec![Section {
            key: "entries",
            title: String::new(),
            columns: columns(),
            rows,
            cut: 0,
        }],
        closing: vec![
            "A file of your own adds to this: `--knowledge FILE`, one entry a line (docs/knowledge.md).".into(),
        ],
    }
}

fn columns() -> Vec<Column> {
    let column = Column::new;
    vec![
        column("list", "LIST", 0),
        column("pattern", "PATTERN", 0),
        column("what", "WHAT", 0),
        column("source", "SOURCE", 100),
        column("keys", "KEYS", 160),
    ]
}

fn row(entry: &Entry) -> Vec<Value> {
    vec![
        entry.list.word().into(),
        entry.pattern.as_str().into(),
        (*entry.what).into(),
        (*entry.source).into(),
        Value::List(keys(entry)),
    ]
}

/// As they stand in the file: `owner=C:\\Windows\\System32\\lsass.exe`.
fn keys(entry: &Entry) -> Vec<String> {
    let owners = entry.owners.iter().map(|owner| format!("owner={owner}"));
    let image = entry.image.iter().map(|image| format!("image={image}"));
    let but = entry.but.iter().map(|name| format!("but={name}"));
    let named = [("unless", &entry.unless), ("of", &entry.group), ("path", &entry.path)];
    let named = named
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", value.as_deref()?)));
    let proof = (entry.proof != Proof::None).then(|| format!("proof={}", entry.proof.word()));
    let event = (entry.event != Kind::Connected).then(|| "event=created".to_owned());
    owners
        .chain(image)
        .chain(named)
        .chain(but)
        .chain(proof)
        .chain(event)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every entry, written as its columns say, is read again as the same.
    #[test]
    fn a_row_says_all_that_the_file_says() {
        let knowledge = Knowledge::builtin();
        let mut text = String::new();
        for row in &entries(knowledge, None).sections[0].rows {
            let fields = row.iter().flat_map(|value| match value {
                Value::Text(text) => vec![text.clone()],
                Value::List(keys) => keys.clone(),
                other => panic!("{other:?}"),
            });
            text += &(fields.collect::<Vec<_>>().join("\t") + "\n");
        }
        let mut again = Knowledge::default();
        again.extend(&text).unwrap();
        assert!(again.list().eq(knowledge.list()));
    }

    #[test]
    fn one_list_is_shown_alone() {
        let mut knowledge = Knowledge::default();
        knowledge.extend("bait\t\\abc\ta\tb\nknown-bad\t\\abcd\tc\td").unwrap();
        let report = entries(&knowledge, Some(List::KnownBad));
        assert_eq!(report.headline, ["1 entry in the list known-bad"]);
        assert_eq!(report.sections[0].rows.len(), 1);
        assert_eq!(entries(&knowledge, None).headline, ["2 entries"]);
    }
}
