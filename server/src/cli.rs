//! The command line beside `serve`: what an operator does to the database, and a client of the REST interface.

mod administration;
mod backup;
mod client;
mod image;
mod secrets;

pub use administration::{Administration, administer};
pub use client::{ClientCommand, Failure, run};
pub use image::HEAP;
