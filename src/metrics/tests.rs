use std::collections::HashSet;

use super::*;

/// The value of one series.
fn value(metrics: &Metrics, series: &str) -> Option<f64> {
    let text = metrics.text();
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    line.and_then(|value| value.trim().parse().ok())
}

const COMMANDS: &str = r#"gatehouse_commands_total{command="list",result="#;

#[test]
fn everything_is_there_before_it_has_happened() {
    let text = Metrics::new().text();
    for series in [
        r#"gatehouse_interactions_total{platform="discord",kind="ping",outcome="answered"} 0"#,
        r#"gatehouse_interactions_total{platform="fluxer",kind="modal",outcome="internal"} 0"#,
        r#"gatehouse_answer_seconds_bucket{platform="discord",kind="command",le="3"} 0"#,
        r#"gatehouse_platform_calls_total{platform="discord",route="GET /gateway",status="5xx"} 0"#,
        r#"gatehouse_rejected_requests_total{reason="too_many_connections"} 0"#,
        r#"gatehouse_in_flight{of="plans"} 0"#,
        "gatehouse_panics_total 0",
        "gatehouse_build_info{version=",
        "process_start_time_seconds ",
        "process_resident_memory_bytes ",
    ] {
        assert!(text.contains(series), "{series} is not in {text}");
    }
    assert!(!text.contains(r#"platform="fluxer",route="GET /gateway""#));
    assert!(!text.contains(r#"kind="ping",outcome="internal""#));
}

#[test]
fn no_series_is_there_twice() {
    let text = Metrics::new().text();
    let mut seen = HashSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        assert!(seen.insert(series), "{series}");
    }
}

#[test]
fn every_failure_and_every_command_has_a_counter() {
    let metrics = Metrics::new();
    metrics.failed(PlatformName::Fluxer, Kind::Modal, &Failure::Internal);
    let series =
        r#"gatehouse_interactions_total{platform="fluxer",kind="modal",outcome="internal"}"#;
    assert_eq!(value(&metrics, series), Some(1.0));
    metrics.command("list", None);
    metrics.command("list", Some(&Failure::NotAPage));
    metrics.command("list", Some(&Failure::Internal));
    metrics.command("list", Some(&Failure::Stopping));
    for (result, count) in [("answered", 1.0), ("refused", 1.0), ("failed", 2.0)] {
        let series = format!("{COMMANDS}\"{result}\"}}");
        assert_eq!(value(&metrics, &series), Some(count), "{result}");
    }
}

#[test]
fn one_state_of_a_circuit_is_so() {
    let metrics = Metrics::new();
    for (state, word) in [
        (CircuitState::Open, "open"),
        (CircuitState::TokenRefused, "token_refused"),
        (CircuitState::Closed, "closed"),
    ] {
        metrics.circuit(PlatformName::Discord, state, 3);
        for other in CircuitState::WORDS {
            let series =
                format!(r#"gatehouse_circuit_state{{platform="discord",state="{other}"}}"#);
            let expected = f64::from(u8::from(*other == word));
            assert_eq!(value(&metrics, &series), Some(expected));
        }
    }
    let series = r#"gatehouse_circuit_resting_guilds{platform="discord"}"#;
    assert_eq!(value(&metrics, series), Some(3.0));
}

#[test]
fn what_is_under_way_is_counted_until_it_is_dropped() {
    let metrics = Metrics::new();
    let series = r#"gatehouse_in_flight{of="plans"}"#;
    let (one, other) = (
        metrics.in_flight(Flight::Plans),
        metrics.in_flight(Flight::Plans),
    );
    assert_eq!(value(&metrics, series), Some(2.0));
    drop(one);
    drop(other);
    assert_eq!(value(&metrics, series), Some(0.0));
}

#[test]
fn connected_shards_are_counted_until_they_are_dropped() {
    let metrics = Metrics::new();
    let one = metrics.connected(Connected::Identified);
    drop(metrics.connected(Connected::Resumed));
    metrics.disconnected(Disconnect::Reconnect);
    for (series, count) in [
        ("gatehouse_gateway_connected_shards", 1.0),
        (
            r#"gatehouse_gateway_connections_total{how="identified"}"#,
            1.0,
        ),
        (r#"gatehouse_gateway_connections_total{how="resumed"}"#, 1.0),
        (
            r#"gatehouse_gateway_disconnects_total{cause="reconnect"}"#,
            1.0,
        ),
        (r#"gatehouse_gateway_disconnects_total{cause="dead"}"#, 0.0),
    ] {
        assert_eq!(value(&metrics, series), Some(count), "{series}");
    }
    drop(one);
    let series = "gatehouse_gateway_connected_shards";
    assert_eq!(value(&metrics, series), Some(0.0));
}

#[test]
fn platforms_are_at_their_places() {
    for (place, platform) in PlatformName::ALL.into_iter().enumerate() {
        assert_eq!(platform as usize, place);
        assert_eq!(PLATFORMS[place], platform.key());
    }
}

#[test]
fn the_memory_that_is_told_is_this_processs() {
    let bytes = process::resident_bytes().unwrap();
    assert!((100_000..100_000_000_000).contains(&bytes), "{bytes}");
}
