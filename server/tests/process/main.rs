//! The program as a process of its own, used as browsers and other programs use it, against a simulated cluster and
//! a registry that these tests serve.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod back;
mod backup;
mod busy;
mod cable;
mod cancel;
mod changes;
mod crash;
mod database;
mod ends;
mod frugal;
mod images;
mod killed;
mod life;
mod load;
mod outage;
mod plans;
mod registry;
mod replicas;
mod single;
mod slow;
mod soak;
mod stopping;
mod story;
#[path = "../../benches/goals/table.rs"]
mod table;
#[path = "../../benches/goals/wal.rs"]
mod wal;
mod witness;
mod world;
