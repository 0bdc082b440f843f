//! What must hold whatever is sent: one module a fuzz target, each with `check`, which panics when
//! something does not hold, and `seeds`, from which the fuzzer sets out.
//!
//! Also part of the project's own tests, which repeat every input that ever failed.

pub mod answers;
pub mod config;
pub mod custom_id;
pub mod gateway;
pub mod interaction;
pub mod names;
pub mod signature;
pub mod words;

mod fixtures;
mod given;
mod looks;

use jiff::Timestamp;

/// 2026-08-21T12:00:00Z, when all checks take place.
const NOW: Timestamp = Timestamp::constant(1_787_313_600, 0);
