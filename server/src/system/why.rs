//! From whatever an adapter says about a failure to a reason that may be shown.

use std::{error::Error, io};

use slipway_domain::system::Why;
use slipway_registry::ReachError;
use slipway_store::MovedAway;

use crate::people::Refusal;

/// The reason, from the outermost error that tells one.
pub fn of(error: &(dyn Error + 'static)) -> Why {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(why) = one(error) {
            return why;
        }
        // An error of input and output hides the one that it was made of.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source());
    }
    Why::Other
}

fn one(error: &(dyn Error + 'static)) -> Option<Why> {
    if error.is::<MovedAway>() {
        return Some(Why::Moved);
    }
    if error.is::<tokio::time::error::Elapsed>() {
        return Some(Why::Silent);
    }
    if error.is::<rustls::Error>() {
        return Some(Why::Untrusted);
    }
    if let Some(kube::Error::Api(status)) = error.downcast_ref() {
        return Some(of_status(status.code));
    }
    if let Some(ReachError::Status(status)) = error.downcast_ref() {
        return Some(of_status(status.as_u16()));
    }
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return Some(refusal.status().map_or(Why::Denied, of_status));
    }
    if let Some(Answered(status)) = error.downcast_ref() {
        return Some(Why::Answered(*status));
    }
    if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout) {
        return Some(Why::Silent);
    }
    // Resolvers have no error of their own.
    let told = error.to_string();
    if told == "dns error" || told.starts_with("failed to lookup address") {
        return Some(Why::Unresolved);
    }
    error.downcast_ref::<io::Error>().filter(|error| error.get_ref().is_none()).and_then(of_io)
}

/// It answered, but not as it should.
#[derive(Debug, thiserror::Error)]
#[error("it answers {0}")]
pub struct Answered(pub u16);

fn of_status(status: u16) -> Why {
    if matches!(status, 401 | 403) { Why::Denied } else { Why::Answered(status) }
}

fn of_io(error: &io::Error) -> Option<Why> {
    Some(match error.kind() {
        io::ErrorKind::ConnectionRefused => Why::Refused,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Why::Cut,
        io::ErrorKind::TimedOut => Why::Silent,
        io::ErrorKind::NotFound => Why::Missing,
        io::ErrorKind::NotADirectory => Why::Missing,
        io::ErrorKind::PermissionDenied => Why::Unreadable,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Why::Silent,
        _ => return None,
    })
}
