//! Reads released projects from a directory: `<project>/<version>/<project>.json` with the files of the
//! release beside it. Only reads; what is broken is reported and never hides the rest.

mod directory;
mod manifest;

pub use directory::{Directory, OpenError};
