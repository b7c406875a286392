//! Reads released projects from a directory: `<project>/<version>/` or `<project>/<version>.zip`, with a manifest
//! `<project>.json` and the files of the release beside it. Only reads; what is broken is reported and never hides
//! the rest. Also knows the catalogue of connectors that releases refer to.

#[doc(hidden)]
pub mod any_bytes;
mod blueprints;
mod cache;
mod catalogue;
mod connector;
mod container;
mod directory;
mod limits;
mod manifest;
mod modelled;
mod models;
mod patience;
mod places;
mod process;
mod refusal;
mod source;
mod text;

pub use blueprints::{BlueprintError, Blueprints};
pub use catalogue::{CatalogueError, connector_catalogue, connector_catalogue_with};
pub use directory::{Directory, OpenError};

#[cfg(test)]
mod any_bytes_tests;
