//! Every rule of the store, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod backup;
mod health;
mod images;
mod intents;
mod journal;
mod keeping;
mod keys;
mod opening;
mod people;
mod plans;
mod retention;
mod support;
mod tokens;
mod upgrading;
mod visits;
