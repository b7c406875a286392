//! How Slipway shows who it is: nothing, a name and a password, or a token that the registry sends it to fetch.
//! Tokens are kept until shortly before they expire.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{Response, Url, header, header::HeaderValue};
use serde::Deserialize;
use slipway_domain::{cause::Cause, image::ImageRef, ports::ImageProblem};

use crate::{
    Credentials,
    challenge::{self, Challenge},
    client::{SHORT, read},
    refusal::{Refusal, Wish, denied, silence},
};

/// A token is not used in the last seconds of its life: it must outlive the request.
const MARGIN: Duration = Duration::from_secs(10);
/// How long a token lives that does not say so, by the registries' specification.
const LIFE: Duration = Duration::from_mins(1);
const TOKEN_LIMIT: usize = 1024 * 1024;

/// What was shown to whom, and until when it holds.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    held: Mutex<HashMap<Key, Held>>,
}

/// The registry, and what is to be done there.
type Key = (String, String);

/// Headers of this kind are marked sensitive, so `Debug` does not show them.
#[derive(Debug, Clone)]
struct Held {
    value: HeaderValue,
    until: Option<Instant>,
}

impl Held {
    fn holds(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(alias = "access_token")]
    token: String,
    expires_in: Option<u64>,
}

/// What is asked for, and on whose behalf.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim<'a> {
    /// The image that it is about.
    pub image: &'a ImageRef,
    /// What for.
    pub wish: Wish,
    /// As in tokens: `repository:<name>:<actions>`, several with a space between.
    pub scopes: &'a str,
    /// Whether the registry itself is talked to without TLS.
    pub plain_http: bool,
}

impl Claim<'_> {
    fn key(&self) -> Key {
        (self.image.registry.clone(), self.scopes.to_owned())
    }
}

impl Tokens {
    /// What worked before and still holds.
    pub fn held(&self, claim: &Claim<'_>) -> Option<HeaderValue> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&claim.key()).filter(|held| held.holds()).map(|held| held.value.clone())
    }

    /// Forgets what the registry no longer accepts.
    pub fn forget(&self, claim: &Claim<'_>) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&claim.key());
    }

    fn keep(&self, claim: &Claim<'_>, value: &HeaderValue, until: Option<Instant>) {
        let kept = Held { value: value.clone(), until };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, held| held.holds());
        held.insert(claim.key(), kept);
    }

    /// What to show to a registry that answered so, or none if there is nothing that it would accept.
    pub async fn answer(
        &self,
        http: &reqwest::Client,
        credentials: &Credentials,
        claim: &Claim<'_>,
        response: &Response,
    ) -> Result<Option<HeaderValue>, ImageProblem> {
        let headers = response.headers().get_all(header::WWW_AUTHENTICATE);
        let texts = headers.iter().filter_map(|value| value.to_str().ok());
        let challenges: Vec<Challenge> = texts.flat_map(challenge::parse).collect();
        let offered = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme == scheme);
        if let Some(bearer) = offered("bearer") {
            let (value, until) = fetch(http, credentials, claim, bearer).await?;
            self.keep(claim, &value, Some(until));
            return Ok(Some(value));
        }
        let basic = offered("basic").and_then(|_| credentials.basic(&claim.image.registry));
        if let Some(value) = &basic {
            self.keep(claim, value, None);
        }
        Ok(basic)
    }
}

/// Gets a token from where the registry says.
async fn fetch(
    http: &reqwest::Client,
    credentials: &Credentials,
    claim: &Claim<'_>,
    bearer: &Challenge,
) -> Result<(HeaderValue, Instant), ImageProblem> {
    let Claim { image, wish, .. } = *claim;
    let hopeless = |evidence: String| ImageProblem::Hopeless(denied(image, wish).with(evidence));
    let realm = bearer.param("realm").unwrap_or_default();
    let url = realm_url(realm, claim, bearer)
        .ok_or_else(|| hopeless("the registry does not say where its tokens are".to_owned()))?;
    if url.scheme() != "https" && !claim.plain_http && credentials.knows(&image.registry) {
        let place = url.host_str().unwrap_or_default();
        return Err(hopeless(format!("the registry asks to send the password to {place} without TLS")));
    }
    let mut request = http.get(url.clone()).timeout(SHORT);
    if let Some(value) = credentials.basic(&image.registry) {
        request = request.header(header::AUTHORIZATION, value);
    }
    let asked = Instant::now();
    let what = || format!("asking {} for a token for {image}", url.host_str().unwrap_or_default());
    let unanswered = |error| silence(url.host_str().unwrap_or_default(), what(), error);
    let response = request.send().await.map_err(unanswered)?;
    if !response.status().is_success() {
        return Err(refused(Refusal::of(response).await.problem(image, wish), claim));
    }
    let body = read(response, TOKEN_LIMIT).await.map_err(|error| error.problem(image, wish))?;
    // The parser's words might quote the token.
    let answer: Answer =
        serde_json::from_slice(&body).map_err(|_| hopeless("the answer holds no token".to_owned()))?;
    let mut value = HeaderValue::from_str(&format!("Bearer {}", answer.token))
        .map_err(|_| hopeless("the token cannot be put into a header".to_owned()))?;
    value.set_sensitive(true);
    let life = answer.expires_in.map_or(LIFE, Duration::from_secs).min(Duration::from_hours(24));
    Ok((value, asked + life.saturating_sub(MARGIN.min(life / 2))))
}

/// What a token is for: what was asked, and what the registry adds to it.
fn realm_url(realm: &str, claim: &Claim<'_>, bearer: &Challenge) -> Option<Url> {
    let mut url = Url::parse(realm).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    if crate::places::leads_off_limits(&url) {
        return None;
    }
    let mut query = url.query_pairs_mut();
    if let Some(service) = bearer.param("service") {
        query.append_pair("service", service);
    }
    // Some registries have scopes of their own.
    let theirs = bearer.param("scope").unwrap_or_default().split(' ');
    let theirs =
        theirs.filter(|scope| !scope.is_empty() && !claim.scopes.split(' ').any(|ours| ours == *scope));
    for scope in claim.scopes.split(' ').chain(theirs) {
        query.append_pair("scope", scope);
    }
    drop(query);
    Some(url)
}

/// A refusal by who gives out tokens is about rights, whatever its status; unless it passes.
fn refused(problem: ImageProblem, claim: &Claim<'_>) -> ImageProblem {
    match problem {
        ImageProblem::Hopeless(Cause { evidence, .. }) => {
            let cause = denied(claim.image, claim.wish).with("no token was given");
            ImageProblem::Hopeless(evidence.into_iter().fold(cause, Cause::with))
        }
        passing @ ImageProblem::Passing(_) => passing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_of(header: &str, scopes: &str) -> Option<String> {
        let image = ImageRef::parse("registry.example.com/a/b:1").ok()?;
        let claim = Claim { image: &image, wish: Wish::Push, scopes, plain_http: false };
        let bearer = challenge::parse(header).into_iter().next()?;
        realm_url(bearer.param("realm")?, &claim, &bearer).map(String::from)
    }

    #[test]
    fn a_token_is_for_what_is_to_be_done_and_what_the_registry_adds() {
        let header =
            r#"Bearer realm="https://auth.example.com/token?account=x",scope="repository:a/b:pull,push aws""#;
        assert_eq!(
            asked_of(header, "repository:a/b:pull,push repository:c:pull").unwrap(),
            "https://auth.example.com/token?account=x&scope=repository%3Aa%2Fb%3Apull%2Cpush\
             &scope=repository%3Ac%3Apull&scope=aws"
        );
        assert_eq!(asked_of(r#"Bearer realm="file:///etc/passwd""#, "x"), None);
        assert_eq!(asked_of(r#"Bearer realm="""#, "x"), None);
        assert_eq!(asked_of(r#"Bearer realm="http://169.254.169.254/latest""#, "x"), None);
    }
}
