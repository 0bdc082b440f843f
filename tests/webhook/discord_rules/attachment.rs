//! Attachments: what a message says of its files, and the files beside it.

use std::path::Path;

use super::embed::is_attached_picture;
use super::node::{Node, characters, repeated};
use super::problems::{Problems, page};

const ATTACHED: &str = "attachment://";

/// Alternative text; the schema says the same.
const DESCRIPTION_MAX_CHARS: usize = 1024;

/// The first bytes of every PNG.
const PNG: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];

/// Notes what the pages say against the attachments of `message`, and pictures of embeds that are
/// not among them.
///
/// See [Discord Docs/API Reference] (Uploading Files, Using Attachments within Embeds).
pub(super) fn check(message: &Node<'_>, problems: &mut Problems) {
    let attachments = message.list("attachments");
    let id = |attachment: &Node<'_>| attachment.value().get("id").map(ToString::to_string);
    if let Some(attachment) = repeated(&attachments, id) {
        let rule = "another attachment has the same id";
        problems.add(attachment.pointer(), rule, page::STRICT);
    }
    let name = |attachment: &Node<'_>| attachment.text("filename").map(str::to_owned);
    if let Some(attachment) = repeated(&attachments, name) {
        let rule = "another attachment has the same name";
        problems.add(attachment.pointer(), rule, page::STRICT);
    }
    for attachment in &attachments {
        let text = attachment.text("description").unwrap_or_default();
        problems.require(
            characters(text) <= DESCRIPTION_MAX_CHARS,
            attachment,
            format_args!("a description has at most {DESCRIPTION_MAX_CHARS} characters"),
            page::MESSAGE,
        );
    }
}

/// Notes pictures of embeds that are not among the attachments, or that nobody described: what a
/// picture tells, somebody who cannot see it has to learn as well.
pub(super) fn check_pictures(message: &Node<'_>, problems: &mut Problems) {
    let attachments = message.list("attachments");
    for embed in message.list("embeds") {
        for key in ["image", "thumbnail"] {
            let Some(picture) = embed.get(key) else {
                continue;
            };
            let url = picture.text("url").filter(|url| is_attached_picture(url));
            let Some(name) = url.and_then(|url| url.strip_prefix(ATTACHED)) else {
                continue;
            };
            let mut named = attachments.iter();
            let attached = named.find(|one| one.text("filename") == Some(name));
            let rule = "the picture is not attached";
            problems.require(attached.is_some(), &picture, rule, page::PROJECT);
            let described = attached.and_then(|one| one.text("description"));
            problems.require(
                attached.is_none() || described.is_some_and(|text| !text.trim().is_empty()),
                &picture,
                "the picture has no description",
                page::PROJECT,
            );
        }
    }
}

/// Notes where the files beside a body are not those that it names.
///
/// See [Discord Docs/API Reference] (Uploading Files): `files[n]` belongs to the attachment with
/// the id `n`.
pub(super) fn check_files(message: &Node<'_>, files: &[(&str, &[u8])], problems: &mut Problems) {
    let attachments = message.list("attachments");
    for (index, (name, bytes)) in files.iter().enumerate() {
        let is_meant = |one: &&Node<'_>| match one.value().get("id") {
            Some(id) => {
                id.as_str() == Some(&index.to_string()) || id.as_u64() == u64::try_from(index).ok()
            }
            None => false,
        };
        let described = attachments.iter().find(is_meant);
        let is_named = described.is_some_and(|one| one.text("filename") == Some(*name));
        let rule = format_args!("the file {name} is not what the body calls attachment {index}");
        problems.require(is_named, message, rule, page::RESPONDING);
        problems.require(
            !bytes.is_empty(),
            message,
            format_args!("the file {name} is empty"),
            page::STRICT,
        );
        let extension = Path::new(name).extension();
        let is_png = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
        problems.require(
            !is_png || bytes.starts_with(&PNG),
            message,
            format_args!("the file {name} is no PNG"),
            page::STRICT,
        );
    }
    problems.require(
        attachments.len() == files.len(),
        message,
        format_args!(
            "{} attachments, but {} files",
            attachments.len(),
            files.len()
        ),
        page::RESPONDING,
    );
}
