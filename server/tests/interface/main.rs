//! The interfaces for programs, used as programs do: REST, the command line, and what they leave in the audit trail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod canary;
mod console;
mod parity;
mod rest;
mod safety;
mod session;
mod tokens;
