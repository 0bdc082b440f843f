//! A process that goes on until it is told to end.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{Ended, PATIENCE};

/// A running process; it is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    out: Text,
    err: Text,
    readers: Vec<JoinHandle<()>>,
}

/// What a stream gave so far.
type Text = Arc<Mutex<String>>;

impl Running {
    pub(super) fn start(mut command: Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (out, out_reader) = collect(child.stdout.take().unwrap());
        let (err, err_reader) = collect(child.stderr.take().unwrap());
        Self {
            child,
            out,
            err,
            readers: vec![out_reader, err_reader],
        }
    }

    /// Standard output so far.
    pub(crate) fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    /// Standard error so far.
    pub(crate) fn err(&self) -> String {
        self.err.lock().unwrap().clone()
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Until it has said this on either stream, or has ended.
    pub(crate) async fn said_or_ended(&mut self, text: &str) {
        let asked_at = Instant::now();
        while self.is_running() && !(self.out() + &self.err()).contains(text) {
            assert!(asked_at.elapsed() < PATIENCE, "neither {text:?} nor an end");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What stands behind `before` on its line, on either stream, once it is there.
    pub(crate) async fn said(&mut self, before: &str) -> String {
        let asked_at = Instant::now();
        loop {
            let all = self.out() + &self.err();
            let whole_lines = all.rsplit_once('\n').map_or("", |(lines, _)| lines);
            if let Some((_, after)) = whole_lines.split_once(before) {
                return after.lines().next().unwrap_or_default().to_owned();
            }
            assert!(self.is_running(), "ended before {before:?}: {all}");
            assert!(asked_at.elapsed() < PATIENCE, "no {before:?}: {all}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Where `serve` listens.
    pub(crate) async fn address(&mut self) -> SocketAddr {
        let said = self.said("listening on ").await;
        let address = said.split(|c: char| c.is_whitespace() || c == '"').next();
        address.unwrap().parse().unwrap()
    }

    /// The most memory that it has held so far, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
        peak.unwrap().trim().parse::<u64>().unwrap() * 1024
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id();
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status();
        assert!(sent.unwrap().success(), "{name} could not be sent");
    }

    /// Its exit status, once it has ended and all that it said was read; `None` when a signal
    /// ended it at once.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        let asked_at = Instant::now();
        while asked_at.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                for reader in self.readers.drain(..) {
                    reader.join().unwrap();
                }
                return status.code();
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("still running: {}", self.err());
    }

    /// How it ended, once it has.
    pub(crate) async fn into_its_end(mut self) -> Ended {
        Ended {
            status: self.ended().await,
            out: self.out(),
            err: self.err(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(stream: impl Read + Send + 'static) -> (Text, JoinHandle<()>) {
    let text = Text::default();
    let collected = Arc::clone(&text);
    let reader = thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            collected
                .lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    });
    (text, reader)
}
