//! What the program tells of itself while it serves.

use clap::{Args, ValueEnum};

use super::listed::SERVER;

/// How it tells.
#[derive(Debug, Clone, Default, Args)]
pub struct Telling {
    /// How a line of the log is written; RUST_LOG says which there are
    #[arg(long, env = "SLIPWAY_LOG_FORMAT", value_enum, default_value_t, value_name = "FORMAT", help_heading = SERVER)]
    pub log_format: LogFormat,

    /// Where traces are sent, for example http://collector:4318/v1/traces: OpenTelemetry over HTTP [default: nowhere]
    #[arg(long, env = "SLIPWAY_TRACES_URL", value_name = "URL", help_heading = SERVER)]
    pub traces_url: Option<String>,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}
