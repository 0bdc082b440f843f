//! Files of a message: where they are, which are pictures.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    super::chat::{File, Message},
    icon, list, text,
};

/// The media type of a picture that a chat client shows; `None` for every other file.
pub(in super::super) fn picture_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        _ => return None,
    })
}

/// Where a file of a message can be got.
fn href(message: u64, file: &File) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name: String = file
        .name
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    format!("/sandbox/files/{message}/{}/{name}", file.id)
}

/// Where a picture is that an embed or a component names: `attachment://name`.
///
/// Pictures elsewhere are not fetched, since nothing leaves this machine.
pub(super) fn attached<'a>(message: &'a Message, url: &str) -> Option<(&'a File, String)> {
    let name = url.strip_prefix("attachment://")?;
    let file = message.files.iter().find(|file| file.name == name)?;
    picture_type(name)?;
    Some((file, href(message.id, file)))
}

/// A picture that something names.
pub(super) fn picture(message: &Message, url: &str, class: &str) -> Markup {
    html! {
        @match attached(message, url) {
            Some((file, href)) => {
                img class=(class) src=(href) alt=(alt(message, file));
            }
            None if url.is_empty() => {}
            None => { p.elsewhere { "A picture from elsewhere, which the sandbox does not fetch: " (url) } }
        }
    }
}

/// What a picture shows, as its sender describes it.
fn alt(message: &Message, file: &File) -> String {
    let payload = Value::Object(message.payload.clone());
    let described = list(&payload, "attachments")
        .find(|attachment| text(attachment, "filename") == file.name)
        .map(|attachment| text(attachment, "description").to_owned());
    described
        .filter(|described| !described.is_empty())
        .unwrap_or_else(|| format!("Picture {}", file.name))
}

/// The files of a message that nothing in it shows already.
pub(super) fn files(message: &Message) -> Markup {
    let payload = Value::Object(message.payload.clone()).to_string();
    let is_shown = |file: &File| payload.contains(&format!("\"attachment://{}\"", file.name));
    let files = message.files.iter().filter(|file| !is_shown(file));
    html! {
        @for file in files {
            @let href = href(message.id, file);
            @if picture_type(&file.name).is_some() {
                img.picture src=(href) alt=(alt(message, file));
            } @else {
                div.file {
                    (icon::file())
                    div {
                        a.link href=(href) download=(file.name) { (file.name) }
                        div.size { (size(file.bytes.len())) }
                    }
                }
            }
        }
    }
}

/// A size in words.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        _ => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_shown() {
        assert_eq!(picture_type("chart.PNG"), Some("image/png"));
        for other in ["a.svg", "a.html", "png", "a.png.csv"] {
            assert_eq!(picture_type(other), None, "{other}");
        }
    }

    #[test]
    fn sizes_are_told_in_words() {
        assert_eq!(size(12), "12 bytes");
        assert_eq!(size(23_456), "23.4 kB");
    }
}
