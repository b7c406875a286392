//! The heart of Slipway: types, rules, the status machine, the cause engine, and the ports through which the
//! rest is reached. Nothing here does IO, reads a clock or makes up an id; everything compiles to wasm, so the
//! browser and the server obey the same rules.

pub mod actor;
pub mod application;
pub mod audit;
pub mod black_box;
pub mod blueprint;
pub mod cause;
pub mod changes;
pub mod contents;
pub mod ids;
pub mod image;
pub mod listing;
pub mod log;
pub mod moved;
pub mod names;
pub mod observed;
pub mod operation;
pub mod order;
pub mod people;
pub mod permission;
pub mod phase;
pub mod plan;
pub mod ports;
pub mod release;
pub mod removal;
pub mod sealed;
pub mod secret;
pub mod spec;
pub mod start;
pub mod status;
pub mod system;
pub mod token;
pub mod told;
pub mod variables;
pub mod wizard;
pub mod workload;
