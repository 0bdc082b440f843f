//! Runs the program in an environment of its own, and plays the platform that sends to it.

mod face;
mod http;
mod running;

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use gatehouse::sandbox::platform::{Community, DISCORD_TOKEN, FLUXER_TOKEN, SamplePlatform};
use jiff::Timestamp;

pub(crate) use self::{
    face::{Face, PUBLIC_KEY},
    http::{get, post},
    running::Running,
};

/// How long a test waits for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A process to start, without any variable but those that are set here.
#[derive(Debug)]
pub(crate) struct Gatehouse(Command);

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Exit status; `None` when a signal ended it.
    pub(crate) status: Option<i32>,
    /// All of standard output.
    pub(crate) out: String,
    /// All of standard error.
    pub(crate) err: String,
}

impl Gatehouse {
    /// With these arguments.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
        command
            .args(arguments)
            .env_clear()
            .current_dir(Path::new("/"))
            .stdin(Stdio::null());
        Self(command)
    }

    /// `gatehouse invites <words> --guild <platform>:<the sample's id>` against the sample.
    pub(crate) fn invites(platform: &SamplePlatform, on: &str, words: &str) -> Self {
        let guild = format!("{on}:{}", Community::SAMPLE_ID);
        let words = words.split_whitespace();
        let arguments: Vec<&str> = ["invites", "--guild", &guild]
            .into_iter()
            .chain(words)
            .collect();
        Self::new(&arguments).against(platform)
    }

    /// `gatehouse serve` on a free port, with a key for either face.
    pub(crate) fn serve() -> Self {
        Self::new(&["serve"])
            .set("GATEHOUSE_LISTEN", "127.0.0.1:0")
            .set("DISCORD_PUBLIC_KEY", PUBLIC_KEY.as_str())
            .set("FLUXER_PUBLIC_KEY", PUBLIC_KEY.as_str())
    }

    /// Both platforms are this one.
    pub(crate) fn against(self, platform: &SamplePlatform) -> Self {
        self.set("DISCORD_API", platform.discord_api())
            .set("DISCORD_TOKEN", DISCORD_TOKEN)
            .set("FLUXER_API", platform.fluxer_api())
            .set("FLUXER_TOKEN", FLUXER_TOKEN)
    }

    /// Sets a variable.
    pub(crate) fn set(mut self, variable: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.0.env(variable, value);
        self
    }

    /// Leaves a variable out.
    pub(crate) fn without(mut self, variable: &str) -> Self {
        self.0.env_remove(variable);
        self
    }

    /// Runs it to its end, while the test's own platform goes on answering.
    pub(crate) async fn run(self) -> Ended {
        self.start().into_its_end().await
    }

    /// Starts it.
    pub(crate) fn start(self) -> Running {
        Running::start(self.0)
    }
}

impl Ended {
    /// What it printed; it went well and nobody had to be told anything else.
    #[track_caller]
    pub(crate) fn well(self) -> String {
        assert_eq!(self.status, Some(0), "{self:#?}");
        assert_eq!(self.err, "", "{self:#?}");
        self.out
    }

    /// What it complained of: one line, beside which there is nothing.
    #[track_caller]
    pub(crate) fn complaint(self) -> String {
        assert_eq!(self.status, Some(1), "{self:#?}");
        assert_eq!(self.out, "", "{self:#?}");
        assert_eq!(self.err.lines().count(), 1, "{self:#?}");
        let line = self.err.trim_end();
        let complaint = line.strip_prefix("gatehouse: ");
        complaint
            .unwrap_or_else(|| panic!("not in its own name: {line}"))
            .to_owned()
    }
}

/// The sample community on both platforms.
pub(crate) async fn sample() -> SamplePlatform {
    SamplePlatform::start(Community::sample(Timestamp::now()))
        .await
        .unwrap()
}
