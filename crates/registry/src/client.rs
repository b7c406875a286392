//! Requests to registries: where each one answers, who Slipway is there, redirects, and limits of time and size.
//! What an answer means is for the callers to say.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode, Url,
    header::{self, HeaderMap, HeaderValue},
};
use slipway_domain::{
    image::ImageRef,
    ports::{ImageProblem, PortError},
};

use crate::{
    Credentials, Mirror, Target,
    places::leads_off_limits,
    reach::api_host,
    refusal::{Refusal, Wish, attempt, silence, unusable},
    tokens::{Claim, Tokens},
};

/// Within this time a registry has answered in full, if it is not about a layer.
pub(crate) const SHORT: Duration = Duration::from_secs(30);
/// Within this time a layer has been sent.
pub(crate) const LONG: Duration = Duration::from_mins(30);
/// Blobs are often somewhere else than the registry; not everywhere, though.
const REDIRECTS: usize = 5;

/// All registries, as far as Slipway knows them.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    pub mirror: Option<Mirror>,
    pub target: Option<Target>,
    pub credentials: Credentials,
    tokens: Tokens,
}

/// A request that can be made again.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub timeout: Duration,
}

impl Call {
    /// A request without a body.
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Bytes::new(), timeout: SHORT }
    }

    /// The same with a header.
    pub fn header(mut self, name: header::HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    /// The same with a body, and time to send it.
    pub fn body(mut self, bytes: Vec<u8>, kind: &'static str) -> Self {
        self.timeout = if bytes.len() > 1024 * 1024 { LONG } else { SHORT };
        self.body = bytes.into();
        self.header(header::CONTENT_TYPE, kind)
    }
}

impl Client {
    /// Knows nobody, and goes where images say they are.
    pub fn new(http: reqwest::Client, mirror: Option<Mirror>) -> Self {
        Self { http, mirror, target: None, credentials: Credentials::default(), tokens: Tokens::default() }
    }

    /// TLS, unless somebody wrote otherwise about this very registry.
    fn plain_http(&self, host: &str) -> bool {
        self.mirror.as_ref().is_some_and(|mirror| mirror.host == host && mirror.plain_http)
            || self.target.as_ref().is_some_and(|target| target.host == host && target.plain_http)
    }

    /// An address below the repository of an image, for example `manifests/1.0`.
    pub fn url(&self, image: &ImageRef, path: &str) -> Result<Url, ImageProblem> {
        let scheme = if self.plain_http(&image.registry) { "http" } else { "https" };
        let host = api_host(&image.registry);
        Url::parse(&format!("{scheme}://{host}/v2/{}/{path}", image.repository))
            .map_err(|error| unusable(image, format!("its registry has no address: {error}")))
            .and_then(|url| {
                let why = "its registry is at an address that Slipway never asks";
                if leads_off_limits(&url) { Err(unusable(image, why)) } else { Ok(url) }
            })
    }

    /// What somebody wants who needs these scopes.
    pub fn claim<'a>(&self, image: &'a ImageRef, wish: Wish, scopes: &'a str) -> Claim<'a> {
        Claim { image, wish, scopes, plain_http: self.plain_http(&image.registry) }
    }

    /// Asks, and shows who Slipway is if the registry wants to know.
    pub async fn send(&self, claim: &Claim<'_>, call: &Call) -> Result<Response, ImageProblem> {
        let first = self.go(claim, call, self.tokens.held(claim)).await?;
        if first.status() != StatusCode::UNAUTHORIZED {
            return Ok(first);
        }
        self.tokens.forget(claim);
        match self.tokens.answer(&self.http, &self.credentials, claim, &first).await? {
            Some(value) => self.go(claim, call, Some(value)).await,
            None => Ok(first),
        }
    }

    /// Sends a body that exists only once. Whoever does has just asked something else with the same claim, so
    /// what the registry wants to see is known.
    pub async fn stream(
        &self,
        claim: &Claim<'_>,
        call: &Call,
        body: reqwest::Body,
    ) -> Result<Response, ImageProblem> {
        let request = self.request(claim, call, &call.url, self.tokens.held(claim))?.body(body);
        request.send().await.map_err(|error| unanswered(claim, error))
    }

    async fn go(
        &self,
        claim: &Claim<'_>,
        call: &Call,
        shown: Option<HeaderValue>,
    ) -> Result<Response, ImageProblem> {
        let mut url = call.url.clone();
        let mut left = if matches!(call.method, Method::GET | Method::HEAD) { REDIRECTS } else { 0 };
        loop {
            let request = self.request(claim, call, &url, shown.clone())?.body(call.body.clone());
            let response = request.send().await.map_err(|error| unanswered(claim, error))?;
            match elsewhere(&response, &url) {
                Some(next) if left > 0 => (url, left) = (next, left - 1),
                _ => return Ok(response),
            }
        }
    }

    /// Who Slipway is, only the registry itself learns.
    fn request(
        &self,
        claim: &Claim<'_>,
        call: &Call,
        url: &Url,
        shown: Option<HeaderValue>,
    ) -> Result<RequestBuilder, ImageProblem> {
        let own = self.url(claim.image, "")?.origin();
        let mut request = self.http.request(call.method.clone(), url.clone());
        request = request.timeout(call.timeout).headers(call.headers.clone());
        match shown {
            Some(value) if url.origin() == own => Ok(request.header(header::AUTHORIZATION, value)),
            _ => Ok(request),
        }
    }
}

/// Where an answer sends the client, unless that gives up TLS.
fn elsewhere(response: &Response, from: &Url) -> Option<Url> {
    let location = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection())?;
    let next = from.join(location.to_str().ok()?).ok()?;
    (next.scheme() == "https" || from.scheme() == "http")
        .then_some(next)
        .filter(|next| !leads_off_limits(next))
}

/// Nobody answered, or not to the end.
fn unanswered(claim: &Claim<'_>, error: reqwest::Error) -> ImageProblem {
    silence(&claim.image.registry, attempt(claim.image, claim.wish), error)
}

/// The answer, if it has one of these statuses.
pub(crate) async fn expect(
    claim: &Claim<'_>,
    response: Response,
    statuses: &[StatusCode],
) -> Result<Response, ImageProblem> {
    if statuses.contains(&response.status()) {
        return Ok(response);
    }
    Err(Refusal::of(response).await.problem(claim.image, claim.wish))
}

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// It has more bytes than this.
    TooLong(usize),
    /// The connection ended.
    Broken(reqwest::Error),
}

impl ReadError {
    /// The problem that it is for somebody who wanted something of an image.
    pub fn problem(self, image: &ImageRef, wish: Wish) -> ImageProblem {
        match self {
            Self::TooLong(limit) => {
                unusable(image, format!("an answer of more than {limit} bytes is not read"))
            }
            Self::Broken(error) => {
                ImageProblem::Passing(PortError::new(attempt(image, wish), error.without_url()))
            }
        }
    }
}

/// A whole body, as long as it is not too long.
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ReadError::Broken)? {
        if body.len() + chunk.len() > limit {
            return Err(ReadError::TooLong(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
