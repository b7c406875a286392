-- Times are milliseconds since the epoch, structures are JSON text, identifiers are ULIDs as text: types that
-- SQLite and PostgreSQL agree on.

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('revision', 0), ('audit', 0);

CREATE TABLE applications (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    project TEXT NOT NULL,
    version BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    standing TEXT NOT NULL,
    revision BIGINT NOT NULL,
    gateway_path TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    gone_at BIGINT
);
-- A name, and so a namespace, belongs to one live application; it is free again when that one is gone.
CREATE UNIQUE INDEX application_name_is_free ON applications (name) WHERE gone_at IS NULL;
CREATE UNIQUE INDEX applications_by_revision ON applications (revision);
CREATE INDEX applications_by_gone_at ON applications (gone_at);

CREATE TABLE generations (
    application_id TEXT NOT NULL REFERENCES applications (id),
    number BIGINT NOT NULL,
    spec TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, number)
);

CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    kind TEXT NOT NULL,
    generation BIGINT NOT NULL,
    progress TEXT NOT NULL,
    note TEXT,
    step_since BIGINT NOT NULL,
    -- When it wants to be looked at; none when it is over.
    due_at BIGINT,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    idempotency_key TEXT
);
CREATE UNIQUE INDEX operation_key_is_new ON operations (requested_by, idempotency_key);
CREATE INDEX operations_by_application ON operations (application_id);
CREATE INDEX operations_by_due_at ON operations (due_at);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    outcome TEXT NOT NULL
);

CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    roles TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
