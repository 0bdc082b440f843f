//! Parts that the crate keeps to itself, opened for whoever tries one alone: the fuzz targets, and
//! the tests that repeat what those have found. No part of what may be built upon.

use gatehouse_commands::{Reason, Reply};
use jiff::Timestamp;

pub use crate::{
    gateway::readings::{Frames, Meaning},
    platform::{Listed, readings::Readings},
    webhook::SentBodies,
};
use crate::{platform::readings, webhook};

/// The bodies that a reply goes out in.
pub fn bodies(reply: &Reply, now: Timestamp) -> SentBodies {
    webhook::bodies(reply, now)
}

/// A reason as it goes into the header for the audit log: on Discord, on Fluxer.
pub fn audit_entries(reason: &Reason) -> [String; 2] {
    readings::audit_entries(reason)
}
