//! Sends requests, on as many connections as told, and takes the time.
//!
//! Threads that wait for one answer each, so that the sender takes little of the machine and wakes up exactly.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use hdrhistogram::Histogram;

use crate::interactions::Request;

/// The longest time that can be told, in nanoseconds: a minute.
const TIME_MAX_NS: u64 = 60_000_000_000;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most connections that requests on a schedule take: one that is late delays none that comes after it.
const SCHEDULED_CONNECTIONS: usize = 64;

/// A connection that is kept open.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
    /// Of the last answer.
    status: String,
    body: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            line: String::new(),
            status: String::new(),
            body: Vec::new(),
        })
    }

    /// Sends a request and says whether the answer is what was asked for.
    fn is_answered(&mut self, request: &Request) -> anyhow::Result<bool> {
        self.exchange(&request.bytes)?;
        Ok(self.status == "200" && request.wanted.is(&self.body))
    }

    /// Sends one request and reads its answer; only 200 will do.
    pub(crate) fn ask(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.exchange(request)?;
        ensure!(self.status == "200", "answered with {}", self.status);
        Ok(&self.body)
    }

    fn exchange(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.get_mut().write_all(request)?;
        let mut length = 0;
        let mut status = None;
        loop {
            self.line.clear();
            let read = self.stream.read_line(&mut self.line)?;
            ensure!(read > 0, "the server hung up");
            let line = self.line.trim_end();
            if status.is_none() {
                status = line.split(' ').nth(1).map(str::to_owned);
            } else if line.is_empty() {
                break;
            } else if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().context("a wrong length")?;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)?;
        self.status = status.unwrap_or_default();
        Ok(())
    }
}

/// What sending cost the one who waited.
#[derive(Debug)]
pub(crate) struct Driven {
    /// How long answers took that were what was asked for, in nanoseconds.
    pub(crate) latencies: Histogram<u64>,
    /// How long it all took.
    pub(crate) took: Duration,
}

impl Driven {
    #[allow(
        clippy::cast_precision_loss,
        reason = "no figure here has sixteen digits"
    )]
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }
}

/// Sends all requests, each connection the next one as soon as it has its answer.
pub(crate) fn as_fast_as_it_goes(
    server: SocketAddr,
    connections: usize,
    requests: &[Request],
) -> anyhow::Result<Driven> {
    let next = AtomicUsize::new(0);
    on_threads(connections, || {
        let mut connection = Connection::open(server)?;
        let mut answers = Answers::new()?;
        while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
            let sent = Instant::now();
            let is_answered = connection.is_answered(request)?;
            answers.note(sent, is_answered);
        }
        Ok(answers)
    })
}

/// Sends requests at their time, so many in a second, however late the answers to others are. What an answer took is
/// counted from when its request was to be sent: a server that stalls is not let off the requests that it kept
/// waiting.
pub(crate) fn on_schedule(
    server: SocketAddr,
    per_second: u32,
    requests: &[Request],
) -> anyhow::Result<Driven> {
    let next = AtomicUsize::new(0);
    let begun = Instant::now() + Duration::from_millis(50);
    let gap = Duration::from_secs(1) / per_second;
    on_threads(SCHEDULED_CONNECTIONS, || {
        let mut connection = Connection::open(server)?;
        let mut answers = Answers::new()?;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = requests.get(index) else {
                return Ok(answers);
            };
            let due = begun + gap * u32::try_from(index)?;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let is_answered = connection.is_answered(request)?;
            answers.note(due, is_answered);
        }
    })
}

fn on_threads(
    threads: usize,
    work: impl Fn() -> anyhow::Result<Answers> + Sync,
) -> anyhow::Result<Driven> {
    let begun = Instant::now();
    let Answers {
        mut latencies,
        mut failures,
    } = Answers::new()?;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        for thread in threads {
            let done = thread
                .join()
                .map_err(|_| anyhow::anyhow!("a sender broke"))?;
            let done = done?;
            latencies.add(done.latencies)?;
            failures += done.failures;
        }
        anyhow::Ok(())
    })?;
    let took = begun.elapsed();
    if failures > 0 {
        println!(
            "\n{failures} of {} answers were NOT what was asked for; they are in no figure but the processor's",
            latencies.len() + failures
        );
    }
    ensure!(
        !latencies.is_empty(),
        "nothing that was asked for was answered"
    );
    Ok(Driven { latencies, took })
}

/// What one sender was answered.
#[derive(Debug)]
struct Answers {
    latencies: Histogram<u64>,
    /// Answers that were not what was asked for.
    failures: u64,
}

impl Answers {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            latencies: Histogram::new_with_max(TIME_MAX_NS, 3)?,
            failures: 0,
        })
    }

    fn note(&mut self, since: Instant, is_answered: bool) {
        if is_answered {
            let ns = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.latencies.saturating_record(ns);
        } else {
            self.failures += 1;
        }
    }
}
