//! A visit to the page: what a visitor can do, see and expect.

use std::{
    env, fs,
    future::Future,
    panic,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use thirtyfour::{By, Key, TypingData, WebElement};
use tokio::{sync::Mutex, time::sleep};

use crate::{
    chromium::{self, Chromium},
    sandbox::Sandbox,
};

/// Checks of accessibility (axe-core, MPL-2.0, with its licence beside it).
const AXE: &str = include_str!("axe.min.js");

/// Set to 1 to take the README's pictures anew.
const SCREENS: &str = "GATEHOUSE_SCREENS";

/// How long something may take to show.
const PATIENCE: Duration = Duration::from_secs(20);

/// Helpers for questions to the page.
const HELPERS: &str = r"
    const seen = (element) => Boolean(element) && element.offsetParent !== null;
    const messages = [...document.querySelectorAll('#messages > li')];
    const last = messages.at(-1);
    const labelled = (within, words) => [...within.querySelectorAll('button, summary, a')]
        .find((one) => seen(one) && one.textContent.trim() === words);
";

/// One browser at one sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    name: &'static str,
    chromium: Arc<Chromium>,
    sandbox: Arc<Sandbox>,
}

/// Lets a journey be made, and checks what must hold for all of them.
pub(crate) async fn visiting<J>(name: &'static str, journey: impl FnOnce(Visit) -> J)
where
    J: Future<Output = ()> + Send + 'static,
{
    // One browser at a time: several would only be in each other's way.
    static TURN: Mutex<()> = Mutex::const_new(());

    let _turn = TURN.lock().await;
    // The browser's driver is asked by HTTP, for which nobody chose a cryptography yet.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(chromium) = chromium::start().await else {
        return;
    };
    let visit = Visit {
        name,
        chromium: Arc::new(chromium),
        sandbox: Arc::new(Sandbox::start().await),
    };
    let made = tokio::spawn({
        let visit = visit.clone();
        let journey = journey(visit.clone());
        async move {
            journey.await;
            visit.check().await;
        }
    });
    let made = made.await;
    if made.is_err() {
        visit.picture("where-it-failed").await;
    }
    let chromium = Arc::into_inner(visit.chromium).expect("the journey is over");
    chromium.end().await;
    if let Err(failed) = made {
        panic::resume_unwind(failed.into_panic());
    }
}

impl Visit {
    /// Opens the page in a window of this size.
    pub(crate) async fn open(&self, width: u32, height: u32) {
        // What the browser showed before is none of the page's doing.
        let _ = self.chromium.requested().await;
        self.chromium.prefer("light").await;
        self.resize(width, height).await;
        self.chromium.driver.goto(&*self.sandbox.url).await.unwrap();
        self.until("document.querySelector('#box') && window.htmx")
            .await;
    }

    /// Makes the window larger or smaller.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.chromium.resize(width, height, width < 600).await;
    }

    /// Opens another page of the sandbox.
    pub(crate) async fn go(&self, path: &str) {
        let url = format!("{}{path}", self.sandbox.url);
        self.chromium.driver.goto(&url).await.unwrap();
    }

    /// What the page answers to a question in its own language.
    pub(crate) async fn ask(&self, question: &str) -> Value {
        let script = format!("{HELPERS} return {question};");
        let answer = self.chromium.driver.execute(script, Vec::new()).await;
        answer.unwrap().json().clone()
    }

    /// Waits until something holds on the page.
    pub(crate) async fn until(&self, what: &str) {
        let asked_at = Instant::now();
        let question = format!("Boolean({what})");
        while self.ask(&question).await != json!(true) {
            assert!(asked_at.elapsed() < PATIENCE, "{}: never {what}", self.name);
            sleep(Duration::from_millis(40)).await;
        }
    }

    /// Waits until the last message says this.
    pub(crate) async fn until_last_says(&self, words: &str) {
        self.until(&format!("last.textContent.includes({})", json!(words)))
            .await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn type_in(&self, text: &str) {
        self.focused().await.send_keys(text).await.unwrap();
    }

    /// Presses a key at whatever has the focus.
    pub(crate) async fn key(&self, key: impl Into<TypingData>) {
        self.focused().await.send_keys(key).await.unwrap();
    }

    async fn focused(&self) -> WebElement {
        self.chromium.driver.active_element().await.unwrap()
    }

    /// Presses what a selector finds.
    pub(crate) async fn press(&self, selector: &str) {
        self.until(&format!("document.querySelector({})", json!(selector)))
            .await;
        let found = self.chromium.driver.find(By::Css(selector)).await.unwrap();
        found.scroll_into_view().await.unwrap();
        found.click().await.unwrap();
    }

    /// Presses the button, link or menu of the last message that has these words.
    pub(crate) async fn press_in_last(&self, words: &str) {
        let found = format!("labelled(last, {})", json!(words));
        self.until(&found).await;
        self.mark(&found).await;
        self.press("[data-marked]").await;
    }

    /// Goes to the button, link or menu of the last message that has these words.
    pub(crate) async fn focus_in_last(&self, words: &str) {
        let found = format!("labelled(last, {})", json!(words));
        self.until(&found).await;
        self.ask(&format!("{found}.focus()")).await;
    }

    /// Chooses from a menu of the last message; menu and choice by the words that they begin with.
    pub(crate) async fn choose_in_last(&self, menu: &str, choice: &str) {
        let find = |selector: &str, words: &str| {
            format!(
                "[...last.querySelectorAll('{selector}')]\
                 .find((one) => seen(one) && one.textContent.trim().startsWith({}))",
                json!(words)
            )
        };
        let menu = find("summary", menu);
        self.until(&menu).await;
        self.mark(&menu).await;
        self.press("[data-marked]").await;
        let choice = find(".choice", choice);
        self.until(&choice).await;
        self.mark(&choice).await;
        self.press("[data-marked]").await;
    }

    /// Uses a command from the menu of a message, the first of which is 0.
    pub(crate) async fn apply(&self, message: usize, command: &str) {
        let menu = format!("labelled(messages[{message}], 'Apps')");
        self.until(&menu).await;
        self.mark(&menu).await;
        self.press("[data-marked]").await;
        let choice = format!("labelled(messages[{message}], {})", json!(command));
        self.until(&choice).await;
        self.is_accessible("the menu of a message").await;
        self.mark(&choice).await;
        self.press("[data-marked]").await;
    }

    /// Types into the line of a form whose label begins like this.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let line = format!(
            "[...document.querySelectorAll('dialog[open] .field')]\
             .find((one) => one.querySelector('label')?.textContent.startsWith({}))\
             ?.querySelector('input, textarea')",
            json!(label)
        );
        self.until(&line).await;
        self.mark(&line).await;
        self.press("[data-marked]").await;
        self.type_in(text).await;
    }

    /// Waits until a form is open whose text holds this.
    pub(crate) async fn until_form_says(&self, words: &str) {
        self.until(&format!(
            "document.querySelector('dialog[open]')?.textContent.includes({})",
            json!(words)
        ))
        .await;
    }

    /// Sends the form off that is open.
    pub(crate) async fn submit(&self) {
        self.press("dialog[open] footer button:not([data-close])")
            .await;
        self.until("!document.querySelector('dialog').open").await;
    }

    /// Goes back through the page, key by key, to the button of the last message that has these
    /// words.
    pub(crate) async fn walk_back_to(&self, words: &str) {
        let is_there = format!(
            "last.contains(document.activeElement) \
             && document.activeElement.textContent.trim().startsWith({})",
            json!(words)
        );
        for _ in 0..60 {
            if self.ask(&is_there).await == json!(true) {
                return;
            }
            self.key(Key::Shift + Key::Tab).await;
        }
        panic!("{}: no way to {words} by keyboard", self.name);
    }

    /// What was changed in the sample community, newest first.
    pub(crate) async fn audit_log(&self) -> Vec<Value> {
        self.sandbox.audit_log().await
    }

    /// Marks an element, so that a real press can find it.
    async fn mark(&self, element: &str) {
        let script = format!(
            "{HELPERS} document.querySelectorAll('[data-marked]')\
             .forEach((one) => one.removeAttribute('data-marked'));\
             ({element}).setAttribute('data-marked', '');"
        );
        self.chromium
            .driver
            .execute(script, Vec::new())
            .await
            .unwrap();
    }

    /// Takes a switch; on a narrow page its drawer is opened and closed again.
    pub(crate) async fn switch(&self, name: &str, value: &str) {
        let is_drawer = self
            .ask("seen(document.querySelector('[data-panel=switches]'))")
            .await;
        let drawer = "[data-panel=switches]";
        if is_drawer == json!(true) {
            self.press(drawer).await;
        }
        self.press(&format!(
            "#settings label:has([name={name}][value='{value}'])"
        ))
        .await;
        if is_drawer == json!(true) {
            self.press(drawer).await;
        }
    }

    /// Types a command that takes nothing, as one does: a slash, its name, Enter twice.
    pub(crate) async fn command(&self, words: &str) {
        self.press("#box").await;
        self.type_in(words).await;
        self.until("document.querySelector('#box').getAttribute('aria-activedescendant')")
            .await;
        self.key(Key::Enter).await;
        self.until("document.activeElement.id === 'send-command'")
            .await;
        self.key(Key::Enter).await;
        self.until("document.activeElement.id === 'box'").await;
    }

    /// Types a command with its options, as one does: `/name` and `option:value` after it.
    pub(crate) async fn command_with(&self, command: &str, options: &str) {
        self.press("#box").await;
        self.type_in(&format!("{command} {options}")).await;
        self.until("document.querySelector('#box').getAttribute('aria-activedescendant')")
            .await;
        self.key(Key::Enter).await;
        self.press("#send-command").await;
        self.until("document.activeElement.id === 'box'").await;
    }

    /// Fails on everything that axe-core finds wrong with what is shown now.
    pub(crate) async fn is_accessible(&self, place: &str) {
        let driver = &self.chromium.driver;
        if self.ask("typeof window.axe === 'undefined'").await == json!(true) {
            driver.execute(AXE, Vec::new()).await.unwrap();
        }
        let run = "const done = arguments[arguments.length - 1];\
            axe.run(document, {resultTypes: ['violations']})\
            .then((found) => done(found.violations.map((one) => one.id + ': ' + one.help + ' '\
            + one.nodes.map((node) => node.html.slice(0, 200) + ' ' + node.failureSummary)\
            .join(' | '))), (error) => done([String(error)]));";
        let found = driver.execute_async(run, Vec::new()).await.unwrap();
        assert_eq!(*found.json(), json!([]), "{}, {place}", self.name);
    }

    /// Fails when something has to be scrolled sideways.
    pub(crate) async fn fits(&self, place: &str) {
        let wide = self
            .ask(
                "[document.documentElement, document.querySelector('#log'), \
                 ...document.querySelectorAll('.panel.open, dialog[open]')]\
                 .filter((one) => one.scrollWidth > one.clientWidth + 1)\
                 .map((one) => `${one.tagName}#${one.id}: ${one.scrollWidth} > ${one.clientWidth}`)",
            )
            .await;
        assert_eq!(wide, json!([]), "{}, {place}", self.name);
    }

    /// Takes a picture for whoever wants to see what happened.
    pub(crate) async fn picture(&self, what: &str) {
        let name = format!("{}-{what}.png", self.name);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        self.save(&path).await;
    }

    /// Takes a picture for the README, when it is to be taken anew.
    pub(crate) async fn readme_picture(&self, name: &str) {
        if env::var(SCREENS).is_ok_and(|value| value == "1") {
            let screens = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/screens");
            fs::create_dir_all(&screens).unwrap();
            self.save(&screens.join(format!("{name}.png"))).await;
        } else {
            self.picture(name).await;
        }
    }

    async fn save(&self, path: &Path) {
        // Whatever still moves comes to rest.
        sleep(Duration::from_millis(200)).await;
        let _ = self.chromium.driver.screenshot(path).await;
    }

    /// What must hold for every journey.
    async fn check(&self) {
        let errors = self.chromium.console_errors().await;
        assert!(errors.is_empty(), "{}: {errors:#?}", self.name);
        let url = &self.sandbox.url;
        let elsewhere: Vec<String> = self
            .chromium
            .requested()
            .await
            .into_iter()
            // What the browser has itself comes from nowhere: chrome:, data:.
            .filter(|asked| asked.starts_with("http") || asked.starts_with("ws"))
            .filter(|asked| !asked.starts_with(url))
            .collect();
        assert!(elsewhere.is_empty(), "{}: {elsewhere:#?}", self.name);
    }
}
