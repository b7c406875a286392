//! The keeper of the door: how long somebody may stay, and whether they still may. A visit ends by itself, is ended by
//! the person, by the identity provider, or when the role is withdrawn.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use slipway_domain::{
    actor::Actor,
    ids::{Clock, Ids},
    ports::{PortError, Vault},
    sealed::Sealed,
};
use slipway_store::{Of, Store, Visit};

use super::{
    local::Accounts,
    oidc::{Kept, Provider, SignInError, SignedOut},
};

/// What was looked at so recently is not looked at again: pages ask for several things at once.
const RECENTLY: SignedDuration = SignedDuration::from_secs(5);

/// How long somebody may stay.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// At most, whatever they do.
    pub whole: SignedDuration,
    /// Without asking for anything.
    pub idle: SignedDuration,
    /// How soon it is noticed that a role was withdrawn.
    pub check: SignedDuration,
}

/// What the session keeps of somebody who came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// The public name of the visit.
    pub visit: String,
    /// Who.
    pub actor: Actor,
    /// Since when.
    pub since: Timestamp,
}

/// May they stay?
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    In,
    /// Yes, with other roles than before.
    Changed(Actor),
    /// No; the visit has ended.
    Over,
}

/// Somebody who is about to come in.
pub struct Newcomer<'a> {
    /// Who.
    pub actor: Actor,
    /// What the provider calls the sign-in.
    pub provider_session: Option<String>,
    /// What it gave for asking again.
    pub kept: Option<Kept>,
    /// The session that remembers it.
    pub session_id: String,
    /// What the browser calls itself.
    pub agent: &'a str,
}

/// What the keeper needs.
pub struct Keeper {
    /// Where visits are kept.
    pub store: Store,
    /// The local accounts.
    pub accounts: Accounts,
    /// The identity provider, in their place.
    pub provider: Option<Arc<Provider>>,
    /// Seals what the provider gave.
    pub vault: Arc<dyn Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names of visits.
    pub ids: Arc<dyn Ids>,
    /// How long somebody may stay.
    pub limits: Limits,
    /// When a visit was last looked at.
    pub looked: Mutex<HashMap<String, Timestamp>>,
}

impl Keeper {
    /// Lets somebody in.
    pub async fn begin(&self, newcomer: Newcomer<'_>) -> Result<Pass, PortError> {
        let now = self.clock.now();
        let pass = Pass { visit: self.ids.next().to_string(), actor: newcomer.actor, since: now };
        let visit = Visit {
            id: pass.visit.clone(),
            session_id: newcomer.session_id,
            actor_id: pass.actor.id.clone(),
            provider_session: newcomer.provider_session,
            tokens: newcomer.kept.map(|kept| self.seal(&kept).as_str().to_owned()),
            agent: newcomer.agent.chars().take(200).collect(),
            began_at: now.as_millisecond(),
            seen_at: now.as_millisecond(),
            check_at: (now + self.limits.check).as_millisecond(),
        };
        self.store.begin_visit(&visit).await?;
        Ok(pass)
    }

    /// May they stay, now that they ask for something?
    pub async fn admit(&self, pass: &Pass) -> Result<Admission, PortError> {
        let now = self.clock.now();
        if self.was_looked_at(&pass.visit, now) && now.duration_since(pass.since) < self.limits.whole {
            return Ok(Admission::In);
        }
        let admission = self.look(pass, now).await?;
        match admission {
            Admission::In => self.store.see_visit(&pass.visit, now).await?,
            Admission::Changed(_) => {}
            Admission::Over => _ = self.store.end_visits(one(pass)).await?,
        }
        Ok(admission)
    }

    /// Comes back when they may not stay any longer; for streams, which ask for nothing.
    pub async fn until_over(&self, pass: &Pass) {
        let pause = RECENTLY.max(self.limits.check.min(self.limits.idle) / 4);
        loop {
            tokio::time::sleep(pause.unsigned_abs()).await;
            // Room for asking is taken while it is asked, not for as long as the stream.
            match Box::pin(self.look(pass, self.clock.now())).await {
                Ok(Admission::Over) => return,
                // Only a request can write that into the session, so the next one is to find it out again; and a
                // stream that was begun with other rights is begun anew.
                Ok(Admission::Changed(_)) => {
                    let _ = Box::pin(self.store.check_soon(&pass.visit)).await;
                    return;
                }
                Ok(Admission::In) | Err(_) => {}
            }
        }
    }

    /// Ends a visit. What was kept of it is needed to say good-bye to the provider.
    pub async fn leave(&self, pass: &Pass) -> Result<Option<Kept>, PortError> {
        let visit = self.store.visit(&pass.visit).await?;
        self.store.end_visits(one(pass)).await?;
        Ok(visit.and_then(|visit| self.open(&visit)))
    }

    /// Ends what the provider has ended.
    pub async fn sign_out(&self, whom: &SignedOut) -> Result<u64, PortError> {
        self.store
            .end_visits(match whom {
                SignedOut::Session(session) => Of::Provider(session),
                SignedOut::Person(actor) => Of::Person(actor),
            })
            .await
    }

    async fn look(&self, pass: &Pass, now: Timestamp) -> Result<Admission, PortError> {
        let Some(visit) = self.store.visit(&pass.visit).await? else { return Ok(Admission::Over) };
        let seen = Timestamp::from_millisecond(visit.seen_at).unwrap_or(now);
        if now.duration_since(pass.since) >= self.limits.whole || now.duration_since(seen) >= self.limits.idle
        {
            return Ok(Admission::Over);
        }
        let is_due = visit.check_at <= now.as_millisecond();
        if is_due && self.store.claim_check(&visit.id, now, now + self.limits.check).await? {
            return self.check(pass, &visit).await;
        }
        Ok(Admission::In)
    }

    async fn check(&self, pass: &Pass, visit: &Visit) -> Result<Admission, PortError> {
        let actor = match (&self.provider, self.open(visit)) {
            (None, _) => match self.accounts.find(&pass.actor.name).await? {
                Some(actor) => actor,
                None => return Ok(Admission::Over),
            },
            (Some(provider), Some(kept)) if kept.can_ask() => {
                match provider.ask_again(&kept, &pass.actor).await {
                    Ok(Some(arrival)) => {
                        self.store.renew_visit(&visit.id, &self.seal(&arrival.kept)).await?;
                        arrival.actor
                    }
                    Ok(None) => return Ok(Admission::In),
                    Err(SignInError::Refused(reason)) => {
                        tracing::info!(actor.name = %pass.actor.name, reason, "{} was signed out", pass.actor.name);
                        return Ok(Admission::Over);
                    }
                    // Nobody is thrown out because the provider has a rest.
                    Err(SignInError::Provider(reason)) => {
                        tracing::warn!(reason, "Whether somebody still has their role cannot be asked");
                        return Ok(Admission::In);
                    }
                }
            }
            // The provider gives nothing to ask again with, so the whole length of a visit is the limit.
            (Some(_), _) => return Ok(Admission::In),
        };
        Ok(after(&pass.actor, actor))
    }

    fn was_looked_at(&self, visit: &str, now: Timestamp) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.get(visit).is_some_and(|at| now.duration_since(*at) < RECENTLY) {
            return true;
        }
        looked.retain(|_, at| now.duration_since(*at) < RECENTLY);
        looked.insert(visit.to_owned(), now);
        false
    }

    fn seal(&self, kept: &Kept) -> Sealed {
        self.vault.seal(&serde_json::to_string(kept).unwrap_or_default())
    }

    /// Nothing, if the key is another one now: then nobody can be asked.
    fn open(&self, visit: &Visit) -> Option<Kept> {
        let plain = self.vault.open(&Sealed::new(visit.tokens.clone()?)).ok()?;
        serde_json::from_str(&plain).ok()
    }
}

fn one(pass: &Pass) -> Of<'_> {
    Of::One { id: &pass.visit, actor_id: &pass.actor.id }
}

/// A person who came in with the role and has it no more is shown out; other changes count from now on.
fn after(before: &Actor, now: Actor) -> Admission {
    if before.is_devops() && !now.is_devops() {
        Admission::Over
    } else if *before == now {
        Admission::In
    } else {
        Admission::Changed(now)
    }
}

#[cfg(test)]
mod tests {
    use slipway_domain::actor::DEVOPS;

    use super::*;

    fn with(roles: &[&str]) -> Actor {
        let roles = roles.iter().map(|&role| role.into()).collect();
        Actor { id: "1".into(), name: "ana".into(), roles, ..Actor::default() }
    }

    #[test]
    fn s1_02_who_loses_the_role_is_shown_out() {
        assert_eq!(after(&with(&[DEVOPS, "A"]), with(&["A"])), Admission::Over);
    }

    #[test]
    fn s1_02_other_roles_come_and_go_while_somebody_is_here() {
        assert_eq!(after(&with(&[DEVOPS]), with(&[DEVOPS])), Admission::In);
        assert_eq!(after(&with(&["A"]), with(&["B"])), Admission::Changed(with(&["B"])));
        assert_eq!(after(&with(&["A"]), with(&[DEVOPS])), Admission::Changed(with(&[DEVOPS])));
    }
}
