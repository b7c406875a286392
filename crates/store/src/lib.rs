//! The database: one set of queries that SQLite and PostgreSQL both accept. Adapters of ports live here; rules
//! do not. Time and identifiers come from the caller.

mod accounts;
mod answers;
mod applications;
mod audit;
mod backup;
mod black_box;
mod columns;
mod drafts;
mod health;
mod images;
mod intents;
mod journal;
mod looks;
mod neighbours;
mod open;
mod plans;
mod presence;
mod refused_passwords;
mod reseal;
mod retention;
mod rows;
mod sessions;
mod steps;
mod tokens;
mod visits;
mod warnings;

pub use accounts::Account;
pub use answers::{Before, FORGET_ANSWERS};
pub use applications::CHANGED_AT_ONCE;
pub use audit::{AuditRow, Deed, Origin};
pub use backup::CopyError;
pub use health::{Answered, MovedAway};
pub use intents::{AcceptError, Accepted, Asked, Change, ChangeError, NewApplication, RemoveError};
pub use open::{OpenError, Store};
pub use presence::Presence;
pub use reseal::Resealed;
pub use retention::{Cleaned, Kept};
pub use tokens::KeptToken;
pub use visits::{Of, Visit};
