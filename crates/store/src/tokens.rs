//! Tokens of programs. What is kept of a token is its hash; a token is long and made by lot, so that a plain hash
//! cannot be turned back.

use jiff::Timestamp;
use slipway_domain::{actor::Actor, ports::PortError, token::Token};

use crate::{
    Store,
    columns::row,
    rows::{failed, from_json, time, to_json},
};

/// The last use is known to this many milliseconds; not every request is worth a write.
const USE_STEP: i64 = 60_000;

/// A token and its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptToken {
    /// The token.
    pub token: Token,
    /// On whose behalf it acts, with the roles and groups that they had when they made it.
    pub owner: Actor,
}

row! {
    struct TokenRow {
        id: String,
        actor_id: String,
        actor_name: String,
        roles: String,
        member_of: String,
        name: String,
        scopes: String,
        created_at: i64,
        expires_at: i64,
        last_used_at: Option<i64>,
        last_used_from: String,
    }
}

impl TryFrom<TokenRow> for KeptToken {
    type Error = PortError;
    fn try_from(row: TokenRow) -> Result<Self, PortError> {
        let token = Token {
            id: row.id,
            name: row.name,
            scopes: from_json("scopes", &row.scopes)?,
            created_at: time(row.created_at)?,
            expires_at: time(row.expires_at)?,
            last_used_at: row.last_used_at.map(time).transpose()?,
            last_used_from: row.last_used_from,
        };
        let owner = Actor {
            id: row.actor_id,
            name: row.actor_name,
            roles: from_json("roles", &row.roles)?,
            groups: from_json("groups", &row.member_of)?,
            is_reader: false,
        };
        Ok(Self { token, owner })
    }
}

impl Store {
    /// Keeps a new token, by its hash.
    pub async fn keep_token(&self, kept: &KeptToken, hash: &str) -> Result<(), PortError> {
        sqlx::query(
            "INSERT INTO tokens (id, actor_id, actor_name, roles, member_of, name, hash, scopes, created_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&kept.token.id)
        .bind(&kept.owner.id)
        .bind(&kept.owner.name)
        .bind(to_json(&kept.owner.roles)?)
        .bind(to_json(&kept.owner.groups)?)
        .bind(&kept.token.name)
        .bind(hash)
        .bind(to_json(&kept.token.scopes)?)
        .bind(kept.token.created_at.as_millisecond())
        .bind(kept.token.expires_at.as_millisecond())
        .execute(&self.pool)
        .await
        .map(|_| ())
        .map_err(failed("keeping a token"))
    }

    /// The token with that hash, if it is neither over nor revoked.
    pub async fn token(&self, hash: &str, now: Timestamp) -> Result<Option<KeptToken>, PortError> {
        let query = "SELECT * FROM tokens WHERE hash = $1 AND expires_at > $2 AND revoked_at IS NULL";
        let row: Option<TokenRow> = sqlx::query_as(query)
            .bind(hash)
            .bind(now.as_millisecond())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading a token"))?;
        row.map(KeptToken::try_from).transpose()
    }

    /// Remembers that it was used.
    pub async fn token_used(&self, id: &str, from: &str, now: Timestamp) -> Result<(), PortError> {
        let query = "UPDATE tokens SET last_used_at = $1, last_used_from = $2 \
             WHERE id = $3 AND (last_used_at IS NULL OR last_used_at < $4 OR last_used_from <> $2)";
        let now = now.as_millisecond();
        let done =
            sqlx::query(query).bind(now).bind(from).bind(id).bind(now - USE_STEP).execute(&self.pool).await;
        done.map(|_| ()).map_err(failed("remembering the use of a token"))
    }

    /// The tokens of a person that are not revoked, newest first; those that are over too, for a while.
    pub async fn tokens_of(&self, actor_id: &str) -> Result<Vec<Token>, PortError> {
        let query =
            "SELECT * FROM tokens WHERE actor_id = $1 AND revoked_at IS NULL ORDER BY id DESC LIMIT 500";
        let rows: Vec<TokenRow> = sqlx::query_as(query)
            .bind(actor_id)
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading tokens"))?;
        rows.into_iter().map(|row| KeptToken::try_from(row).map(|kept| kept.token)).collect()
    }

    /// Ends a token of that person. The answer is its name; none if there was none.
    pub async fn revoke_token(
        &self,
        id: &str,
        actor_id: &str,
        now: Timestamp,
    ) -> Result<Option<String>, PortError> {
        let query = "UPDATE tokens SET revoked_at = $1 \
             WHERE id = $2 AND actor_id = $3 AND revoked_at IS NULL RETURNING name";
        sqlx::query_scalar(query)
            .bind(now.as_millisecond())
            .bind(id)
            .bind(actor_id)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("revoking a token"))
    }

    /// What was kept for that person under that name, which is forgotten with the look at it.
    pub async fn take_draft(&self, id: &str, actor_id: &str) -> Result<Option<String>, PortError> {
        sqlx::query_scalar("DELETE FROM drafts WHERE id = $1 AND actor = $2 RETURNING sealed")
            .bind(id)
            .bind(actor_id)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading a draft"))
    }
}
