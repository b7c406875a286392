//! The way in: local accounts or an identity provider, and the session that remembers who came in.

mod local;
mod oidc;
mod routes;
mod sessions;

pub use local::{Accounts, PasswordError};
pub use oidc::Provider;
pub use routes::{ACTOR, routes};
pub use sessions::Sessions;
