//! Sign-in with an OIDC provider: code flow with PKCE; state and nonce belong to one browser and one attempt.

use std::collections::HashMap;

use openidconnect::{
    AdditionalClaims, AuthenticationFlow, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse,
    TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use slipway_domain::{actor::Actor, ports::chain};
use tokio::sync::Mutex;

use crate::config::Settings;

/// The claims of an ID token that no standard names; roles are among them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct OtherClaims(HashMap<String, Value>);

impl AdditionalClaims for OtherClaims {}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        OtherClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type OidcClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

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

/// The identity provider.
pub struct Provider {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    roles_claim: String,
    http: reqwest::Client,
    /// Fetched at the first sign-in, so that a provider that is down at start does no harm.
    metadata: Mutex<Option<CoreProviderMetadata>>,
}

impl Provider {
    /// The provider of the settings, if one is set.
    pub fn from_settings(settings: &Settings, http: reqwest::Client) -> Option<Self> {
        Some(Self {
            issuer: settings.oidc_issuer.clone()?,
            client_id: settings.oidc_client_id.clone()?,
            client_secret: settings.oidc_client_secret.clone(),
            roles_claim: settings.oidc_roles_claim.clone(),
            http,
            metadata: Mutex::new(None),
        })
    }

    /// What to call it on the sign-in page: its host.
    pub fn label(&self) -> String {
        let host = self.issuer.split("//").nth(1).unwrap_or(&self.issuer);
        host.split('/').next().unwrap_or(host).to_owned()
    }

    /// Begins a sign-in: where to send the browser, and what to remember meanwhile.
    pub async fn begin(&self, redirect: &str, next: String) -> Result<(String, Attempt), SignInError> {
        let refused = |error: &dyn std::error::Error| SignInError::Refused(chain(error));
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| refused(&error))?;
        let client = self.client(redirect.clone()).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let request = request.add_scope(Scope::new("profile".to_owned())).set_pkce_challenge(challenge);
        let (url, state, nonce) = request.url();
        Ok((url.to_string(), Attempt { state, nonce, verifier, redirect, next }))
    }

    /// Ends a sign-in: who it is.
    pub async fn end(&self, attempt: Attempt, state: &str, code: String) -> Result<Actor, SignInError> {
        let refused = |text: String| SignInError::Refused(text);
        if attempt.state.secret() != state {
            return Err(refused("the state is not that of the attempt".to_owned()));
        }
        let client = self.client(attempt.redirect).await?;
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| SignInError::Provider(chain(&error)))?;
        let tokens = request.set_pkce_verifier(attempt.verifier).request_async(&self.http).await;
        let tokens = tokens.map_err(|error| refused(chain(&error)))?;
        let token = tokens.id_token().ok_or_else(|| refused("there is no ID token".to_owned()))?;
        let claims = token.claims(&client.id_token_verifier(), &attempt.nonce);
        let claims = claims.map_err(|error| refused(chain(&error)))?;
        let id = claims.subject().to_string();
        let name = claims.preferred_username().map_or_else(|| id.clone(), |name| name.to_string());
        Ok(Actor { id, name, roles: roles(&claims.additional_claims().0, &self.roles_claim) })
    }

    async fn client(&self, redirect: RedirectUrl) -> Result<OidcClient, SignInError> {
        let mut known = self.metadata.lock().await;
        let metadata = match &*known {
            Some(metadata) => metadata.clone(),
            None => known.insert(self.discover().await?).clone(),
        };
        let secret = self.client_secret.clone().map(ClientSecret::new);
        let client =
            OidcClient::from_provider_metadata(metadata, ClientId::new(self.client_id.clone()), secret);
        Ok(client.set_redirect_uri(redirect))
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, SignInError> {
        let failed = |error: &dyn std::error::Error| SignInError::Provider(chain(error));
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| failed(&error))?;
        CoreProviderMetadata::discover_async(issuer, &self.http).await.map_err(|error| failed(&error))
    }
}

/// The texts of the list at a path of names with dots between them.
fn roles(claims: &HashMap<String, Value>, path: &str) -> Vec<String> {
    let mut names = path.split('.');
    let first = names.next().and_then(|name| claims.get(name));
    let list = names.try_fold(first, |value, name| Some(value?.get(name))).flatten();
    let texts = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s1_02_roles_are_found_at_any_depth() {
        let claims: HashMap<String, Value> = serde_json::from_value(json!({
            "groups": ["ops"], "realm_access": {"roles": ["APS_DEVOPS", 7]},
        }))
        .unwrap();
        assert_eq!(roles(&claims, "realm_access.roles"), ["APS_DEVOPS"]);
        assert_eq!(roles(&claims, "groups"), ["ops"]);
        assert!(roles(&claims, "resource_access.slipway.roles").is_empty());
    }
}
