//! The page around the chat.

use maud::{DOCTYPE, Markup, html};

use super::{
    super::{
        chat::Chat,
        events::EVENT,
        settings::{Settings, Weather},
    },
    Draw, icon, switches, wire,
};

/// How htmx is set up: nothing is evaluated, nothing is put into the page that its policy forbids,
/// and nobody else is asked.
const HTMX: &str = r#"{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyEnabled":false,"reportValidityOfForms":true,"scrollIntoViewOnBoost":false}"#;

/// The whole page.
pub(in super::super) fn page(draw: &Draw<'_>, chat: &Chat, version: &str) -> Markup {
    let settings = &chat.settings;
    html! {
        (DOCTYPE)
        html lang="en" data-theme=(settings.theme.key()) data-width=(settings.width.key())
            data-locale=(settings.locale) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="htmx-config" content=(HTMX);
                title { "Gatehouse sandbox" }
                link rel="icon" href="/sandbox/assets/icon.svg";
                link rel="stylesheet" href="/sandbox/assets/page.css";
                script src="/sandbox/assets/htmx.min.js" defer {}
                script src="/sandbox/assets/htmx-sse.min.js" defer {}
                script src="/sandbox/assets/page.js" defer {}
            }
            body {
                a.skip href="#composer" { "Skip to the message box" }
                (top())
                div.columns {
                    aside.panel id="switches" aria-label="Switches" {
                        h2 { "Try it as" }
                        (switches::switches(settings))
                    }
                    main.stage { (chat_window(draw, chat)) }
                    aside.panel id="wire" aria-label="The wire" {
                        h2 { "The wire" }
                        p.hint {
                            "Each thing that you do is signed and posted to the real webhook; by "
                            "messages, it is an event to the real bot. Newest first."
                        }
                        ol id="exchanges" { (wire::exchanges(chat)) }
                    }
                }
                div id="live" hidden hx-ext="sse" hx-swap="none" sse-swap=(EVENT)
                    sse-connect=(format!("/sandbox/events?since={version}")) {}
                dialog id="dialog" aria-labelledby="dialog-title" {}
            }
        }
    }
}

fn top() -> Markup {
    html! {
        header.top {
            span.logo aria-hidden="true" { (icon::gate()) }
            div.title {
                h1 { "Gatehouse sandbox" }
                p { "Made-up sample data. Nothing leaves this machine." }
            }
            div.toggles {
                button.toggle type="button" data-panel="switches" aria-controls="switches"
                    aria-expanded="false" { (icon::sliders()) span { "Switches" } }
                button.toggle type="button" data-panel="wire" aria-controls="wire"
                    aria-expanded="false" { (icon::wire()) span { "Wire" } }
            }
        }
    }
}

fn chat_window(draw: &Draw<'_>, chat: &Chat) -> Markup {
    html! {
        section.chat aria-label="Chat" {
            (whereabouts(&chat.settings, false))
            div.log id="log" role="log" aria-label="Messages" aria-relevant="additions"
                tabindex="0" {
                (start(&chat.settings, false))
                ol id="messages" { (draw.messages(chat)) }
            }
            div.composer id="composer" tabindex="-1" { (draw.composer(chat, "", 0)) }
        }
    }
}

/// What to do first: the beginning of the log.
pub(in super::super) fn start(settings: &Settings, replaces: bool) -> Markup {
    let (_, channel) = settings.shape.channel();
    html! {
        p.start id="start" hx-swap-oob=[replaces.then_some("true")] {
            "This is the beginning of #" (channel) ". "
            @if settings.shape.has_commands() {
                "Type " kbd { "/" } " below for the commands of Gatehouse."
            } @else {
                "Write " code { "/invites" } " below, as an ordinary message. Gatehouse puts a ✅ below it "
                "and answers you alone, by direct message. Both stand here, each with its mark."
            }
        }
    }
}

/// Who is where: the head of the chat.
pub(in super::super) fn whereabouts(settings: &Settings, replaces: bool) -> Markup {
    let is_fine = settings.weather == Weather::Fine;
    html! {
        header.channel id="whereabouts" hx-swap-oob=[replaces.then_some("true")] {
            (icon::hash())
            div {
                h2 { (settings.shape.channel().1) }
                p {
                    (settings.shape.guild_name()) " (sample) · you are "
                    b { (settings.persona.name()) } ", "
                    (settings.persona.label().to_lowercase())
                }
            }
            @if !is_fine {
                span.trouble { "Platform: " (settings.weather.label()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::with, *};

    #[test]
    fn the_page_holds_nothing_that_its_policy_forbids() {
        let page = with(|draw| page(&draw, &Chat::default(), "1:1").into_string());
        assert!(!page.contains(" style="), "{page}");
        assert!(!page.contains("<style"), "{page}");
        for handler in [
            " onclick",
            " onload",
            " onerror",
            " onchange",
            "hx-on",
            "javascript:",
        ] {
            assert!(!page.contains(handler), "{handler} in {page}");
        }
        assert!(
            !page.contains("http://") && !page.contains("https://"),
            "{page}"
        );
        assert!(page.contains("&quot;allowEval&quot;:false"), "{page}");
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/sandbox/assets/"), "{script}");
        }
    }
}
