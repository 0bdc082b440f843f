//! What moderators say on Fluxer, and what is answered: the real server, connected to the sample
//! platform, whose people write messages and put reactions below them.

mod commands;
mod confirming;
mod crowds;
mod logs;
mod pages;
mod privacy;
mod rights;
mod town;
mod trouble;
