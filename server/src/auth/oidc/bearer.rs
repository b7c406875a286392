//! Access tokens that programs bring from the provider: who it is, if the token is true, meant for here, and not over.
//! Nothing is kept of it, and nobody is asked about it but the provider for its keys.

use std::{collections::HashMap, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;
use slipway_domain::{actor::Actor, ports::chain};

use super::{Provider, SignInError, kinds::Token, refused, verify::Purpose};

/// What the header of an access token may call it. Some do not say.
const KINDS: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// Somebody whom an access token is of.
#[derive(Debug)]
pub struct Bearer {
    /// Who.
    pub actor: Actor,
    /// When the token ends.
    pub until: Timestamp,
}

/// Does it look like a token of a provider, rather than like one of Slipway's own?
pub fn is_signed(token: &str) -> bool {
    token.split('.').count() == 3
}

impl Provider {
    /// Who brings it.
    pub async fn bearer(&self, text: &str) -> Result<Bearer, SignInError> {
        let kind = header(text).and_then(|header| header.get("typ")?.as_str().map(str::to_lowercase));
        if kind.is_some_and(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(refused("it is a token of another kind"));
        }
        let token = Token::from_str(text).map_err(|error| refused(chain(&error)))?;
        let claims = self.claims(&token, Purpose::Access).await?;
        let others = &claims.additional_claims().0;
        // An ID token says who signed in somewhere, to whom it was given; it is nobody's key.
        if is_other(others) || claims.access_token_hash().is_some() {
            return Err(refused("it is a token of another kind"));
        }
        let until = Timestamp::from_second(claims.expiration().timestamp());
        let until = until.map_err(|error| refused(chain(&error)))?;
        Ok(Bearer { actor: self.actor(&claims), until })
    }
}

fn header(token: &str) -> Option<HashMap<String, Value>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Keycloak writes in the token itself which kind it is of; logout tokens tell of an event.
fn is_other(claims: &HashMap<String, Value>) -> bool {
    let kind = claims.get("typ").and_then(Value::as_str);
    kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) || claims.contains_key("events")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_33_which_of_the_two_kinds_a_token_is_shows_in_its_form() {
        assert!(is_signed("eyJhbGciOiJub25lIn0.e30."));
        assert!(!is_signed("slw_0123456789") && !is_signed("a.b"));
    }

    #[test]
    fn s4_33_an_id_token_and_a_logout_token_are_no_access_tokens() {
        let claims = |value: Value| serde_json::from_value::<HashMap<String, Value>>(value).unwrap();
        for other in [serde_json::json!({"typ": "ID"}), serde_json::json!({"events": {}})] {
            assert!(is_other(&claims(other)));
        }
        for access in [serde_json::json!({"typ": "Bearer"}), serde_json::json!({})] {
            assert!(!is_other(&claims(access)));
        }
    }
}
