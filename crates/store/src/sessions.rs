//! Browser sessions: an identifier, text, an end.

use jiff::Timestamp;
use slipway_domain::ports::PortError;

use crate::{Store, rows::failed};

impl Store {
    /// Keeps a new session. False if the identifier is in use.
    pub async fn create_session(
        &self,
        id: &str,
        data: &str,
        expires_at: Timestamp,
    ) -> Result<bool, PortError> {
        let query =
            "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
        let done = sqlx::query(query)
            .bind(id)
            .bind(data)
            .bind(expires_at.as_millisecond())
            .execute(&self.pool)
            .await
            .map_err(failed("keeping a session"))?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps a session as it is now.
    pub async fn save_session(&self, id: &str, data: &str, expires_at: Timestamp) -> Result<(), PortError> {
        let query = "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at";
        sqlx::query(query)
            .bind(id)
            .bind(data)
            .bind(expires_at.as_millisecond())
            .execute(&self.pool)
            .await
            .map_err(failed("keeping a session"))?;
        self.announce_sessions();
        Ok(())
    }

    /// The session of that identifier and its end, if it has not ended.
    pub async fn session(&self, id: &str, now: Timestamp) -> Result<Option<(String, i64)>, PortError> {
        sqlx::query_as("SELECT data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2")
            .bind(id)
            .bind(now.as_millisecond())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading a session"))
    }

    /// Forgets a session.
    pub async fn delete_session(&self, id: &str) -> Result<(), PortError> {
        sqlx::query("DELETE FROM sessions WHERE id = $1")
            .bind(id)
            .execute(&self.pool)
            .await
            .map_err(failed("forgetting a session"))?;
        self.announce_sessions();
        Ok(())
    }

    /// Forgets the sessions that have ended.
    pub async fn delete_expired_sessions(&self, now: Timestamp) -> Result<(), PortError> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("forgetting ended sessions"))
    }
}
