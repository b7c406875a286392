//! OCI images: where an image is, which digest its tag means at this moment, how one is built of a base and files
//! without a daemon, and how it gets into a registry.

#[doc(hidden)]
pub mod any_bytes;
mod bases;
mod build;
mod challenge;
mod client;
mod config;
mod credentials;
mod fresh;
mod layer;
mod layout;
mod manifest;
mod mirror;
mod places;
mod push;
mod reach;
mod refusal;
mod remote;
mod simulated;
mod target;
mod tokens;
mod upload;

pub use credentials::{Credentials, CredentialsError};
pub use fresh::{Fresh, FreshFile, Made};
pub use layout::{Layout, Pruned};
pub use mirror::{Mirror, MirrorError};
pub use places::is_off_limits;
pub use reach::{ReachError, reach};
pub use remote::Remote;
pub use simulated::Simulated;
pub use target::Target;
