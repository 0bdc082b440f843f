//! A moderator's first minute: a list, a page on, one invite. Printed as a moderator sees it.

use std::{io::Write, time::Duration};

use anyhow::{Context, ensure};
use gatehouse_commands::{commands::ROOT, relative};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    client::{Client, Exchange, Seat},
    platform::SamplePlatform,
};
use crate::webhook::envelope;

/// How long a reply that comes later is waited for.
const LATER_MAX: Duration = Duration::from_secs(25);

/// Callback types after which the reply comes as an edit.
const DEFERRALS: [u64; 2] = [5, 6];

/// The message is seen by one person alone.
const EPHEMERAL: u64 = 1 << 6;

/// Plays it.
pub(super) async fn play(
    client: &Client,
    sample: &SamplePlatform,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    writeln!(out, "> /invites list\n")?;
    let first = reply(command(client, "list").await, sample).await?;
    writeln!(out, "{}", drawn(&first))?;

    writeln!(out, "> presses Next\n")?;
    let next = button(&first, "Next").context("the list has no further page")?;
    let second = reply(press(client, &next, None).await, sample).await?;
    writeln!(out, "{}", drawn(&second))?;

    writeln!(out, "> opens the first invite of this page\n")?;
    let (menu, value) = first_choice(&second).context("the page has nothing to open")?;
    let card = reply(press(client, &menu, Some(&value)).await, sample).await?;
    writeln!(out, "{}", drawn(&card))?;
    Ok(())
}

/// Types `/invites <name>` without options.
async fn command(client: &Client, name: &str) -> Exchange {
    let data = json!({"id": "1", "name": ROOT, "type": 1,
        "options": [{"name": name, "type": 1, "options": []}]});
    let seat = Seat::default();
    let interaction = client.interaction(seat, envelope::COMMAND, json!({ "data": data }));
    client.send(seat.shape, interaction).await
}

/// Presses a button, or chooses a value in a menu, on a private reply.
async fn press(client: &Client, custom_id: &str, value: Option<&str>) -> Exchange {
    let (kind, values) = match value {
        None => (2, Vec::new()),
        Some(value) => (3, vec![value]),
    };
    let data = json!({"component_type": kind, "custom_id": custom_id, "values": values});
    let rest = json!({"data": data, "message": {"flags": EPHEMERAL}});
    let seat = Seat::default();
    let interaction = client.interaction(seat, envelope::COMPONENT, rest);
    client.send(seat.shape, interaction).await
}

/// The message that the answer is or becomes.
async fn reply(exchange: Exchange, sample: &SamplePlatform) -> anyhow::Result<Value> {
    let status = exchange.status.context("the webhook did not answer")?;
    ensure!(status == 200, "the webhook answered {status}");
    let answer = exchange
        .answered()
        .context("the webhook's answer is no JSON")?;
    let kind = answer["type"].as_u64().context("the answer has no type")?;
    if !DEFERRALS.contains(&kind) {
        return Ok(answer["data"].clone());
    }
    let edit = sample.edit(exchange.token(), LATER_MAX).await;
    Ok(edit.context("the reply did not come")?.payload)
}

fn components(message: &Value) -> impl Iterator<Item = &Value> {
    let rows = message["components"].as_array().into_iter().flatten();
    rows.flat_map(|row| row["components"].as_array().into_iter().flatten())
}

fn button(message: &Value, label: &str) -> Option<String> {
    let button = components(message).find(|component| component["label"] == label)?;
    Some(button["custom_id"].as_str()?.to_owned())
}

fn first_choice(message: &Value) -> Option<(String, String)> {
    let menu = components(message).find(|component| component["options"].is_array())?;
    let value = menu["options"][0]["value"].as_str()?;
    Some((menu["custom_id"].as_str()?.to_owned(), value.to_owned()))
}

/// The message as text, one control a line in brackets.
fn drawn(message: &Value) -> String {
    let now = Timestamp::now();
    let text = |value: &Value| plain(value.as_str().unwrap_or_default(), now);
    let mut lines = Vec::new();
    for embed in message["embeds"].as_array().into_iter().flatten() {
        lines.push(text(&embed["title"]));
        lines.push(String::new());
        lines.extend(
            embed["description"]
                .is_string()
                .then(|| text(&embed["description"])),
        );
        for field in embed["fields"].as_array().into_iter().flatten() {
            lines.push(format!(
                "{}: {}",
                text(&field["name"]),
                text(&field["value"])
            ));
        }
        lines.push(String::new());
        lines.extend(
            embed["footer"]
                .is_object()
                .then(|| text(&embed["footer"]["text"])),
        );
    }
    for row in message["components"].as_array().into_iter().flatten() {
        let labels = row["components"]
            .as_array()
            .into_iter()
            .flatten()
            .map(control);
        lines.push(labels.collect::<Vec<_>>().join(" "));
    }
    lines.push(String::new());
    let lines = lines.iter().flat_map(|line| line.split('\n'));
    lines
        .map(|line| format!("  {line}\n").replace("  \n", "\n"))
        .collect()
}

fn control(component: &Value) -> String {
    let text = |key: &str| component[key].as_str().unwrap_or_default().to_owned();
    match component["options"].as_array() {
        None if component["disabled"] == true => format!("({})", text("label")),
        None => format!("[{}]", text("label")),
        Some(options) => {
            let chosen = options.iter().find(|option| option["default"] == true);
            let shown = chosen.and_then(|option| option["label"].as_str());
            format!(
                "[{} ▾]",
                shown.map_or_else(|| text("placeholder"), str::to_owned)
            )
        }
    }
}

/// Text without its markup, moments told by their distance, as a chat client shows them.
fn plain(markup: &str, now: Timestamp) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(c) = rest.chars().next() {
        let moment = rest
            .strip_prefix("<t:")
            .and_then(|inner| inner.split_once('>'));
        if let Some((inner, after)) = moment
            && let Some(told) = moment_in_words(inner, now)
        {
            text += &told;
            rest = after;
            continue;
        }
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                text.extend(after.chars().next());
                rest = after
                    .get(after.chars().next().map_or(0, char::len_utf8)..)
                    .unwrap_or("");
            }
            // Stress and the marks that keep a name's direction of writing.
            '*' | '`' | '\u{2068}' | '\u{2069}' => rest = after,
            c => {
                text.push(c);
                rest = after;
            }
        }
    }
    text
}

/// `1787313600:R` or `1787313600:f`.
fn moment_in_words(inner: &str, now: Timestamp) -> Option<String> {
    let (seconds, style) = inner.split_once(':')?;
    let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some(match style {
        "R" => relative(at, now),
        _ => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{bind, community, signing_key},
        *,
    };
    use crate::{clock::Clock, metrics::Metrics};

    const README: &str = include_str!("../../README.md");

    /// Words of a line without how long something has been, which goes on meanwhile.
    fn timeless(line: &str) -> Vec<&str> {
        const UNITS: [&str; 6] = ["minutes", "minute", "hours", "hour", "seconds", "second"];
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_length = |at: usize| {
            let after = words.get(at + 1).unwrap_or(&"");
            UNITS.contains(&words[at]) || UNITS.contains(after)
        };
        let kept = words
            .iter()
            .enumerate()
            .filter(|(at, _)| !is_length(*at))
            .map(|(_, word)| *word);
        kept.collect()
    }

    #[tokio::test]
    async fn the_documentation_shows_what_is_printed() {
        let clock = Clock::system();
        let community = community::sample_community(clock.now(), None);
        let sample = SamplePlatform::start(community).await.unwrap();
        let key = signing_key().unwrap();
        let anywhere = "127.0.0.1:0".parse().unwrap();
        let server = bind(Some(anywhere), &sample, &key, &clock, &Metrics::new())
            .await
            .unwrap();
        let client = Client::new(server.address().unwrap(), key, clock);
        tokio::spawn(server.run(std::future::pending()));
        let mut printed = Vec::new();
        play(&client, &sample, &mut printed).await.unwrap();
        let printed = String::from_utf8(printed).unwrap();

        let (_, shown) = README.split_once("```text\n").unwrap();
        let (shown, _) = shown.split_once("```").unwrap();
        assert!(shown.starts_with("> /invites list\n"), "{shown}");
        let mut rest = printed.lines();
        for line in shown.lines().filter(|line| line.trim() != "…") {
            let same = |other: &str| timeless(other) == timeless(line);
            assert!(
                rest.any(same),
                "{line}\nis not, or not there, in\n{printed}"
            );
        }
    }

    #[test]
    fn markup_reads_as_a_chat_client_shows_it() {
        let now = Timestamp::from_second(1_787_313_600).unwrap();
        assert_eq!(
            plain(
                "`aB` · **3 uses** · ends <t:1787317200:R> by \u{2068}\\*x\\*\u{2069} <3",
                now
            ),
            "aB · 3 uses · ends in 1 hour by *x* <3"
        );
        assert_eq!(plain("<t:1787313600:f>\\", now), "2026-08-21 12:00 UTC");
    }
}
