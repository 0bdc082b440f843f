//! A moderator's first minute: a list, a page on, one invite. Printed as a moderator sees it.

use std::{io::Write, time::Duration};

use anyhow::Context;
use gatehouse_commands::relative;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    client::{Answer, Client},
    platform::SamplePlatform,
};

/// How long a reply that comes later is waited for.
const LATER_MAX: Duration = Duration::from_secs(25);

/// Callback types after which the reply comes as an edit.
const DEFERRALS: [u64; 2] = [5, 6];

/// Plays it.
pub(super) async fn play(
    client: &Client,
    sample: &SamplePlatform,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    writeln!(out, "> /invites list\n")?;
    let first = reply(client.command("list").await?, sample).await?;
    writeln!(out, "{}", drawn(&first))?;

    writeln!(out, "> presses Next\n")?;
    let next = button(&first, "Next").context("the list has no further page")?;
    let second = reply(client.press(&next, None).await?, sample).await?;
    writeln!(out, "{}", drawn(&second))?;

    writeln!(out, "> opens the first invite of this page\n")?;
    let (menu, value) = first_choice(&second).context("the page has nothing to open")?;
    let card = reply(client.press(&menu, Some(&value)).await?, sample).await?;
    writeln!(out, "{}", drawn(&card))?;
    Ok(())
}

/// The message that the answer is or becomes.
async fn reply(answer: Answer, sample: &SamplePlatform) -> anyhow::Result<Value> {
    let kind = answer.body["type"]
        .as_u64()
        .context("the answer has no type")?;
    if !DEFERRALS.contains(&kind) {
        return Ok(answer.body["data"].clone());
    }
    let edit = sample.edit(&answer.token, LATER_MAX).await;
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
    use super::*;

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
