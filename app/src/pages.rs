//! One page per file.

pub mod account;
pub mod audit;
pub mod deploy;
pub mod fault;
pub mod home;
pub mod instance;
pub mod instances;
pub mod kit;
mod may;
pub mod not_found;
pub mod operation;
pub mod project;
pub mod releases;
pub mod search;
pub mod sign_in;
pub mod system;
pub mod tokens;
pub mod undeploy;
