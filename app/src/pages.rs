//! One page per file.

pub mod account;
pub mod audit;
pub mod deploy;
pub mod home;
pub mod instance;
pub mod instances;
pub mod not_found;
pub mod operation;
pub mod releases;
pub mod sign_in;
pub mod tokens;
pub mod undeploy;
