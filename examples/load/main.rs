//! How fast, against what the same work costs when it is done bare.
//!
//! ```sh
//! cargo run --release --example load [-- --quick]
//! ```
//!
//! Starts the release binary, the [reference](reference) and a [platform](platform), each as a process of its own,
//! sends signed interactions to both in turn, and prints what that cost. Both servers run on one processor, all the
//! rest on the others. CPU time and memory are read from the operating system, of the server's process alone; what
//! others do on the machine at the same time moves the times, and the CPU time little.

#![allow(clippy::print_stdout, reason = "a program that prints its findings")]

mod drive;
mod interactions;
mod measure;
mod platform;
mod process;
mod reference;
mod report;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

use crate::measure::{Effort, Measured};

/// Measures how fast Gatehouse is.
#[derive(Parser)]
struct Arguments {
    /// A short run, to see whether it works: its figures are rough
    #[arg(long)]
    quick: bool,
    /// The binary that is measured; else one is built as `cargo build --release` does
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Measure this alone, for example to look at it with a profiler
    #[arg(long, value_enum)]
    only: Option<Measured>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What runs as a process of its own, started by the one that measures.
#[derive(Subcommand)]
enum Part {
    #[command(hide = true)]
    Platform,
    #[command(hide = true)]
    Reference {
        listen: SocketAddr,
        platform: SocketAddr,
    },
}

fn main() -> anyhow::Result<()> {
    let Arguments {
        quick,
        server,
        only,
        part,
    } = Arguments::parse();
    match part {
        Some(Part::Platform) => platform::run(),
        Some(Part::Reference { listen, platform }) => reference::run(listen, platform),
        None => {
            let effort = if quick { Effort::QUICK } else { Effort::WHOLE };
            let binary = match server {
                Some(server) => server,
                None => process::build()?,
            };
            measure::run(&binary, &effort, only)
        }
    }
}
