//! The sandbox as a newcomer starts it.

use std::process::Stdio;

use gatehouse::sandbox::platform::{Community, FLUXER_TOKEN};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

/// What stands before the page's address in the sandbox's own words.
const PAGE: &str = "  page             ";

/// What stands before the sample platform's.
const SAMPLE: &str = "  sample platform  ";

/// A running sandbox; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// Address of the page.
    pub(crate) url: String,
    /// The sample platform's API, as Fluxer has it.
    api: String,
    _process: Child,
    /// Held, so that it can go on writing.
    _out: BufReader<ChildStdout>,
}

impl Sandbox {
    pub(crate) async fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .args(["sandbox", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut url = None;
        loop {
            let mut line = String::new();
            let read = out.read_line(&mut line).await.unwrap();
            assert!(read > 0, "the sandbox ended before it told its addresses");
            if let Some(page) = line.strip_prefix(PAGE) {
                url = Some(page.trim().to_owned());
            } else if let Some(sample) = line.strip_prefix(SAMPLE) {
                let (api, _) = sample.split_once(' ').unwrap();
                return Self {
                    url: url.unwrap(),
                    api: api.to_owned(),
                    _process: process,
                    _out: out,
                };
            }
        }
    }

    /// What was changed in the sample community, newest first.
    pub(crate) async fn audit_log(&self) -> Vec<Value> {
        let guild = Community::SAMPLE_ID;
        let answer = reqwest::Client::new()
            .get(format!("{}/guilds/{guild}/audit-logs?limit=100", self.api))
            .header("Authorization", format!("Bot {FLUXER_TOKEN}"))
            .send();
        let log: Value = answer.await.unwrap().json().await.unwrap();
        log["audit_log_entries"].as_array().unwrap().clone()
    }
}
