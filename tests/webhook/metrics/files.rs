//! What is deployed beside the program names only metrics that it tells, and shows all of them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Exposition, scrape};
use crate::support::Gatehouse;

const DASHBOARD: &str = include_str!("../../../deploy/grafana/gatehouse.json");
const ALERTS: &str = include_str!("../../../deploy/prometheus/alerts.yml");

/// Every query of the dashboard.
fn queries(dashboard: &Value) -> Vec<String> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    targets
        .map(|target| target["expr"].as_str().unwrap().to_owned())
        .collect()
}

/// Every expression of the rules, each of which stands on one line.
fn conditions() -> Vec<String> {
    let lines = ALERTS.lines().map(str::trim);
    let expressions = lines.filter_map(|line| line.strip_prefix("expr: "));
    expressions.map(str::to_owned).collect()
}

/// Selectors of a query: a metric's name, and what stands in the braces after it.
fn selectors(query: &str) -> Vec<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut selectors = Vec::new();
    let mut rest = query;
    while let Some(start) = rest.find(['g', 'p']) {
        let begins = rest[..start]
            .chars()
            .next_back()
            .is_none_or(|c| !is_part(c));
        let word = &rest[start..];
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        let (name, after) = word.split_at(end.max(1));
        if begins && (name.starts_with("gatehouse_") || name.starts_with("process_")) {
            let matchers = after
                .strip_prefix('{')
                .and_then(|rest| rest.split_once('}'));
            selectors.push((name, matchers.map_or("", |(inside, _)| inside)));
        }
        rest = after;
    }
    selectors
}

/// What is wrong with a query: names, labels and values that are not told.
fn complaints(query: &str, told: &Exposition) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, matchers) in selectors(query) {
        if !told.names().contains(name) {
            complaints.push(format!("{name} in {query}"));
            continue;
        }
        for matcher in matchers.split(',').filter(|matcher| !matcher.is_empty()) {
            let (label, value) = matcher.split_once('"').expect("a value in quotes");
            let (value, _) = value.split_once('"').expect("a value in quotes");
            let label = label.trim_end_matches(['=', '~', '!']);
            // Set by whoever scrapes, or chosen in the dashboard.
            if ["job", "instance"].contains(&label) {
                continue;
            }
            let values = told.values_of(name, label);
            let wanted: Vec<&str> = value.split('|').collect();
            let is_chosen = value.starts_with('$') && !values.is_empty();
            if !is_chosen && !wanted.iter().all(|wanted| values.contains(wanted)) {
                complaints.push(format!("{name}{{{matcher}}} in {query}"));
            }
        }
    }
    complaints
}

#[tokio::test]
async fn queries_and_rules_name_what_is_told() {
    let told = scrape(&Gatehouse::start().await).await;
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let (queries, conditions) = (queries(&dashboard), conditions());
    assert!(queries.len() > 10 && conditions.len() > 5);
    let all = queries.iter().chain(&conditions);
    let complaints: Vec<_> = all.flat_map(|query| complaints(query, &told)).collect();
    assert_eq!(complaints, Vec::<String>::new());
    assert_eq!(complaints_of_wrong_ones(&told), 4);
}

/// The test itself would find what is wrong.
fn complaints_of_wrong_ones(told: &Exposition) -> usize {
    let wrong = [
        "rate(gatehouse_no_such_thing_total[5m])",
        r#"gatehouse_in_flight{no_label="plans"}"#,
        r#"gatehouse_in_flight{of=~"plans|nothing"}"#,
        r#"sum(up) / gatehouse_in_flight{of="nothing"}"#,
    ];
    wrong
        .iter()
        .map(|query| complaints(query, told).len())
        .sum()
}

#[tokio::test]
async fn the_dashboard_shows_everything_that_is_told() {
    let told = scrape(&Gatehouse::start().await).await;
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let queries = queries(&dashboard);
    let shown: BTreeSet<&str> = queries
        .iter()
        .flat_map(|query| selectors(query))
        .map(|(name, _)| name)
        .collect();
    let is_shown = |family: &str| shown.iter().any(|name| name.starts_with(family));
    let missing: Vec<&str> = told.families().filter(|family| !is_shown(family)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[tokio::test]
async fn the_page_for_operators_lists_everything_that_is_told() {
    let told = scrape(&Gatehouse::start().await).await;
    let page = include_str!("../../../docs/operations.md");
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).collect();
    let missing: Vec<&str> = told
        .families()
        .filter(|name| !named.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
    let is_of_ours = |name: &&str| name.starts_with("gatehouse_") || name.starts_with("process_");
    let families: BTreeSet<&str> = told.families().collect();
    let made_up: Vec<&str> = named.into_iter().filter(is_of_ours).collect();
    let made_up: Vec<_> = made_up
        .iter()
        .filter(|name| !families.contains(*name))
        .collect();
    assert_eq!(made_up, Vec::<&&str>::new());
}

#[test]
fn the_dashboard_can_be_brought_in_anywhere() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    assert_eq!(dashboard["id"], Value::Null);
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 39);
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let is_source = |variable: &Value| {
        variable["type"] == "datasource"
            && variable["query"] == "prometheus"
            && variable["name"] == "datasource"
    };
    assert!(variables.iter().any(is_source));
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = &panel["title"];
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}");
        assert!(title.as_str().is_some_and(|title| !title.is_empty()));
        if panel["type"] == "row" {
            continue;
        }
        let unit = &panel["fieldConfig"]["defaults"]["unit"];
        assert!(unit.is_string(), "{title} has no unit");
        assert!(
            !panel["description"].as_str().unwrap().is_empty(),
            "{title}"
        );
        let targets = panel["targets"].as_array().unwrap();
        for part in targets.iter().chain([panel]) {
            assert_eq!(part["datasource"]["uid"], "${datasource}", "{title}");
        }
    }
}
