//! From whatever an adapter says about a failure to a reason that may be shown.

use std::{error::Error, io};

use slipway_domain::system::Why;
use slipway_registry::ReachError;
use slipway_store::MovedAway;

use crate::people::Refusal;

/// The reason, from the outermost error that tells one.
pub fn of(error: &(dyn Error + 'static)) -> Why {
    let (mut next, mut kind) = (Some(error), None);
    while let Some(error) = next {
        if let Some(why) = one(error) {
            return why;
        }
        // An error of input and output hides the one that it was made of, which says more.
        let io = error.downcast_ref::<io::Error>();
        kind = kind.or_else(|| of_io(io?));
        let inner = io.and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source());
    }
    kind.unwrap_or(Why::Other)
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
    (told == "dns error" || told.starts_with("failed to lookup address")).then_some(Why::Unresolved)
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
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Why::Missing,
        io::ErrorKind::PermissionDenied => Why::Unreadable,
        io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Why::Silent
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use slipway_domain::ports::PortError;

    use super::*;

    fn why(error: impl Into<Box<dyn Error + Send + Sync>>) -> Why {
        of(&*PortError::new("asking", error).source)
    }

    #[test]
    fn d24_what_went_wrong_is_told_by_what_lies_below_it() {
        let io = |kind: io::ErrorKind| why(io::Error::from(kind));
        assert_eq!(io(io::ErrorKind::ConnectionRefused), Why::Refused);
        assert_eq!(io(io::ErrorKind::NotFound), Why::Missing);
        assert_eq!(io(io::ErrorKind::OutOfMemory), Why::Other);
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        assert_eq!(why(io::Error::new(io::ErrorKind::InvalidData, tls)), Why::Untrusted);
        assert_eq!(why(io::Error::new(io::ErrorKind::TimedOut, "too slow")), Why::Silent);
        assert_eq!(why(io::Error::other("failed to lookup address information: no name")), Why::Unresolved);
        assert_eq!(why(Answered(502)), Why::Answered(502));
        assert_eq!(why(Refusal::Rights), Why::Denied);
        assert_eq!(why("something else"), Why::Other);
    }

    #[tokio::test]
    async fn d24_a_port_that_nobody_listens_at_refuses() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::new();
        let error = slipway_registry::reach(&http, "127.0.0.1:1", true).await.unwrap_err();
        assert_eq!(why(error), Why::Refused);
    }
}
