//! The interfaces for programs, used as programs do: REST, the command line, and what they leave in the audit trail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod assets;
mod audit;
mod bearer;
mod canary;
mod console;
mod entering;
mod examples;
mod faults;
mod health;
mod identity;
mod kept;
mod metrics;
mod parity;
mod people;
mod permissions;
mod program;
mod reading;
mod rest;
mod safety;
mod secrets;
mod session;
mod system;
mod telling;
mod tokens;
mod twice;
mod wizard;
