//! Answers to requests that carried a key: the same request again gets the same answer and does nothing.

use jiff::{SignedDuration, Timestamp};
use slipway_domain::{ports::PortError, sealed::Sealed};

use crate::{Store, rows::failed};

/// How long an answer is kept, in milliseconds.
const KEPT: i64 = 24 * 3_600_000;

/// Forgets what was kept for its time, and what was left under way.
#[doc(hidden)]
pub const FORGET_ANSWERS: &str = "DELETE FROM answers WHERE at < $1 OR (sealed = '' AND at < $2)";

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// Nothing: go on, and keep the answer.
    Nothing,
    /// The same request is being answered.
    UnderWay,
    /// The same request was answered.
    Answered(Sealed),
    /// The key was used for another request.
    Other,
}

impl Store {
    /// Takes the key for that request, or says what is known of it. Whoever takes it keeps it as long as the lease,
    /// unless it is held on to: a process that was killed must not lock a key.
    pub async fn begin_answer(
        &self,
        actor_id: &str,
        key: &str,
        request: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Before, PortError> {
        let failed = || failed("looking for an answer");
        let now = now.as_millisecond();
        sqlx::query(FORGET_ANSWERS)
            .bind(now - KEPT)
            .bind(now - i64::try_from(lease.as_millis()).unwrap_or(KEPT))
            .execute(&self.pool)
            .await
            .map_err(failed())?;
        let query = "INSERT INTO answers (actor_id, key, request, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (actor_id, key) DO NOTHING";
        let done =
            sqlx::query(query).bind(actor_id).bind(key).bind(request).bind(now).execute(&self.pool).await;
        if done.map_err(failed())?.rows_affected() == 1 {
            return Ok(Before::Nothing);
        }
        let query = "SELECT request, sealed FROM answers WHERE actor_id = $1 AND key = $2";
        let known: Option<(String, String)> = sqlx::query_as(query)
            .bind(actor_id)
            .bind(key)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed())?;
        Ok(match known {
            Some((before, _)) if before != request => Before::Other,
            Some((_, sealed)) if !sealed.is_empty() => Before::Answered(Sealed::new(sealed)),
            _ => Before::UnderWay,
        })
    }

    /// Holds on to a key whose answer is still being made.
    pub async fn hold_answer(&self, actor_id: &str, key: &str, now: Timestamp) -> Result<(), PortError> {
        let query = "UPDATE answers SET at = $3 WHERE actor_id = $1 AND key = $2 AND sealed = ''";
        let held = sqlx::query(query).bind(actor_id).bind(key).bind(now.as_millisecond());
        held.execute(&self.pool).await.map(|_| ()).map_err(failed("holding on to a key"))
    }

    /// Keeps the answer; none forgets the key, so that the request may be tried again.
    pub async fn end_answer(
        &self,
        actor_id: &str,
        key: &str,
        answer: Option<&Sealed>,
    ) -> Result<(), PortError> {
        let query = match answer {
            Some(_) => "UPDATE answers SET sealed = $3 WHERE actor_id = $1 AND key = $2",
            None => "DELETE FROM answers WHERE actor_id = $1 AND key = $2 AND sealed = $3",
        };
        let sealed = answer.map_or("", Sealed::as_str);
        let done = sqlx::query(query).bind(actor_id).bind(key).bind(sealed).execute(&self.pool).await;
        done.map(|_| ()).map_err(failed("keeping an answer"))
    }
}
