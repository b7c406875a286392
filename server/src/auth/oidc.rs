//! Sign-in with an OIDC provider: code flow with PKCE; state and nonce belong to one browser and one attempt.

mod bearer;
mod kinds;
mod roles;
mod verify;

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, LogoutRequest,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse,
    core::CoreResponseType,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use slipway_domain::{actor::Actor, ports::chain};
use tokio::sync::Mutex;

pub use self::bearer::{Bearer, is_signed};
use self::kinds::{Claims, OidcClient, Token, Tokens};
use crate::config::Settings;

/// How long the provider's keys are taken for those that it has.
const GOOD_FOR: Duration = Duration::from_mins(10);

/// A sign-in that has begun. It is kept in the browser's session, so only that browser can end it, once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Attempt {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
    /// Where the person wanted to go.
    pub next: String,
}

/// Somebody whom the provider knows.
#[derive(Debug)]
pub struct Arrival {
    /// Who.
    pub actor: Actor,
    /// What the provider calls this sign-in.
    pub session: Option<String>,
    /// What it gave for asking again.
    pub kept: Kept,
}

/// What is kept of a sign-in, sealed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    refresh: Option<String>,
    id_token: Option<String>,
}

impl Kept {
    /// Can the provider be asked again?
    pub fn can_ask(&self) -> bool {
        self.refresh.is_some()
    }
}

/// Whom the provider has signed out.
#[derive(Debug, PartialEq, Eq)]
pub enum SignedOut {
    /// One sign-in, by the provider's name for it.
    Session(String),
    /// All of a person.
    Person(String),
}

/// Why a sign-in did not work.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The provider does not answer, or not as one.
    #[error("the identity provider does not answer: {0}")]
    Provider(String),
    /// What came back does not belong to the attempt, or is not true.
    #[error("the identity provider's answer is not accepted: {0}")]
    Refused(String),
}

fn provider(error: &dyn std::error::Error) -> SignInError {
    SignInError::Provider(chain(error))
}

fn refused(text: impl Into<String>) -> SignInError {
    SignInError::Refused(text.into())
}

/// The identity provider.
pub struct Provider {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    roles_claim: String,
    groups_claim: String,
    /// Whom the access tokens of programs are meant for.
    audience: String,
    http: reqwest::Client,
    /// Fetched at the first sign-in, so that a provider that is down at start does no harm.
    known: Mutex<Option<Known>>,
}

struct Known {
    metadata: ProviderMetadataWithLogout,
    at: Instant,
}

impl Provider {
    /// The provider of the settings, if one is set.
    pub fn from_settings(settings: &Settings, http: reqwest::Client) -> Option<Self> {
        Some(Self {
            issuer: settings.oidc_issuer.clone()?,
            client_id: settings.oidc_client_id.clone()?,
            client_secret: settings.oidc_client_secret.clone(),
            roles_claim: settings.oidc_roles_claim.clone(),
            groups_claim: settings.oidc_groups_claim.clone(),
            audience: settings.oidc_audience.clone().or_else(|| settings.oidc_client_id.clone())?,
            http,
            known: Mutex::new(None),
        })
    }

    /// What to call it on the sign-in page: its host.
    pub fn label(&self) -> String {
        let host = self.issuer.split("//").nth(1).unwrap_or(&self.issuer);
        host.split('/').next().unwrap_or(host).to_owned()
    }

    /// Begins a sign-in: where to send the browser, and what to remember meanwhile.
    pub async fn begin(&self, redirect: &str, next: String) -> Result<(String, Attempt), SignInError> {
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| refused(chain(&error)))?;
        let client = self.client().await?.set_redirect_uri(redirect.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let request = request.add_scope(Scope::new("profile".to_owned())).set_pkce_challenge(challenge);
        let (url, state, nonce) = request.url();
        Ok((url.to_string(), Attempt { state, nonce, verifier, redirect, next }))
    }

    /// Ends a sign-in: who it is.
    pub async fn end(&self, attempt: Attempt, state: &str, code: String) -> Result<Arrival, SignInError> {
        if attempt.state.secret() != state {
            return Err(refused("the state is not that of the attempt"));
        }
        let client = self.client().await?.set_redirect_uri(attempt.redirect);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| provider(&error))?;
        let tokens = request.set_pkce_verifier(attempt.verifier).request_async(&self.http).await;
        let tokens = tokens.map_err(|error| refused(chain(&error)))?;
        let token = tokens.id_token().ok_or_else(|| refused("there is no ID token"))?;
        let claims = self.claims(token, verify::Purpose::SignIn(&attempt.nonce)).await?;
        Ok(self.arrival(&tokens, &claims))
    }

    /// Asks again, who it is now. Refused if the provider no longer knows this sign-in.
    pub async fn ask_again(&self, kept: &Kept, actor: &Actor) -> Result<Option<Arrival>, SignInError> {
        let Some(refresh) = kept.refresh.clone().map(RefreshToken::new) else { return Ok(None) };
        let client = self.client().await?;
        let request = client.exchange_refresh_token(&refresh).map_err(|error| provider(&error))?;
        let tokens: Tokens = request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(_) => refused(chain(&error)),
            _ => provider(&error),
        })?;
        let Some(token) = tokens.id_token() else { return Ok(None) };
        let claims = self.claims(token, verify::Purpose::Renewal).await?;
        let mut arrival = self.arrival(&tokens, &claims);
        if arrival.actor.id != actor.id {
            return Err(refused("the provider answered for somebody else"));
        }
        // Not every provider gives another one; the one that was used goes on being good then.
        arrival.kept.refresh.get_or_insert_with(|| refresh.into_secret());
        Ok(Some(arrival))
    }

    /// Where to send a browser that signs out, so that it is signed out there too.
    pub async fn farewell(&self, kept: &Kept, back: &str) -> Result<Option<String>, SignInError> {
        let metadata = self.metadata().await?;
        let Some(end) = metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
        let back = PostLogoutRedirectUrl::new(back.to_owned()).map_err(|error| refused(chain(&error)))?;
        let request = LogoutRequest::from(end).set_client_id(ClientId::new(self.client_id.clone()));
        let mut url = request.set_post_logout_redirect_uri(back).http_get_url();
        if let Some(token) = &kept.id_token {
            url.query_pairs_mut().append_pair("id_token_hint", token);
        }
        Ok(Some(url.to_string()))
    }

    /// Whom a logout token of the provider is about (OpenID Connect Back-Channel Logout 1.0).
    pub async fn signed_out(&self, token: &str) -> Result<SignedOut, SignInError> {
        let token = Token::from_str(token).map_err(|error| refused(chain(&error)))?;
        let claims = self.claims(&token, verify::Purpose::SignOut).await?;
        let others = &claims.additional_claims().0;
        let event = others.get("events").and_then(|events| events.get(verify::LOGOUT_EVENT));
        if !event.is_some_and(Value::is_object) {
            return Err(refused("it is not a logout token"));
        }
        Ok(match others.get("sid").and_then(Value::as_str) {
            Some(session) => SignedOut::Session(session.to_owned()),
            None => SignedOut::Person(claims.subject().to_string()),
        })
    }

    fn arrival(&self, tokens: &Tokens, claims: &Claims) -> Arrival {
        let others = &claims.additional_claims().0;
        let kept = Kept {
            refresh: tokens.refresh_token().map(|token| token.secret().clone()),
            id_token: tokens.id_token().map(ToString::to_string),
        };
        let session = others.get("sid").and_then(Value::as_str).map(str::to_owned);
        Arrival { actor: self.actor(claims), session, kept }
    }

    fn actor(&self, claims: &Claims) -> Actor {
        let id = claims.subject().to_string();
        let name = claims.preferred_username().map_or_else(|| id.clone(), |name| name.to_string());
        let others = &claims.additional_claims().0;
        let roles = roles::texts(others, &self.roles_claim);
        let groups = roles::texts(others, &self.groups_claim);
        Actor { id, name, roles, groups, is_reader: false }
    }

    /// The client that access tokens are meant for. It has no secret, so that nothing but the provider's own keys
    /// signs them.
    async fn audience(&self) -> Result<OidcClient, SignInError> {
        let id = ClientId::new(self.audience.clone());
        Ok(OidcClient::from_provider_metadata(self.metadata().await?, id, None))
    }

    async fn client(&self) -> Result<OidcClient, SignInError> {
        let secret = self.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.client_id.clone());
        Ok(OidcClient::from_provider_metadata(self.metadata().await?, id, secret))
    }

    async fn metadata(&self) -> Result<ProviderMetadataWithLogout, SignInError> {
        let mut known = self.known.lock().await;
        if let Some(known) = &mut *known {
            // A key that is taken back must not be believed for ever. A provider that is down takes nothing back.
            if known.at.elapsed() > GOOD_FOR {
                known.at = Instant::now();
                match self.discover().await {
                    Ok(metadata) => known.metadata = metadata,
                    Err(error) => tracing::warn!(%error, "The provider's keys are those of before"),
                }
            }
            return Ok(known.metadata.clone());
        }
        let metadata = self.discover().await?;
        Ok(known.insert(Known { metadata, at: Instant::now() }).metadata.clone())
    }

    async fn discover(&self) -> Result<ProviderMetadataWithLogout, SignInError> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| provider(&error))?;
        let found = ProviderMetadataWithLogout::discover_async(issuer, &self.http).await;
        found.map_err(|error| provider(&error))
    }
}
