//! Headless Chromium behind chromedriver: started, told what to note, ended.

use std::{
    env, fs,
    io::{self, Write},
    path::PathBuf,
    process::Stdio,
    sync::{
        Once,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Set to 1 where a browser that is not there is a failure.
const REQUIRED: &str = "GATEHOUSE_REQUIRE_BROWSER";

/// Says on which port it listens, whatever its version.
const STARTED: &str = "started successfully on port ";

/// Names of the browser's binary.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// No window, nothing asked of anybody, nothing left behind.
const ARGUMENTS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-US",
];

/// A browser of one journey.
#[derive(Debug)]
pub(crate) struct Chromium {
    pub(crate) driver: WebDriver,
    process: Child,
    profile: PathBuf,
}

/// Said where there is no browser.
const SKIPPED: &str =
    "SKIPPED: no Chromium with chromedriver here, the page was not tried in a browser\n";

/// Starts a browser; `None` where there is none, which is said once.
pub(crate) async fn start() -> Option<Chromium> {
    static SAID: Once = Once::new();

    let (Some(browser), Some(chromedriver)) = (found(&BROWSERS), found(&["chromedriver"])) else {
        let is_required = env::var(REQUIRED).is_ok_and(|value| value == "1");
        assert!(
            !is_required,
            "{REQUIRED}=1, but Chromium or chromedriver is not installed"
        );
        SAID.call_once(|| {
            // Past the test runner's capture: whoever reads the result has to know.
            let _ = io::stderr().write_all(SKIPPED.as_bytes());
        });
        return None;
    };
    let mut process = Command::new(chromedriver)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let port = loop {
        let line = lines.next_line().await.unwrap();
        let line = line.expect("chromedriver tells its port before it ends");
        if let Some((_, port)) = line.split_once(STARTED) {
            break port.trim_end_matches('.').to_owned();
        }
    };
    let profile = profile();
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary(browser.to_str().unwrap()).unwrap();
    for argument in ARGUMENTS {
        wanted.add_arg(argument).unwrap();
    }
    let data = format!("--user-data-dir={}", profile.display());
    wanted.add_arg(&data).unwrap();
    for log in ["browser", "performance"] {
        wanted
            .set_logging_prefs(log, LoggingPrefsLogLevel::All)
            .unwrap();
    }
    let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted)
        .await
        .unwrap();
    Some(Chromium {
        driver,
        process,
        profile,
    })
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let places: Vec<PathBuf> = env::split_paths(&path).collect();
    let candidates = names
        .iter()
        .flat_map(|name| places.iter().map(move |place| place.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// A directory of this journey alone.
fn profile() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);

    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("gatehouse-browser-{}-{number}", std::process::id());
    let profile = env::temp_dir().join(name);
    fs::create_dir_all(&profile).unwrap();
    profile
}

impl Chromium {
    /// Lets the page be this wide and high, in CSS pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32, is_phone: bool) {
        let size = json!({
            "width": width, "height": height, "mobile": is_phone,
            "deviceScaleFactor": if is_phone { 2 } else { 1 },
        });
        self.command("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Lets the browser prefer light or dark.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.command(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    async fn command(&self, command: &str, parameters: Value) {
        self.driver
            .cdp()
            .send_raw(command, parameters)
            .await
            .unwrap();
    }

    /// Errors that the console shows, since this was asked last.
    pub(crate) async fn console_errors(&self) -> Vec<String> {
        let log = self.driver.get_log("browser").await.unwrap();
        let severe = log.into_iter().filter(|entry| entry.level == "SEVERE");
        severe.map(|entry| entry.message).collect()
    }

    /// Addresses that the page asked, since this was asked last.
    pub(crate) async fn requested(&self) -> Vec<String> {
        let log = self.driver.get_log("performance").await.unwrap();
        let urls = log.iter().filter_map(|entry| {
            let event: Value = serde_json::from_str(&entry.message).ok()?;
            let event = &event["message"];
            if event["method"] != "Network.requestWillBeSent" {
                return None;
            }
            Some(event["params"]["request"]["url"].as_str()?.to_owned())
        });
        urls.collect()
    }

    /// Ends the browser, and takes its profile away.
    pub(crate) async fn end(mut self) {
        // The browser is ended by its driver; whatever comes of it, the driver ends as well.
        let _ = self.driver.quit().await;
        let _ = self.process.kill().await;
        let _ = fs::remove_dir_all(&self.profile);
    }
}
