//! Gatehouse answers `/invites` for moderators: which invites lead into their community, who made
//! them, how they are used.
//!
//! What the command means is told by `gatehouse-commands`. This crate is everything that touches
//! the world: the faces through which commands come, the platforms where invites live, and what
//! an operator sets. It keeps no database, and no state between requests but caches of minutes.
//!
//! ```no_run
//! use gatehouse::{clock::Clock, config::Variables, metrics::Metrics, server::Server};
//!
//! # async fn example(variables: Variables) -> anyhow::Result<()> {
//! let config = variables.service()?;
//! let server = Server::bind(&config, &Clock::system(), &Metrics::new()).await?;
//! println!("listening on {}", server.address()?);
//! server.run(std::future::pending()).await;
//! # Ok(())
//! # }
//! ```

pub mod admission;
pub mod chart;
pub mod clock;
pub mod config;
pub mod connections;
pub mod export;
mod gateway;
mod http;
mod markup;
pub mod metrics;
#[doc(hidden)]
pub mod parts;
pub mod platform;
pub mod register;
mod request;
pub mod runs;
pub mod sandbox;
pub mod server;
pub mod service;
pub mod shutdown;
pub mod tally;
pub mod telemetry;
pub mod terminal;
pub mod webhook;
