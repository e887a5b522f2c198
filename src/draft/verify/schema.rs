//! Takes out the rules that the schema of the config cannot say.

use super::refusal::Refusal;
use crate::draft::rule::{Filter, Rule};
use crate::sysmon::Field;
use crate::sysmon::schema::{SchemaVersion, field_since};

/// Takes out the rules that need a field which the schema lacks: a config with one of these does not load.
pub(super) fn beyond_the_schema(rules: &mut Vec<Rule>, schema: SchemaVersion) -> Vec<Refusal> {
    let mut refused = Vec::new();
    let newer: Vec<(Field, SchemaVersion)> = Field::ALL
        .into_iter()
        .filter_map(|field| Some((field, field_since("PipeEvent", field.name())?)))
        .filter(|(_, since)| *since > schema)
        .collect();
    rules.retain(|rule| {
        let since = |filter: &Filter| newer.iter().find(|(field, _)| *field == filter.field).copied();
        let newer = rule.filters.iter().find_map(since);
        refused.extend(newer.map(|(field, since)| Refusal {
            rule: rule.clone(),
            why: format!(
                "it asks for {field}, which pipe events have from schema {since} on, and the config declares {schema}"
            ),
        }));
        newer.is_none()
    });
    refused
}
