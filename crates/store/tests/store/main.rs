//! Every rule of the store, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod images;
mod audit;
mod intents;
mod journal;
mod opening;
mod retention;
mod plans;
mod support;
mod visits;
mod tokens;
