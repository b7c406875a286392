//! Whether a registry answers as one, without wanting anything of it.

use reqwest::{StatusCode, Url};

use crate::places::leads_off_limits;

/// Why a registry is not taken for one that works.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// Its name makes no address, or one that Slipway never asks.
    #[error("it is at no address that Slipway asks")]
    Place,
    /// Nobody answered.
    #[error("it did not answer")]
    Silence(#[source] reqwest::Error),
    /// It answered as no registry does.
    #[error("it answered {0}")]
    Status(StatusCode),
}

/// Asks the registry of that host whether it is one. Whether it lets anybody in does not matter here: most want to
/// know who asks, and say so.
pub async fn reach(http: &reqwest::Client, host: &str, plain_http: bool) -> Result<(), ReachError> {
    let scheme = if plain_http { "http" } else { "https" };
    let url = Url::parse(&format!("{scheme}://{}/v2/", api_host(host))).map_err(|_| ReachError::Place)?;
    if leads_off_limits(&url) {
        return Err(ReachError::Place);
    }
    let answer = http.get(url).send().await.map_err(|error| ReachError::Silence(error.without_url()))?;
    match answer.status() {
        status if status.is_success() || status.is_redirection() => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => Ok(()),
        status => Err(ReachError::Status(status)),
    }
}

/// Docker Hub answers its API under another name than the one in references.
pub(crate) fn api_host(host: &str) -> &str {
    if host == "docker.io" { "registry-1.docker.io" } else { host }
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};

    use super::*;

    /// The host of something that answers so at the place where registries answer.
    async fn answering(status: StatusCode) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let router = Router::new().route("/v2/", get(move || async move { status }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        host
    }

    #[tokio::test]
    async fn d24_a_registry_that_wants_to_know_who_asks_is_one_that_works() {
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        let http = reqwest::Client::new();
        for status in [StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
            reach(&http, &answering(status).await, true).await.unwrap();
        }
        for status in [StatusCode::NOT_FOUND, StatusCode::BAD_GATEWAY] {
            let error = reach(&http, &answering(status).await, true).await.unwrap_err();
            assert!(matches!(error, ReachError::Status(found) if found == status), "{error}");
        }
        let off_limits = reach(&http, "169.254.169.254", true).await.unwrap_err();
        assert!(matches!(off_limits, ReachError::Place));
    }
}
