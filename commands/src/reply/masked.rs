//! What of a reply that was meant for one person can stand where everyone reads.

use super::{Content, FailureText, Notice, Placement, Reply, Tone};
use crate::{
    code::Code,
    phrase::{Phrase, Span},
    text, typed,
};

impl Reply {
    /// The reply for everyone, where the one person cannot be reached: with masked codes, and
    /// without a way on. What is made of codes and people is not shown at all.
    #[must_use]
    pub fn for_everyone(&self) -> Self {
        let content = match &self.content {
            Content::Notice(notice) => Content::Notice(Notice {
                tone: notice.tone,
                title: masked(&notice.title, is_any_code),
                paragraphs: notice
                    .paragraphs
                    .iter()
                    .map(|paragraph| masked(paragraph, is_any_code))
                    .collect(),
            }),
            // Of what was done everyone may hear; what else it shows is left out.
            Content::Card(card) => Content::Notice(Notice {
                tone: Tone::Plain,
                title: masked(&card.title, is_any_code),
                paragraphs: card
                    .notes
                    .iter()
                    .map(|note| masked(note, is_any_code))
                    .chain([text::rest_in_private()])
                    .collect(),
            }),
            Content::Failure(text) => Content::Failure(FailureText {
                failure: text.failure.clone(),
                title: masked(&text.title, typed::looks_like_code),
                advice: masked(&text.advice, typed::looks_like_code),
            }),
            Content::Help(_) | Content::Findings(_) | Content::Elsewhere(_) => self.content.clone(),
            Content::List(_)
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

/// In a notice whatever stands as a code is one, also one that somebody chose for it.
const fn is_any_code(_: &str) -> bool {
    true
}

/// The phrase with its codes masked. What is set in letters to be read one by one may also be a word
/// to be typed: `is_code` tells them apart.
fn masked(phrase: &Phrase, is_code: fn(&str) -> bool) -> Phrase {
    let spans = phrase.spans().iter().map(|span| match span {
        Span::Code(text) if is_code(text) => Span::Code(masked_words(text, is_code)),
        Span::Link(_) => Span::Text("(its link is not for everyone)".into()),
        // What was typed may be a code.
        Span::Name(name) => Span::Name(masked_words(name, typed::looks_like_code)),
        Span::Command(words) => Span::Command(masked_words(words, typed::looks_like_code).into()),
        Span::Code(_) | Span::Text(_) | Span::Strong(_) | Span::Ago(_) | Span::Date(_) => {
            span.clone()
        }
    });
    spans.fold(Phrase::new(), Phrase::with)
}

/// The words, without the codes among them.
fn masked_words(words: &str, is_code: fn(&str) -> bool) -> String {
    let masked = |word: &str| match Code::new(word) {
        Ok(code) if is_code(word) => code.masked(),
        _ => word.to_owned(),
    };
    words.split(' ').map(masked).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        options::ParseError,
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

    #[test]
    fn a_failure_for_everyone_keeps_the_words_that_it_names() {
        let error = ParseError::UnknownReply {
            given: "aBcD12xY".to_owned(),
            nearest: Some("next".to_owned()),
            ways: vec!["page 5".to_owned(), "refresh".to_owned()],
        };
        let failure = crate::failure::Failure::Words(error);
        let (title, advice) = text::failure(&failure);
        let text = FailureText {
            failure,
            title,
            advice,
        };
        let reply = Reply::private(Content::Failure(text)).for_everyone();
        let Content::Failure(text) = &reply.content else {
            panic!("no failure");
        };
        insta::assert_snapshot!(
            text.advice.plain(NOW),
            @"Instead of “aBcD••••”, did you mean next? What can be said to this message: page 5, refresh."
        );
    }
}
