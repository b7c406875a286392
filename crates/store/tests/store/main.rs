//! Every rule of the store, on both databases.

mod intents;
mod journal;
mod opening;
mod support;
