//! Findings about what the release of Sysmon that shall load the config gets wrong.

use super::Severity::Error;
use super::{LintOptions, Report, used_nodes};
use crate::sysmon::config::{Config, Item, Relation};
use crate::sysmon::schema::{ReleaseNumber, Wrong, flaws_of};

pub(super) fn check(config: &Config, options: &LintOptions, report: &mut Report<'_>) {
    let Some(release) = options.release else { return };
    for flaw in flaws_of(release) {
        let Wrong::AndRulesAsOr = flaw.wrong;
        let rules: Vec<&Item> = used_nodes(config)
            .flat_map(|(_, node)| &node.items)
            .filter(|item| is_by_and(item))
            .collect();
        let Some(first) = rules.first() else { continue };
        report.add(
            (Error, "flawed-release"),
            first.element().place,
            None,
            format!(
                "Sysmon {release} is reported to evaluate rules by and as if they were by or: {} rules here, from line {} on; \
                 reported by {} ({})",
                rules.len(),
                first.element().place.line,
                flaw.reported_by,
                flaw.source
            ),
            format!("use Sysmon {} or later, or one before {}", flaw.fixed, flaw.first),
        );
    }
}

fn is_by_and(item: &Item) -> bool {
    matches!(item, Item::Rule(_)) && item.relation() == Relation::And && item.filters().len() > 1
}

impl Config {
    /// The config as a release evaluates it that gets something wrong.
    #[must_use]
    pub fn as_run_by(&self, release: ReleaseNumber) -> Self {
        let mut config = self.clone();
        for flaw in flaws_of(release) {
            let Wrong::AndRulesAsOr = flaw.wrong;
            for item in config.nodes.iter_mut().flat_map(|node| &mut node.items) {
                if let Item::Rule(rule) = item {
                    rule.relation = Relation::Or;
                }
            }
        }
        config
    }
}
