//! Reads released projects from a directory: `<project>/<version>/` or `<project>/<version>.zip`, with a manifest
//! `<project>.json` and the files of the release beside it. Only reads; what is broken is reported and never hides
//! the rest.

mod cache;
mod connector;
mod container;
mod directory;
mod limits;
mod manifest;
mod modelled;
mod models;
mod places;
mod process;
mod refusal;
mod source;
mod text;

pub use directory::{Directory, OpenError};
