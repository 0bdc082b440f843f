//! Embeds.

use super::node::{Node, characters, repeated};
use super::problems::{Problems, page};

/// See [Discord Docs/Message Resource] (Embed Limits).
const TOTAL_MAX_CHARS: usize = 6000;

/// See [Discord Docs/API Reference] (Using Attachments within Embeds).
const EMBEDDABLE: [&str; 5] = [".jpg", ".jpeg", ".png", ".webp", ".gif"];

/// Notes what the pages say against the embeds of `message`.
pub(super) fn check_all(message: &Node<'_>, problems: &mut Problems) {
    let embeds = message.list("embeds");
    let texts = embeds.iter().flat_map(texts);
    let total: usize = texts.map(|(_, text)| characters(text.trim())).sum();
    problems.require(
        total <= TOTAL_MAX_CHARS,
        message,
        format_args!("all embeds together have at most {TOTAL_MAX_CHARS} characters, not {total}"),
        page::MESSAGE,
    );
    if let Some(embed) = repeated(&embeds, |embed| embed.text("url")) {
        let rule = "embeds with the same URL collapse into the first";
        problems.add(embed.pointer(), rule, page::MESSAGE);
    }
    for embed in &embeds {
        check(embed, problems);
    }
}

fn check(embed: &Node<'_>, problems: &mut Problems) {
    let texts = texts(embed);
    for (place, text) in &texts {
        let holds = !text.trim().is_empty();
        problems.require(holds, place, "a text of an embed is blank", page::STRICT);
    }
    let is_something = !texts.is_empty() || embed.has("image") || embed.has("thumbnail");
    problems.require(is_something, embed, "an embed shows nothing", page::STRICT);
    check_settable(embed, problems);
    check_urls(embed, problems);
}

/// Every text that counts towards the total, with its place.
///
/// See [Discord Docs/Message Resource] (Embed Limits).
fn texts<'a>(embed: &Node<'a>) -> Vec<(Node<'a>, &'a str)> {
    let mut places = vec![(embed.clone(), "title"), (embed.clone(), "description")];
    places.extend(embed.get("footer").map(|footer| (footer, "text")));
    places.extend(embed.get("author").map(|author| (author, "name")));
    for field in embed.list("fields") {
        places.push((field.clone(), "name"));
        places.push((field, "value"));
    }
    places
        .into_iter()
        .filter_map(|(parent, key)| Some((parent.get(key)?, parent.text(key)?)))
        .collect()
}

/// See [Discord Docs/Webhook Resource] (Execute Webhook): a type other than "rich", a provider,
/// a video and the size of a picture cannot be set.
fn check_settable(embed: &Node<'_>, problems: &mut Problems) {
    let kind = embed.text("type").unwrap_or("rich");
    problems.require(kind == "rich", embed, "an embed is rich", page::WEBHOOK);
    for key in ["provider", "video"] {
        let rule = format_args!("`{key}` cannot be set");
        problems.require(!embed.has(key), embed, rule, page::WEBHOOK);
    }
    for picture in ["image", "thumbnail"]
        .iter()
        .filter_map(|key| embed.get(key))
    {
        let is_sized = picture.has("width") || picture.has("height");
        let rule = "the size of a picture cannot be set";
        problems.require(!is_sized, &picture, rule, page::WEBHOOK);
    }
}

/// See [Discord Docs/Message Resource] (Embed Object): links are http(s), pictures may be attached.
fn check_urls(embed: &Node<'_>, problems: &mut Problems) {
    for place in [Some(embed.clone()), embed.get("author")].iter().flatten() {
        let url = place.text("url");
        let rule = "a link is http or https";
        problems.require(url.is_none_or(is_web), place, rule, page::MESSAGE);
    }
    let pictures = [
        ("image", "url"),
        ("thumbnail", "url"),
        ("author", "icon_url"),
        ("footer", "icon_url"),
    ];
    for (parent, key) in pictures {
        let Some(parent) = embed.get(parent) else {
            continue;
        };
        let url = parent.text(key);
        problems.require(
            url.is_none_or(|url| is_web(url) || is_attached_picture(url)),
            &parent,
            "a picture is http, https or an attached jpg, png, webp or gif",
            page::MESSAGE,
        );
    }
}

/// Whether `url` is one that a browser opens.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whether `url` names an attachment that can be shown as a picture.
pub(super) fn is_attached_picture(url: &str) -> bool {
    let Some(name) = url.strip_prefix("attachment://") else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    EMBEDDABLE.iter().any(|extension| name.ends_with(extension))
}
