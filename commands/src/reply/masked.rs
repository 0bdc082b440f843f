//! What of a reply that was meant for one person can stand where everyone reads.

use super::{Content, FailureText, Notice, Placement, Reply};
use crate::{
    code::Code,
    phrase::{Phrase, Span},
    text,
};

impl Reply {
    /// The reply for everyone, where the one person cannot be reached: with masked codes, and
    /// without a way on. What is made of codes and people is not shown at all.
    #[must_use]
    pub fn for_everyone(&self) -> Self {
        let content = match &self.content {
            Content::Notice(notice) => Content::Notice(Notice {
                tone: notice.tone,
                title: masked(&notice.title),
                paragraphs: notice.paragraphs.iter().map(masked).collect(),
            }),
            Content::Failure(text) => Content::Failure(FailureText {
                failure: text.failure.clone(),
                title: masked(&text.title),
                advice: masked(&text.advice),
            }),
            Content::Help(_) | Content::Findings(_) | Content::Elsewhere(_) => self.content.clone(),
            Content::List(_)
            | Content::Card(_)
            | Content::Export(_)
            | Content::Form(_)
            | Content::Members(_)
            | Content::Review(_)
            | Content::Stats(_)
            | Content::Progress(_)
            | Content::Cleaned(_)
            | Content::Suggestions(_) => Content::Elsewhere(text::only_in_private()),
        };
        Self {
            placement: Placement::Shared,
            ..Self::private(content)
        }
    }
}

fn masked(phrase: &Phrase) -> Phrase {
    let spans = phrase.spans().iter().map(|span| match span {
        Span::Code(text) => match Code::new(text) {
            Ok(code) => Span::Code(code.masked()),
            Err(_) => span.clone(),
        },
        Span::Link(_) => Span::Text("(its link is not for everyone)".to_owned()),
        // What was typed may be a code.
        Span::Name(name) => match Code::new(name) {
            Ok(code) if name.bytes().any(|byte| byte.is_ascii_digit()) => Span::Name(code.masked()),
            _ => span.clone(),
        },
        Span::Command(words) => Span::Command(masked_words(words)),
        Span::Text(_) | Span::Strong(_) | Span::Ago(_) | Span::Date(_) => span.clone(),
    });
    spans.fold(Phrase::new(), Phrase::with)
}

/// A command that names a code, without it.
fn masked_words(words: &str) -> String {
    let masked = |word: &str| match Code::new(word) {
        Ok(code) if crate::typed::looks_like_code(word) => code.masked(),
        _ => word.to_owned(),
    };
    words.split(' ').map(masked).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reply::Tone,
        samples::{NOW, invite},
    };

    #[test]
    fn a_notice_for_everyone_holds_no_code_and_no_link() {
        let code = invite("aBcD12xY").code;
        let notice = Notice {
            tone: Tone::Done,
            title: Phrase::from("Revoked invite ").code(code.as_str()),
            paragraphs: vec![
                Phrase::from("The new one: ").link("https://fluxer.gg/aBcD12xY"),
                Phrase::from("Look: ").command("show aBcD12xY"),
                Phrase::from("Not ").quote("aBcD12xY"),
            ],
        };
        let reply = Reply::private(Content::Notice(notice)).for_everyone();
        let Content::Notice(notice) = &reply.content else {
            panic!("no notice");
        };
        let told: Vec<String> = std::iter::once(&notice.title)
            .chain(&notice.paragraphs)
            .map(|phrase| phrase.plain(NOW))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        Revoked invite aBcD••••
        The new one: (its link is not for everyone)
        Look: /invites show aBcD••••
        Not “aBcD••••”
        ");
        assert_eq!(reply.placement, Placement::Shared);
    }
}
