//! Whether a token is true: signature, issuer, audience, times. The provider may have changed its keys since they
//! were fetched, so a key that is not known is asked for once more.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{ClaimsVerificationError, Nonce, NonceVerifier};
use slipway_domain::ports::chain;

use super::{
    Provider, SignInError,
    kinds::{Claims, OidcClient, Token},
    refused,
};

/// The event that makes a token a logout token.
pub(super) const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How far the clocks of the provider and of this machine may be apart.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// Keys are not asked for more often than this, whatever tokens arrive.
const NOT_AGAIN: Duration = Duration::from_secs(5);

/// What a token is to prove.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// That the answer belongs to this attempt.
    SignIn(&'a Nonce),
    /// Who it is now; the attempt is long over.
    Renewal,
    /// That somebody is gone; such a token must not have a nonce, so that it can never be taken for a sign-in.
    SignOut,
    /// Who asks for something. Such a token was not made for an attempt to sign in, either.
    Access,
}

impl NonceVerifier for Purpose<'_> {
    fn verify(self, nonce: Option<&Nonce>) -> Result<(), String> {
        match (self, nonce) {
            (Self::SignIn(wanted), nonce) => wanted.verify(nonce),
            (Self::SignOut, Some(_)) => Err("a logout token has no nonce".to_owned()),
            (Self::Access, Some(_)) => Err("an access token has no nonce".to_owned()),
            (Self::Renewal, _) | (Self::SignOut | Self::Access, None) => Ok(()),
        }
    }
}

impl Provider {
    /// The claims of a token, if it is true.
    pub(super) async fn claims(&self, token: &Token, purpose: Purpose<'_>) -> Result<Claims, SignInError> {
        match check(&self.meant_for(purpose).await?, token, purpose) {
            // A key that is not known, or of a kind that was not announced.
            Err(ClaimsVerificationError::SignatureVerification(_)) if self.renew_keys().await? => {
                check(&self.meant_for(purpose).await?, token, purpose)
            }
            other => other,
        }
        .map_err(|error| refused(chain(&error)))
    }

    async fn meant_for(&self, purpose: Purpose<'_>) -> Result<OidcClient, SignInError> {
        if matches!(purpose, Purpose::Access) { self.audience().await } else { self.client().await }
    }

    /// False if they were fetched just now. Those that are known stay until there are others: whoever sends tokens that
    /// are not true must not take the door from everybody else.
    async fn renew_keys(&self) -> Result<bool, SignInError> {
        let mut known = self.known.lock().await;
        let Some(known) = known.as_mut().filter(|known| known.at.elapsed() > NOT_AGAIN) else {
            return Ok(false);
        };
        known.at = Instant::now();
        known.metadata = self.discover().await?;
        Ok(true)
    }
}

fn check(
    client: &OidcClient,
    token: &Token,
    purpose: Purpose<'_>,
) -> Result<Claims, ClaimsVerificationError> {
    let verifier = client
        .id_token_verifier()
        .set_time_fn(|| Utc::now() - SKEW)
        .set_issue_time_verifier_fn(not_from_the_future);
    // A logout token may say that it is one where others say that they are a JWT.
    let verifier = match purpose {
        Purpose::SignOut => verifier.allow_all_jose_types(),
        // What it says of its kind was looked at; that it is meant for others too is their affair.
        Purpose::Access => verifier.allow_all_jose_types().set_other_audience_verifier_fn(|_| true),
        Purpose::SignIn(_) | Purpose::Renewal => verifier,
    };
    token.claims(&verifier, purpose).cloned()
}

fn not_from_the_future(issued: DateTime<Utc>) -> Result<(), String> {
    if issued <= Utc::now() + SKEW {
        Ok(())
    } else {
        Err("it was issued in the future; check the clocks".to_owned())
    }
}
