//! The list of what is wrong, each with its place and its source.

use std::fmt::Display;

use super::node::Node;

/// Page names, as the documentation's own headings.
pub(super) mod page {
    pub(in super::super) const APPLICATION_COMMANDS: &str = "Discord Docs/Application Commands";
    pub(in super::super) const COMPONENTS: &str = "Discord Docs/Component Reference";
    pub(in super::super) const MESSAGE: &str = "Discord Docs/Message Resource";
    pub(in super::super) const OPENAPI: &str = "Discord OpenAPI/specs/openapi.json";
    pub(in super::super) const RESPONDING: &str = "Discord Docs/Receiving and Responding";
    pub(in super::super) const WEBHOOK: &str = "Discord Docs/Webhook Resource";
    /// Reported by users or staff in the documentation's own repository, in no page yet.
    pub(in super::super) const REPORTED: &str = "reported to Discord Docs, in no page yet";
    /// No page decides, so the reading that cannot be refused is the rule.
    pub(in super::super) const STRICT: &str = "in no page, strict reading";
    /// Gatehouse's own rule.
    pub(in super::super) const PROJECT: &str = "Gatehouse";
}

/// What is wrong with a body, in the order in which it was found.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    /// Notes that `rule` is broken at the JSON pointer `at`, and who says that it is a rule.
    pub(super) fn add(&mut self, at: &str, rule: impl Display, source: &str) {
        let at = if at.is_empty() { "/" } else { at };
        self.0.push(format!("{at}: {rule} [{source}]"));
    }

    /// Notes that `rule` is broken at `node`, unless it `holds`.
    pub(super) fn require(
        &mut self,
        holds: bool,
        node: &Node<'_>,
        rule: impl Display,
        source: &str,
    ) {
        if !holds {
            self.add(node.pointer(), rule, source);
        }
    }

    /// One line for each problem.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.0
    }
}
