//! The database: one set of queries that SQLite and PostgreSQL both accept. Adapters of ports live here; rules
//! do not. Time and identifiers come from the caller.

mod accounts;
mod applications;
mod audit;
mod black_box;
mod drafts;
mod intents;
mod journal;
mod neighbours;
mod open;
mod plans;
mod rows;
mod sessions;

pub use accounts::Account;
pub use audit::AuditRow;
pub use intents::{AcceptError, Accepted, Asked, Change, ChangeError, NewApplication, RemoveError};
pub use open::{OpenError, Store};
