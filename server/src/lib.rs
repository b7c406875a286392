//! The composition root: configuration, sign-in, routes, the live stream. Everything meets here and only here.

pub mod accounts;
mod auth;
mod board;
pub mod cli;
mod clock;
pub mod config;
mod desk;
mod hash;
mod metrics;
mod people;
mod portal;
mod registries;
mod retention;
mod system;
pub mod telling;
mod vault;
mod web;

pub use board::{Change, Sheet};
pub use portal::{Portal, StartError};
pub use web::openapi;
