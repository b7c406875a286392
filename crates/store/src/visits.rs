//! Visits: who is signed in where. A visit ends with its session, whichever of the two is ended.

use jiff::Timestamp;
use slipway_domain::{ports::PortError, sealed::Sealed};

use crate::{Store, columns::row, rows::failed};

row! {
    /// Somebody who is signed in, in one browser.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Visit {
        /// Its public name; that of the session is a secret.
        pub id: String,
        /// The session that it belongs to.
        pub session_id: String,
        /// Who.
        pub actor_id: String,
        /// What the identity provider calls it.
        pub provider_session: Option<String>,
        /// What the provider gave for asking again, sealed.
        pub tokens: Option<String>,
        /// What the browser calls itself.
        pub agent: String,
        /// Since when, in milliseconds since the epoch.
        pub began_at: i64,
        /// When it last asked for something.
        pub seen_at: i64,
        /// When the provider is asked again.
        pub check_at: i64,
    }
}

/// Which visits are meant.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// One of a person's.
    One {
        /// Its public name.
        id: &'a str,
        /// The person, so that nobody ends somebody else's.
        actor_id: &'a str,
    },
    /// All of a person's but one.
    Others {
        /// The person.
        actor_id: &'a str,
        /// The one that goes on.
        but: &'a str,
    },
    /// All of a person.
    Person(&'a str),
    /// All that the identity provider knows by this name.
    Provider(&'a str),
}

impl Of<'_> {
    fn condition(self) -> &'static str {
        match self {
            Self::One { .. } => "id = $1 AND actor_id = $2",
            Self::Others { .. } => "actor_id = $1 AND id <> $2",
            Self::Person(_) => "actor_id = $1 AND actor_id = $2",
            Self::Provider(_) => "provider_session = $1 AND provider_session = $2",
        }
    }

    fn values(&self) -> (&str, &str) {
        match self {
            Self::One { id, actor_id } => (id, actor_id),
            Self::Others { actor_id, but } => (actor_id, but),
            Self::Person(name) | Self::Provider(name) => (name, name),
        }
    }
}

impl Store {
    /// Keeps a new visit, and forgets those whose sessions have ended.
    pub async fn begin_visit(&self, visit: &Visit) -> Result<(), PortError> {
        let failed = || failed("keeping a visit");
        sqlx::query("DELETE FROM visits WHERE session_id NOT IN (SELECT id FROM sessions)")
            .execute(&self.pool)
            .await
            .map_err(failed())?;
        sqlx::query(
            "INSERT INTO visits (id, session_id, actor_id, provider_session, tokens, agent, began_at, seen_at, check_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&visit.id)
        .bind(&visit.session_id)
        .bind(&visit.actor_id)
        .bind(&visit.provider_session)
        .bind(&visit.tokens)
        .bind(&visit.agent)
        .bind(visit.began_at)
        .bind(visit.seen_at)
        .bind(visit.check_at)
        .execute(&self.pool)
        .await
        .map(|_| ())
        .map_err(failed())
    }

    /// The visit of that name, if it has not ended.
    pub async fn visit(&self, id: &str) -> Result<Option<Visit>, PortError> {
        sqlx::query_as("SELECT * FROM visits WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading a visit"))
    }

    /// All visits of a person, the last seen first.
    pub async fn visits_of(&self, actor_id: &str) -> Result<Vec<Visit>, PortError> {
        let query = "SELECT * FROM visits WHERE actor_id = $1 \
             AND session_id IN (SELECT id FROM sessions) ORDER BY seen_at DESC, id";
        sqlx::query_as(query).bind(actor_id).fetch_all(&self.pool).await.map_err(failed("reading visits"))
    }

    /// Notes that it asked for something.
    pub async fn see_visit(&self, id: &str, now: Timestamp) -> Result<(), PortError> {
        sqlx::query("UPDATE visits SET seen_at = $2 WHERE id = $1 AND seen_at < $2")
            .bind(id)
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("noting a visit"))
    }

    /// True for the one who is to ask the provider now; everybody else goes on with what is known until `next`. What
    /// is asked with can often be used only once.
    pub async fn claim_check(&self, id: &str, now: Timestamp, next: Timestamp) -> Result<bool, PortError> {
        let done = sqlx::query("UPDATE visits SET check_at = $3 WHERE id = $1 AND check_at <= $2")
            .bind(id)
            .bind(now.as_millisecond())
            .bind(next.as_millisecond())
            .execute(&self.pool)
            .await
            .map_err(failed("checking a visit"))?;
        Ok(done.rows_affected() == 1)
    }

    /// The provider is to be asked at the next request.
    pub async fn check_soon(&self, id: &str) -> Result<(), PortError> {
        sqlx::query("UPDATE visits SET check_at = 0 WHERE id = $1")
            .bind(id)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("checking a visit"))
    }

    /// Keeps what is asked with the next time.
    pub async fn renew_visit(&self, id: &str, tokens: &Sealed) -> Result<(), PortError> {
        sqlx::query("UPDATE visits SET tokens = $2 WHERE id = $1")
            .bind(id)
            .bind(tokens.as_str())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("keeping a visit"))
    }

    /// Ends visits and their sessions. How many there were.
    pub async fn end_visits(&self, of: Of<'_>) -> Result<u64, PortError> {
        let failed = || failed("ending visits");
        let (first, second) = of.values();
        let mut ended = 0;
        let mut transaction = self.begin().await.map_err(failed())?;
        for query in [
            format!(
                "DELETE FROM sessions WHERE id IN (SELECT session_id FROM visits WHERE {})",
                of.condition()
            ),
            format!("DELETE FROM visits WHERE {}", of.condition()),
        ] {
            // Put together from the constants above.
            let done = sqlx::query(sqlx::AssertSqlSafe(query))
                .bind(first)
                .bind(second)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
            ended = done.rows_affected();
        }
        transaction.commit().await.map_err(failed())?;
        self.announce_sessions();
        Ok(ended)
    }
}
