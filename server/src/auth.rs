//! The way in: local accounts or an identity provider, and the session that remembers who came in.

mod keeper;
mod local;
mod lockout;
mod oidc;
mod routes;
mod sessions;

pub use keeper::{Admission, Keeper, Limits, Pass};
pub use local::{Accounts, NewAccount, PasswordError, generate};
pub use oidc::{Bearer, Provider, SignInError, is_signed};
pub use routes::{PASS, routes};
pub use sessions::Sessions;
