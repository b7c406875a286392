//! OCI images. For now: where an image is, and which digest its tag means at this moment.

mod mirror;
mod remote;
mod simulated;

pub use mirror::{Mirror, MirrorError};
pub use remote::Remote;
pub use simulated::Simulated;
