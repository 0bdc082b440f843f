//! The sandbox as a newcomer starts it.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

/// What stands before the page's address in the sandbox's own words.
const PAGE: &str = "  page             ";

/// A running sandbox; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// Address of the page.
    pub(crate) url: String,
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
        loop {
            let mut line = String::new();
            let read = out.read_line(&mut line).await.unwrap();
            assert!(read > 0, "the sandbox ended before it told its page");
            if let Some(url) = line.strip_prefix(PAGE) {
                return Self {
                    url: url.trim().to_owned(),
                    _process: process,
                    _out: out,
                };
            }
        }
    }
}
