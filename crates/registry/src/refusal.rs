//! What went wrong, in the words of the domain. Whether a refusal is final is decided here and nowhere else.

use reqwest::{Response, StatusCode, header};
use rustls::Error as Tls;
use serde::Deserialize;
use serde_json::Value;
use slipway_domain::{
    cause::Cause,
    image::ImageRef,
    ports::{ImageProblem, PortError},
};

use crate::client::read;

/// How much of an answer is read to learn why.
const EVIDENCE_LIMIT: usize = 64 * 1024;

/// What Slipway wanted of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To see an image.
    Look,
    /// To put an image there.
    Push,
}

/// An answer that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    retry_after: Option<String>,
    /// The registry's own words, a line each.
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Error>,
}

#[derive(Deserialize)]
struct Error {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    detail: Value,
}

impl Refusal {
    /// Reads what the registry says about it.
    pub async fn of(response: Response) -> Self {
        let status = response.status();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = read(response, EVIDENCE_LIMIT).await.unwrap_or_default();
        Self { status, retry_after, words: words(&body) }
    }

    /// The problem that it is for somebody who wanted something of an image.
    pub fn problem(self, image: &ImageRef, wish: Wish) -> ImageProblem {
        if self.is_passing(wish) {
            return ImageProblem::Passing(PortError::new(attempt(image, wish), self.line()));
        }
        let cause = match self.status {
            _ if self.says_quota() => over_quota(image),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => denied(image, wish),
            _ if self.says("DIGEST_INVALID") => corrupt_cause(image),
            StatusCode::NOT_FOUND if wish == Wish::Push => no_repository(image),
            StatusCode::NOT_FOUND => not_found(image),
            _ => refused(image, wish),
        };
        let cause = cause.with(format!("the registry answered {}", self.status));
        ImageProblem::Hopeless(self.words.into_iter().fold(cause, Cause::with))
    }

    /// A registry that cleans up may forget a blob between two requests; the next push sends it again.
    fn is_passing(&self, wish: Wish) -> bool {
        let storage_is_full = self.status == StatusCode::INSUFFICIENT_STORAGE;
        (self.status.is_server_error() && !storage_is_full)
            || matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
            || (wish == Wish::Push
                && ["BLOB_UNKNOWN", "BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID"]
                    .iter()
                    .any(|code| self.says(code)))
    }

    fn says_quota(&self) -> bool {
        matches!(self.status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::INSUFFICIENT_STORAGE)
            || self.words.iter().any(|line| {
                let line = line.to_ascii_lowercase();
                ["quota", "storage limit", "configured upper limit"].iter().any(|word| line.contains(word))
            })
    }

    fn says(&self, code: &str) -> bool {
        self.words.iter().any(|line| line.split([' ', ':']).next().is_some_and(|word| word.ends_with(code)))
    }

    fn line(&self) -> String {
        let mut line = format!("the registry answered {}", self.status);
        if let Some(time) = &self.retry_after {
            line.push_str(&format!(" and asks to try again after {}", clean(time)));
            if time.bytes().all(|b| b.is_ascii_digit()) {
                line.push_str(" seconds");
            }
        }
        for words in &self.words {
            line.push_str(": ");
            line.push_str(words);
        }
        line
    }
}

/// The registry's errors, or the beginning of what it said instead; pages of proxies are left out.
pub(crate) fn words(body: &[u8]) -> Vec<String> {
    if let Ok(Errors { errors }) = serde_json::from_slice(body) {
        return errors.iter().take(5).map(Error::line).filter(|line| !line.is_empty()).collect();
    }
    let text = clean(&String::from_utf8_lossy(body));
    if text.is_empty() || text.starts_with('<') { Vec::new() } else { vec![text] }
}

impl Error {
    fn line(&self) -> String {
        let mut parts = vec![self.code.clone(), self.message.clone()];
        // Lists of scopes and the like are no help; sentences are.
        parts.extend(self.detail.as_str().map(str::to_owned));
        parts.retain(|part| !part.is_empty());
        clean(&parts.join(": "))
    }
}

/// One line of at most 300 characters.
fn clean(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    line.join(" ").chars().take(300).collect()
}

/// Nobody answered. Whoever is away comes back; whose certificate is not trusted stays untrusted. The address stays
/// out of it: it may hold a signature.
pub(crate) fn silence(host: &str, attempt: String, error: reqwest::Error) -> ImageProblem {
    let error = error.without_url();
    match tls_problem(&error) {
        Some(problem) => ImageProblem::Hopeless(
            Cause::new(
                "SLW_REGISTRY_TLS",
                format!("Slipway and {host} do not agree on TLS."),
                "Put the authority that signed its certificate among those that Slipway's machine trusts; or write \
                 http:// in front of the registry in the settings, if it has no TLS.",
            )
            .with(problem),
        ),
        None => ImageProblem::Passing(PortError::new(attempt, error)),
    }
}

/// What is wrong with TLS, if that is what is wrong.
fn tls_problem(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(
            tls @ (Tls::InvalidCertificate(_)
            | Tls::InvalidMessage(_)
            | Tls::PeerIncompatible(_)
            | Tls::AlertReceived(_)),
        ) = error.downcast_ref()
        {
            return Some(tls.to_string());
        }
        // What an IO error carries is not among its sources.
        let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    None
}

/// What was attempted, in a few words.
pub(crate) fn attempt(image: &ImageRef, wish: Wish) -> String {
    match wish {
        Wish::Look => format!("asking for {image}"),
        Wish::Push => format!("pushing {image}"),
    }
}

/// The image is not there.
pub(crate) fn not_found(image: &ImageRef) -> Cause {
    Cause::new(
        "DEP_E161",
        format!("The image {image} was not found."),
        "Check the name and the tag in the release, and that the image was pushed.",
    )
}

/// The image is there, and not what can be run or built upon.
pub(crate) fn unusable(image: &ImageRef, evidence: impl Into<String>) -> ImageProblem {
    let cause = Cause::new(
        "DEP_E162",
        format!("The image {image} cannot run on Linux nodes."),
        "Push an image for linux in the OCI or the Docker format (schema 2) under this name.",
    );
    ImageProblem::Hopeless(cause.with(evidence))
}

/// What came is not what its digest says.
pub(crate) fn corrupt(image: &ImageRef, evidence: impl Into<String>) -> ImageProblem {
    ImageProblem::Hopeless(corrupt_cause(image).with(evidence))
}

fn corrupt_cause(image: &ImageRef) -> Cause {
    Cause::new(
        "SLW_REGISTRY_CORRUPT",
        format!("What the registry holds of {image} is not what its digest says."),
        "Push the image again; if it happens again, check the registry's storage and the proxies in between.",
    )
}

/// Nobody said where images go.
pub(crate) fn no_registry(repository: &str) -> ImageProblem {
    ImageProblem::Hopeless(Cause::new(
        "SLW_NO_REGISTRY",
        format!("There is no registry for the image {repository}."),
        "Set SLIPWAY_REGISTRY to a registry that the cluster's nodes can pull from.",
    ))
}

/// The registry, or who gives out its tokens, does not know Slipway or does not let it.
pub(crate) fn denied(image: &ImageRef, wish: Wish) -> Cause {
    let (reason, action) = match wish {
        Wish::Look => (
            format!("The registry does not let Slipway see {image}."),
            format!(
                "Check the name; give Slipway credentials for {}, or make the image public.",
                image.registry
            ),
        ),
        Wish::Push => (
            format!("The registry does not let Slipway push {image}."),
            format!("Give Slipway credentials for {} that may push to this repository.", image.registry),
        ),
    };
    Cause::new("SLW_REGISTRY_DENIED", reason, action)
}

fn over_quota(image: &ImageRef) -> Cause {
    Cause::new(
        "SLW_REGISTRY_QUOTA",
        format!("The registry {} has no room for {image}.", image.registry),
        "Raise the quota, remove old images, or raise the limit on uploads of the proxy in front of it.",
    )
}

fn no_repository(image: &ImageRef) -> Cause {
    Cause::new(
        "SLW_REGISTRY_DENIED",
        format!("The registry has no repository for {image} and does not make one."),
        "Create the repository, or let the registry create repositories when somebody pushes.",
    )
}

fn refused(image: &ImageRef, wish: Wish) -> Cause {
    Cause::new(
        "SLW_REGISTRY_REFUSED",
        format!("The registry refused while Slipway was {}.", attempt(image, wish)),
        "Read the registry's message below; check that it is an OCI registry and takes images.",
    )
}

#[cfg(test)]
mod tests;
