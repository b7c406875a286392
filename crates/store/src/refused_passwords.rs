//! Names for which passwords were refused, and until when nobody may try again.

use jiff::{SignedDuration, Timestamp};
use slipway_domain::ports::PortError;

use crate::{Store, rows::failed};

/// After a quiet time the count begins anew.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

impl Store {
    /// When that name may be tried, in milliseconds since the epoch.
    pub async fn password_open_at(&self, name: &str) -> Result<i64, PortError> {
        let open: Option<i64> = sqlx::query_scalar("SELECT open_at FROM refused_passwords WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading refused passwords"))?;
        Ok(open.unwrap_or_default())
    }

    /// Counts a refusal, and forgets old ones of everybody. How many there are now.
    pub async fn refuse_password(&self, name: &str, now: Timestamp) -> Result<u32, PortError> {
        let failed = || failed("counting refused passwords");
        sqlx::query("DELETE FROM refused_passwords WHERE last_at < $1")
            .bind((now - FORGOTTEN).as_millisecond())
            .execute(&self.pool)
            .await
            .map_err(failed())?;
        let failures: i64 = sqlx::query_scalar(
            "INSERT INTO refused_passwords (name, failures, last_at, open_at) VALUES ($1, 1, $2, 0) \
             ON CONFLICT (name) DO UPDATE SET failures = refused_passwords.failures + 1, last_at = excluded.last_at \
             RETURNING failures",
        )
        .bind(name)
        .bind(now.as_millisecond())
        .fetch_one(&self.pool)
        .await
        .map_err(failed())?;
        Ok(u32::try_from(failures).unwrap_or(u32::MAX))
    }

    /// Nobody may try that name until then.
    pub async fn close_password(&self, name: &str, until: Timestamp) -> Result<(), PortError> {
        sqlx::query("UPDATE refused_passwords SET open_at = $2 WHERE name = $1")
            .bind(name)
            .bind(until.as_millisecond())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("counting refused passwords"))
    }

    /// The right password was given.
    pub async fn accept_password(&self, name: &str) -> Result<(), PortError> {
        sqlx::query("DELETE FROM refused_passwords WHERE name = $1")
            .bind(name)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("counting refused passwords"))
    }
}
