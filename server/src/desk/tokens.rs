//! Tokens of programs at the desk: made, shown once, revoked.

use slipway_app::desk::DeskError;
use slipway_domain::{
    actor::Actor,
    ports::PortError,
    sealed::Sealed,
    token::{NewToken, PREFIX, Scope, Token, TokenForm},
};
use slipway_store::KeptToken;

use super::{Office, SignedIn, unavailable};
use crate::hash::sha256;

impl Office {
    /// The token of that secret, and on whose behalf it acts with the roles that they have now, and the groups that they had then; none if it is not
    /// worth anything any more.
    pub async fn token(&self, secret: &str) -> Result<Option<(Token, Actor)>, PortError> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        let kept = self.store.token(&sha256(secret), self.clock.now()).await?;
        let Some(KeptToken { token, mut owner }) = kept else { return Ok(None) };
        if let Some(name) = owner.id.strip_prefix("local:") {
            let Some(account) = self.store.account(name).await? else { return Ok(None) };
            owner.roles = account.roles;
        }
        Ok(Some((token, owner)))
    }
}

impl SignedIn {
    pub(super) async fn own_tokens(&self) -> Result<Vec<Token>, DeskError> {
        self.office.store.tokens_of(&self.actor.id).await.map_err(|error| unavailable(&error))
    }

    pub(super) async fn create_token(&self, form: &TokenForm) -> Result<NewToken, DeskError> {
        let order = form.check().map_err(|fields| DeskError::Invalid { fields })?;
        let may_give = |scope: &Scope| self.limits.as_ref().is_none_or(|limits| limits.contains(scope));
        if let Some(scope) = order.scopes.iter().find(|scope| !may_give(scope)) {
            let message = format!("A token cannot give what it does not have: {}.", scope.label());
            return Err(DeskError::Refused { code: "SLW_SCOPE".to_owned(), message });
        }
        let secret = format!("{PREFIX}{}", self.office.vault.make_up());
        let now = self.office.clock.now();
        let token = Token {
            id: self.office.ids.next().to_string(),
            name: order.name,
            scopes: order.scopes,
            created_at: now,
            expires_at: now + order.life,
            last_used_at: None,
            last_used_from: String::new(),
        };
        let kept = KeptToken { token: token.clone(), owner: self.actor.clone() };
        let done = self.office.store.keep_token(&kept, &sha256(&secret)).await;
        done.map_err(|error| unavailable(&error))?;
        let scopes = token.scopes.iter().map(|scope| scope.label()).collect::<Vec<_>>().join(", ");
        let until = token.expires_at.strftime("%Y-%m-%d");
        self.tell("make-token", &token.name, &format!("accepted: {scopes}, until {until}")).await;
        Ok(NewToken { token, secret })
    }

    pub(super) async fn end_token(&self, id: &str) -> Result<(), DeskError> {
        let done = self.office.store.revoke_token(id, &self.actor.id, self.office.clock.now()).await;
        let name = done.map_err(|error| unavailable(&error))?;
        let missing = || DeskError::NotFound { what: "You have no such token.".to_owned() };
        self.tell("revoke-token", &name.ok_or_else(missing)?, "accepted").await;
        Ok(())
    }

    /// Keeps a new token for the next page, sealed.
    pub(super) async fn hold(&self, token: &NewToken) -> Result<String, DeskError> {
        let failed = |error: PortError| unavailable(&error);
        let text = serde_json::to_string(token).map_err(|error| failed(PortError::new("a token", error)))?;
        let (id, now) = (self.office.ids.next().to_string(), self.office.clock.now());
        let sealed = self.office.vault.seal(&text);
        self.office.store.keep_draft(&id, &self.actor.id, &sealed, now).await.map_err(failed)?;
        Ok(id)
    }

    /// Hands it out, once.
    pub(super) async fn hand_out(&self, id: &str) -> Result<Option<NewToken>, DeskError> {
        let taken = self.office.store.take_draft(id, &self.actor.id).await;
        let sealed = taken.map_err(|error| unavailable(&error))?.map(Sealed::new);
        let text = sealed.and_then(|sealed| self.office.vault.open(&sealed).ok());
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}
