-- Tokens of programs. What is kept is a hash: a token is shown once and cannot be read again.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    roles TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    last_used_from TEXT NOT NULL DEFAULT '',
    revoked_at BIGINT
);
CREATE INDEX tokens_by_actor ON tokens (actor_id);

-- What was answered to a request that carried a key, sealed: the same request again gets the same answer. An answer
-- that is empty is still being made.
CREATE TABLE answers (
    actor_id TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    sealed TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,
    PRIMARY KEY (actor_id, key)
);
CREATE INDEX answers_by_time ON answers (at);
